/// What stands before the first row of a table: a line that names the separator, as Excel writes it
/// (`sep=;`), lines of remarks that begin with `#`, or lines of titles, which have no separator where all rows that
/// follow have equally many.
struct TextPreamble {
  /// The number of bytes; 0 where the text begins with its first row.
  private(set) var count = 0
  /// The number of lines.
  private(set) var lines = 0
  /// The separator that a line names.
  private(set) var separator: UInt8?
  /// Where each line of remarks begins, and which line it is, counted from 0.
  private(set) var remarks: [(count: Int, lines: Int)] = []
  /// The lines of titles.
  private(set) var titles = 0

  /// The most lines of titles.
  private static let mostTitles = 10

  /// Finds it at the beginning of a text.
  ///
  /// - Parameter isWhole: Whether these are all bytes of the text.
  init(_ bytes: Span<UInt8>, isWhole: Bool) {
    findRemarks(bytes, isWhole: isWhole)
    if separator == nil, remarks.isEmpty { findTitles(bytes, isWhole: isWhole) }
  }

  private mutating func findRemarks(_ bytes: Span<UInt8>, isWhole: Bool) {
    var (position, line) = (0, 0)
    while position < bytes.count {
      if CSVDialect.endsLine(bytes[position]) {
        let isPair =
          bytes[position] == CSVDialect.carriageReturn && position + 1 < bytes.count
          && bytes[position + 1] == CSVDialect.lineFeed
        position += isPair ? 2 : 1
        line += 1
        continue
      }
      // A blank line before the first row is part of what stands before it.
      if count > 0 { (count, lines) = (position, line) }
      let start = position
      var end = position
      while end < bytes.count && !CSVDialect.endsLine(bytes[end]) { end += 1 }
      guard end < bytes.count || isWhole else { return }
      if lines == 0, separator == nil, let found = Self.separator(bytes, start..<end) {
        separator = found
      } else if bytes[start] == CSVDialect.hash {
        remarks.append((start, line))
      } else {
        return
      }
      position = end
      count = end
      // The end of its line is stepped over with the blank lines that follow.
      lines = line
    }
    if count > 0 { (count, lines) = (position, line) }
  }

  private mutating func findTitles(_ bytes: Span<UInt8>, isWhole: Bool) {
    var (position, line, found) = (count, lines, 0)
    var hasBlank = false
    while position < bytes.count, found <= Self.mostTitles {
      if CSVDialect.endsLine(bytes[position]) {
        let isPair =
          bytes[position] == CSVDialect.carriageReturn && position + 1 < bytes.count
          && bytes[position + 1] == CSVDialect.lineFeed
        position += isPair ? 2 : 1
        line += 1
        continue
      }
      var end = position
      while end < bytes.count, !CSVDialect.endsLine(bytes[end]),
        !CSVDialect.candidates.contains(bytes[end])
      {
        hasBlank = hasBlank || bytes[end] == CSVDialect.space
        end += 1
      }
      guard end < bytes.count else { return }
      if !CSVDialect.endsLine(bytes[end]) { break }
      (position, found) = (end, found + 1)
    }
    guard (1...Self.mostTitles).contains(found), position < bytes.count else { return }
    // One word above rows of two cells is the name of a column whose rows have names.
    let fewest = hasBlank || found > 1 ? 1 : 2
    let rest = bytes.extracting(position..<bytes.count)
    guard CSVDialect.areRows(rest, isWhole: isWhole, fewestSeparators: fewest) else { return }
    (count, lines, titles) = (position, line, found)
  }

  /// Leaves lines of remarks to the rows, from one of them on.
  mutating func giveUpRemarks(from first: Int) {
    (count, lines) = remarks[first]
    remarks.removeLast(remarks.count - first)
  }

  /// Leaves the last line of remarks to the rows, where there is one.
  mutating func giveUpLastRemark() {
    if !remarks.isEmpty { giveUpRemarks(from: remarks.count - 1) }
  }

  /// The separator that a line of the form `sep=;` names, in quotes or not.
  private static func separator(_ bytes: Span<UInt8>, _ line: Range<Int>) -> UInt8? {
    var text = line.map { bytes[$0] }
    while text.last == CSVDialect.space { text.removeLast() }
    if text.first == CSVDialect.quote, text.last == CSVDialect.quote, text.count > 2 {
      text = Array(text[1..<(text.count - 1)])
    }
    guard text.count == 5, String(decoding: text[..<4], as: UTF8.self).lowercased() == "sep=" else {
      return nil
    }
    return text[4]
  }

  /// Whether a line begins so that it may be a remark, and no row.
  ///
  /// - Parameters:
  ///   - range: The line without its end.
  ///   - fits: The numbers of cells that a row may have.
  static func isRemark(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    rule: RemarkRule,
    separator: UInt8,
    fits: ClosedRange<Int>
  ) -> Bool {
    guard !range.isEmpty, bytes[range.lowerBound] == CSVDialect.hash else { return false }
    switch rule {
    case .none: return false
    case .all: return true
    case .whereNoRowFits:
      var cells = 1
      var isInQuotes = false
      for index in range {
        if bytes[index] == CSVDialect.quote { isInQuotes.toggle() }
        if bytes[index] == separator && !isInQuotes { cells += 1 }
      }
      return !fits.contains(cells)
    }
  }
}

/// Which lines among the rows that begin with `#` are remarks.
enum RemarkRule: Hashable, Sendable {
  /// None of them.
  case none
  /// Those that have another number of cells than the rows.
  case whereNoRowFits
  /// All of them, as there are some before the first row.
  case all
}
