/// A cell of a table as it is written, without its quotes and the blanks around it.
struct CSVCell {
  var text: [UInt8] = []
  /// The offset behind the cell, of a separator, a line end or the end of the bytes.
  var end = 0
  /// The number of line ends within the quotes of the cell.
  var lineEnds = 0
  /// Whether it stands in quotes.
  var isQuoted = false

  /// Why a cell cannot be read.
  enum Failure: Error {
    case unterminatedQuote
    case textAfterQuote
  }

  init() {}

  /// Reads a cell at an offset; nil where the bytes end before it is known to end.
  init?(
    _ bytes: Span<UInt8>,
    from start: Int,
    separator: UInt8,
    isLast: Bool
  ) throws(Failure) {
    var position = start
    while position < bytes.count && Self.isBlank(bytes[position], separator) { position += 1 }
    if position < bytes.count && bytes[position] == CSVDialect.quote {
      isQuoted = true
      guard try readQuoted(bytes, from: position + 1, separator, isLast) else { return nil }
      isQuoted = true
      return
    }
    let first = position
    while position < bytes.count && !Self.isEnd(bytes[position], separator) { position += 1 }
    if position == bytes.count && !isLast { return nil }
    end = position
    while position > first && Self.isBlank(bytes[position - 1], separator) { position -= 1 }
    text.reserveCapacity(position - first)
    for index in first..<position { text.append(bytes[index]) }
  }

  /// Whether a byte ends a cell that is not in quotes.
  static func isEnd(_ byte: UInt8, _ separator: UInt8) -> Bool {
    byte == separator || byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn
  }

  /// Whether a byte is a blank that may stand around a cell.
  static func isBlank(_ byte: UInt8, _ separator: UInt8) -> Bool {
    byte == CSVDialect.space || (byte == CSVDialect.tab && separator != CSVDialect.tab)
  }

  /// Whether a byte stands in no text, so that the file is probably no text.
  static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != CSVDialect.tab && byte != CSVDialect.lineFeed
      && byte != CSVDialect.carriageReturn
  }

  private mutating func readQuoted(
    _ bytes: Span<UInt8>,
    from start: Int,
    _ separator: UInt8,
    _ isLast: Bool
  ) throws(Failure) -> Bool {
    var position = start
    while true {
      guard position < bytes.count else {
        if isLast { throw .unterminatedQuote }
        return false
      }
      let byte = bytes[position]
      let next = position + 1 < bytes.count ? bytes[position + 1] : nil
      // Whether a quote is doubled, and a line end has two bytes, depends on the next byte.
      if next == nil && !isLast { return false }
      if byte == CSVDialect.quote {
        if next != CSVDialect.quote { break }
        position += 1
      }
      let endsLine =
        byte == CSVDialect.lineFeed
        || (byte == CSVDialect.carriageReturn && next != CSVDialect.lineFeed)
      if endsLine { lineEnds += 1 }
      text.append(byte)
      position += 1
    }
    position += 1
    while position < bytes.count && Self.isBlank(bytes[position], separator) { position += 1 }
    if position == bytes.count && !isLast { return false }
    if position < bytes.count && !Self.isEnd(bytes[position], separator) { throw .textAfterQuote }
    end = position
    trim(separator)
    return true
  }

  private mutating func trim(_ separator: UInt8) {
    while let last = text.last, Self.isBlank(last, separator) { text.removeLast() }
    text.removeFirst(text.prefix { Self.isBlank($0, separator) }.count)
  }

  /// The text as a string; bytes that are not UTF-8 are replaced.
  var string: String { String(decoding: text, as: UTF8.self) }
}
