internal import HourglassTensors

/// Orders of items that are a pure function of a seed, so that a resumed run sees the same ones.
package enum Permutation {
  /// Puts the items in a random order: Fisher and Yates, from the last place to the first.
  ///
  /// The order depends on the items' present order, the seed, the purpose and the number, and on
  /// nothing else. Each draw is of 64 bits, so that its bias is below count · 2⁻⁶⁴.
  package static func shuffle(
    _ items: inout [Int],
    seed: UInt64,
    purpose: UInt32,
    number: UInt64
  ) {
    var buffered: UInt64 = 0
    for (draw, last) in stride(from: items.count - 1, to: 0, by: -1).enumerated() {
      let bits: UInt64
      if draw & 1 == 0 {
        let words = Philox.block(
          key: seed,
          counter: (
            UInt32(truncatingIfNeeded: draw >> 1), UInt32(truncatingIfNeeded: number),
            UInt32(truncatingIfNeeded: number >> 32), purpose
          )
        )
        bits = UInt64(words.1) << 32 | UInt64(words.0)
        buffered = UInt64(words.3) << 32 | UInt64(words.2)
      } else {
        bits = buffered
      }
      items.swapAt(last, Int(bits.multipliedFullWidth(by: UInt64(last + 1)).high))
    }
  }

  /// The purposes of orders; each has random numbers of its own.
  package enum Purpose {
    /// Which items are held out.
    package static let split: UInt32 = 0x7370_6c74
    /// The order within an epoch.
    package static let epoch: UInt32 = 0x6570_6f63
  }
}

/// How many items are held out of training, to evaluate it.
public struct ValidationSplit: Hashable, Sendable, Codable {
  /// The part of the items that is held out, from 0 to below 1.
  public var fraction: Double
  /// The number of items that are held out at most.
  public var maximumCount: Int

  /// Makes a split; a tenth of the items, at most 5,000, is held out by default.
  public init(fraction: Double = 0.1, maximumCount: Int = 5_000) {
    self.fraction = fraction
    self.maximumCount = maximumCount
  }

  /// Nothing is held out.
  public static let none = ValidationSplit(fraction: 0, maximumCount: 0)

  /// The number of items held out of `count`: none of fewer than 10, at least one of more.
  package func heldOutCount(of count: Int) -> Int {
    guard count >= 10, fraction > 0, maximumCount > 0 else { return 0 }
    return Swift.min(Swift.max(Int(Double(count) * fraction), 1), maximumCount, count - 1)
  }

  /// The training items and those held out, both in rising order.
  package func indices(of count: Int, seed: UInt64) -> (training: [Int], validation: [Int]) {
    let heldOut = heldOutCount(of: count)
    var order = Array(0..<count)
    guard heldOut > 0 else { return (order, []) }
    Permutation.shuffle(&order, seed: seed, purpose: Permutation.Purpose.split, number: 0)
    return (order[heldOut...].sorted(), order[..<heldOut].sorted())
  }
}
