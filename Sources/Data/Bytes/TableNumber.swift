internal import HourglassTensors

/// A decimal number at the beginning of some bytes, rounded to the nearest double-precision number.
///
/// Up to 19 digits are gathered in a whole number m. Where m and the power of ten are exact in
/// double precision, one operation gives the result; `DecimalRounding` gives the others. Numbers
/// with more digits or an exponent are left to the standard library.
///
/// Reference: Clinger, 1990, "How to read floating point numbers accurately",
/// doi:10.1145/93542.93557, section 4 (the fast path).
package struct TableNumber {
  /// The number; infinite where it is outside the range of double precision.
  package let value: Double
  /// The offset behind the last byte of the number.
  package let end: Int
  /// The digits behind the point; none for a number with an exponent.
  package let decimals: Int?

  /// Reads the longest number at an offset: a sign, digits with a point, and an exponent.
  package init?(_ bytes: Span<UInt8>, from start: Int) {
    let count = bytes.count
    var position = start
    guard position < count else { return nil }
    let sign = bytes[position]
    let isNegative = sign == UInt8(ascii: "-")
    if isNegative || sign == UInt8(ascii: "+") { position += 1 }
    var mantissa: UInt64 = 0
    let firstDigit = position
    while position < count {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      position &+= 1
    }
    var digits = position - firstDigit
    var fraction = 0
    if position < count && bytes[position] == UInt8(ascii: ".") {
      position &+= 1
      let firstDecimal = position
      while position < count {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        position &+= 1
      }
      fraction = position - firstDecimal
      digits += fraction
    }
    guard digits > 0 else { return nil }
    let hasExponent = position < count && bytes[position] | 0x20 == UInt8(ascii: "e")
    if !hasExponent && digits < 20 {
      var magnitude = Double(mantissa)
      if mantissa > 1 << 53 {
        magnitude = DecimalRounding.value(mantissa, decimals: fraction)
      } else if fraction > 0 {
        magnitude /= exactPowersOfTen[fraction]
      }
      value = isNegative ? -magnitude : magnitude
      end = position
      decimals = fraction
      return
    }
    if hasExponent, let exponentEnd = Self.exponentEnd(bytes, position) {
      end = exponentEnd
      decimals = nil
    } else {
      end = position
      decimals = fraction
    }
    guard let exact = Self.exact(bytes, start, end) else { return nil }
    value = exact
  }

  /// The number that a whole cell is; nil where it is something else.
  package init?(cell bytes: Span<UInt8>, _ range: Range<Int>) {
    guard let number = TableNumber(bytes, from: range.lowerBound), number.end == range.upperBound
    else { return nil }
    self = number
  }

  /// The number that a text is from its first to its last byte, if it is one.
  package static func value(of text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard let number = TableNumber(bytes.span, from: 0), number.end == bytes.count,
      number.value.isFinite
    else { return nil }
    return number.value
  }

  /// The number that a level stands for, which is the same level in another writing, as 1 is 1.0; nil for
  /// a text, and for a code such as 007, which no other text stands for.
  package static func level(of text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard let number = TableNumber(bytes.span, from: 0), number.end == bytes.count,
      number.value.isFinite, !isCode(number, bytes)
    else { return nil }
    return number.value
  }

  /// Whether a number would be written in another way: it begins with a zero before other digits, is whole
  /// and beyond what double precision holds, or has an exponent without a sign.
  private static func isCode(_ number: TableNumber, _ bytes: [UInt8]) -> Bool {
    guard let decimals = number.decimals else {
      return bytes.allSatisfy { 0x30...0x39 ~= $0 || $0 | 0x20 == 0x65 }
    }
    let digits = bytes.drop { $0 == 0x2d || $0 == 0x2b }
    return decimals == 0
      && (abs(number.value) >= 0x1p53 || (digits.count > 1 && digits.first == 0x30))
  }

  /// The offset behind an exponent, or nil where there is none and the number ends before the letter.
  private static func exponentEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    var index = start + 1
    if index < bytes.count,
      bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
    {
      index += 1
    }
    let firstDigit = index
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index > firstDigit ? index : nil
  }

  private static func exact(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double? {
    var text: [UInt8] = []
    for index in start..<end { text.append(bytes[index]) }
    return Double(String(decoding: text, as: UTF8.self))
  }
}

/// The powers of ten that double precision holds exactly.
package let exactPowersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
