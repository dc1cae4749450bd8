internal import HourglassTensors

extension NPYHeader {
  /// How values are kept: as the smallest that holds them exactly (integers of 64 bits beyond 2^53
  /// are rounded).
  enum Precision {
    case bytes, floats, doubles
  }

  /// How the values of these elements are kept.
  var precision: Precision {
    switch (kind, size) {
    case ("b", _), ("u", 1): .bytes
    case ("f", 2), ("f", 4): .floats
    default: .doubles
    }
  }

  /// The bytes of all values.
  var byteCount: Int { count * size }

  /// Whether the first extent runs fastest, where that makes a difference.
  var isColumnMajor: Bool { isFortranOrder && shape.count(where: { $0 > 1 }) > 1 }

  /// Appends the numbers that some whole elements stand for.
  ///
  /// Each array is decoded here, whether it is read whole or block by block.
  func decode(_ bytes: Span<UInt8>, to numbers: inout [Double]) {
    switch (kind, size) {
    case ("b", _): each(bytes, UInt8.self, to: &numbers) { $0 == 0 ? 0 : 1 }
    case ("f", 2):
      each(bytes, UInt16.self, to: &numbers) { Double(HalfPrecision.value(of: $0)) }
    case ("f", 4): each(bytes, UInt32.self, to: &numbers) { Double(Float(bitPattern: $0)) }
    case ("f", _): each(bytes, UInt64.self, to: &numbers) { Double(bitPattern: $0) }
    case ("u", 1): each(bytes, UInt8.self, to: &numbers) { Double($0) }
    case ("u", 2): each(bytes, UInt16.self, to: &numbers) { Double($0) }
    case ("u", 4): each(bytes, UInt32.self, to: &numbers) { Double($0) }
    case ("u", _): each(bytes, UInt64.self, to: &numbers) { Double($0) }
    case (_, 1): each(bytes, UInt8.self, to: &numbers) { Double(Int8(bitPattern: $0)) }
    case (_, 2): each(bytes, UInt16.self, to: &numbers) { Double(Int16(bitPattern: $0)) }
    case (_, 4): each(bytes, UInt32.self, to: &numbers) { Double(Int32(bitPattern: $0)) }
    default: each(bytes, UInt64.self, to: &numbers) { Double(Int64(bitPattern: $0)) }
    }
  }

  @inline(__always)
  private func each<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bytes: Span<UInt8>,
    _ type: Bits.Type,
    to numbers: inout [Double],
    _ number: (Bits) -> Double
  ) {
    let width = Bits.bitWidth / 8
    numbers.reserveCapacity(numbers.count + bytes.count / width)
    var offset = 0
    while offset < bytes.count {
      var bits: Bits = 0
      for index in 0..<width {
        let place = isBigEndian ? index : width - 1 - index
        bits = bits << 8 | Bits(bytes[offset + place])
      }
      numbers.append(number(bits))
      offset += width
    }
  }
}
