/// A counter-based random generator: the same seed gives the same numbers everywhere.
///
/// It is Philox4x32-10: each block of four 32-bit words is a pure function of a 64-bit key and a
/// 128-bit counter, so that a position of the stream can be computed without those before it.
/// The executors draw noise inside a graph from the same function.
///
/// Reference: Salmon, Moraes, Dror, Shaw, 2011, "Parallel random numbers: as easy as 1, 2, 3",
/// doi:10.1145/2063384.2063405, section 3.3 and table 2.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable, Codable {
  /// The key of the stream.
  public let seed: UInt64

  private var position: UInt64
  private let stream: UInt64
  private var buffered: [UInt32]
  private var spareNormal: Float?

  /// Makes a generator from a seed; generators of one seed and different streams are independent.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.position = 0
    self.buffered = []
  }

  /// A generator of the same seed for a purpose of its own, named by a string.
  public static func named(_ purpose: String, seed: UInt64) -> SeededGenerator {
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return SeededGenerator(seed: seed, stream: hash)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = nextWord()
    let high = nextWord()
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The next number of the uniform distribution on [0, 1), in steps of 2^-24.
  public mutating func nextUniform() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// The next number of the normal distribution with mean 0 and standard deviation 1.
  public mutating func nextNormal() -> Float {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let (first, second) = Philox.normals(nextWord(), nextWord())
    spareNormal = second
    return first
  }

  private mutating func nextWord() -> UInt32 {
    if buffered.isEmpty {
      let block = Philox.block(
        key: seed,
        counter: (
          UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
          UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
        )
      )
      buffered = [block.3, block.2, block.1, block.0]
      position &+= 1
    }
    return buffered.removeLast()
  }
}
