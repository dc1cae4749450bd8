/// How the numbers of signatures are stored.
public enum SignaturePrecision: String, Codable, Hashable, Sendable, CaseIterable {
  /// Single precision, 4 bytes a number: signatures are stored as they are.
  case float32
  /// Half precision, 2 bytes a number: signatures are rounded to 11 binary digits, and none of their
  /// numbers may be above 65504.
  case float16

  /// The bytes of a number.
  var size: Int { self == .float32 ? 4 : 2 }

  /// The largest magnitude of a number.
  var largestNumber: Float { self == .float32 ? Schema.largestNumber : 65_504 }

  /// Little-endian bytes of some numbers, none of them above the largest one.
  func bytes(of vector: [Float]) -> [UInt8] {
    guard self == .float16 else { return Vectors.bytes(vector) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(vector.count * 2)
    for value in vector {
      let word = HalfPrecision.bits(of: value)
      bytes.append(UInt8(truncatingIfNeeded: word))
      bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    }
    return bytes
  }

  /// Stored bytes as those of single precision.
  func singlePrecision(_ bytes: [UInt8]) -> [UInt8] {
    guard self == .float16 else { return bytes }
    let values = stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map {
      HalfPrecision.value(of: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
    return Vectors.bytes(values)
  }
}

/// Numbers of half precision (IEEE 754, binary16), which not every processor that Swift compiles for
/// has as a type.
enum HalfPrecision {
  /// The nearest number, of two as near the one with an even last digit; infinite above the largest.
  static func bits(of value: Float) -> UInt16 {
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
  static func value(of bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    let magnitude: Float
    switch exponent {
    case 0: magnitude = fraction * 0x1p-24
    case 31: magnitude = fraction == 0 ? .infinity : .nan
    default:
      magnitude = (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
