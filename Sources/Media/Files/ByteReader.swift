/// Numbers read one after the other from some bytes; each reading is nil past the end.
package struct ByteReader {
  private let bytes: [UInt8]
  /// The number of bytes that were read.
  package private(set) var offset = 0

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next byte.
  package mutating func byte() -> UInt8? {
    guard offset < bytes.count else { return nil }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// The next four bytes, the most significant one first.
  package mutating func bigEndianUInt32() -> UInt32? {
    guard bytes.count - offset >= 4 else { return nil }
    defer { offset += 4 }
    return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
