/// The words that stand for a missing cell; a cell without a byte always is one.
///
/// The usual ones are, as they are written here: `NA`, `N/A`, `n/a`, `#N/A`, `<NA>`, `NaN`, `nan`, `-nan`,
/// `null`, `NULL`, `None` and `?`; others can be added or taken in their place. Further ones, such as `-`, `.` and
/// `#DIV/0!`, stand for a missing cell among numbers alone (`standIns`): elsewhere they are texts.
struct MissingWords: Sendable {
  static let standard = [
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "null", "NULL", "None", "?",
  ]

  /// The words that stand for a missing cell where they stand among numbers, as programs and people write them.
  static let standIns = [
    "-", "--", "---", "\u{2013}", "\u{2014}", ".", "..", "...", "\u{2026}", "*", "**", "***", ":",
    "/", "\\N",
    "??", "???", "#", "n.a.", "N.A.", "n.a", "na", "Na", "N/a", "#NA", "NAN", "Nan", "NaT", "<NaN>",
    "nil", "Nil", "NIL",
    "Null", "(null)", "(NULL)", "[null]", "[NULL]", "<null>", "<NULL>", "missing", "Missing",
    "MISSING", "(missing)", "unknown", "Unknown", "UNKNOWN", "unk", "UNK", "nd", "ND", "n.d.",
    "N.D.", "n/d", "N/D", "nr",
    "NR", "k.A.", "k. A.", "s.d.", "not available", "Not available", "Not Available",
    "not applicable",
    "Not applicable", "Not Applicable", "#DIV/0!", "#REF!", "#VALUE!", "#NUM!", "#NAME?", "#NULL!",
    "#N/A N/A",
    "#ERROR!",
  ]
  private static let standInBytes = standIns.map { Array($0.utf8) }
  private static let longestStandIn = standInBytes.map(\.count).max() ?? 0

  /// The words, without empty ones.
  let texts: [String]
  /// Whether further words are missing cells among numbers: not where somebody chose all words.
  private let takesStandIns: Bool
  /// The words that are numbers, with their places; a number is missing in whatever way it is written.
  private let numbers: [(value: Double, place: Int)]
  private let words: [[UInt8]]
  /// How many of the words nobody chose.
  private let usualCount: Int
  private let longest: Int
  /// For each byte whether a word begins with it.
  private var begins = [Bool](repeating: false, count: 256)

  /// Takes the usual words, or only some, and further ones.
  init(only: [String]? = nil, adding further: [String] = []) {
    texts = ((only ?? Self.standard) + further).filter { !$0.isEmpty }
    usualCount = only == nil ? Self.standard.count : 0
    takesStandIns = only == nil
    words = texts.map { Array($0.utf8) }
    numbers = texts.enumerated().compactMap { place, text in
      TableNumber.value(of: text).map { ($0, place + 1) }
    }
    longest = words.map(\.count).max() ?? 0
    for word in words { begins[Int(word[0])] = true }
  }

  /// Whether some bytes are one of the words, or none.
  func contains(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    place(of: bytes, range) != nil
  }

  /// Whether a text is one of the words, or empty.
  func contains(_ text: [UInt8]) -> Bool { contains(text.span, 0..<text.count) }

  /// Whether a word of some place stands for a missing cell in quotes, too: in these stand texts, but for words
  /// that somebody chose, and for nothing at all.
  func holdsInQuotes(_ place: Int) -> Bool { place == 0 || place > usualCount }

  /// Whether some words are numbers.
  var holdNumbers: Bool { !numbers.isEmpty }

  /// The number of the word that is a number, from 1.
  func place(of number: Double) -> Int? { numbers.first { $0.value == number }?.place }

  /// The number of the word that some bytes are, from 1, or 0 for no bytes; nil for another text.
  func place(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if range.isEmpty { return 0 }
    guard range.count <= longest, begins[Int(bytes[range.lowerBound])] else { return nil }
    let place = words.firstIndex { word in
      word.count == range.count
        && word.indices.allSatisfy { word[$0] == bytes[range.lowerBound + $0] }
    }
    return place.map { $0 + 1 }
  }

  /// The number of the word that some bytes are and that stands for a missing cell among numbers; those follow the
  /// others.
  func standIn(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard takesStandIns, !range.isEmpty, range.count <= Self.longestStandIn else { return nil }
    let place = Self.standInBytes.firstIndex { word in
      word.count == range.count
        && word.indices.allSatisfy { word[$0] == bytes[range.lowerBound + $0] }
    }
    return place.map { texts.count + 1 + $0 }
  }

  /// Whether a text is a word that stands for a missing cell among numbers.
  func isStandIn(_ text: [UInt8]) -> Bool { standIn(text.span, 0..<text.count) != nil }

  /// The word of a number from 1.
  func text(_ place: Int) -> String {
    place <= texts.count ? texts[place - 1] : Self.standIns[place - texts.count - 1]
  }
}
