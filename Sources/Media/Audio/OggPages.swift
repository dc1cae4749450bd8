/// The pages of an Ogg file.
///
/// Reference: Pfeiffer, 2003, RFC 3533, section 6.
package enum OggPages {
  private static let headerSize = 27

  /// Whether the last page says that it is longer than what is there.
  package static func areTruncated(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      guard isPage(bytes, start) else { return bytes.count - start < headerSize }
      guard let end = end(bytes, start), end <= bytes.count else { return true }
      start = end
    }
    return false
  }

  /// Gives the pages a serial number that is always the same.
  ///
  /// A writer draws it at random, so that files can be joined; the same sound is to give the same
  /// bytes instead.
  package static func number(_ bytes: inout [UInt8]) {
    var start = 0
    while isPage(bytes, start), let end = end(bytes, start), end <= bytes.count {
      for (index, byte) in [0x48, 0x47, 0x31, 0x00].enumerated() {
        bytes[start + 14 + index] = UInt8(byte)
      }
      for index in 22..<26 { bytes[start + index] = 0 }
      var sum: UInt32 = 0
      for index in start..<end { sum = sum << 8 ^ table[Int(UInt8(sum >> 24) ^ bytes[index])] }
      for index in 0..<4 {
        bytes[start + 22 + index] = UInt8(truncatingIfNeeded: sum >> (8 * index))
      }
      start = end
    }
  }

  private static func isPage(_ bytes: [UInt8], _ start: Int) -> Bool {
    bytes.count - start >= headerSize && bytes[start...].starts(with: "OggS".utf8)
  }

  /// The offset behind a page, which may lie behind the last byte; none where its table of segments
  /// is not all there.
  private static func end(_ bytes: [UInt8], _ start: Int) -> Int? {
    let body = start + headerSize + Int(bytes[start + 26])
    guard body <= bytes.count else { return nil }
    return bytes[start + headerSize..<body].reduce(body) { $0 + Int($1) }
  }

  /// The checksum of each byte, by the polynomial 0x04C11DB7 without reflection.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte) << 24) { sum, _ in
      sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04c1_1db7 : sum << 1
    }
  }
}
