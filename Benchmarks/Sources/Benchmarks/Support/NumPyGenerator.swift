/// The random numbers of `numpy.random.default_rng`, so that a benchmark splits data as a program in Python
/// does that follows the same protocol.
///
/// Only what the benchmarks need is here: uniform numbers and permutations. Everything else of the project
/// takes `SeededGenerator`.
///
/// Reference: O'Neill, 2014, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
/// for Random Number Generation", HMC-CS-2014-0905: the generator XSL-RR of 128 bits; its state comes from
/// the seed by the hash of NumPy's `SeedSequence`.
struct NumPyGenerator: Sendable {
  private var state: UInt128
  private let increment: UInt128
  /// The upper half of the last number, where only its lower half was used.
  private var rest: UInt32?

  private static let multiplier: UInt128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645

  /// Starts as `default_rng(seed)` does.
  init(seed: UInt64) {
    let words = SeedWords(seed)
    let start = UInt128(words.numbers[0]) << 64 | UInt128(words.numbers[1])
    let sequence = UInt128(words.numbers[2]) << 64 | UInt128(words.numbers[3])
    increment = sequence << 1 | 1
    state = 0
    advance()
    state &+= start
    advance()
  }

  private mutating func advance() { state = state &* Self.multiplier &+ increment }

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    advance()
    let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
    let turn = UInt64(truncatingIfNeeded: state >> 122)
    return folded >> turn | folded << ((64 - turn) & 63)
  }

  /// The next number from 0 to below 1.
  mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The numbers from 0 to below `count` in random order, as `permutation(count)` gives them.
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    for place in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(place, nextIndex(upTo: place))
    }
    return order
  }

  /// A number from 0 to `greatest`: bits as many as it has are drawn until they are no greater.
  private mutating func nextIndex(upTo greatest: Int) -> Int {
    let mask = UInt64.max >> UInt64(greatest).leadingZeroBitCount
    while true {
      let bits = greatest <= UInt32.max ? UInt64(nextHalf()) : next()
      if bits & mask <= UInt64(greatest) { return Int(bits & mask) }
    }
  }

  private mutating func nextHalf() -> UInt32 {
    if let rest {
      self.rest = nil
      return rest
    }
    let bits = next()
    rest = UInt32(truncatingIfNeeded: bits >> 32)
    return UInt32(truncatingIfNeeded: bits)
  }
}

/// The words that NumPy's `SeedSequence` makes of a seed.
private struct SeedWords {
  let numbers: [UInt64]

  init(_ seed: UInt64) {
    var factor: UInt32 = 0x43B0_D7E5
    func hashed(_ value: UInt32) -> UInt32 {
      var value = value ^ factor
      factor &*= 0x931E_8875
      value &*= factor
      return value ^ value >> 16
    }
    func mixed(_ first: UInt32, _ second: UInt32) -> UInt32 {
      let value = 0xCA01_F9DD &* first &- 0x4973_F715 &* second
      return value ^ value >> 16
    }
    let entropy = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32), 0, 0]
    var pool = entropy.map { hashed($0) }
    for source in pool.indices {
      for target in pool.indices where target != source {
        pool[target] = mixed(pool[target], hashed(pool[source]))
      }
    }
    var halves: [UInt64] = []
    factor = 0x8B51_F9DD
    for place in 0..<8 {
      var value = pool[place % 4] ^ factor
      factor &*= 0x58F3_8DED
      value &*= factor
      halves.append(UInt64(value ^ value >> 16))
    }
    numbers = (0..<4).map { halves[2 * $0] | halves[2 * $0 + 1] << 32 }
  }
}
