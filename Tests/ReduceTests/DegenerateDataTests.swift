import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassReduce
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// Data from which little or nothing can be learned: one clear error or a sensible result.
@Suite struct DegenerateDataTests {
  private let engine = smallEngine()

  private func fit(
    _ rows: Tensor,
    dimensions: Int = 2,
    epochs: Int = 2
  ) async throws -> (model: FittedDimensionReducer, codes: Tensor) {
    let data = try table(rows)
    let model = try await DimensionReducer(
      dimensions: dimensions,
      learning: TrainingSettings(epochs: epochs)
    )
    .fit(data, session: TrainingSession(engine: engine))
    return (model, try await model.codes(of: data, on: engine))
  }

  @Test func oneRowIsNothingToLearnFrom() async throws {
    await #expect(throws: HourglassError.application(.nothingVaries(name: "rows", rows: 1))) {
      try await fit(curvedRows(1))
    }
  }

  @Test func rowsThatAreAllTheSameAreNothingToLearnFrom() async throws {
    let rows = Tensor(repeating: 0.1, shape: [50, 4])
    await #expect(throws: HourglassError.application(.nothingVaries(name: "rows", rows: 45))) {
      try await fit(rows)
    }
    let images = try NumericDataset(
      name: "gray",
      images: Tensor(repeating: 0.5, shape: [9, 1, 4, 4])
    )
    await #expect(throws: HourglassError.application(.nothingVaries(name: "gray", rows: 9))) {
      try await DimensionReducer().fit(images, session: TrainingSession(engine: engine))
    }
  }

  @Test(arguments: [2, 3, 9, 10, 15])
  func fewRowsAreTrainedOn(count: Int) async throws {
    let (model, codes) = try await fit(curvedRows(count))
    #expect(codes.shape == [count, 2])
    #expect(codes.isFinite)
    #expect(model.evaluation?.split == (count < 10 ? .trainedOn : .heldOutAndUsedForStopping))
    #expect(model.evaluation?["MSE"]?.isFinite == true)
  }

  @Test func aThousandRowsHaveAReportOfTheirOwn() async throws {
    let (model, _) = try await fit(curvedRows(1_000), epochs: 1)
    #expect(model.evaluation?.split == .heldOut)
    #expect(model.evaluation?.itemCount == 50)
    #expect(model.header.provenance.itemCount == 903)
  }

  @Test func constantColumnsCarryNothing() async throws {
    let plain = curvedRows(40)
    var values: [Float] = []
    for row in 0..<40 { values += [0.1] + plain.scalars[row * 8..<row * 8 + 8] + [1e30] }
    let (model, codes) = try await fit(Tensor(values, shape: [40, 10]))
    #expect(model.valueCount == 8)
    // Other numbers there change nothing.
    for row in 0..<40 {
      values[row * 10] = -3e8
      values[row * 10 + 9] = 5
    }
    let others = try table(Tensor(values, shape: [40, 10]))
    #expect(try await model.codes(of: others, on: engine) == codes)
    let reconstructed = try await model.reconstruction(of: Dataset(others), on: engine).numbers
    // What nothing was trained on stays as it is.
    #expect(reconstructed.scalars[0] == -3e8)
    #expect(reconstructed.scalars[9] == 5)
  }

  @Test func asManyDimensionsAsColumnsAreAllowed() async throws {
    let (model, codes) = try await fit(GoldenNumbers.rows(40, 3, factors: 2), dimensions: 5)
    #expect(codes.shape == [40, 5])
    let evaluation = try #require(model.evaluation)
    #expect(evaluation.notes.contains { $0.contains("nothing is compressed") })
    #expect((evaluation["PCA", "MSE"] ?? 1) < 1e-9)
  }

  @Test(arguments: [1e30, 3.4e38, 1e-30, -1e20] as [Float])
  func hugeAndTinyValuesStayFinite(size: Float) async throws {
    let plain = curvedRows(60)
    let rows = Tensor(plain.scalars.map { $0 / 3 * size }, shape: plain.shape)
    let (model, codes) = try await fit(rows)
    #expect(codes.isFinite)
    #expect(try await model.reconstruction(of: Dataset(table(rows)), on: engine).numbers.isFinite)
    #expect(model.evaluation?["MSE"]?.isFinite == true)
    // One such value among usual ones.
    var values = plain.scalars
    values[17] = size
    let (_, others) = try await fit(Tensor(values, shape: plain.shape))
    #expect(others.isFinite)
  }

  @Test func rowsFarFromThoseOfLearningStayFinite() async throws {
    let (model, _) = try await fit(curvedRows(40))
    let far = try table(Tensor(repeating: 3.4e38, shape: [3, 8]))
    #expect(try await model.codes(of: far, on: engine).isFinite)
    #expect(try await model.reconstruction(of: Dataset(far), on: engine).numbers.isFinite)
    #expect(try await model.evaluate(far, on: engine)["mean", "MSE"]?.isFinite == true)
  }

  @Test func aNumberThatIsNoneIsRefused() {
    #expect(throws: DatasetError.valueNotFinite(name: "rows", item: 2)) {
      try table(Tensor([1, 2, .nan, 4], shape: [2, 2]))
    }
  }

  @Test func settingsOutOfRangeAreNamed() async throws {
    let rows = curvedRows(40)
    await #expect(throws: HourglassError.self) { try await fit(rows, dimensions: 0) }
    await #expect(throws: HourglassError.self) { try await fit(rows, epochs: 0) }
    for reducer in [
      DimensionReducer(learning: TrainingSettings(learningRate: -1)),
      DimensionReducer(learning: TrainingSettings(batchSize: 0)),
      DimensionReducer(learning: TrainingSettings(seconds: 0)),
      DimensionReducer(
        architecture: .convolutional(channels: [4], hidden: [], activation: .relu)
      ),
      DimensionReducer(architecture: .uNet(base: 4, depth: 1, activation: .relu)),
      DimensionReducer(architecture: .dense(hidden: [-3], activation: .relu)),
    ] {
      do {
        _ = try await reducer.fit(table(rows), session: TrainingSession(engine: engine))
        Issue.record("\(reducer) was taken")
      } catch let error as HourglassError {
        #expect(error.exitCode == 2, "\(error)")
      }
    }
  }
}
