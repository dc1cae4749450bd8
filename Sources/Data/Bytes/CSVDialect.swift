/// How the cells of a table are separated, and where its first row begins.
enum CSVDialect {
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")

  /// The separators that are recognized, the least likely to stand inside a cell first.
  static let candidates = [tab, UInt8(ascii: ";"), UInt8(ascii: ",")]
  private static let sampleRows = 20

  /// The separator that occurs equally often in each of the first rows.
  ///
  /// Where several do, it is the least likely to stand inside a cell (so that `1,5;2,5` is two
  /// cells), and where none does, it is the most frequent one of the sample.
  ///
  /// - Parameters:
  ///   - bytes: The beginning of the file.
  ///   - isWhole: Whether these are all bytes of the file, so that the last row is not cut.
  static func separator(in bytes: Span<UInt8>, isWhole: Bool) -> UInt8 {
    let rows = counts(in: bytes, isWhole: isWhole)
    guard let first = rows.first else { return UInt8(ascii: ",") }
    for (index, candidate) in candidates.enumerated() where first[index] > 0 {
      if rows.allSatisfy({ $0[index] == first[index] }) { return candidate }
    }
    let totals = candidates.indices.map { index in rows.reduce(0) { $0 + $1[index] } }
    let most = candidates.indices.max { totals[$0] <= totals[$1] && totals[$0] != totals[$1] }
    guard let most, totals[most] > 0 else { return UInt8(ascii: ",") }
    return candidates[most]
  }

  /// Whether runs of blanks stand between cells: no separator occurs in the first rows, and each has as
  /// many words, two or more, that are all numbers or missing.
  static func isSeparatedByBlanks(
    _ bytes: Span<UInt8>,
    isWhole: Bool,
    missing: MissingWords
  ) -> Bool {
    var wordCounts: [Int] = []
    var (words, start) = (0, -1)
    for index in 0...bytes.count {
      let byte = index < bytes.count ? bytes[index] : lineFeed
      // What is cut at the end of the bytes does not count.
      if index == bytes.count && !isWhole { break }
      if candidates.contains(byte) || byte == quote { return false }
      let endsLine = byte == lineFeed || byte == carriageReturn
      guard endsLine || byte == space else {
        if start < 0 { start = index }
        continue
      }
      if start >= 0 {
        let isNumber = TableNumber(bytes, from: start)?.end == index
        guard isNumber || missing.contains(bytes, start..<index) else { return false }
        words += 1
        start = -1
      }
      if endsLine && words > 0 {
        wordCounts.append(words)
        words = 0
        if wordCounts.count == sampleRows { break }
      }
    }
    guard let first = wordCounts.first, first > 1 else { return false }
    return wordCounts.allSatisfy { $0 == first }
  }

  /// How often each candidate stands outside quotes in each of the first rows.
  private static func counts(in bytes: Span<UInt8>, isWhole: Bool) -> [[Int]] {
    var rows: [[Int]] = []
    var row = candidates.map { _ in 0 }
    var isInQuotes = false
    var isBlank = true
    // A quote opens at the beginning of a cell, and again where it is doubled within quotes.
    var mayOpen = true
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == quote && (isInQuotes || mayOpen) {
        isInQuotes.toggle()
        mayOpen = true
        isBlank = false
        continue
      }
      if !isInQuotes && byte != space {
        mayOpen = candidates.contains(byte) || byte == lineFeed || byte == carriageReturn
      }
      if (byte == lineFeed || byte == carriageReturn) && !isInQuotes {
        if !isBlank { rows.append(row) }
        if rows.count == sampleRows { return rows }
        row = candidates.map { _ in 0 }
        isBlank = true
      } else {
        isBlank = false
        if !isInQuotes, let candidate = candidates.firstIndex(of: byte) { row[candidate] += 1 }
      }
    }
    if !isBlank && (isWhole || rows.isEmpty) { rows.append(row) }
    return rows
  }
}
