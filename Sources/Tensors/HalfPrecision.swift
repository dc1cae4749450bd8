/// Numbers of half precision (IEEE 754, binary16), which not every processor that Swift compiles for
/// has as a type.
package enum HalfPrecision {
  /// The nearest number, of two as near the one with an even last digit; infinite above the largest.
  package static func bits(of value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.magnitude
    guard !magnitude.isNaN else { return sign | 0x7e00 }
    // Halfway between the largest number and the next one that there would be.
    guard magnitude < 65_520 else { return sign | 0x7c00 }
    if magnitude < 0x1p-14 {
      // Multiples of 2^-24, of which the largest is the smallest normal number.
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    let bits = magnitude.bitPattern
    let last = bits >> 13 & 1
    let rounded = bits + 0xfff + last
    // The exponent's bias is 127 here and 15 there; a carry of the fraction raises the exponent.
    return sign | UInt16(truncatingIfNeeded: (rounded >> 13) - (127 - 15) << 10)
  }

  /// The number as one of single precision, which holds it exactly.
  ///
  /// Of 1 bit of sign, 5 of exponent and 10 of fraction it is
  ///
  ///     (-1)^s 2^(e - 15) (1 + f / 1024),  or  (-1)^s 2^-14 (f / 1024)  where e = 0
  ///
  /// Reference: IEEE 754-2019, section 3.4, binary16.
  package static func value(of bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1f
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
