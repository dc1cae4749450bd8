import HourglassEngines
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Synchronization
import Testing

@testable import HourglassColorize
@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct ColorizerTests {
  /// Spots of warm light on a cold ground, `[count, 3, 8, 8]`: the lightness determines the color.
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

  @Test func anEvaluatedImageIsConvertedTwice() async throws {
    let conversions = Mutex(0)
    let counted = try await learned().converting { image in
      conversions.withLock { $0 += 1 }
      return LabColor.planes(of: image)
    }
    let images = try images(Self.warmSpots(5))
    let report = try await counted.evaluation(of: images, on: smallEngine()) { _, _, _, _ in }
    #expect(report?.itemCount == 5)
    #expect(conversions.withLock { $0 } == 10)
  }

  @Test func vividnessIsFoundAsByHalvingAndSooner() throws {
    // Colors of a network that are paler than the true ones by different parts.
    let images = try images(Self.warmSpots(12))
    var evaluation = VividnessEvaluation()
    var items: [(original: ColorOriginal, distribution: ColorDistribution)] = []
    for index in 0..<12 {
      let planes = PlanarImage(try images.image(index))
      let lab = LabColor.planes(of: planes)
      let original = ColorOriginal(image: try images.image(index), planes: planes, lab: lab)
      let colors = [0.3, 0.6].flatMap { (part: Float) in
        lab.planes[1...2].map { $0.map { part * $0 / ColorizationModel.scale } }
      }
      let logits = ColorDistributionTargets.grid.map { anchor in
        lab.planes[1].indices.map { pixel in
          let (a, b) = (lab.planes[1][pixel] - anchor[0], lab.planes[2][pixel] - anchor[1])
          return -(a * a + b * b) / 512
        }
      }
      let distribution = ColorDistribution(
        planes: PlanarImage(width: 8, height: 8, planes: colors + logits)
      )
      items.append((original, distribution))
      evaluation.add(original, distribution)
    }
    let truth = items.reduce(0) { $0 + ColorQuality.colorfulness($1.original.planes) }
    let found = evaluation.searched()
    #expect(found.passes <= 12, "all images were colored \(found.passes) times")
    var (low, high) = (Float(0.25), Float(4))
    for _ in 0..<10 {
      let middle = (low * high).squareRoot()
      let colorfulness = items.reduce(0) { sum, item in
        let colors = item.distribution.colors(found.vividness.source)
        let colored = item.original.colored(colors, saturation: middle, hints: nil)
        return sum + ColorQuality.colorfulness(colored.colors)
      }
      if colorfulness < VividnessEvaluation.aim * truth { low = middle } else { high = middle }
    }
    #expect(found.vividness.factor == (low * high).squareRoot())
  }

  @Test func vividColorsAreAsColorfulAsTrueOnes() async throws {
    let fitted = try await learned()
    let vividness = try #require(fitted.evaluation?["network, vivid", "colorfulness"])
    #expect(abs(vividness - VividnessEvaluation.aim) < 0.1)
    #expect(fitted.header.training.metrics["network, vivid, colorfulness"] == vividness)
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
    #expect(evaluation?.itemCount == 2)
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

extension FittedColorizer {
  /// The same model with another way from red, green and blue to L, a and b.
  fileprivate func converting(
    _ lab: @escaping @Sendable (PlanarImage) -> PlanarImage
  ) -> FittedColorizer {
    var network = network
    network.lab = lab
    return FittedColorizer(
      configuration: configuration,
      core: core,
      network: network
    )
  }
}
