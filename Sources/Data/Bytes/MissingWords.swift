/// The words that stand for a missing cell.
///
/// These are, as they are written here: nothing at all, `NA`, `N/A`, `n/a`, `#N/A`, `<NA>`, `NaN`,
/// `nan`, `-nan`, `null`, `NULL`, `None` and `?`; others can be added.
struct MissingWords: Sendable {
  static let standard = [
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "null", "NULL", "None", "?",
  ]

  private let words: [[UInt8]]
  private let longest: Int
  /// For each byte whether a word begins with it.
  private var begins = [Bool](repeating: false, count: 256)

  init(adding further: [String] = []) {
    words = (Self.standard + further).map { Array($0.utf8) }.filter { !$0.isEmpty }
    longest = words.map(\.count).max() ?? 0
    for word in words { begins[Int(word[0])] = true }
  }

  /// Whether some bytes are one of the words, or none.
  func contains(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if range.isEmpty { return true }
    guard range.count <= longest, begins[Int(bytes[range.lowerBound])] else { return false }
    return words.contains { word in
      word.count == range.count
        && word.indices.allSatisfy { word[$0] == bytes[range.lowerBound + $0] }
    }
  }
}
