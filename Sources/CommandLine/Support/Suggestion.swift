/// The word that somebody probably meant.
enum Suggestion {
  /// The known word nearest to another one, where it is near enough to be meant.
  static func nearest(to word: String, among known: [String]) -> String? {
    let ranked = known.map { (distance: distance(word, $0), word: $0) }
      .min { $0.distance < $1.distance }
    guard let ranked, ranked.distance <= max(2, ranked.word.count / 3) else { return nil }
    return ranked.word
  }

  /// The number of letters to insert, remove, change or swap with a neighbor.
  ///
  /// Reference: Damerau, 1964, "A technique for computer detection and correction of spelling
  /// errors", doi:10.1145/363958.363994 (in the restricted form: no letter is edited twice).
  static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first)
    let second = Array(second)
    var rows = [Array(0...second.count)]
    for (index, letter) in first.enumerated() {
      let i = index + 1
      var row = [i] + Array(repeating: 0, count: second.count)
      for (other, candidate) in second.enumerated() {
        let j = other + 1
        let change = letter == candidate ? 0 : 1
        row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + change)
        if i > 1, j > 1, letter == second[j - 2], first[i - 2] == candidate {
          row[j] = min(row[j], rows[i - 2][j - 2] + 1)
        }
      }
      rows.append(row)
    }
    return rows[first.count][second.count]
  }
}
