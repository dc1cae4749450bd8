/// How a text becomes a vector: its character n-grams, hashed to a fixed number of values, and these
/// standardized as numbers are.
///
///     v_b = Σ sign(g) over the n-grams g with hash(g) mod B = b, divided by √(number of n-grams)
///     value_b = (v_b - mean_b) / deviation_b · s / √B
///
/// The n-grams are those of two to four characters of the text in lower case, with a blank before and behind
/// it. The signs keep the product of two vectors that of their n-grams in the mean. All values together have
/// the variance s², so that a text counts like a few numbers; what `B` and `s` are was chosen on tables with
/// texts (`Documentation/Decisions/0049-texts-by-n-grams.md`).
///
/// Reference: Weinberger, Dasgupta, Langford, Smola, Attenberg, 2009, "Feature hashing for large scale
/// multitask learning", doi:10.1145/1553374.1553516, section 2.
package struct TextGrams: Codable, Hashable, Sendable {
  /// B, the number of values.
  static let width = 64
  /// s, the deviation of all values together.
  static let strength: Float = 1.5
  /// s², the variance of all values together.
  package static var variance: Double { Double(strength * strength) }
  /// The lengths of n-grams in characters.
  private static let lengths = 2...4
  /// The most characters of a text that are looked at.
  private static let mostCharacters = 2_000

  /// The mean of each value over the training rows.
  private let means: [Float]
  /// The deviation of each value; 0 for one that does not vary, which is always 0.
  private let deviations: [Float]

  /// Fits to texts; nil where no two of them differ.
  init?(learning texts: [String]) {
    guard let first = texts.first, texts.contains(where: { $0 != first }) else { return nil }
    var sums = [Double](repeating: 0, count: Self.width)
    var squares = sums
    for text in texts {
      for (place, value) in Self.hashed(text).enumerated() {
        sums[place] += Double(value)
        squares[place] += Double(value) * Double(value)
      }
    }
    let count = Double(texts.count)
    let means = sums.map { $0 / count }
    self.means = means.map { Float($0) }
    deviations = zip(squares, means).map { square, mean in
      let variance = square / count - mean * mean
      return variance > 1e-9 ? Float(variance.squareRoot()) : 0
    }
  }

  /// The number of values.
  var count: Int { means.count }

  /// Whether a vector that was read from a file is one.
  var isGood: Bool {
    means.count == Self.width && deviations.count == Self.width && means.allSatisfy(\.isFinite)
      && deviations.allSatisfy { $0.isFinite && $0 >= 0 }
  }

  /// Puts the values of a text in their places.
  func encode(_ text: String, into values: inout [Float], at start: Int) {
    let scale = Self.strength / Float(Self.width).squareRoot()
    for (place, value) in Self.hashed(text).enumerated() where deviations[place] > 0 {
      values[start + place] = (value - means[place]) / deviations[place] * scale
    }
  }

  /// The sums of signs, divided by the root of the number of n-grams.
  private static func hashed(_ text: String) -> [Float] {
    var signs = [Float](repeating: 0, count: width)
    let letters = Array((" " + text.lowercased() + " ").unicodeScalars.prefix(mostCharacters))
    var count = 0
    for start in letters.indices {
      // FNV-1a over the characters, each as one unit.
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for (length, letter) in letters[start...].prefix(lengths.upperBound).enumerated() {
        hash = (hash ^ UInt64(letter.value)) &* 0x0000_0100_0000_01b3
        guard lengths.contains(length + 1) else { continue }
        // The high bits depend on all characters.
        let mixed = (hash ^ (hash >> 29)) &* 0xbf58_476d_1ce4_e5b9
        signs[Int((mixed >> 32) % UInt64(width))] += mixed >> 63 == 1 ? 1 : -1
        count += 1
      }
    }
    let scale = 1 / Float(max(count, 1)).squareRoot()
    return signs.map { $0 * scale }
  }
}
