import HourglassEngines
import HourglassModelFiles
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassEvaluation
@testable import HourglassStatistics
@testable import HourglassTasksCommon

/// How often new normal items are reported by detectors of few items.
@Suite struct FalseAlarmTests {
  private func detector(rate: Double, seed: UInt64 = 1) -> AnomalyDetector {
    AnomalyDetector(
      falseAlarmRate: rate,
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 4, seed: seed)
    )
  }

  /// Rows of twelve normal numbers and one that is nearly always 0.
  private func rows(_ count: Int, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed)
    var columns = (0..<12).map { column in
      Table.Column(
        name: "x\(column)",
        kind: .number,
        cells: .numbers((0..<count).map { _ in Double(generator.nextNormal()) }, missing: [])
      )
    }
    let draws = (0..<count).map { _ in generator.nextUniform() }
    columns.append(
      Table.Column(
        name: "rare",
        kind: .number,
        cells: .numbers(draws.map { $0 < 0.03 ? 5 : 0 }, missing: [])
      )
    )
    return Table(name: "rows", columns: columns)
  }

  /// Rows that are measured without themselves are nearer to the others than new ones: of 30 rows some 30 % of new
  /// ones were reported where 10 % were asked for.
  @Test func newRowsAreReportedAsOftenAsWasAsked() async throws {
    let engine = smallEngine()
    var alarms = 0
    for seed in UInt64(1)...8 {
      let fitted = try await detector(rate: 0.1, seed: seed)
        .fit(rows(30, seed: seed), session: TrainingSession(engine: engine))
      #expect(fitted.calibration.count == 30 && fitted.tooFew == nil)
      alarms += try await fitted.findings(in: rows(200, seed: 100 + seed), on: engine).anomalyCount
    }
    // The mean of eight variables of beta distributions with k = 3 and n = 30 has a deviation of .018.
    #expect((0.045...0.155).contains(Double(alarms) / 1_600), "\(alarms) of 1,600")
  }

  /// Kept rows lie at even distances among all: where these are those of the folds, one fold had all of them, and
  /// the others were scored without any.
  @Test(arguments: [1, 2, 12])
  func fewReferencesGiveTheRateAsked(_ references: Int) async throws {
    let engine = smallEngine()
    var few = detector(rate: 0.1)
    few.references = references
    let fitted = try await few.fit(rows(120, seed: 4), session: TrainingSession(engine: engine))
    #expect(fitted.calibration.count == 120 && fitted.tooFew == nil)
    let alarms = try await fitted.findings(in: rows(1_000, seed: 5), on: engine).anomalyCount
    // A variable of a beta distribution with k = 12 and n = 120 has a deviation of .027.
    #expect((20...200).contains(alarms), "\(alarms) of 1,000")
  }

  @Test func foldsHaveKeptRowsAndOthersInEqualParts() {
    // Every tenth row is kept, in the order of the folds.
    let isKept = (0..<120).map { $0 % 10 == 0 }
    let folds = CrossFit.folds(of: isKept)
    for fold in 0..<10 {
      let inFold = folds.indices.filter { folds[$0] == fold }
      #expect((11...13).contains(inFold.count))
      #expect((1...2).contains(inFold.count { isKept[$0] }))
    }
    // Where all rows are kept, or few rows are there, no fold is empty.
    #expect(CrossFit.folds(of: Array(repeating: true, count: 25)) == (0..<25).map { $0 % 10 })
    #expect(Set(CrossFit.folds(of: (0..<10).map { $0 < 5 })).count == 10)
  }

  /// Without rows that are kept, the error of rows that were trained on says nothing of new ones.
  @Test func theErrorOfTrainedRowsPromisesNothing() async throws {
    let engine = smallEngine()
    var alone = detector(rate: 0.01)
    alone.references = 0
    let fitted = try await alone.fit(rows(100, seed: 1), session: TrainingSession(engine: engine))
    #expect(fitted.calibration.count == 20)
    #expect(try #require(fitted.tooFew).hasPrefix("too few rows for a false-alarm rate of 1 %"))
    #expect(fitted.evaluation?.warnings.contains { $0.hasPrefix("too few rows") } == true)
    #expect(try fitted.with(falseAlarmRate: 0.05).tooFew == nil)
  }

  /// An autoregression with a memory of some twenty times.
  private func series(_ count: Int, window: Int, seed: UInt64) throws -> SeriesSet {
    var generator = SeededGenerator(seed: seed)
    var state: Float = 0
    let values = (0..<count).map { _ -> Double in
      state = 0.9 * state + 0.4 * generator.nextNormal()
      return Double(state)
    }
    let table = Table(
      name: "steps",
      columns: [
        Table.Column(
          name: "time",
          kind: .identifier,
          cells: .numbers((0..<count).map(Double.init), missing: [])
        ),
        Table.Column(name: "level", kind: .number, cells: .numbers(values, missing: [])),
      ]
    )
    return try SeriesSet(table, options: SeriesOptions(timeColumn: "time", window: window))
  }

  /// Neighboring times are alike: those held out are as many as they have windows at most.
  @Test func timesOfASeriesCountInBlocks() async throws {
    let engine = smallEngine()
    let set = try series(2_000, window: 16, seed: 1)
    let fitted = try await detector(rate: 0.01)
      .fit(.series(set), session: TrainingSession(engine: engine))
    let calibration = fitted.calibration
    #expect((300...500).contains(calibration.count))
    #expect((2...calibration.count / 16).contains(calibration.independentCount))
    // No rate of 1 % is promised; what is above all that was held out is reported.
    #expect(try #require(fitted.tooFew).contains("independent"))
    #expect(fitted.threshold == calibration.scores.last)
    let looser = try fitted.with(falseAlarmRate: 0.4)
    #expect(looser.tooFew == nil && looser.threshold < fitted.threshold)
    let loaded = try FittedAnomalyDetector(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(loaded.calibration == calibration && loaded.tooFew == fitted.tooFew)
  }

  /// Where all windows are trained on, their scores say nothing of new times: all of them were reported.
  @Test func aShortSeriesPromisesNothing() async throws {
    let engine = smallEngine()
    let fitted = try await detector(rate: 0.05)
      .fit(.series(series(150, window: 32, seed: 1)), session: TrainingSession(engine: engine))
    #expect(fitted.calibration.independentCount == 0)
    #expect(try #require(fitted.tooFew).contains("no false-alarm rate is promised"))
    let new = try await fitted.findings(in: .series(series(400, window: 32, seed: 2)), on: engine)
    #expect(new.count == 400 && new.anomalyCount == 0)
    #expect(new.pValues.allSatisfy { $0 == 1 })
  }

  @Test func theMemoryOfScoresIsFound() {
    var generator = SeededGenerator(seed: 3)
    let free = (0..<4_000).map { _ in Double(generator.nextNormal()) }
    #expect((0.8...1.3).contains(SeriesBlocks.memory(free, [4_000])))
    // Each tenfold: the sum of 1 - k / 10 on both sides is 10.
    let held = (0..<4_000).map { free[$0 / 10] }
    #expect((8...12).contains(SeriesBlocks.memory(held, [4_000])))
    #expect(SeriesBlocks.memory([1, 1, 1], [3]) == 1)
    #expect(SeriesBlocks.count(scores: free, lengths: [2_000, 1_990, 10], window: 100) == 40)
  }
}
