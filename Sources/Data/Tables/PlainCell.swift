/// A text in a cell that can be read where it stands, without looking at each of its bytes.
enum PlainCell {
  /// A text without the blanks and the quotes around it, and the offset behind its cell, of a
  /// separator or a line end; nil where another way must be taken.
  ///
  /// It stands without quotes, or in quotes that hold no others, on one line.
  @inline(__always)
  static func text(
    _ bytes: Span<UInt8>,
    at start: Int,
    separator: EightBytes.Repeated
  ) -> (range: Range<Int>, end: Int)? {
    let isQuoted = bytes[start] == CSVDialect.quote
    let first = isQuoted ? start &+ 1 : start
    let stop = isQuoted ? EightBytes.Repeated(CSVDialect.quote) : separator
    guard let end = position(of: stop, in: bytes, from: first),
      !CSVCell.isBlank(bytes[first], separator.byte)
    else { return nil }
    var last = end
    while last > first && CSVCell.isBlank(bytes[last &- 1], separator.byte) { last &-= 1 }
    guard isQuoted else {
      return CSVCell.isEnd(bytes[end], separator.byte) ? (first..<last, end) : nil
    }
    guard bytes[end] == CSVDialect.quote, CSVCell.isEnd(bytes[end &+ 1], separator.byte)
    else { return nil }
    return (first..<last, end &+ 1)
  }

  /// The offset of the first byte that is a given one or below a blank, with one more behind it.
  @inline(__always)
  private static func position(
    of stop: EightBytes.Repeated,
    in bytes: Span<UInt8>,
    from start: Int
  ) -> Int? {
    let raw = bytes.bytes
    var position = start
    while position &+ 8 < bytes.count {
      let count = EightBytes(raw, at: position).count(before: stop)
      position &+= count
      if count < 8 { return position }
    }
    return nil
  }
}
