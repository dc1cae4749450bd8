import HourglassTensors
import Testing

@Suite struct SeededGeneratorTests {
  /// The known answers are those of the authors' library Random123, file `kat_vectors`.
  @Test func philoxGivesTheKnownAnswers() {
    let zeros = Philox.block(key: 0, counter: (0, 0, 0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(key: .max, counter: (.max, .max, .max, .max))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
  }

  @Test func normalsHaveMeanZeroAndVarianceOne() {
    var generator = SeededGenerator(seed: 5)
    let draws = (0..<100_000).map { _ in Double(generator.nextNormal()) }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let variance = draws.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(draws.count)
    #expect(abs(mean) < 0.01)
    #expect(abs(variance - 1) < 0.02)
  }

  @Test func sameSeedGivesTheSameNumbersAndStreamsDiffer() {
    var first = SeededGenerator.named("shuffle", seed: 7)
    var second = SeededGenerator.named("shuffle", seed: 7)
    var other = SeededGenerator.named("noise", seed: 7)
    let draws = (0..<100).map { _ in first.next() }
    #expect(draws == (0..<100).map { _ in second.next() })
    #expect(draws != (0..<100).map { _ in other.next() })
  }
}
