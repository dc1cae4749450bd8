/// A decimal number at the beginning of some bytes, rounded to the nearest single-precision number.
///
/// The digits are gathered in a whole number m, and m times a power of ten is computed in double
/// precision. Where that is close to the middle between two single-precision numbers (or very
/// small), its own rounding could tip the result over, and the slow and exact way is taken instead.
///
/// Reference: Clinger, 1990, "How to read floating point numbers accurately",
/// doi:10.1145/93542.93557, section 4 (the fast path).
package struct DecimalNumber {
  /// The number; infinite where it is outside the range of single precision.
  package let value: Float

  /// The offset behind the last byte of the number.
  package let end: Int

  /// Reads the longest number at an offset: a sign, digits with a point, and an exponent.
  package init?(_ bytes: Span<UInt8>, from start: Int) {
    var scanner = DecimalScanner(bytes.count, start)
    guard scanner.scan(bytes) else { return nil }
    end = scanner.position
    if let value = scanner.fastValue {
      self.value = value
    } else {
      var text: [UInt8] = []
      for index in start..<end { text.append(bytes[index]) }
      guard let value = Float(String(decoding: text, as: UTF8.self)) else { return nil }
      self.value = value
    }
  }

  /// Reads bytes that are a number from the first to the last.
  package init?(_ bytes: [UInt8]) {
    self.init(bytes.span, from: 0)
    guard end == bytes.count else { return nil }
  }
}

/// The parts of a decimal number as they are gathered.
///
/// What every number needs is inlined, so that the parts stay in registers.
private struct DecimalScanner {
  var position: Int
  private let count: Int
  private var isNegative = false
  private var mantissa: UInt64 = 0
  /// The digits of the mantissa, without leading zeros.
  private var digits = 0
  private var exponent = 0
  /// Whether digits other than 0 did not fit into the mantissa.
  private var isCut = false

  init(_ count: Int, _ start: Int) {
    self.count = count
    position = start
  }

  /// Reads a number; false where there is none.
  @inline(__always)
  mutating func scan(_ bytes: Span<UInt8>) -> Bool {
    guard position < count else { return false }
    let sign = bytes[position]
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      position += 1
    }
    var seen = scanDigits(bytes, fraction: false)
    if position < count && bytes[position] == UInt8(ascii: ".") {
      position += 1
      seen += scanDigits(bytes, fraction: true)
    }
    guard seen > 0 else { return false }
    if position < count && bytes[position] | 0x20 == UInt8(ascii: "e") { scanExponent(bytes) }
    return true
  }

  @inline(__always)
  private mutating func scanDigits(_ bytes: Span<UInt8>, fraction: Bool) -> Int {
    let start = position
    while position < count {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      if digits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if mantissa > 0 { digits += 1 }
        if fraction { exponent -= 1 }
      } else {
        if digit > 0 { isCut = true }
        if !fraction { exponent += 1 }
      }
      position += 1
    }
    return position - start
  }

  /// Reads an exponent; where there is none, the number ends before the letter.
  private mutating func scanExponent(_ bytes: Span<UInt8>) {
    var index = position + 1
    var isNegative = false
    if index < count && (bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")) {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var power = 0
    while index < count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      // No number has so many digits that a larger exponent could matter.
      if power < 1 << 40 { power = power * 10 + Int(digit) }
      index += 1
    }
    guard index > start else { return }
    exponent += isNegative ? -power : power
    position = index
  }

  /// The number where double precision decides it, and nil where it does not.
  @inline(__always)
  var fastValue: Float? {
    if exponent == 0 && mantissa < 1 << 24 && !isCut {
      return isNegative ? -Float(mantissa) : Float(mantissa)
    }
    if mantissa == 0 && !isCut { return isNegative ? -0.0 : 0 }
    guard !isCut, -22...22 ~= exponent else { return nil }
    let whole = Double(mantissa)
    let double = exponent < 0 ? whole / power(-exponent) : whole * power(exponent)
    // A double has 29 bits more than a float; half way between two floats they are 1000...0.
    let below = double.bitPattern & 0x1FFF_FFFF
    if below >= 0x1000_0000 - 4 && below <= 0x1000_0000 + 4 { return nil }
    if double < 0x1p-126 { return nil }
    return Float(isNegative ? -double : double)
  }

  private func power(_ exponent: Int) -> Double { powersOfTen[exponent] }
}

/// The powers of ten that double precision holds exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
