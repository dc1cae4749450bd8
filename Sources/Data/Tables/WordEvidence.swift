/// What some texts of a pool show of whether they are words, as titles and comments are, or marks, as codes are.
struct WordEvidence {
  /// The texts that were looked at.
  private var texts = 0
  /// Those with a blank between letters.
  private var severalWords = 0
  /// The letters, and all signs but blanks.
  private var (letters, signs) = (0, 0)

  /// The most texts that are looked at.
  private static let mostTexts = 2_000
  /// The fewest cells that differ and are trained on: a vector for each of fewer rows names the row.
  private static let fewestUnique = 200

  /// Looks at texts spread over all.
  init(_ pool: TextPool) {
    texts = min(pool.count, Self.mostTexts)
    for place in 0..<texts {
      let text = String(decoding: pool.text(place * pool.count / texts), as: UTF8.self)
      var words = 0
      for word in text.split(whereSeparator: \.isWhitespace) {
        let count = word.unicodeScalars.count { $0.properties.isAlphabetic }
        letters += count
        signs += word.unicodeScalars.count
        if count > 0 { words += 1 }
      }
      if words > 1 { severalWords += 1 }
    }
  }

  /// Whether the texts are words.
  ///
  /// - Parameters:
  ///   - areUnique: Whether nearly all of them differ.
  ///   - present: The number of cells that are there.
  func areWords(areUnique: Bool, _ present: Int) -> Bool {
    guard 10 * letters >= 7 * signs, texts > 0 else { return false }
    return !areUnique || present >= Self.fewestUnique && 4 * severalWords >= texts
  }
}
