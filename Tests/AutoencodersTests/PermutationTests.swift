import Foundation
import HourglassAutoencoders
import Testing

@Suite struct PermutationTests {
  private func shuffled(_ count: Int, seed: UInt64, number: UInt64) -> [Int] {
    var items = Array(0..<count)
    Permutation.shuffle(
      &items,
      seed: seed,
      purpose: Permutation.Purpose.epoch,
      number: number
    )
    return items
  }

  @Test func everyItemComesOnce() {
    for count in [0, 1, 2, 3, 100, 1001] {
      #expect(shuffled(count, seed: 1, number: 2).sorted() == Array(0..<count))
    }
  }

  @Test func ordersDependOnSeedAndEpochAlone() {
    #expect(shuffled(100, seed: 1, number: 2) == shuffled(100, seed: 1, number: 2))
    #expect(shuffled(100, seed: 1, number: 2) != shuffled(100, seed: 1, number: 3))
    #expect(shuffled(100, seed: 1, number: 2) != shuffled(100, seed: 2, number: 2))
  }

  @Test func everyPlaceIsAsLikely() {
    var counts = [Int](repeating: 0, count: 25)
    for number in 0..<10_000 {
      for (place, item) in shuffled(5, seed: 3, number: UInt64(number)).enumerated() {
        counts[place * 5 + item] += 1
      }
    }
    // Two thousand each, with a deviation of 40.
    #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
  }

  @Test func computedPermutationsHaveEveryItemOnce() {
    for count in [1, 2, 3, 4, 5, 17, 64, 1_000, 65_537] {
      let order = ComputedPermutation(count: count, seed: 1, purpose: 2, number: 3)
      #expect((0..<count).map { order[$0] }.sorted() == Array(0..<count))
    }
  }

  @Test func computedPermutationsDependOnSeedAndNumber() {
    func places(_ seed: UInt64, _ number: UInt64) -> [Int] {
      let order = ComputedPermutation(count: 100, seed: seed, purpose: 2, number: number)
      return (0..<100).map { order[$0] }
    }
    #expect(places(1, 2) == places(1, 2))
    #expect(places(1, 2) != places(1, 3))
    #expect(places(1, 2) != places(2, 2))
  }

  @Test func everyComputedPlaceIsAsLikely() {
    var counts = [Int](repeating: 0, count: 49)
    var pairs = 0
    for number in 0..<7_000 {
      let order = ComputedPermutation(count: 7, seed: 3, purpose: 2, number: UInt64(number))
      for place in 0..<7 { counts[place * 7 + order[place]] += 1 }
      if order[1] == (order[0] + 1) % 7 { pairs += 1 }
    }
    // A thousand each with a deviation of 29, and a sixth of all with one of 31.
    #expect(counts.allSatisfy { abs($0 - 1_000) < 150 })
    #expect(abs(pairs - 7_000 / 6) < 160)
  }

  @Test func splitsAreDrawnFromTheSeed() {
    let split = ValidationSplit()
    let (training, validation) = split.indices(of: 105, seed: 7)
    #expect(validation.count == 10)
    #expect((training + validation).sorted() == Array(0..<105))
    #expect(split.indices(of: 105, seed: 7).validation == validation)
    #expect(split.indices(of: 105, seed: 8).validation != validation)
    #expect(split.heldOutCount(of: 9) == 0)
    #expect(split.heldOutCount(of: 10) == 1)
    #expect(split.heldOutCount(of: 1_000_000) == 5_000)
    #expect(ValidationSplit(fraction: 0.999).heldOutCount(of: 10) == 9)
    #expect(ValidationSplit.none.heldOutCount(of: 1000) == 0)
  }

  @Test func numbersComeBackBitByBit() throws {
    struct Holder: Codable, Equatable {
      @ExactlyCoded var number: Double
      @ExactlyCoded var bits: UInt64
    }
    for value in [0.1, -0.0, .infinity, .leastNonzeroMagnitude, 1e308] {
      let holder = Holder(number: value, bits: .max - 1)
      let back = try JSONDecoder().decode(Holder.self, from: JSONEncoder().encode(holder))
      #expect(back == holder)
      #expect(back.number.bitPattern == value.bitPattern)
    }
  }
}
