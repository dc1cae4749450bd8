import Foundation
import HourglassData
import HourglassEncodings
import HourglassEvaluation
import HourglassFeatures
import HourglassMedia
import HourglassModelFiles
import HourglassReduce
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// Reducing and describing every kind of data.
@Suite struct ItemKindTests {
  private let engine = smallEngine()
  private var learning: TrainingSettings { TrainingSettings(epochs: 20, seed: 2) }

  /// Rows where a category and a number say the same, and every fifth cell is missing.
  private func mixedTable(_ count: Int = 200) -> Table {
    let numbers = (0..<count).map { sin(Double($0)) }
    let isMissing = (0..<count).map { $0 % 5 == 3 }
    return Table(
      name: "mixed",
      columns: [
        Table.Column(name: "x", kind: .number, cells: .numbers(numbers, missing: isMissing)),
        Table.Column(
          name: "twice",
          kind: .number,
          cells: .numbers(numbers.map { 2 * $0 }, missing: [])
        ),
        Table.Column(
          name: "sign",
          kind: .category,
          cells: .codes(
            numbers.enumerated().map { $0 % 7 == 0 ? -1 : $1 < 0 ? 0 : 1 },
            levels: ["minus", "plus"]
          )
        ),
        Table.Column(
          name: "name",
          kind: .identifier,
          cells: .texts((0..<count).map { "row \($0)" })
        ),
      ]
    )
  }

  @Test func mixedRowsWithMissingCellsAreReduced() async throws {
    let table = mixedTable()
    let model = try await DimensionReducer(dimensions: 1, learning: learning)
      .fit(.table(table), session: TrainingSession(engine: engine))
    #expect(model.columns == ["x", "twice", "sign"])
    #expect(model.valueCount == 4)
    let evaluation = try #require(model.evaluation)
    #expect(try #require(evaluation["MSE"]) < #require(evaluation["mean", "MSE"]))
    let codes = try await model.codes(of: .table(table), on: engine)
    #expect(codes.shape == [200, 1] && codes.isFinite)
    // A row alone has the same code.
    let alone = try await model.codes(of: .table(table.rows([13])), on: engine)
    #expect(alone.scalars[0] == codes.scalars[13])
    guard
      case .table(let reconstructed) = try await model.reconstruction(of: .table(table), on: engine)
    else {
      Issue.record("a table comes back as a table")
      return
    }
    #expect(reconstructed.columns.map(\.name) == ["x", "twice", "sign", "name"])
    #expect(reconstructed.missingCount == 0)
    let loaded = try FittedDimensionReducer(ModelFile(bytes: model.bytes(), path: "model"))
    #expect(try await loaded.codes(of: .table(table), on: engine) == codes)
  }

  @Test func theStartIsAsGoodAsPrincipalComponents() async throws {
    // A single step of nearly no length: what is left is the start.
    let learning = TrainingSettings(epochs: 1, batchSize: 200, learningRate: 1e-7)
    let model = try await DimensionReducer(dimensions: 3, learning: learning, scaling: .standard)
      .fit(table(GoldenNumbers.rows(150, 6, factors: 3)), session: TrainingSession(engine: engine))
    let evaluation = try #require(model.evaluation)
    let own = try #require(evaluation["MSE"])
    let classical = try #require(evaluation["PCA", "MSE"])
    #expect(abs(own - classical) < 1e-3 * classical)
  }

  @Test func soundsAreReducedByTheirPatches() async throws {
    let sounds = (0..<12).map { index in
      let pitch = 200.0 * Double(1 + index % 3)
      return Sound(
        name: "\(index)",
        sampleRate: 16_000,
        channels: [
          (0..<16_000 * (1 + index % 2)).map { Float(sin(Double($0) * pitch * 2 * .pi / 16_000)) }
        ]
      )
    }
    let set = SoundSet(name: "tones", sounds: sounds)
    let model = try await DimensionReducer(learning: TrainingSettings(epochs: 2))
      .fit(.sounds(set), session: TrainingSession(engine: engine))
    let codes = try await model.codes(of: .sounds(set), on: engine)
    #expect(codes.shape == [12, 2])
    // The code of a sound of several patches is that of the sound alone.
    let alone = try await model.codes(of: .sounds(set.items([1])), on: engine)
    #expect(alone.scalars == Array(codes.scalars[2..<4]))
    #expect(model.evaluation?.split == .heldOut)
    guard case .spectrograms(let patches) = try await model.decode(codes: codes, on: engine) else {
      Issue.record("latent vectors of sounds stand for spectrograms")
      return
    }
    #expect(patches.shape == [12, 48, 64])
  }

  @Test func windowsWithGapsAreReduced() async throws {
    let values = (0..<600).map { sin(Double($0) / 5) }
    let series = try SeriesSet(
      Table(
        name: "waves",
        columns: [
          Table.Column(
            name: "time",
            kind: .integer,
            cells: .numbers((0..<600).map { Double($0) }, missing: []),
            decimals: 0
          ),
          Table.Column(
            name: "height",
            kind: .number,
            cells: .numbers(values, missing: (0..<600).map { $0 % 11 == 0 })
          ),
        ]
      ),
      options: SeriesOptions(timeColumn: "time", window: 16)
    )
    let model = try await DimensionReducer(learning: learning)
      .fit(.series(series), session: TrainingSession(engine: engine))
    let evaluation = try #require(model.evaluation)
    #expect(try #require(evaluation["MSE"]) < 0.5 * #require(evaluation["mean", "MSE"]))
    let codes = try await model.codes(of: .series(series), on: engine)
    #expect(codes.shape == [series.count, 2])
    await #expect(
      throws: HourglassError.application(
        .otherKind(
          name: "mixed",
          expected: "windows of a time series",
          found: "rows of a table"
        )
      )
    ) { try await model.codes(of: .table(mixedTable()), on: engine) }
  }

  @Test func featuresAreComparedOnWhatTheyNeverSaw() async throws {
    let whole = mixedTable(300)
    let table = whole.removing(["sign"])
    let extractor = try await FeatureExtractor(dimensions: 2, learning: learning)
      .fit(.table(table), session: TrainingSession(engine: engine))
    #expect(extractor.tensors.keys.allSatisfy { !$0.hasPrefix("decoder") })
    let features = try await extractor.features(of: .table(whole), on: engine)
    #expect(features.shape == [300, 2])
    let loaded = try FittedFeatureExtractor(ModelFile(bytes: extractor.bytes(), path: "model"))
    #expect(try await loaded.features(of: .table(table), on: engine) == features)
    let sign = try #require(whole[column: "sign"])
    let evaluation = try await FeatureProbe(name: "sign", target: ProbeTarget(sign))
      .evaluate(extractor, on: .table(table), engine: engine)
    #expect(evaluation.itemCount == 300 - sign.missingCount)
    #expect(evaluation.title.hasPrefix("accuracy of sign (2 classes): "))
    let scores = evaluation.tables[0]
    #expect(scores.methods.map(\.name).prefix(2) == ["2 features", "2 raw values"])
    #expect(scores.methods.count == 5 && scores.methods[4].name == "most frequent class")
    // The sign of a number is a line in it.
    for model in ["softmax regression", "10 nearest neighbors"] {
      #expect(try #require(evaluation["2 raw values", model]) > 0.95)
    }
    for method in scores.methods.prefix(3) {
      for (value, interval) in zip(method.values, method.intervals) {
        #expect(try #require(interval).contains(#require(value)))
      }
    }
    let number = try #require(whole[column: "twice"])
    let numbers = try await FeatureProbe(name: "twice", target: ProbeTarget(number))
      .evaluate(extractor, on: .table(table), engine: engine)
    let line = try #require(numbers["2 raw values", "ridge regression"])
    #expect(line > 0.9, "\(line)")
    #expect(numbers["mean", "ridge regression"] == 0)
    #expect(numbers.verdict?.metric == "R² of ridge regression")
  }
}
