import Foundation
import HourglassDatasets
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import Testing

@testable import HourglassApplications

/// Features of images that are coded by their patches.
@Suite struct PatchFeatureTests {
  private let engine = smallEngine()
  private var learning: LearningSettings { LearningSettings(epochs: 6, seed: 3) }
  private var session: LearningSession { LearningSession(engine: engine) }

  /// Stripes of any phase, width and contrast that lie or stand: which of the two is seen from no pixel
  /// alone.
  private static func stripes(_ count: Int, side: Int = 24, seed: UInt64 = 1) throws -> ImageSet {
    var generator = SeededGenerator(seed: seed)
    var values: [Float] = []
    for index in 0..<count {
      let (phase, width) = (6 * generator.nextUniform(), 3 + 2 * generator.nextUniform())
      let contrast = 0.2 + 0.3 * generator.nextUniform()
      for row in 0..<side {
        for column in 0..<side {
          let place = Float(index % 2 == 0 ? row : column)
          values.append(0.5 + contrast * sin(6.28 * (place + phase) / width))
        }
      }
    }
    let pixels = Tensor(values, shape: [count, 1, side, side])
    return ImageSet(
      try NumericDataset(name: "stripes", images: pixels),
      labels: (0..<count).map { $0 % 2 }
    )
  }

  @Test func whatPatchesShowIsInTheFeatures() async throws {
    let images = try Self.stripes(300)
    let model = try await FeatureExtractor(
      dimensions: 8,
      learning: LearningSettings(epochs: 12, seed: 3)
    )
    .fit(.images(images), session: session)
    #expect(model.dimensions == 8 && model.valueCount == 576)
    let report = try #require(model.report)
    #expect(report.valueCount == 1_800)
    #expect(report.patchKinds == 200 && report.verdict == nil)
    #expect(report.description.contains("of 200 kinds of patches"))
    let probe = FeatureProbe(
      name: "labels",
      target: .classes(images.labels ?? [], names: ["lying", "standing"])
    )
    let scores = try await probe.report(of: model, on: .images(images), engine: engine)
    let own = try #require(scores.score(.features, .linear)).mean
    let raw = try #require(scores.score(.raw, .linear)).mean
    #expect(own > 0.8 && own > raw + 0.2, "\(own), \(raw)")
  }

  @Test func savedAndAloneTheyAreTheSame() async throws {
    let images = try Self.stripes(60, side: 16)
    let model = try await FeatureExtractor(dimensions: 3, learning: learning)
      .fit(.images(images), session: session)
    let again = try await FeatureExtractor(dimensions: 3, learning: learning)
      .fit(.images(images), session: session)
    let bytes = try model.bytes()
    #expect(try again.bytes() == bytes)
    let features = try await model.features(of: .images(images), on: engine)
    #expect(features.shape == [60, 3] && features.isFinite)
    let loaded = try FittedFeatureExtractor(ModelFile(bytes: bytes, path: "model"))
    #expect(try await loaded.features(of: .images(images), on: engine) == features)
    let alone = try await loaded.features(of: .images(images.items([41])), on: engine)
    #expect(alone.scalars == Array(features.scalars[123..<126]))
  }

  @Test func colourAndOddSizesAreCoded() async throws {
    var generator = SeededGenerator(seed: 4)
    let values = (0..<40 * 3 * 17 * 35).map { _ in generator.nextUniform() }
    let images = try NumericDataset(
      name: "noise",
      images: Tensor(values, shape: [40, 3, 17, 35])
    )
    let model = try await FeatureExtractor(dimensions: 70, learning: LearningSettings(epochs: 1))
      .fit(.images(ImageSet(images)), session: session)
    let features = try await model.features(of: .images(ImageSet(images)), on: engine)
    #expect(features.shape == [40, 70] && features.isFinite)
  }

  @Test func choicesAreByTheImages() {
    func coding(_ shape: Shape, _ count: Int = 100) -> PatchCoding? {
      let architecture = AutomaticChoices.patchArchitecture(
        for: shape,
        count: count,
        dimensions: 32
      )
      guard case .patches(let coding, let hidden, _)? = architecture else { return nil }
      #expect(hidden == [512, 256])
      return coding
    }
    #expect(coding([1, 15, 40]) == nil)
    #expect(coding([1, 16, 16]) == PatchCoding(filters: 200))
    #expect(coding([3, 224, 224])?.stride == 6)
    // A gibibyte of codes at most.
    #expect(coding([1, 28, 28], 1_000_000)?.filters == 25)
    #expect(coding([1, 28, 28], 2_000_000) == nil)
  }

  @Test func patchesAreForImagesLargeEnough() async throws {
    let architecture = Architecture.patches(
      PatchCoding(side: 9, filters: 8),
      hidden: [8],
      activation: .relu
    )
    let extractor = FeatureExtractor(dimensions: 2, architecture: architecture, learning: learning)
    let small = try Self.stripes(20, side: 12)
    await #expect(throws: HourglassError.self) {
      try await extractor.fit(.images(small), session: session)
    }
    // Their filters are learnt for features alone.
    await #expect(throws: HourglassError.self) {
      try await DimensionReducer(architecture: architecture, learning: learning)
        .fit(.images(try Self.stripes(20)), session: session)
    }
    let rows = try NumericDataset(name: "rows", table: curvedRows(30))
    await #expect(throws: HourglassError.self) {
      try await extractor.fit(Dataset(rows), session: session)
    }
  }
}
