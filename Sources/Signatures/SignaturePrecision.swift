internal import HourglassTensors

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
