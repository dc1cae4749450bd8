import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassAutoencoders
@testable import HourglassColorize
@testable import HourglassData
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassTasksCommon

@Suite struct LearningHealthTests {
  private func record(_ losses: [Double], _ reason: StopReason = .epochs) -> TrainingRecord {
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    return TrainingRecord(
      trainer: Trainer(),
      trainingCount: 100,
      validationCount: 10,
      epochs: losses.enumerated().map { epoch, loss in
        EpochRecord(
          epoch: epoch + 1,
          step: epoch + 1,
          training: LossParts(loss: loss),
          validation: LossParts(loss: loss),
          learningRate: 0.1
        )
      },
      steps: losses.count,
      bestEpoch: best + 1,
      stopReason: reason
    )
  }

  @Test func anEndThatCameTooEarlyIsReported() {
    let falling = (0..<10).map { 10 * Double(10 - $0) }
    #expect(
      TrainingDiagnostics.budget(record(falling))
        == "the error still fell by 67 % in the last fifth of training: train longer"
    )
    #expect(TrainingDiagnostics.budget(record(falling, .earlyStopping)) == nil)
    #expect(TrainingDiagnostics.budget(record([9, 5, 2, 1, 1.001, 1.002])) == nil)
    #expect(TrainingDiagnostics.budget(record([9, 1.01, 1.008, 1.005, 1.002, 1])) == nil)
    #expect(TrainingDiagnostics.budget(record([3], .time))?.contains("second epoch") == true)
    #expect(TrainingDiagnostics.budget(record([3], .epochs)) == nil)
  }

  private func rows(_ values: [[Double]]) throws -> EncodedRows {
    let columns = values[0].indices.map { column in
      Table.Column(
        name: "x\(column)",
        kind: .number,
        cells: .numbers(values.map { $0[column] }, missing: [])
      )
    }
    let table = Table(name: "t", columns: columns)
    let all = Array(values.indices)
    let encoding = ItemEncoding.table(try TableEncoding(learning: table, rows: all))
    return try EncodedRows(.table(table), encoding: encoding)
  }

  @Test func itemsThatWereTrainedOnAreReported() throws {
    let all = try rows((0..<40).map { [Double($0 % 20), Double($0 % 20) * 2] })
    let same = TrainingDiagnostics.duplicates(
      evaluated: all.selecting(Array(0..<10)),
      learned: all.selecting(Array(15..<40)),
      noun: "rows"
    )
    #expect(same?.hasPrefix("100 % of the held-out rows equal training rows") == true)
    let half = TrainingDiagnostics.duplicates(
      evaluated: all.selecting([0, 1, 2, 3]),
      learned: all.selecting(Array(22..<40)),
      noun: "rows"
    )
    #expect(half?.hasPrefix("50 %") == true)
    let other = TrainingDiagnostics.duplicates(
      evaluated: all.selecting(Array(0..<10)),
      learned: all.selecting(Array(10..<20)),
      noun: "rows"
    )
    #expect(other == nil)
  }

  @Test func aDetectorReportsRepeatedRows() async throws {
    let session = TrainingSession(engine: smallEngine())
    let detector = AnomalyDetector(learning: TrainingSettings(epochs: 3, seed: 2))
    let once = curvedRows(240)
    let again = Tensor(
      (0..<6).flatMap { _ in once.scalars.prefix(40 * 8) },
      shape: [240, 8]
    )
    func isReported(_ rows: Tensor) async throws -> Bool {
      let fitted = try await detector.fit(numberTable(rows), session: session)
      let kept = try FittedAnomalyDetector(ModelFile(bytes: try fitted.bytes(), path: "model"))
      #expect(kept.evaluation == fitted.evaluation)
      return kept.evaluation?.warnings.contains { $0.contains("value for value") } == true
    }
    #expect(try await isReported(again))
    #expect(try await !isReported(once))
  }

  @Test func aColorizerReportsAnEndThatCameTooEarly() async throws {
    let gray = spots(60)
    let planes = (0..<60).flatMap { image in
      (0..<3).flatMap { _ in gray.scalars[image * 64..<(image + 1) * 64] }
    }
    let rows = Tensor(planes, shape: [60, 3, 8, 8])
    let colorizer = Colorizer(
      architecture: .uNet(base: 4, depth: 1, activation: .relu),
      learning: TrainingSettings(seconds: 1e-6, seed: 3)
    )
    let fitted = try await colorizer.fit(
      ImageSet(try NumericDataset(name: "spots", images: rows)),
      session: TrainingSession(engine: smallEngine())
    )
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.warnings.first?.hasPrefix("the time was over before") == true)
    #expect("\(evaluation)".contains("train longer"))
  }

  @Test func inactiveUnitsAreReported() {
    let codes = Tensor([1, 0, 5, 2, 0, 5, 3, 0, 5.0001], shape: [3, 3])
    #expect(
      TrainingDiagnostics.inactiveUnits(codes)
        == "2 of the 3 latent dimensions hardly vary: 1 would do"
    )
    #expect(TrainingDiagnostics.inactiveUnits(Tensor([1, 2, 3, 5], shape: [2, 2])) == nil)
  }

  @Test func aColumnThatMakesMostOfTheErrorIsReported() throws {
    let names = ["a", "b", "b", "c", "d"]
    let text = TrainingDiagnostics.dominance([1, 4, 5, 1, 1], names: names)
    #expect(text?.hasPrefix("75 % of the error is that of b") == true)
    #expect(TrainingDiagnostics.dominance([1, 1, 1, 1, 1], names: names) == nil)
    let some = try rows([[1, 2], [3, 4], [5, 9]])
    var values = [Float](repeating: 0, count: 6)
    var place = values.mutableSpan
    let all = [0, 1, 2]
    some.withoutMasks.copyItems(all.span, into: &place)
    values[3] += 2
    #expect(some.squaredErrors(of: Tensor(values, shape: [3, 2])) == [0, 4])
  }
}
