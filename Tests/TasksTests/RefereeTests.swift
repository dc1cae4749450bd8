import HourglassEngines
import HourglassEvaluation
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassColorize
@testable import HourglassData
@testable import HourglassDenoise
@testable import HourglassDetect
@testable import HourglassFeatures
@testable import HourglassGenerate
@testable import HourglassImpute
@testable import HourglassMatch
@testable import HourglassReduce
@testable import HourglassTasksCommon

/// A session may leave the baselines out of the report, and nothing else.
@Suite struct RefereeTests {
  private let settings = TrainingSettings(epochs: 3, seed: 3)
  private var data: Dataset { LawData.table() }

  private func session(comparing: Bool) -> TrainingSession {
    TrainingSession(engine: smallEngine(), comparesWithBaselines: comparing)
  }

  /// Fits with and without baselines.
  private func check<Fitted: FittedTask>(
    _ fit: (TrainingSession) async throws -> Fitted
  ) async throws {
    let whole = try await fit(session(comparing: true))
    let bare = try await fit(session(comparing: false))
    #expect(whole.tensors == bare.tensors)
    let both = try (#require(whole.evaluation), #require(bare.evaluation))
    #expect(both.0 != both.1)
    #expect(both.0.withoutBaselines == both.1)
    #expect(both.1.withoutBaselines == both.1)
  }

  @Test func theReductionIsTheSame() async throws {
    try await check {
      try await DimensionReducer(learning: settings).fit(data, session: $0)
    }
  }

  @Test func theDetectorIsTheSame() async throws {
    try await check {
      try await AnomalyDetector(learning: settings).fit(data, session: $0)
    }
  }

  @Test func theImputerIsTheSame() async throws {
    try await check {
      try await Imputer(learning: settings).fit(data, session: $0)
    }
  }

  @Test func theSynthesizerIsTheSame() async throws {
    try await check {
      try await Synthesizer(learning: settings).fit(data, session: $0)
    }
  }

  @Test func theDenoiserIsTheSame() async throws {
    try await check {
      try await Denoiser(learning: settings).fit(data, session: $0)
    }
  }

  @Test func theNetworksOfImagesAreTheSame() async throws {
    let small = Architecture.uNet(base: 4, depth: 1, activation: .relu)
    guard case .images(let gray) = try LawData.images(40),
      case .images(let colored) = try LawData.colorImages(40)
    else {
      Issue.record("expected images")
      return
    }
    try await check {
      try await Denoiser(architecture: small, learning: settings).fit(.images(gray), session: $0)
    }
    try await check {
      try await ImageImputer(architecture: small, learning: settings).fit(gray, session: $0)
    }
    try await check {
      try await Colorizer(architecture: small, learning: settings).fit(colored, session: $0)
    }
    try await check {
      try await Synthesizer(latent: 2, learning: settings).fit(.images(gray), session: $0)
    }
  }

  @Test func theSoundDenoiserIsTheSame() async throws {
    let small = Architecture.uNet(base: 2, depth: 1, activation: .relu)
    try await check {
      try await Denoiser(architecture: small, learning: settings).fit(LawData.sounds(), session: $0)
    }
  }

  @Test func theMatcherIsTheSame() async throws {
    try await check {
      try await Matcher(dimensions: 4, learning: settings).fit(data, session: $0)
    }
  }

  @Test func aProbeOfFeaturesAloneHasTheirScores() async throws {
    guard case .table(let rows) = data else {
      Issue.record("expected a table")
      return
    }
    let table = rows.sample
    let name = try #require(table.columns.first { $0.kind == .number }).name
    let fitted = try await FeatureExtractor(dimensions: 3, learning: settings)
      .fit(data, session: session(comparing: true))
    let column = try #require(table[column: name])
    let probe = FeatureProbe(name: name, target: ProbeTarget(column))
    let engine = smallEngine()
    let whole = try await probe.evaluate(fitted, on: data, engine: engine)
    let alone = try await probe.evaluate(
      fitted,
      on: data,
      comparesWithBaselines: false,
      engine: engine
    )
    #expect(alone == whole.withoutBaselines && alone.verdict == nil && whole.verdict != nil)
    #expect(alone.tables[0].methods.count == 1 && whole.tables[0].methods.count == 5)
  }
}
