/// The double-precision number next to m / 10^decimals, for whole numbers m of up to 64 bits.
///
/// The product of m and 128 bits of the reciprocal of the power is known well enough for so few
/// decimals to round without a doubt; of two equally near numbers it is the even one.
///
/// Reference: Lemire, 2021, "Number parsing at a gigabyte per second", arXiv:2101.11408, algorithm 1;
/// Mushtak, Lemire, 2023, "Fast number parsing without fallback", arXiv:2212.06644 (no case is left in
/// doubt).
enum DecimalRounding {
  /// The most decimals.
  static let mostDecimals = 19

  /// The number, for 0 to `mostDecimals` decimals.
  static func value(_ mantissa: UInt64, decimals: Int) -> Double {
    guard decimals > 0, mantissa > 0 else { return Double(mantissa) }
    let reciprocal = reciprocals[decimals]
    let leading = mantissa.leadingZeroBitCount
    let scaled = mantissa << UInt64(leading)
    var (high, low) = scaled.multipliedFullWidth(by: reciprocal.high)
    if high & 0x1ff == 0x1ff {
      let (sum, overflows) = low.addingReportingOverflow(
        scaled.multipliedFullWidth(by: reciprocal.low).high
      )
      low = sum
      if overflows { high &+= 1 }
    }
    let upper = high >> 63
    let shift = upper + 9
    var significand = high >> shift
    // Half way between two numbers: exact only where the power of five is small.
    if low <= 1, decimals <= 4, significand & 3 == 1, significand << shift == high {
      significand &= ~1
    }
    significand = (significand + significand & 1) >> 1
    // 217706 / 2^16 is the logarithm of 10 to the base 2, as near as these decimals need it.
    var exponent = (-217_706 * decimals) >> 16 + 63 + Int(upper) - leading + 1023
    if significand >= 1 << 53 {
      significand = 1 << 52
      exponent += 1
    }
    let bits = UInt64(exponent) << 52 | significand & (1 << 52 - 1)
    return Double(bitPattern: bits)
  }

  /// For each count of decimals the 128 leading bits of 5^-decimals, rounded up.
  private static let reciprocals: [(high: UInt64, low: UInt64)] = (0...mostDecimals).map {
    var power: UInt64 = 1
    for _ in 0..<$0 { power *= 5 }
    // Long division of 2^(bits of the power + 127), a bit at a time.
    var bits = 0
    while UInt64(1) << UInt64(bits) < power { bits += 1 }
    var quotient: UInt128 = 0
    var rest: UInt64 = 0
    for place in stride(from: bits + 127, through: 0, by: -1) {
      rest = rest << 1 | (place == bits + 127 ? 1 : 0)
      quotient <<= 1
      if rest >= power {
        rest -= power
        quotient |= 1
      }
    }
    quotient += 1
    return (UInt64(truncatingIfNeeded: quotient >> 64), UInt64(truncatingIfNeeded: quotient))
  }
}
