import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassColorize
@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct ColorizerTests {
  /// Spots of warm light on a cold ground, `[count, 3, 8, 8]`: the lightness tells the color.
  private static func warmSpots(_ count: Int) -> Tensor {
    let gray = spots(count)
    var values: [Float] = []
    for image in 0..<count {
      let plane = gray.scalars[image * 64..<(image + 1) * 64]
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
    architecture: .normalizedUNet(base: 4, depth: 1, activation: .relu),
    learning: TrainingSettings(epochs: 12, learningRate: 0.005, seed: 3)
  )

  @Test(arguments: EstimatorLaw.allCases)
  func laws(law: EstimatorLaw) async throws {
    let engine = smallEngine()
    let estimator = EstimatorUnderTest<FittedColorizer>(
      fit: { try await colorizer.fit(images($0), session: TrainingSession(engine: engine)) },
      apply: { fitted, rows in
        let set = try images(rows)
        var values: [Float] = []
        for index in 0..<set.count {
          let image = try await fitted.colored(set.image(index), on: engine)
          values += image.planes().flatMap(\.self)
        }
        return Tensor(values, shape: rows.shape)
      },
      bytes: { try $0.bytes() },
      load: { try FittedColorizer(ModelFile(bytes: $0, path: "model")) },
      errors: { fitted, rows in
        let report = try await fitted.evaluation(of: images(rows), on: engine) { _, _, _, _ in }
        return (report?.colored.abChannelError ?? 1, report?.mean?.abChannelError ?? 0)
      },
      isDocumented: { _ in false }
    )
    #expect(try await estimator.violation(of: law, on: Self.warmSpots(60)) == nil)
  }

  @Test func aBatchOfOneIsNothingToNormalizeOver() async throws {
    var single = colorizer
    single.learning.batchSize = 1
    await #expect {
      try await single.fit(
        images(Self.warmSpots(20)),
        session: TrainingSession(engine: smallEngine())
      )
    } throws: { "\($0)".contains("at least 2") }
  }

  @Test func lightnessDepthAndAlphaStay() async throws {
    let engine = smallEngine()
    let fitted = try await colorizer.fit(
      images(Self.warmSpots(40)),
      session: TrainingSession(engine: engine)
    )
    // Larger than what the network sees, so that colors are learned small and drawn large.
    var samples: [UInt8] = []
    for pixel in 0..<200 * 150 { samples += [UInt8(pixel % 200 + 20), UInt8(pixel % 251)] }
    let gray = Image(
      width: 200,
      height: 150,
      channels: 2,
      samples: .bytes(samples),
      colorProfile: [9],
      exif: [4]
    )
    let colored = try await fitted.colored(gray, saturation: 3, on: engine)
    #expect(colored.size == gray.size && colored.channels == 4 && colored.depth == 8)
    #expect(colored.colorProfile == nil && colored.exif == [4])
    #expect(colored.planes()[3] == gray.planes()[1])
    let before = LabColor.planes(of: PlanarImage(gray)).planes[0]
    let after = LabColor.planes(of: PlanarImage(colored)).planes
    let changes: [Float] = zip(before, after[0]).map { abs($0 - $1) }
    #expect(changes.allSatisfy { $0 < 0.7 })
    let abChannels: [Float] = after[1] + after[2]
    #expect(abChannels.contains { abs($0) > 5 })
    let plain = try await fitted.colored(gray, saturation: 0, on: engine)
    let given: [Float] = gray.planes()[0]
    for plane in plain.planes().prefix(3) {
      let differences: [Float] = zip(plane, given).map { abs($0 - $1) }
      #expect(differences.allSatisfy { $0 < 0.003 })
    }
  }

  private func learned() async throws -> FittedColorizer {
    try await colorizer.fit(
      images(Self.warmSpots(40)),
      session: TrainingSession(engine: smallEngine())
    )
  }

  /// A ramp of gray on the left, a flat bright square on the right.
  private static var twoHalves: Image {
    var samples: [UInt8] = []
    for pixel in 0..<24 * 24 { samples.append(pixel % 24 < 12 ? UInt8(60 + pixel % 12) : 190) }
    return Image(width: 24, height: 24, channels: 1, samples: .bytes(samples))
  }

  private func lab(_ image: Image) -> [[Float]] {
    LabColor.planes(of: PlanarImage(image)).planes
  }

  @Test func vividColorsAreAsColorfulAsTrueOnes() async throws {
    let fitted = try await learned()
    let report = try #require(fitted.report)
    #expect(abs(report.vivid.colorfulness - VividnessEvaluation.aim) < 0.1)
    #expect(report.metrics["colorfulness, colored, vivid"] == report.vivid.colorfulness)
    #expect(report.description.contains("colored, vivid"))
    let image = try images(Self.warmSpots(2)).image(0)
    let vivid = try await fitted.colored(image, colors: .vivid, on: smallEngine())
    let mean = try await fitted.colored(image, on: smallEngine())
    #expect(vivid != mean)
    let (before, after) = (lab(image)[0], lab(vivid)[0])
    #expect(zip(before, after).allSatisfy { abs($0 - $1) < 0.7 })
    let loaded = try FittedColorizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.colored(image, colors: .vivid, on: smallEngine()) == vivid)
    let evaluation = try await fitted.evaluation(
      of: images(Self.warmSpots(2)),
      colors: .vivid,
      on: smallEngine()
    ) { _, index, _, result in #expect(index > 0 || result == vivid) }
    #expect(evaluation != nil)
  }

  @Test func directionsOfColorsAreThoseOfSamples() {
    // Middle gray, and a little more of a or of b.
    let planes = PlanarImage(
      width: 3,
      height: 1,
      planes: [[50, 50, 50], [0, 1, 0], [0, 0, 1]]
    )
    let colors = LabColor.colors(of: planes)
    for (channel, directions) in ColorDistributionTargets.samples.enumerated() {
      for (place, direction) in directions.enumerated() {
        let change = 255 * (colors.planes[channel][place + 1] - colors.planes[channel][0])
        #expect(abs(change / 1.87 - direction) < 0.02)
      }
    }
  }

  @Test func samplesDifferAndComeFromTheSeed() async throws {
    let fitted = try await learned()
    let engine = smallEngine()
    let samples = try await fitted.samples(of: Self.twoHalves, count: 3, seed: 5, on: engine)
    #expect(samples.count == 3 && Set(samples.map { lab($0)[1] }).count == 3)
    let first = try await fitted.samples(of: Self.twoHalves, count: 1, seed: 5, on: engine)
    #expect(first == [samples[0]])
    let other = try await fitted.samples(of: Self.twoHalves, count: 1, seed: 6, on: engine)
    #expect(other != first)
    let before = lab(Self.twoHalves)[0]
    for sample in samples {
      #expect(zip(before, lab(sample)[0]).allSatisfy { abs($0 - $1) < 0.7 })
    }
    await #expect(throws: HourglassError.self) {
      try await fitted.samples(of: Self.twoHalves, count: 0, on: engine)
    }
  }

  @Test func hintsColorWhatIsLikeTheirPlaces() async throws {
    let fitted = try await learned()
    let engine = smallEngine()
    let hint = ColorHint(x: 20, y: 4, red: 200, green: 120, blue: 110)
    let plain = try await lab(fitted.colored(Self.twoHalves, on: engine))
    let hinted = try await lab(fitted.colored(Self.twoHalves, hints: [hint], on: engine))
    for channel in 1...2 {
      // Within the rounding of samples to 8 bits.
      #expect(abs(hinted[channel][4 * 24 + 20] - hint.abChannels[channel - 1]) < 1.5)
      #expect(abs(hinted[channel][20 * 24 + 14] - hint.abChannels[channel - 1]) < 12)
      #expect(abs(hinted[channel][12 * 24 + 3] - plain[channel][12 * 24 + 3]) < 1.5)
    }
    #expect(zip(plain[0], hinted[0]).allSatisfy { abs($0 - $1) < 0.9 })
    let outside = ColorHint(x: 24, y: 0, red: 0, green: 0, blue: 0)
    let error = await #expect(throws: HourglassError.self) {
      try await fitted.colored(Self.twoHalves, hints: [outside], on: engine)
    }
    #expect(error?.description.contains("24,0") == true)
  }

  @Test func hintsHoldInLargeImages() throws {
    var samples: [UInt8] = []
    for pixel in 0..<600 * 500 { samples.append(pixel % 600 < 300 ? 90 : 170) }
    let image = Image(width: 600, height: 500, channels: 1, samples: .bytes(samples))
    let hints = [
      ColorHint(x: 3, y: 499, red: 60, green: 110, blue: 60),
      ColorHint(x: 599, y: 0, red: 160, green: 170, blue: 210),
    ]
    let zero = PlanarImage(
      width: 600,
      height: 500,
      planes: [[Float]](repeating: [Float](repeating: 0, count: 300_000), count: 2)
    )
    let spread = HintSpreading(hints, over: image).spread(over: zero)
    for channel in 0..<2 {
      #expect(spread.planes[channel][499 * 600 + 3] == hints[0].abChannels[channel])
      #expect(spread.planes[channel][599] == hints[1].abChannels[channel])
      #expect(abs(spread.planes[channel][490 * 600 + 40] - hints[0].abChannels[channel]) < 3)
      #expect(abs(spread.planes[channel][20 * 600 + 560] - hints[1].abChannels[channel]) < 3)
    }
  }

  @Test func grayImagesTeachNoColors() async throws {
    let data = try images(spots(20))
    await #expect(throws: HourglassError.application(.noColors(name: "spots"))) {
      try await colorizer.fit(data, session: TrainingSession(engine: smallEngine()))
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
