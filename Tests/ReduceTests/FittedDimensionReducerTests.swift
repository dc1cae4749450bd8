import Foundation
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassReduce
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct FittedDimensionReducerTests {
  private let names = ["a", "b", "ab", "aa", "bb", "s", "c", "d"]

  private func fitted(_ engine: ComputeEngine) async throws -> FittedDimensionReducer {
    try await DimensionReducer(learning: TrainingSettings(epochs: 2))
      .fit(table(curvedRows(120), columns: names), session: TrainingSession(engine: engine))
  }

  @Test func layersOfDenseNetworksGoByTheData() {
    func hidden(_ kind: DataKind, _ valueCount: Int) -> [Int]? {
      let chosen = Defaults.denseArchitecture(for: kind, valueCount: valueCount)
      guard case .dense(let hidden, .silu) = chosen else { return nil }
      return hidden
    }
    #expect(hidden(.images, 784) == [512, 256, 128] && hidden(.sounds, 784) == [512, 256, 128])
    #expect(hidden(.table, 3) == [64, 32] && hidden(.series, 50) == [200, 100])
    #expect(hidden(.table, 4_000) == [512, 256])
  }

  @Test func aSavedModelIsTheSameModel() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let model = try await fitted(engine)
      let path = "\(folder)/rows.hourglass"
      try model.save(to: path)
      let read = try FittedDimensionReducer(contentsOf: path)
      #expect(read.configuration == model.configuration)
      #expect(read.header == model.header)
      #expect(read.evaluation == model.evaluation)
      #expect(read.columns == names)
      let new = try table(curvedRows(30, seed: 2), columns: names)
      let codes = try await model.codes(of: new, on: engine)
      #expect(codes.shape == [30, 2])
      #expect(try await read.codes(of: new, on: engine) == codes)
      #expect(
        try await read.decode(codes: codes, on: engine).numbers
          == model.reconstruction(of: Dataset(new), on: engine).numbers
      )
      #expect(try await read.evaluate(new, on: engine) == model.evaluate(new, on: engine))
      try read.save(to: path + ".again")
      #expect(try Data(contentsOf: URL(filePath: path + ".again")) == Data(model.bytes()))
    }
  }

  @Test func theFileHoldsWhatItShould() async throws {
    let model = try await fitted(smallEngine())
    let file = try ModelFile(bytes: model.bytes(), path: "model")
    let summary = try ModelSummary(file)
    #expect(summary.application == "reduce")
    #expect(summary.parameterCount == model.parameterCount)
    #expect(summary.provenance.keptItemCount == 0)
    #expect(summary.provenance.itemCount == 108)
    #expect(!summary.isCheckpoint)
    let tensors = Set(summary.tensors.map(\.name))
    #expect(tensors.isSuperset(of: ["encoder.0.weight", "bottleneck.bias", "decoder.0.weight"]))
    #expect(tensors.allSatisfy { !$0.hasPrefix("optimizer.") })
    #expect(summary.description.contains("autoencoder, MSE"))
  }

  @Test func columnsAreFoundByTheirNames() async throws {
    let engine = smallEngine()
    let model = try await fitted(engine)
    let rows = curvedRows(20, seed: 3)
    let codes = try await model.codes(of: table(rows, columns: names), on: engine)
    // Another order, and a column more.
    let order = [3, 7, 0, 5, 1, 6, 2, 4]
    var values: [Float] = []
    for row in 0..<20 { values += order.map { rows.scalars[row * 8 + $0] } + [99] }
    let shuffled = try table(
      Tensor(values, shape: [20, 9]),
      columns: order.map { names[$0] } + ["other"]
    )
    #expect(try await model.codes(of: shuffled, on: engine) == codes)
    // Without names columns are matched by their order.
    #expect(try await model.codes(of: table(rows), on: engine) == codes)
  }

  @Test func dataThatDoNotFitAreNamed() async throws {
    let engine = smallEngine()
    let model = try await fitted(engine)
    let rows = curvedRows(5)
    let columns = ["a", "b", "x", "aa", "y", "s", "c", "d"]
    await #expect(
      throws: HourglassError.application(
        .missingColumns(name: "rows", missing: ["ab", "bb"], found: columns)
      )
    ) { try await model.codes(of: table(rows, columns: columns), on: engine) }
    await #expect(
      throws: HourglassError.application(.columnCount(name: "rows", expected: 8, found: 6))
    ) { try await model.codes(of: table(GoldenNumbers.rows(5, 6, factors: 1)), on: engine) }
    let images = try NumericDataset(name: "spots", images: spots(5))
    await #expect(
      throws: HourglassError.application(
        .otherKind(name: "spots", expected: "rows of a table", found: "images")
      )
    ) { try await model.codes(of: images, on: engine) }
    await #expect(
      throws: HourglassError.application(.codeLength(expected: 2, found: [4, 3]))
    ) { try await model.decode(codes: .zeros([4, 3]), on: engine) }
  }

  @Test func imagesOfAnotherSizeAreNamed() async throws {
    let engine = smallEngine()
    let images = try NumericDataset(name: "spots", images: spots(20))
    let model = try await DimensionReducer(learning: TrainingSettings(epochs: 1)).fit(
      images,
      session: TrainingSession(engine: engine)
    )
    let larger = try NumericDataset(name: "large", images: spots(3, side: 9))
    do throws(HourglassError) {
      _ = try await model.codes(of: larger, on: engine)
      Issue.record("images of another size were taken")
    } catch {
      #expect(error.description.contains("expected images of 8 x 8 pixels in 1 channel"))
      #expect(error.description.contains("found 9 x 9 pixels in 1 channel"))
      #expect(error.exitCode == 1)
    }
  }

  @Test func convolutionsReduceImagesToo() async throws {
    let engine = smallEngine()
    let images = try NumericDataset(name: "spots", images: spots(40, side: 9))
    var reducer = DimensionReducer(learning: TrainingSettings(epochs: 1))
    reducer.architecture = Defaults.convolutionalArchitecture(for: images)
    let model = try await reducer.fit(images, session: TrainingSession(engine: engine))
    #expect(
      try await model.reconstruction(of: Dataset(images), on: engine).numbers.shape == [
        40, 1, 9, 9,
      ]
    )
  }

  @Test func imagesOfOtherRangesComeBackInTheirUnits() async throws {
    let engine = smallEngine()
    let plain = spots(64)
    let scaled = Tensor(plain.scalars.map { 4_000 * $0 - 1_000 }, shape: plain.shape)
    let images = try NumericDataset(name: "spots", images: scaled)
    let model = try await DimensionReducer(learning: TrainingSettings(epochs: 3)).fit(
      images,
      session: TrainingSession(engine: engine)
    )
    let reconstructed = try await model.reconstruction(of: Dataset(images), on: engine).numbers
    #expect(reconstructed.scalars.allSatisfy { $0 >= -1_000 && $0 <= 3_001 })
    #expect((reconstructed.scalars.max() ?? 0) > 10)
  }

  @Test func aDamagedModelIsAnError() async throws {
    try await withFolder { folder in
      let model = try await fitted(smallEngine())
      let bytes = try model.bytes()
      let path = "\(folder)/model.hourglass"
      for length in stride(from: 0, to: bytes.count, by: max(bytes.count / 40, 1)) {
        try Data(bytes.prefix(length)).write(to: URL(filePath: path))
        #expect(throws: HourglassError.self) { try FittedDimensionReducer(contentsOf: path) }
      }
      // The weights of another width.
      var header = model.header
      header.fields = try JSONValue(text: #"{"table":{"_0":[]}}"#, file: "model")
      try ModelFile.write(tensors: [:], header: header, to: path)
      #expect(throws: HourglassError.self) { try FittedDimensionReducer(contentsOf: path) }
      header = model.header
      header.application = "denoise"
      try ModelFile.write(tensors: [:], header: header, to: path)
      #expect(
        throws: HourglassError.application(
          .otherApplication(file: path, expected: "reduce", found: "denoise")
        )
      ) { try FittedDimensionReducer(contentsOf: path) }
    }
  }

  /// Eight columns of three hidden numbers.
  @Test func asFewDimensionsAsKeepEnoughAreFound() async throws {
    let rows = try table(GoldenNumbers.rows(400, 8, factors: 3))
    let reducer = DimensionReducer(learning: TrainingSettings(epochs: 24, seed: 2))
    let search = DimensionSearch(keeping: 0.97)
    let session = TrainingSession(engine: smallEngine())
    let (fitted, curve) = try await reducer.fit(Dataset(rows), finding: search, session: session)
    #expect(curve.enough == fitted.dimensions && fitted.configuration.dimensions == curve.enough)
    #expect((2...3).contains(fitted.dimensions), "\(curve)")
    #expect(curve.sizes.map(\.dimensions) == curve.sizes.map(\.dimensions).sorted())
    for size in curve.sizes {
      #expect((size.autoencoder >= 0.97) == (size.dimensions >= fitted.dimensions), "\(size)")
    }
    let again = try await reducer.fit(
      Dataset(rows),
      finding: search,
      session: TrainingSession(engine: smallEngine())
    )
    #expect(again.1 == curve)
    let (first, second) = (try fitted.bytes(), try again.0.bytes())
    #expect(first == second)
    let (last, short) = try await reducer.fit(
      Dataset(rows),
      finding: DimensionSearch(keeping: 0.9999, largest: 2),
      session: session
    )
    #expect(short.enough == nil && last.dimensions == 2 && short.sizes.count == 2)
    let (near, neighbors) = try await reducer.fit(
      Dataset(rows),
      finding: DimensionSearch(keeping: 0.5, of: .neighbors),
      session: session
    )
    #expect(neighbors.enough == near.dimensions && near.dimensions <= 3, "\(neighbors)")
    await #expect(throws: HourglassError.self) {
      _ = try await reducer.fit(Dataset(rows), finding: DimensionSearch(keeping: 1.5))
    }
  }
}
