/// A number that is written as its bits in hexadecimal, so that it comes back the same from any
/// format of text, whatever the format does with long or infinite numbers.
@propertyWrapper
package struct ExactlyCoded<Value: BitPatterned>: Codable, Hashable, Sendable {
  package var wrappedValue: Value

  package init(wrappedValue: Value) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let bits = UInt64(text, radix: 16) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected 64 bits in hexadecimal, found \"\(text)\""
      )
    }
    wrappedValue = Value(bits64: bits)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(String(wrappedValue.bits64, radix: 16))
  }
}

/// A number of 64 bits.
package protocol BitPatterned: Hashable, Sendable {
  init(bits64: UInt64)
  var bits64: UInt64 { get }
}

extension UInt64: BitPatterned {
  package init(bits64: UInt64) { self = bits64 }
  package var bits64: UInt64 { self }
}

extension Double: BitPatterned {
  package init(bits64: UInt64) { self.init(bitPattern: bits64) }
  package var bits64: UInt64 { bitPattern }
}
