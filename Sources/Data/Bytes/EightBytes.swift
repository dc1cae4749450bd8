/// Eight bytes of a text that are looked at together, the first one in the lowest bits.
///
/// Reference: Langdale, Lemire, 2019, "Parsing gigabytes of JSON per second", arXiv:1902.08318
/// (bytes side by side in a word).
struct EightBytes {
  let word: UInt64

  /// Takes the bytes at an offset; there must be eight of them.
  @inline(__always)
  init(_ bytes: RawSpan, at offset: Int) {
    word = UInt64(
      littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    )
  }

  /// How many bytes stand before the first one that is a given one or below a blank.
  @inline(__always)
  func count(before stop: Repeated) -> Int {
    let isLow = (word &- 0x2020_2020_2020_2020) & ~word
    let difference = word ^ stop.word
    let isStop = (difference &- Repeated.ones) & ~difference
    // A borrow reaches only bytes behind the first one that is found.
    return ((isLow | isStop) & 0x8080_8080_8080_8080).trailingZeroBitCount >> 3
  }

  /// The place of the first byte of 0x80 or more in a part of an array.
  static func firstBeyondASCII(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    let raw = bytes.span.bytes
    var place = range.lowerBound
    while place &+ 32 <= range.upperBound {
      let words =
        EightBytes(raw, at: place).word | EightBytes(raw, at: place &+ 8).word
        | EightBytes(raw, at: place &+ 16).word | EightBytes(raw, at: place &+ 24).word
      if words & 0x8080_8080_8080_8080 != 0 { break }
      place &+= 32
    }
    while place < range.upperBound {
      if bytes[place] >= 0x80 { return place }
      place &+= 1
    }
    return nil
  }

  /// A byte that stands in each place of a word.
  struct Repeated {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    let byte: UInt8
    let word: UInt64

    init(_ byte: UInt8) {
      self.byte = byte
      word = UInt64(byte) &* Self.ones
    }
  }
}
