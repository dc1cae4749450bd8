import HourglassTensors
import Testing

@testable import HourglassStatistics

@Suite struct SoftmaxRegressionTests {
  @Test func wideRowsAreLearnedWithMorePenalty() {
    // 300 numbers a row, each of which depends a little on the class.
    var generator = SeededGenerator(seed: 12)
    let classes = (0..<1_000).map { $0 / 3 % 2 }
    let values = (0..<300_000).map { generator.nextNormal() + 0.1 * Float(classes[$0 / 300]) }
    let rows = PaddedRows(Tensor(values, shape: [1_000, 300]))
    func penalty(_ rows: PaddedRows) -> Float {
      SoftmaxRegression.penalty(for: rows, classes: classes, classCount: 2, rounds: 100)
    }
    #expect(penalty(rows) > 1)
    // Where nothing is held out, or nothing is memorized, the least.
    let narrow = classes.map { 4 * Float($0) }
    #expect(penalty(PaddedRows(Tensor(narrow, shape: [1_000, 1]))) == 1)
    #expect(
      SoftmaxRegression.penalty(for: rows.rows([0, 1]), classes: [0, 1], classCount: 2, rounds: 9)
        == 1
    )
  }
}
