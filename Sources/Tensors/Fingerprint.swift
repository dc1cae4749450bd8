internal import HourglassSystem

/// A hash that is the same on every machine and in every run: of data, of the state of a run, of files.
///
/// It is XXH64 with the seed 0 of the values as little-endian bytes. It detects accidental
/// differences; it is no protection against somebody who wants two data sets to look the same.
///
/// Reference: Collet, 2012, xxHash, https://xxhash.com, document "XXH64 algorithm description".
package enum Fingerprint {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of some bytes.
  package static func hash(_ bytes: RawSpan) -> UInt64 {
    var lanes = Lanes()
    var offset = 0
    while bytes.byteCount - offset >= 32 {
      lanes.take(bytes, offset)
      offset += 32
    }
    return hash(lanes, bytes, from: offset, of: bytes.byteCount)
  }

  /// The hash of bytes that come piece by piece.
  package struct Stream: Sendable {
    private var lanes = Lanes()
    /// The last bytes, fewer than 32.
    private var tail: [UInt8] = []
    private var count = 0

    /// Begins with no bytes.
    package init() {}

    /// Takes further bytes.
    package mutating func append(_ bytes: RawSpan) {
      count += bytes.byteCount
      var offset = 0
      while offset < bytes.byteCount && !tail.isEmpty {
        tail.append(byte(bytes, offset))
        offset += 1
        if tail.count == 32 {
          let whole = tail
          lanes.take(whole.span.bytes, 0)
          tail.removeAll(keepingCapacity: true)
        }
      }
      while bytes.byteCount - offset >= 32 {
        lanes.take(bytes, offset)
        offset += 32
      }
      while offset < bytes.byteCount {
        tail.append(byte(bytes, offset))
        offset += 1
      }
    }

    /// Takes a text, and behind it a byte that no text has, so that where it ends counts.
    package mutating func append(_ text: String) {
      let bytes = Array(text.utf8) + [0xFF]
      append(bytes.span.bytes)
    }

    /// Takes a number as eight bytes.
    package mutating func append(_ number: UInt64) {
      let words = [number.littleEndian]
      append(words.span.bytes)
    }

    /// The hash of all bytes so far.
    package var hash: UInt64 {
      let rest = tail
      return Fingerprint.hash(lanes, rest.span.bytes, from: 0, of: count)
    }
  }

  /// What is kept of all bytes but the last ones, fewer than 32.
  private struct Lanes {
    private var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)

    /// Takes 32 bytes.
    mutating func take(_ bytes: RawSpan, _ offset: Int) {
      lanes.0 = round(lanes.0, word(bytes, offset))
      lanes.1 = round(lanes.1, word(bytes, offset + 8))
      lanes.2 = round(lanes.2, word(bytes, offset + 16))
      lanes.3 = round(lanes.3, word(bytes, offset + 24))
    }

    var merged: UInt64 {
      var hash =
        turned(lanes.0, 1) &+ turned(lanes.1, 7) &+ turned(lanes.2, 12) &+ turned(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ round(0, lane)) &* prime1 &+ prime4
      }
      return hash
    }
  }

  /// The hash of `count` bytes, of which the last ones stand in some bytes from an offset on.
  private static func hash(
    _ lanes: Lanes,
    _ bytes: RawSpan,
    from start: Int,
    of count: Int
  ) -> UInt64 {
    var offset = start
    var hash = count >= 32 ? lanes.merged : prime5
    hash &+= UInt64(count)
    while bytes.byteCount - offset >= 8 {
      hash = turned(hash ^ round(0, word(bytes, offset)), 27) &* prime1 &+ prime4
      offset += 8
    }
    if bytes.byteCount - offset >= 4 {
      hash ^= UInt64(halfWord(bytes, offset)) &* prime1
      hash = turned(hash, 23) &* prime2 &+ prime3
      offset += 4
    }
    while offset < bytes.byteCount {
      hash ^= UInt64(byte(bytes, offset)) &* prime5
      hash = turned(hash, 11) &* prime1
      offset += 1
    }
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  /// Sixteen hexadecimal digits.
  package static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    turned(lane &+ word &* prime2, 31) &* prime1
  }

  private static func turned(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }

  // `unsafeLoadUnaligned` checks the offset; it is called unsafe for types that not every pattern
  // of bits is a value of.
  private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static func halfWord(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
  }
}
