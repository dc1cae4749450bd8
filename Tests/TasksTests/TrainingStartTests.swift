import Foundation
import HourglassData
import HourglassDenoise
import HourglassDetect
import HourglassEncodings
import HourglassEngines
import HourglassFeatures
import HourglassGenerate
import HourglassImpute
import HourglassModelFiles
import HourglassReduce
import HourglassTestSupport
import Testing

@testable import HourglassTasksCommon

/// Training that starts from a saved model: it takes the encoding, and its first error is lower.
@Suite struct TrainingStartTests {
  private func settings(_ epochs: Int) -> TrainingSettings {
    TrainingSettings(epochs: epochs, seed: 3)
  }

  /// Checks a task; `fit` trains for so many epochs on data.
  private func check<Fitted: FittedTask>(
    _ data: Dataset = LawData.table(),
    _ fit: (Dataset, TrainingSession, Int) async throws -> Fitted
  ) async throws {
    let path = NSTemporaryDirectory() + "start-\(UUID().uuidString).hourglass"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let session = TrainingSession(engine: smallEngine())
    let fresh = try await fit(data, session, 1)
    let trained = try await fit(data, session, 20)
    try trained.save(to: path)
    var started = session
    started.start = try TrainingStart(contentsOf: path)
    let other = LawData.table(180)
    let again = try await fit(data.kind == .table ? other : data, started, 1)
    let first = try #require(again.header.training.trainingLosses.first)
    let scratch = try #require(fresh.header.training.trainingLosses.first)
    #expect(first < scratch, "\(Fitted.application): \(first) after a start, \(scratch) without")
    #expect(again.header.fields == trained.header.fields, "the encoding is that of the model")
  }

  @Test func reduceStarts() async throws {
    try await check { try await DimensionReducer(learning: settings($2)).fit($0, session: $1) }
  }

  @Test func featuresHaveNoDecoderToStartFrom() async throws {
    await #expect {
      try await check {
        try await FeatureExtractor(dimensions: 4, learning: settings($2)).fit($0, session: $1)
      }
    } throws: { "\($0)".contains("expected decoder.") }
  }

  @Test func detectStarts() async throws {
    try await check { try await AnomalyDetector(learning: settings($2)).fit($0, session: $1) }
    try await check(LawData.series()) {
      try await AnomalyDetector(learning: settings($2)).fit($0, session: $1)
    }
  }

  @Test func generateStarts() async throws {
    try await check {
      try await Synthesizer(learning: settings($2)).fit($0, classes: nil, session: $1)
    }
  }

  @Test func denoiseStarts() async throws {
    try await check { try await Denoiser(learning: settings($2)).fit($0, session: $1) }
    try await check(LawData.series()) {
      try await Denoiser(learning: settings($2)).fit($0, session: $1)
    }
  }

  @Test func imputeStarts() async throws {
    try await check { data, session, epochs in
      var learning = settings(epochs)
      learning.earlyStopping = nil
      return try await Imputer(members: 2, learning: learning).fit(data, session: session)
    }
  }

  @Test func otherModelsAreRefused() async throws {
    let path = NSTemporaryDirectory() + "start-\(UUID().uuidString).hourglass"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var session = TrainingSession(engine: smallEngine())
    let data = LawData.table()
    try await DimensionReducer(dimensions: 2, learning: settings(1)).fit(data, session: session)
      .save(to: path)
    session.start = try TrainingStart(contentsOf: path)
    func message(_ fit: () async throws -> Void) async -> String {
      do {
        try await fit()
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    let task = await message {
      _ = try await AnomalyDetector(learning: settings(1)).fit(data, session: session)
    }
    #expect(task.contains("expected a model of \"detect\", found one of \"reduce\""), "\(task)")
    let layers = await message {
      _ = try await DimensionReducer(dimensions: 3, learning: settings(1)).fit(
        data,
        session: session
      )
    }
    #expect(layers.contains("cannot start training from"), "\(layers)")
    let columns = await message {
      let few = Dataset.table(try #require(table(data)).removing(["x"]))
      _ = try await DimensionReducer(dimensions: 2, learning: settings(1)).fit(
        few,
        session: session
      )
    }
    #expect(columns.contains("\"x\"") || columns.contains("x"), "\(columns)")
    #expect(columns != "no error")
  }

  private func table(_ data: Dataset) -> Table? {
    if case .table(let table) = data { table.sample } else { nil }
  }
}
