import HourglassDatasets
import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassApplications

@Suite struct ColorizerTests {
  /// Spots of warm light on a cold ground, `[count, 3, 8, 8]`: the lightness tells the colour.
  private static func warmSpots(_ count: Int) -> Tensor {
    let grey = spots(count)
    var values: [Float] = []
    for image in 0..<count {
      let plane = grey.scalars[image * 64..<(image + 1) * 64]
      values += plane.map { 0.2 + 0.7 * $0 }
      values += plane.map { 0.3 + 0.4 * $0 }
      values += plane.map { 0.5 - 0.3 * $0 }
    }
    return Tensor(values, shape: [count, 3, 8, 8])
  }

  private func images(_ rows: Tensor) throws -> ImageSet {
    ImageSet(try NumericDataset(name: "spots", images: rows))
  }

  private let colorizer = Colorizer(
    architecture: .uNet(base: 4, depth: 1, activation: .relu),
    learning: LearningSettings(epochs: 12, learningRate: 0.005, seed: 3)
  )

  @Test(arguments: EstimatorLaw.allCases)
  func laws(law: EstimatorLaw) async throws {
    let engine = smallEngine()
    let estimator = EstimatorUnderTest<FittedColorizer>(
      fit: { try await colorizer.fit(images($0), session: LearningSession(engine: engine)) },
      apply: { fitted, rows in
        let set = try images(rows)
        var values: [Float] = []
        for index in 0..<set.count {
          let picture = try await fitted.coloured(set.picture(index), on: engine)
          values += picture.planes().flatMap(\.self)
        }
        return Tensor(values, shape: rows.shape)
      },
      bytes: { try $0.bytes() },
      load: { try FittedColorizer(ModelFile(bytes: $0, path: "model")) },
      errors: { fitted, rows in
        let report = try await fitted.trial(of: images(rows), on: engine) { _, _, _, _ in }
        return (report?.coloured.opponentError ?? 1, report?.mean.opponentError ?? 0)
      },
      isDocumented: { _ in false }
    )
    #expect(try await estimator.violation(of: law, on: Self.warmSpots(60)) == nil)
  }

  @Test func lightnessDepthAndAlphaStay() async throws {
    let engine = smallEngine()
    let fitted = try await colorizer.fit(
      images(Self.warmSpots(40)),
      session: LearningSession(engine: engine)
    )
    // Larger than what the network sees, so that colours are learnt small and drawn large.
    var samples: [UInt8] = []
    for pixel in 0..<200 * 150 { samples += [UInt8(pixel % 200 + 20), UInt8(pixel % 251)] }
    let grey = Picture(
      width: 200,
      height: 150,
      channels: 2,
      samples: .bytes(samples),
      colorProfile: [9],
      exif: [4]
    )
    let coloured = try await fitted.coloured(grey, saturation: 3, on: engine)
    #expect(coloured.size == grey.size && coloured.channels == 4 && coloured.depth == 8)
    #expect(coloured.colorProfile == nil && coloured.exif == [4])
    #expect(coloured.planes()[3] == grey.planes()[1])
    let before = LabColor.planes(of: PicturePlanes(grey)).planes[0]
    let after = LabColor.planes(of: PicturePlanes(coloured)).planes
    let changes: [Float] = zip(before, after[0]).map { abs($0 - $1) }
    #expect(changes.allSatisfy { $0 < 0.7 })
    let opponents: [Float] = after[1] + after[2]
    #expect(opponents.contains { abs($0) > 5 })
    let plain = try await fitted.coloured(grey, saturation: 0, on: engine)
    let given: [Float] = grey.planes()[0]
    for plane in plain.planes().prefix(3) {
      let differences: [Float] = zip(plane, given).map { abs($0 - $1) }
      #expect(differences.allSatisfy { $0 < 0.003 })
    }
  }

  @Test func greyImagesTeachNoColours() async throws {
    let data = try images(spots(20))
    await #expect(throws: HourglassError.application(.noColours(name: "spots"))) {
      try await colorizer.fit(data, session: LearningSession(engine: smallEngine()))
    }
  }

  @Test func photographsAreSeenSmall() {
    let sizes = [(32, 32), (96, 128), (640, 480), (4000, 3000), (5000, 20), (100, 4000)].map {
      WorkingSize.of(ImageSize(width: $0.0, height: $0.1)).description
    }
    #expect(
      sizes == ["32 x 32", "96 x 128", "128 x 96", "128 x 96", "384 x 2", "10 x 384"]
    )
  }
}
