import Foundation
import HourglassAutoencoders
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassFeatures
@testable import HourglassReduce
@testable import HourglassStatistics
@testable import HourglassTasksCommon

/// Features of images that are coded by their patches.
@Suite struct PatchFeatureTests {
  private let engine = smallEngine()
  private var learning: TrainingSettings { TrainingSettings(epochs: 6, seed: 3) }
  private var session: TrainingSession { TrainingSession(engine: engine) }

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
      learning: TrainingSettings(epochs: 12, seed: 3)
    )
    .fit(.images(images), session: session)
    #expect(model.dimensions == 8 && model.valueCount == 576)
    let evaluation = try #require(model.evaluation)
    #expect(evaluation.title.hasSuffix(", 1,800 -> 8 dimensions"))
    #expect(evaluation.verdict?.outcome == Verdict.Outcome.none)
    #expect(evaluation.notes.contains { $0.contains("200 kinds of patches") })
    let probe = FeatureProbe(
      name: "labels",
      target: .classes(images.labels ?? [], names: ["lying", "standing"])
    )
    let scores = try await probe.evaluate(model, on: .images(images), engine: engine)
    let own = try #require(scores["softmax regression"])
    let raw = try #require(scores["576 raw values", "softmax regression"])
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

  /// Waves that rise to the right, or with `both` half of them to the left; what is left and what right is
  /// seen from no pixel alone.
  private static func slopes(_ count: Int, both: Bool) -> Tensor {
    var generator = SeededGenerator(seed: 2)
    var values: [Float] = []
    for index in 0..<count {
      let (phase, width) = (6 * generator.nextUniform(), 4 + 3 * generator.nextUniform())
      for row in 0..<20 {
        for column in 0..<20 {
          let across = both && index % 2 == 0 ? 19 - column : column
          values.append(0.5 + 0.4 * sin(6.28 * (Float(row + across) + phase) / width))
        }
      }
    }
    return Tensor(values, shape: [count, 1, 20, 20])
  }

  @Test func mirrorImagesAreAlikeWhereTheImagesSaySo() async throws {
    let (both, one) = (Self.slopes(160, both: true), Self.slopes(160, both: false))
    let symmetry = MirrorSymmetry(TensorSource(both))
    #expect(symmetry.holds && symmetry.count == 160, "\(symmetry)")
    #expect(!MirrorSymmetry(TensorSource(one)).holds)
    // Too few say nothing.
    #expect(!MirrorSymmetry(TensorSource(Self.slopes(60, both: true))).holds)
    func images(_ pixels: Tensor) throws -> Dataset {
      .images(ImageSet(try NumericDataset(name: "slopes", images: pixels)))
    }
    func coding(_ pixels: Tensor, alike: Bool? = nil) async throws -> PatchCoding? {
      let extractor = FeatureExtractor(
        dimensions: 2,
        learning: TrainingSettings(epochs: 1),
        mirrorImagesAreAlike: alike
      )
      let model = try await extractor.fit(try images(pixels), session: session)
      let loaded = try FittedFeatureExtractor(ModelFile(bytes: try model.bytes(), path: "model"))
      guard case .patches(let coding, _, _) = loaded.encoder.autoencoder.encoder else { return nil }
      #expect(loaded.evaluation?.description.contains("mirror image") == coding.isMirrored)
      return coding
    }
    #expect(try await coding(both)?.isMirrored == true)
    #expect(try await coding(one)?.isMirrored == false)
    #expect(try await coding(both, alike: false)?.isMirrored == false)
    #expect(try await coding(one, alike: true)?.isMirrored == true)
    // Nothing else has mirror images.
    await #expect(throws: HourglassError.self) {
      try await FeatureExtractor(
        architecture: .dense(hidden: [8], activation: .relu),
        mirrorImagesAreAlike: true
      )
      .fit(try images(both), session: session)
    }
  }

  @Test func codesAreWhitenedInPart() async throws {
    // Two values vary a hundred times as much as four others.
    var generator = SeededGenerator(seed: 7)
    let scales: [Float] = [10, 10, 1, 1, 1, 1]
    let values = (0..<600 * 6).map { scales[$0 % 6] * generator.nextNormal() }
    let rows = Tensor(values, shape: [600, 6])
    let principal = try await PrincipalComponents(of: TensorSource(rows), count: 5, on: engine)
    let whitening = RegularizedWhitening(principal, numbers: 2)
    let found = try await whitening.whitened(rows, on: engine)
    let floor = 8 * principal.variances[2]
    var expected = rows.scalars.map(Double.init)
    for direction in 0..<5 {
      let own = principal.components[direction * 6..<direction * 6 + 6]
      let taken = 1 - (floor / (principal.variances[direction] + floor)).squareRoot()
      for row in 0..<600 {
        let place = zip(own, 0..<6).reduce(0.0) { $0 + $1.0 * Double(values[row * 6 + $1.1]) }
        for (column, part) in own.enumerated() {
          expected[row * 6 + column] -= taken * place * part
        }
      }
    }
    for (value, wanted) in zip(found.scalars, expected) {
      #expect(abs(Double(value) - wanted) < 1e-4)
    }
    let after = try await PrincipalComponents(of: TensorSource(found), count: 1, on: engine)
    #expect(after.variances[0] < 12 && principal.variances[0] > 80)
    // Weights of whitened rows say of the rows as they are what they say of whitened ones.
    let weight = Tensor((0..<18).map { _ in generator.nextNormal() }, shape: [3, 6])
    let folded = try await whitening.whitened(weight, on: engine)
    for output in 0..<3 {
      let (a, b) = (0..<6).reduce((Float(0), Float(0))) {
        (
          $0.0 + weight.scalars[output * 6 + $1] * found.scalars[$1],
          $0.1 + folded.scalars[output * 6 + $1] * rows.scalars[$1]
        )
      }
      #expect(abs(a - b) < 1e-3)
    }
  }

  @Test(arguments: [[], [6]])
  func theEncoderTakesPixels(_ hidden: [Int]) async throws {
    let images = try Self.stripes(80, side: 16)
    let extractor = FeatureExtractor(
      dimensions: 4,
      architecture: .patches(PatchCoding(filters: 20), hidden: hidden, activation: .relu),
      learning: TrainingSettings(epochs: 30, seed: 3)
    )
    let model = try await extractor.fit(.images(images), session: session)
    let features = try await model.features(of: .images(images), on: engine)
    // At least one feature separates horizontal and vertical lines.
    let apart = (0..<4).map { column in
      let values = (0..<80).map { features.scalars[$0 * 4 + column] }
      let (lying, standing) = (
        values.enumerated().filter { $0.offset % 2 == 0 }.map(\.element),
        values.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      )
      let means = [lying, standing].map { $0.reduce(0, +) / 40 }
      let spread = zip([lying, standing], means).reduce(Float(0)) { sum, part in
        sum + part.0.reduce(0) { $0 + ($1 - part.1) * ($1 - part.1) } / 80
      }
      return abs(means[0] - means[1]) / spread.squareRoot()
    }
    #expect((apart.max() ?? 0) > 1.5, "\(apart)")
  }

  @Test func colorAndOddSizesAreCoded() async throws {
    var generator = SeededGenerator(seed: 4)
    let values = (0..<40 * 3 * 17 * 35).map { _ in generator.nextUniform() }
    let images = try NumericDataset(
      name: "noise",
      images: Tensor(values, shape: [40, 3, 17, 35])
    )
    let model = try await FeatureExtractor(dimensions: 70, learning: TrainingSettings(epochs: 1))
      .fit(.images(ImageSet(images)), session: session)
    let features = try await model.features(of: .images(ImageSet(images)), on: engine)
    #expect(features.shape == [40, 70] && features.isFinite)
  }

  @Test func choicesAreByTheImages() {
    func coding(_ shape: Shape, _ count: Int = 100, _ dimensions: Int = 32) -> PatchCoding? {
      let architecture = Defaults.patchArchitecture(
        for: shape,
        count: count,
        dimensions: dimensions
      )
      guard case .patches(let coding, let hidden, _)? = architecture else { return nil }
      #expect(hidden == (dimensions < 128 ? [512] : []))
      return coding
    }
    #expect(coding([1, 15, 40]) == nil)
    #expect(coding([1, 16, 16]) == PatchCoding(stride: 1, filters: 200))
    #expect(coding([3, 224, 224])?.stride == 6)
    #expect(coding([3, 32, 32], 20_000, 256) == PatchCoding(stride: 1, filters: 800))
    #expect(coding([3, 32, 32], 20_000, .max)?.filters == 800)
    // A gibibyte of features at most.
    #expect(coding([3, 32, 32], 60_000, 256)?.filters == 400)
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
    // Their filters are learned for features alone.
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
