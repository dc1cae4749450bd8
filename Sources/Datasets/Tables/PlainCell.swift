/// What stands in a cell that can be read where it stands, without looking at each of its bytes.
enum PlainCell {
  /// The bytes that must follow the beginning of a cell for it to be read: more than the longest
  /// number takes with the eight bytes that are loaded last.
  static let margin = 64

  /// A number of at most 19 digits without an exponent, the offset behind it, and its digits behind
  /// the point; nil where another way must be taken.
  ///
  /// It is the one that `TableNumber` reads. Signs come and go without an order that a processor could foresee, so nothing branches on them.
  @inline(__always)
  static func number(
    _ bytes: Span<UInt8>,
    at start: Int,
    powers: Span<Double>
  ) -> (value: Double, end: Int, decimals: Int)? {
    let raw = bytes.bytes
    let isNegative: UInt64 = bytes[start] == UInt8(ascii: "-") ? 1 : 0
    var position = start &+ Int(truncatingIfNeeded: isNegative)
    var (count, mantissa, _) = EightBytes(raw, at: position).digits
    position &+= count
    var digits = count
    while count == 8 {
      let next = EightBytes(raw, at: position).digits
      mantissa = mantissa &* next.power &+ next.value
      count = next.count
      position &+= count
      digits &+= count
      if digits > 19 { return nil }
    }
    var fraction = 0
    if bytes[position] == UInt8(ascii: ".") {
      position &+= 1
      repeat {
        let next = EightBytes(raw, at: position).digits
        mantissa = mantissa &* next.power &+ next.value
        count = next.count
        position &+= count
        fraction &+= count
        if digits &+ fraction > 19 { return nil }
      } while count == 8
    }
    if digits &+ fraction == 0 { return nil }
    var magnitude = Double(Int64(truncatingIfNeeded: mantissa))
    // Whether a number of 16 or 17 digits is exact cannot be foreseen either.
    if mantissa > 1 << 40 {
      magnitude = DecimalRounding.value(mantissa, decimals: fraction)
    } else if fraction > 0 {
      magnitude /= powers[fraction]
    }
    let value = Double(bitPattern: magnitude.bitPattern | isNegative << 63)
    return (value, position, fraction)
  }

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
