internal import HourglassTensors

/// The type of the numbers of a tensor, by its name in the safetensors format.
package enum ElementType: String, CaseIterable, Hashable, Sendable, Codable {
  /// A truth value in one byte.
  case boolean = "BOOL"
  /// An unsigned integer of 8 bits.
  case uint8 = "U8"
  /// A signed integer of 8 bits.
  case int8 = "I8"
  /// A floating-point number of 8 bits, 5 of them for the exponent.
  case float8E5M2 = "F8_E5M2"
  /// A floating-point number of 8 bits, 4 of them for the exponent.
  case float8E4M3 = "F8_E4M3"
  /// A power of two in 8 bits.
  case float8E8M0 = "F8_E8M0"
  /// A signed integer of 16 bits.
  case int16 = "I16"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  /// A floating-point number of 16 bits, half precision of IEEE 754.
  case float16 = "F16"
  /// The upper half of a single-precision number.
  case bfloat16 = "BF16"
  /// A signed integer of 32 bits.
  case int32 = "I32"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  /// A floating-point number of 32 bits, single precision.
  case float32 = "F32"
  /// A complex number of two single-precision numbers.
  case complex64 = "C64"
  /// A floating-point number of 64 bits, double precision.
  case float64 = "F64"
  /// A signed integer of 64 bits.
  case int64 = "I64"
  /// An unsigned integer of 64 bits.
  case uint64 = "U64"

  /// The size of one number in bytes.
  package var byteCount: Int {
    switch self {
    case .boolean, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .complex64, .float64, .int64, .uint64: 8
    }
  }

  /// Whether numbers of this type are converted to single precision.
  package var isReadable: Bool {
    switch self {
    case .float8E5M2, .float8E4M3, .float8E8M0, .complex64: false
    default: true
    }
  }

  static let readableNames = allCases.filter(\.isReadable).map(\.rawValue).joined(separator: ", ")
}

/// A number that single precision cannot hold.
struct InexactElement: Error {
  /// Its position among the numbers that were given.
  let index: Int
  /// The number, written out.
  let value: String
}

extension ElementType {
  /// The numbers that some little-endian bytes hold.
  ///
  /// A double-precision number is rounded to the nearest of single precision; one that is finite
  /// and too large for it, and an integer that it cannot hold exactly, are errors.
  func scalars(_ bytes: [UInt8]) throws(InexactElement) -> [Float] {
    switch self {
    case .boolean: return bytes.map { $0 == 0 ? 0 : 1 }
    case .uint8: return bytes.map { Float($0) }
    case .int8: return bytes.map { Float(Int8(bitPattern: $0)) }
    case .int16: return integers(UInt16.self, in: bytes).map { Float(Int16(bitPattern: $0)) }
    case .uint16: return integers(UInt16.self, in: bytes).map { Float($0) }
    case .float16: return integers(UInt16.self, in: bytes).map { HalfPrecision.value(of: $0) }
    case .bfloat16:
      return integers(UInt16.self, in: bytes).map { Float(bitPattern: UInt32($0) << 16) }
    case .int32: return try exact(integers(Int32.self, in: bytes))
    case .uint32: return try exact(integers(UInt32.self, in: bytes))
    case .float32: return integers(UInt32.self, in: bytes).map { Float(bitPattern: $0) }
    case .float64: return try rounded(integers(UInt64.self, in: bytes))
    case .int64: return try exact(integers(Int64.self, in: bytes))
    case .uint64: return try exact(integers(UInt64.self, in: bytes))
    case .float8E5M2, .float8E4M3, .float8E8M0, .complex64:
      preconditionFailure("\(rawValue) is not readable")
    }
  }
}

private func exact<Integer: FixedWidthInteger>(
  _ values: [Integer]
) throws(InexactElement) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(values.count)
  for (index, value) in values.enumerated() {
    guard let number = Float(exactly: value) else {
      throw InexactElement(index: index, value: "\(value)")
    }
    result.append(number)
  }
  return result
}

private func rounded(_ patterns: [UInt64]) throws(InexactElement) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(patterns.count)
  for (index, pattern) in patterns.enumerated() {
    let value = Double(bitPattern: pattern)
    let number = Float(value)
    if value.isFinite && !number.isFinite {
      throw InexactElement(index: index, value: "\(value)")
    }
    result.append(number)
  }
  return result
}
