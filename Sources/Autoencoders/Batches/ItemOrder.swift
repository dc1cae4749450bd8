internal import HourglassTensors

/// The items that are trained on, in the order of an epoch.
///
/// Where the items are a list, the order is a shuffled copy of it. Where they are all items up to a
/// number, of which there may be more than memory should hold, place for place is computed: the order
/// is a permutation all the same, in which each item comes once.
struct ItemOrder {
  private let items: [Int]?
  /// The number of items.
  let count: Int

  private var shuffled: [Int] = []
  private var permutation: ComputedPermutation?
  private var epoch = -1

  /// The items of a list.
  init(_ items: [Int]) {
    self.items = items
    count = items.count
  }

  /// The items from 0 to below a number.
  init(upTo count: Int) {
    items = nil
    self.count = count
  }

  /// Prepares the order of an epoch, and says whether it is another one than before.
  mutating func begin(epoch: Int, seed: UInt64) -> Bool {
    guard self.epoch != epoch else { return false }
    self.epoch = epoch
    let purpose = Permutation.Purpose.epoch
    guard let items else {
      permutation = ComputedPermutation(
        count: count,
        seed: seed,
        purpose: purpose,
        number: UInt64(epoch)
      )
      return true
    }
    shuffled = items
    Permutation.shuffle(&shuffled, seed: seed, purpose: purpose, number: UInt64(epoch))
    return true
  }

  /// The item at a place of the epoch.
  subscript(place: Int) -> Int { permutation?[place] ?? shuffled[place] }
}

/// A permutation of the numbers below a count that is computed place for place.
///
/// A network of Feistel with six rounds permutes the numbers below the next power of four, and is
/// walked on until it gives one below the count (Black, Rogaway, 2002, "Ciphers with arbitrary finite
/// domains", doi:10.1007/3-540-45760-7_9, the method of the walked cycle).
package struct ComputedPermutation: Sendable {
  package let count: Int
  private let halfBits: UInt64
  private let keys: [UInt64]

  /// Makes the permutation; another seed, purpose or number gives another one.
  package init(count: Int, seed: UInt64, purpose: UInt32, number: UInt64) {
    precondition(count > 0, "there is something to permute")
    self.count = count
    var bits: UInt64 = 1
    while bits < 31 && 1 << (2 * bits) < count { bits += 1 }
    halfBits = bits
    var keys: [UInt64] = []
    for round in 0..<UInt32(Self.rounds / 2) {
      let words = Philox.block(
        key: seed,
        counter: (
          round, UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32),
          purpose
        )
      )
      keys.append(UInt64(words.1) << 32 | UInt64(words.0))
      keys.append(UInt64(words.3) << 32 | UInt64(words.2))
    }
    self.keys = keys
  }

  private static let rounds = 6

  package subscript(place: Int) -> Int {
    precondition(place >= 0 && place < count, "place \(place) is not there")
    var value = UInt64(place)
    repeat { value = permuted(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func permuted(_ value: UInt64) -> UInt64 {
    let mask: UInt64 = 1 << halfBits - 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in 0..<Self.rounds {
      // The mixing of SplitMix64 (Steele, Lea, Flood, 2014, doi:10.1145/2660193.2660195).
      var mixed = (right &+ keys[round]) &* 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
      (left, right) = (right, left ^ (mixed & mask))
    }
    return left << halfBits | right
  }
}
