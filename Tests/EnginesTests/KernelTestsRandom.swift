import CHourglassOneDNN
import HourglassTensors
import Testing

@Suite("Kernel random numbers")
struct KernelTestsRandom {
  static let seed: UInt64 = 0xDEAD_BEEF_0123_4567
  static let stream: UInt32 = 0x9000_0001
  static let step: UInt64 = 0x0000_0005_8000_0007

  private func words(_ count: Int) -> [UInt32] {
    (0..<(count + 3) / 4).flatMap { block -> [UInt32] in
      let counter = (
        UInt32(block), Self.stream, UInt32(truncatingIfNeeded: Self.step),
        UInt32(truncatingIfNeeded: Self.step >> 32)
      )
      let words = Philox.block(key: Self.seed, counter: counter)
      return [words.0, words.1, words.2, words.3]
    }
  }

  private func fill(_ kind: hg_random, _ count: Int, threads: Int32) -> Memory {
    let output = Memory(count: count)
    hg_random_fill(kind, Self.seed, Self.stream, Self.step, output.data, Int64(count), threads)
    return output
  }

  @Test(
    "Uniform numbers are those of Philox",
    arguments: [0, 1, 2, 3, 4, 5, 255, 256, 257, 100_001]
  )
  func uniform(count: Int) {
    let wanted = words(count).prefix(count).map(Philox.uniform)
    for threads in [1, 2, 5] as [Int32] {
      let output = fill(HG_RANDOM_UNIFORM, count, threads: threads)
      #expect(output.values == wanted)
      #expect(output.isIntact)
    }
  }

  @Test(
    "Normal numbers are those of Philox",
    arguments: [0, 1, 2, 3, 4, 5, 255, 256, 257, 60_003]
  )
  func normal(count: Int) {
    let words = words(count)
    var wanted: [Double] = []
    for pair in stride(from: 0, to: words.count, by: 2) {
      let normals = Philox.normals(words[pair], words[pair + 1])
      wanted += [Double(normals.0), Double(normals.1)]
    }
    for threads in [1, 2, 5] as [Int32] {
      let output = fill(HG_RANDOM_NORMAL, count, threads: threads)
      #expect(largestDifference(output.values, wanted) < 1e-6)
      #expect(output.isIntact)
    }
  }
}
