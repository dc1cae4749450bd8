import CHourglassCodecs

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
  static let mostDecimals = Int(HG_MOST_DECIMALS)

  /// The number, for 0 to `mostDecimals` decimals.
  static func value(_ mantissa: UInt64, decimals: Int) -> Double {
    hg_decimal_value(mantissa, Int32(decimals))
  }
}
