import Foundation
import HourglassEngines
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
@testable import HourglassTasksCommon

@Suite struct SoundDenoiserTests {
  private let small = Architecture.uNet(base: 4, depth: 1, activation: .relu)

  private func tones(_ count: Int = 12, rate: Int = 8000, length: Int = 8000) -> SoundSet {
    SoundSet(
      name: "tones",
      sounds: (0..<count).map { index in
        let pitch = 250.0 * Double(1 + index % 4) * 2 * .pi / Double(rate)
        let samples = (0..<length).map { 0.3 * Float(sin(Double($0) * pitch)) }
        return Sound(name: "\(index)", sampleRate: rate, channels: [samples])
      }
    )
  }

  private func fitted(
    _ sounds: SoundSet,
    epochs: Int = 2,
    noise: Noise? = nil,
    on engine: ComputeEngine
  ) async throws -> FittedDenoiser {
    try await Denoiser(
      noise: noise,
      architecture: small,
      learning: TrainingSettings(epochs: epochs, learningRate: 0.004, seed: 1)
    ).fit(.sounds(sounds), session: TrainingSession(engine: engine))
  }

  @Test func tonesAreHeardThroughNoise() async throws {
    let engine = smallEngine()
    let fitted = try await fitted(tones(), epochs: 12, on: engine)
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.title.hasSuffix(", noise snr:5.0"), "\(evaluation.title)")
    let (own, noisy) = (evaluation["SI-SNR"], evaluation["noisy", "SI-SNR"])
    #expect(abs(try #require(noisy) - 5) < 0.3)
    #expect(try #require(own) > 11)
    let wiener = try #require(evaluation["Wiener filter", "SI-SNR"])
    #expect(try wiener < #require(own), "\(wiener)")
    #expect(fitted.header.training.metrics["network, SI-SNR"] == own)
  }

  @Test(arguments: [(8000, 1, 8000), (44_100, 2, 5001), (11_025, 3, 37), (1000, 1, 1)])
  func rateLengthAndChannelsStay(_ rate: Int, _ channels: Int, _ count: Int) async throws {
    let engine = smallEngine()
    let fitted = try await fitted(tones(), epochs: 1, on: engine)
    var generator = SeededGenerator(seed: 4)
    let sound = Sound(
      name: "unusual",
      sampleRate: rate,
      channels: (0..<channels).map { _ in (0..<count).map { _ in 9 * generator.nextNormal() } }
    )
    let result = try await fitted.denoised(sound, on: engine)
    #expect(
      result.sampleRate == rate && result.channels.map(\.count) == sound.channels.map(\.count)
    )
    #expect(result.channels.allSatisfy { $0.allSatisfy(\.isFinite) } && result != sound)
    let last = Sound(name: "unusual", sampleRate: rate, channels: [sound.channels[channels - 1]])
    let alone = try await fitted.denoised(last, on: engine)
    #expect(alone.channels[0] == result.channels[channels - 1])
    let silence = Sound(name: "silence", sampleRate: rate, channels: [[0, 0, 0]])
    #expect(try await fitted.denoised(silence, on: engine) == silence)
    let loaded = try FittedDenoiser(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.denoised(sound, on: engine) == result)
  }

  @Test func aLongSoundIsLikeItsParts() async throws {
    let engine = smallEngine()
    let fitted = try await fitted(tones(), epochs: 1, on: engine)
    // Three pieces of 2,048 frames of 128 samples.
    var generator = SeededGenerator(seed: 2)
    let samples = (0..<600_000).map { _ in generator.nextNormal() }
    let whole = try await fitted.denoised(
      Sound(name: "long", sampleRate: 8000, channels: [samples]),
      on: engine
    )
    let part = Array(samples[200_000..<400_000])
    let level = { (values: [Float]) in
      (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
    }
    // The part is worked on at the level of the whole.
    let factor = Float(level(samples) / level(part))
    #expect(abs(factor - 1) < 0.01)
    let result = try await fitted.denoised(
      Sound(name: "part", sampleRate: 8000, channels: [part]),
      on: engine
    )
    // The noise that is found differs by what frames are looked at; a seam would differ by far more.
    for start in [20_000, 60_144, 62_144, 64_144, 160_000] {
      let squares = (start..<start + 2_000).map { index -> Double in
        let difference = Double(whole.channels[0][200_000 + index] - result.channels[0][index])
        return difference * difference
      }
      #expect(squares.reduce(0, +) / 2_000 < 0.0004)
    }
  }

  @Test func soundsOfOtherRatesAreTrainedOnToo() async throws {
    let engine = smallEngine()
    let sets = [tones(10), tones(2, rate: 11_025)]
    let sounds = try sets.flatMap { set in try (0..<set.count).map { try set.sound($0) } }
    let fitted = try await fitted(SoundSet(name: "mixed", sounds: sounds), epochs: 1, on: engine)
    guard case .sounds(let network) = fitted.content else {
      Issue.record("a denoiser of sounds was expected")
      return
    }
    #expect(network.masking.sampleRate == 8000 && network.masking.window == 512)
    #expect(
      network.masking.transform(forRate: 48_000).window == 2048
        || network.masking.transform(forRate: 48_000).window == 4096
    )
  }

  @Test func whatDoesNotSuitIsRefused() async throws {
    let engine = smallEngine()
    await #expect(throws: HourglassError.self) {
      try await self.fitted(tones(), noise: .poisson(peak: 3), on: engine)
    }
    let images = Dataset.images(
      ImageSet(try NumericDataset(name: "spots", images: spots(20)))
    )
    await #expect(throws: HourglassError.self) {
      try await Denoiser(noise: .unknownOfSounds, architecture: small).fit(images)
    }
    let dense = Denoiser(architecture: .dense(hidden: [3], activation: .relu))
    await #expect(throws: HourglassError.self) { try await dense.fit(.sounds(tones())) }
    let fitted = try await self.fitted(tones(), epochs: 1, on: engine)
    await #expect(throws: HourglassError.self) {
      try await fitted.evaluation(of: tones(2), reference: tones(3), on: engine) { _, _, _ in }
    }
    await #expect(throws: HourglassError.self) {
      try await fitted.evaluation(of: tones(2), reference: tones(2, length: 99), on: engine) {
        _,
        _,
        _ in
      }
    }
    await #expect(throws: HourglassError.self) {
      try await fitted.denoised(Image(width: 1, height: 1, channels: 1, samples: .bytes([1])))
    }
  }

  /// Each planted value in a header that is otherwise good.
  @Test(
    arguments: [
      ("\"window\":512", "\"window\":500"), ("\"window\":512", "\"window\":1048576"),
      ("\"window\":512", "\"window\":-512"), ("\"sampleRate\":8000", "\"sampleRate\":0"),
      ("\"depth\":1", "\"depth\":9"), ("\"logistic\"", "\"identity\""),
      ("\"weighted\"", "\"paired\""),
    ]
  )
  func aBadFileIsRefused(_ good: String, _ bad: String) async throws {
    let fitted = try await fitted(tones(), epochs: 1, on: smallEngine())
    let bytes = try fitted.bytes()
    let size = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + size], as: UTF8.self)
    let escaped = { (text: String) in text.replacingOccurrences(of: "\"", with: "\\\"") }
    let changed = header.replacingOccurrences(of: escaped(good), with: escaped(bad))
    try #require(changed != header, "the header has no \(good)")
    var text = Array(changed.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
    let damaged = length + text + bytes[(8 + size)...]
    #expect(throws: HourglassError.self) {
      do {
        _ = try FittedDenoiser(ModelFile(bytes: damaged, path: "model"))
      } catch let error as ModelFileError {
        throw HourglassError.modelFile(error)
      }
    }
  }

  @Test func qualitiesAreWhatTheirFormulasSay() {
    let clean: [[Float]] = [[1, -1, 1, -1], [0, 2, 0, -2]]
    // Twice the sound and an error that is orthogonal to it, of a hundredth of its energy.
    let estimate = zip(clean, [[0.2, 0.2, 0.2, 0.2], [0.4, 0, 0.4, 0]] as [[Float]])
      .map { zip($0, $1).map { 2 * $0 + $1 } }
    let ratio = SoundQuality.signalToNoiseRatio(estimate, clean)
    #expect(abs(ratio - 10 * log10(48 / 0.48)) < 1e-4)
    #expect(SoundQuality.signalToNoiseRatio(clean, clean) == 100)
    #expect(SoundQuality.signalToNoiseRatio([[0]], [[1]]) == -100)
    #expect(abs(SoundQuality.relativeSquaredError(estimate, clean) - 1.04) < 1e-5)
    var generator = SeededGenerator(seed: 1)
    let noise = [(0..<4000).map { _ in generator.nextNormal() }]
    let transform = ShortTimeFourierTransform(window: 256, hop: 64)
    let louder = noise.map { $0.map { $0 * 10 } }
    let distance = SoundQuality.logSpectralDistance(louder, noise, by: transform)
    #expect(abs(distance - 20) < 0.1)
    #expect(SoundQuality.logSpectralDistance(noise, noise, by: transform) == 0)
  }

  @Test func classicalFiltersTakeNoiseOff() {
    var generator = SeededGenerator(seed: 6)
    // A tone that pauses, so that there are quiet frames.
    let clean = (0..<16_000).map { (index: Int) -> Float in
      if index / 4000 % 2 == 1 { return 0 }
      return Float(sin(0.3 * Double(index)))
    }
    let noisy = clean.map { $0 + 0.4 * generator.nextNormal() }
    let transform = ShortTimeFourierTransform(window: 512, hop: 128)
    let before = SoundQuality.signalToNoiseRatio([noisy], [clean])
    for result in [
      SoundFilters.subtraction([noisy], factor: 3, by: transform),
      SoundFilters.wiener([noisy], factor: 1, by: transform),
    ] {
      #expect(result[0].count == 16_000)
      #expect(SoundQuality.signalToNoiseRatio(result, [clean]) > before + 4)
    }
  }
}
