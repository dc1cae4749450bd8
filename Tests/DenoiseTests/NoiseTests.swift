import Foundation
import HourglassAutoencoders
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassDenoise
@testable import HourglassEncodings
@testable import HourglassEvaluation
@testable import HourglassMedia
@testable import HourglassSystem
@testable import HourglassTasksCommon

@Suite struct NoiseTests {
  @Test(
    arguments: [
      ("gaussian:25/255", Noise.gaussian(standardDeviation: 25.0 / 255)),
      ("gaussian:0.1", .gaussian(standardDeviation: 0.1)),
      ("gaussian:0..55/255", .unknown), ("poisson:30", .poisson(peak: 30)),
      ("speckle:0.2", .speckle(standardDeviation: 0.2)),
      ("salt-and-pepper:0.05", .saltAndPepper(rate: 0.05)),
      ("jpeg:20", .jpeg(lower: 20, upper: 20)), ("jpeg:10..60", .jpeg(lower: 10, upper: 60)),
      ("snr:5", .signalToNoise(lower: 5, upper: 5)), ("snr:-5..20", .unknownOfSounds),
    ]
  )
  func noiseIsRead(text: String, noise: Noise) {
    #expect(Noise(text) == noise)
    #expect(Noise(noise.description) == noise)
  }

  @Test(
    arguments: [
      "", "gaussian", "gaussian:", "gaussian:-1", "gaussian:1/0", "gaussian:nan", "rain:1",
      "salt-and-pepper:1.5", "snr:", "snr:nan", "snr:9..1", "snr:1e9", "gaussian:0.3..0.1",
      "poisson:0", "gaussian:1/2/3", "jpeg:0", "jpeg:101", "jpeg:60..10", "jpeg:20.5", "jpeg:..",
    ]
  )
  func wrongNoiseIsRefused(text: String) { #expect(Noise(text) == nil) }

  @Test func noiseHasItsStatistics() {
    let values = [Float](repeating: 0.5, count: 20_000)
    func deviation(_ noise: Noise) -> Float {
      var generator = SeededGenerator(seed: 1)
      let result = noise.added(to: values, &generator)
      var sum: Float = 0
      for value in result { sum += (value - 0.5) * (value - 0.5) }
      return (sum / 20_000).squareRoot()
    }
    #expect(abs(deviation(.gaussian(standardDeviation: 0.1)) - 0.1) < 0.002)
    #expect(abs(deviation(.poisson(peak: 50)) - 0.1) < 0.002)
    #expect(abs(deviation(.speckle(standardDeviation: 0.2)) - 0.1) < 0.002)
    #expect(abs(deviation(.saltAndPepper(rate: 0.04)) - 0.1) < 0.01)
  }

  /// A scene of flat parts, slopes, waves and edges, of values from 0.2 to 0.8.
  private func scene(_ width: Int, _ height: Int, channels: Int = 1) -> PlanarImage {
    let planes = (0..<channels).map { channel in
      (0..<width * height).map { place -> Float in
        let (x, y) = (Float(place % width), Float(place / width))
        if y < Float(height) / 3 { return 0.3 + 0.4 * x / Float(width) }
        if x < Float(width) / 2 { return 0.5 + 0.3 * sin(x / 2 + Float(channel)) * cos(y / 3) }
        return (Int(x) / 9 + Int(y) / 9) % 2 == 0 ? 0.2 : 0.8
      }
    }
    return PlanarImage(width: width, height: height, planes: planes)
  }

  @Test(arguments: [Float(0), 0.02, 0.1, 0.2])
  func noiseIsEstimatedFromImages(level: Float) throws {
    let noise = Noise.gaussian(standardDeviation: level)
    let noisy = try noise.added(to: scene(160, 120, channels: 3), seed: 1, number: 0)
    let estimated = try #require(noisy.noiseLevel)
    #expect(abs(estimated - level) < 0.004 + 0.05 * level, "\(estimated)")
    // The estimate is rougher for a small image, and `nil` for an empty one.
    let small = try #require(noisy.part(x: 0, y: 0, width: 24, height: 24).noiseLevel)
    #expect(abs(small - level) < 0.01 + 0.2 * level, "\(small)")
    #expect(noisy.part(x: 0, y: 0, width: 9, height: 9).noiseLevel == nil)
  }

  @Test func deviationsOfNoiseAreEstimatedFromValues() throws {
    let image = PlanarImage(width: 2, height: 1, planes: [[0.25, -0.1]])
    func deviations(_ noise: Noise) -> [Float]? { noise.deviations(in: image)?[0] }
    #expect(deviations(.gaussian(standardDeviation: 0.3)) == [0.3, 0.3])
    #expect(deviations(.poisson(peak: 4)) == [0.25, 0])
    let grain = try #require(deviations(.speckle(standardDeviation: 0.75)))
    #expect(abs(grain[0] - 0.15) < 1e-6 && abs(grain[1] - 0.06) < 1e-6)
    // Too small for an estimate.
    #expect(deviations(.gaussianRange(lower: 0.1, upper: 0.2)) == nil)
    for noise in [Noise.saltAndPepper(rate: 0.1), .jpeg(lower: 9, upper: 9)] {
      #expect(deviations(noise) == nil && !noise.isTrainedOnNoisyImages)
    }
    let noisy = try Noise.gaussian(standardDeviation: 0.1)
      .added(to: scene(160, 120), seed: 1, number: 0)
    let estimated = try #require(Noise.unknown.deviations(in: noisy))
    #expect(estimated[0].allSatisfy { $0 == estimated[0][0] } && abs(estimated[0][0] - 0.1) < 0.01)
  }

  @Test func filesLoseWhatTheyLose() throws {
    for channels in [1, 3] {
      let clean = scene(70, 50, channels: channels)
      func error(_ noise: Noise, number: Int = 0) throws -> Double {
        let lost = try noise.added(to: clean, seed: 1, number: number)
        #expect(lost.width == 70 && lost.height == 50 && lost.planes.count == channels)
        return ImageQuality.meanSquaredError(lost, clean)
      }
      let (coarse, fine) = (Noise.jpeg(lower: 5, upper: 5), Noise.jpeg(lower: 90, upper: 90))
      #expect(try error(coarse) > 2 * error(fine))
      // A file of quality 90 loses little, and not nothing: 30 to 60 dB.
      #expect(try (1e-6...1e-3).contains(error(fine)))
      let range = Noise.jpeg(lower: 5, upper: 90)
      let errors = try (0..<8).map { try error(range, number: $0) }
      #expect(Set(errors).count > 3 && range.typical == .jpeg(lower: 47, upper: 47))
      #expect(try errors.allSatisfy { try ($0 <= error(coarse)) && ($0 >= error(fine)) })
    }
  }

  /// The edges of blocks lie at every place, and target and item at the same.
  @Test func patchesWentThroughFiles() throws {
    var store = ImageBuffer(channels: 1, range: 0...1)
    let image = scene(64, 64)
    store.append(image)
    let patches = PatchSource(
      store,
      learning: [0],
      evaluating: [],
      cutting: .init(width: 40, height: 32, turns: 1, count: 24),
      inputs: 1,
      validation: .none,
      seed: 1
    )
    let source = JPEGPatchSource(patches, noise: .jpeg(lower: 30, upper: 30), seed: 1)
    #expect(source.count == 24 && source.itemShape == [1, 24, 32])
    #expect(source.targetShape == [1, 24, 32])
    var places: Set<[Int]> = []
    for item in 0..<24 {
      var (lost, clean) = ([Float](repeating: 0, count: 768), [Float](repeating: 0, count: 768))
      let one = [item]
      var span = lost.mutableSpan
      source.copyItems(one.span, into: &span)
      var other = clean.mutableSpan
      source.copyTargets(one.span, into: &other)
      let error = zip(lost, clean).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 768
      #expect(error > 0 && error < 0.01, "\(error)")
      var whole = [Float](repeating: 0, count: 40 * 32)
      var all = whole.mutableSpan
      patches.copyItems(one.span, into: &all)
      let patch = PlanarImage(width: 40, height: 32, planes: [whole])
      for top in 0..<8 {
        for left in 0..<8
        where patch.part(x: left, y: top, width: 32, height: 24).planes[0] == clean {
          places.insert([top, left])
        }
      }
    }
    #expect(places.count > 12)
  }

  /// Scenes with normal noise, of which no clean ones are shown.
  @Test func noiseThatIsKnownHelpsNoisyImages() async throws {
    let (count, side) = (24, 48)
    let noise = Noise.gaussian(standardDeviation: 0.1)
    var (clean, noisy): ([Float], [Float]) = ([], [])
    for image in 0..<count {
      let whole = scene(160, 120).part(x: 4 * image, y: 2 * image, width: side, height: side)
      clean += whole.planes[0]
      noisy += try noise.added(to: whole, seed: 5, number: image).clipped.planes[0]
    }
    let shape: Shape = [count, 1, side, side]
    func images(_ values: [Float]) throws -> ImageSet {
      ImageSet(try NumericDataset(name: "scenes", images: Tensor(values, shape: shape)))
    }
    let (truth, given) = (try images(clean), try images(noisy))
    let session = TrainingSession(engine: smallEngine())
    func error(_ noise: Noise?) async throws -> Double {
      let denoiser = Denoiser(
        noise: noise,
        learned: .noisy,
        learning: TrainingSettings(epochs: 4, seed: 3)
      )
      let fitted = try await denoiser.fit(given, session: session)
      #expect(fitted.evaluation == nil)
      let loaded = try FittedDenoiser(ModelFile(bytes: fitted.bytes(), path: "model"))
      #expect(loaded.configuration == denoiser)
      let given = try await loaded.evaluation(of: given, reference: truth, on: session.engine) {
        _,
        _,
        evaluation in
        #expect(evaluation.noiseLevel.map { abs($0 - 0.1) < 0.03 } == true)
      }
      let error = try #require(given?["RMSE"])
      let estimate = loaded.estimatedPeakSignalToNoiseRatio
      #expect((estimate == nil) == (noise == nil))
      if let estimate {
        #expect(abs(pow(10, -estimate / 20) / error - 1) < 0.4, "\(estimate), \(error)")
      }
      return error
    }
    let (unknown, estimated, known) = (
      try await error(nil), try await error(.unknown), try await error(noise)
    )
    #expect(
      known < 0.06 && estimated < 0.06 && min(known, estimated) < unknown,
      "\(unknown) \(estimated) \(known)"
    )
    await #expect(throws: HourglassError.self) {
      let tiny = try NumericDataset(name: "tiny", images: Tensor.zeros([4, 1, 8, 8]))
      _ = try await Denoiser(noise: .unknown, learned: .noisy).fit(ImageSet(tiny), session: session)
    }
    for wrong in [Noise.saltAndPepper(rate: 0.1), .jpeg(lower: 20, upper: 20)] {
      await #expect(throws: HourglassError.self) {
        _ = try await Denoiser(noise: wrong, learned: .noisy).fit(given, session: session)
      }
    }
    await #expect(throws: HourglassError.self) {
      _ = try await Denoiser(noise: .jpeg(lower: 20, upper: 20)).fit(
        .table(numberTable(curvedRows(60)))
      )
    }
  }

  @Test func whatFilesLoseIsGivenBack() async throws {
    let (count, side) = (24, 40)
    let noise = Noise.jpeg(lower: 5, upper: 15)
    let planes = (0..<count).flatMap { image in
      scene(160, 120).part(x: 4 * image, y: 2 * image, width: side, height: side).planes[0]
    }
    let rows = Tensor(planes, shape: [count, 1, side, side])
    let clean = ImageSet(try NumericDataset(name: "scenes", images: rows))
    let denoiser = Denoiser(
      noise: noise,
      architecture: .uNet(base: 8, depth: 1, activation: .relu),
      learning: TrainingSettings(epochs: 12, learningRate: 0.004, seed: 3)
    )
    let session = TrainingSession(engine: smallEngine())
    let fitted = try await denoiser.fit(clean, session: session)
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.title.hasSuffix("noise jpeg:10"))
    let (error, noisy) = (
      try #require(evaluation["RMSE"]), try #require(evaluation["noisy", "RMSE"])
    )
    #expect(error < 0.95 * noisy, "\(evaluation)")
  }
}
