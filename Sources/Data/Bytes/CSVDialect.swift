/// How the cells of a table are separated.
enum CSVDialect {
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let comma = UInt8(ascii: ",")
  static let hash = UInt8(ascii: "#")

  /// The separators that are recognized, the least likely to stand inside a cell first.
  static let candidates = [tab, UInt8(ascii: ";"), UInt8(ascii: "|"), comma]
  private static let sampleRows = 20

  /// The most columns that a table may have.
  static let columnLimit = 1_000_000

  /// Whether a byte ends a line.
  static func endsLine(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

  /// The separator that occurs equally often in each of the first rows.
  ///
  /// Where none does, it is one that the first row has once less than all others: a header without a name for
  /// the names of the rows, or rows that end with a separator. Where several do, it is the least likely to stand
  /// inside a cell (so that `1,5;2,5` is two cells), and where none does, it is the most frequent one of the sample.
  /// Lines behind the first one that begin with `#` do not count.
  ///
  /// - Parameters:
  ///   - bytes: The first row and what follows.
  ///   - isWhole: Whether these are all bytes of the file, so that the last row is not cut.
  static func separator(in bytes: Span<UInt8>, isWhole: Bool) -> UInt8 {
    let rows = counts(in: bytes, isWhole: isWhole)
    guard let first = rows.first else { return comma }
    for (index, candidate) in candidates.enumerated() where first[index] > 0 {
      if rows.allSatisfy({ $0[index] == first[index] }) { return candidate }
    }
    for (index, candidate) in candidates.enumerated() where first[index] > 0 && rows.count > 1 {
      if rows.dropFirst().allSatisfy({ $0[index] == first[index] + 1 }) { return candidate }
    }
    let totals = candidates.indices.map { index in rows.reduce(0) { $0 + $1[index] } }
    let most = candidates.indices.max { totals[$0] <= totals[$1] && totals[$0] != totals[$1] }
    guard let most, totals[most] > 0 else { return comma }
    return candidates[most]
  }

  /// Whether the first rows, three or more, all have a separator equally often.
  static func areRows(_ bytes: Span<UInt8>, isWhole: Bool, fewestSeparators: Int) -> Bool {
    let rows = counts(in: bytes, isWhole: isWhole)
    guard rows.count > 2, let first = rows.first else { return false }
    return candidates.indices.contains { index in
      first[index] >= fewestSeparators && rows.allSatisfy { $0[index] == first[index] }
    }
  }

  /// Whether runs of blanks stand between cells.
  ///
  /// No separator stands outside quotes in the first rows, and each has as many words, two or more. Either all of
  /// them are numbers or missing; or the first row names columns of which one or more are of numbers (it may have
  /// a name less than there are columns, for the names of the rows); or two or more columns are of numbers and the
  /// others of texts alone.
  static func isSeparatedByBlanks(
    _ bytes: Span<UInt8>,
    isWhole: Bool,
    missing: MissingWords
  ) -> Bool {
    guard let rows = words(in: bytes, isWhole: isWhole, missing: missing), let first = rows.first,
      let last = rows.last, last.count > 1
    else { return false }
    let others = rows.dropFirst()
    guard others.allSatisfy({ $0.count == last.count }) else { return false }
    if first.count == last.count && rows.allSatisfy({ $0.allSatisfy { $0 != .text } }) {
      return true
    }
    let areNumbers = last.indices.map { column in
      others.allSatisfy { $0[column] != .text } && others.contains { $0[column] == .number }
    }
    let hasNames = first.count == last.count || (first.count > 1 && first.count + 1 == last.count)
    if hasNames, !first.contains(.number) { return areNumbers.contains(true) }
    guard first.count == last.count, rows.count > 2, areNumbers.count(where: { $0 }) > 1 else {
      return false
    }
    return last.indices.allSatisfy { column in
      rows.allSatisfy { ($0[column] == .text) != areNumbers[column] }
    }
  }

  private enum Word { case number, missing, text }

  /// What the words of the first rows are; nil where a separator stands among them.
  private static func words(
    in bytes: Span<UInt8>,
    isWhole: Bool,
    missing: MissingWords
  ) -> [[Word]]? {
    var rows: [[Word]] = []
    var row: [Word] = []
    var index = 0
    while index < bytes.count && rows.count < sampleRows {
      let byte = bytes[index]
      if byte == space || endsLine(byte) {
        if endsLine(byte) && !row.isEmpty {
          rows.append(row)
          row = []
        }
        index += 1
        continue
      }
      // Lines behind the first one that begin with this sign are remarks.
      if row.isEmpty && byte == hash && !rows.isEmpty {
        while index < bytes.count && !endsLine(bytes[index]) { index += 1 }
        continue
      }
      let start = index
      let isQuoted = byte == quote
      if isQuoted {
        index += 1
        while index < bytes.count && bytes[index] != quote { index += 1 }
        index += 1
      }
      while index < bytes.count && bytes[index] != space && !endsLine(bytes[index]) {
        if candidates.contains(bytes[index]) { return nil }
        index += 1
      }
      // What is cut at the end of the bytes does not count.
      guard index < bytes.count || (isWhole && index == bytes.count) else { break }
      let isNumber = !isQuoted && TableNumber(bytes, from: start)?.end == index
      let isMissing =
        missing.contains(bytes, start..<index) || missing.standIn(bytes, start..<index) != nil
      row.append(isNumber ? .number : isMissing ? .missing : .text)
    }
    if isWhole && !row.isEmpty && index >= bytes.count { rows.append(row) }
    return rows
  }

  /// How often each candidate stands outside quotes in each of the first rows.
  private static func counts(in bytes: Span<UInt8>, isWhole: Bool) -> [[Int]] {
    var rows: [[Int]] = []
    var row = candidates.map { _ in 0 }
    var isInQuotes = false
    var isBlank = true
    var isRemark = false
    // A quote opens at the beginning of a cell, and again where it is doubled within quotes.
    var mayOpen = true
    for index in bytes.indices {
      let byte = bytes[index]
      if isRemark {
        isRemark = !endsLine(byte)
        continue
      }
      if isBlank && byte == hash && !rows.isEmpty {
        isRemark = true
        continue
      }
      if byte == quote && (isInQuotes || mayOpen) {
        isInQuotes.toggle()
        mayOpen = true
        isBlank = false
        continue
      }
      if !isInQuotes && byte != space {
        mayOpen = candidates.contains(byte) || endsLine(byte)
      }
      if endsLine(byte) && !isInQuotes {
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
