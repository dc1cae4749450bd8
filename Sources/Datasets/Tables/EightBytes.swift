/// Eight bytes of a text that are looked at together, the first one in the lowest bits.
///
/// Reference: Langdale, Lemire, 2019, "Parsing gigabytes of JSON per second", arXiv:1902.08318
/// (bytes side by side in a word); Lemire, 2021, "Number parsing at a gigabyte per second",
/// arXiv:2101.11408 (eight digits by three multiplications).
struct EightBytes {
  let word: UInt64

  /// Takes the bytes at an offset; there must be eight of them.
  @inline(__always)
  init(_ bytes: RawSpan, at offset: Int) {
    word = UInt64(
      littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    )
  }

  /// How many digits stand at the beginning, the whole number that they are, and the power of ten that
  /// a number before them is to be multiplied by.
  @inline(__always)
  var digits: (count: Int, value: UInt64, power: UInt64) {
    let shifted = word ^ 0x3030_3030_3030_3030
    // A byte above 9 carries into its highest bit; what that changes lies behind it.
    let others = ((shifted &+ 0x7676_7676_7676_7676) | shifted) & 0x8080_8080_8080_8080
    let count = others.trailingZeroBitCount >> 3
    var value = shifted << UInt64(64 &- 8 &* count)
    value = value &* 10 &+ value >> 8
    let upper = (value & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
    let lower = ((value >> 16) & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
    return (count, (upper &+ lower) >> 32, Self.power(count))
  }

  /// 10^count, for 0 to 8: the product of the powers that the bits of the count stand for.
  @inline(__always)
  private static func power(_ count: Int) -> UInt64 {
    let one: UInt64 = count & 1 == 0 ? 1 : 10
    let two: UInt64 = count & 2 == 0 ? 1 : 100
    let four: UInt64 = count & 4 == 0 ? 1 : 10_000
    return count & 8 == 0 ? one &* two &* four : 100_000_000
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
