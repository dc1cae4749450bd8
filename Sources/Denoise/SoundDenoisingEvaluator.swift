internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassMedia
internal import HourglassStatistics
internal import HourglassTensors

/// Measures how near denoised sounds are to the clean ones.
struct SoundDenoisingEvaluator: Sendable {
  var network: SoundDenoising
  /// Whether classical filters are evaluated too.
  var comparesWithFilters = true

  /// The most sounds that are evaluated after training, and the most seconds that it takes of each.
  static let limit = 24
  static let seconds = 30

  /// Adds noise to clean sounds and evaluates what is made of them; nothing where there is no sound.
  func evaluation(
    of sounds: SoundSet,
    noise: Noise,
    as split: EvaluationSplit,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Evaluation? {
    var network = network
    var tally = DenoisingTally(.sounds)
    for index in 0..<sounds.count {
      try Task.checkCancellation()
      let sound = try sounds.sound(index)
      let length = min(sound.count, Self.seconds * sound.sampleRate)
      let start = (sound.count - length) / 2
      let clean = sound.with(sound.channels.map { Array($0[start..<start + length]) })
      let noisy = noise.added(to: clean, seed: seed, number: index)
      tally.add(
        clean: clean,
        noisy: noisy,
        denoised: try await network.denoised(noisy, on: engine),
        by: network.masking.transform(forRate: clean.sampleRate),
        comparesWithFilters: comparesWithFilters
      )
    }
    return tally.evaluation(of: sounds.name, split: split, noise: noise.description)
  }
}

extension DenoisingTally {
  private static let subtractions: [Float] = [1, 2, 3, 4, 6]
  private static let wieners: [Float] = [0.5, 1, 1.5, 2, 3]

  /// Evaluates a sound, and the outputs of the filters.
  mutating func add(
    clean: Sound,
    noisy: Sound,
    denoised: Sound,
    by transform: ShortTimeFourierTransform,
    comparesWithFilters: Bool = true
  ) {
    func quality(_ channels: [[Float]]) -> Quality {
      Quality(
        ratio: SoundQuality.signalToNoiseRatio(channels, clean.channels),
        likeness: SoundQuality.logSpectralDistance(channels, clean.channels, by: transform),
        squaredError: SoundQuality.relativeSquaredError(channels, clean.channels)
      )
    }
    let subtractions = Self.subtractions.map { factor in
      (
        name: "spectral subtraction",
        channels: { SoundFilters.subtraction(noisy.channels, factor: factor, by: transform) }
      )
    }
    let wieners = Self.wieners.map { factor in
      (
        name: "Wiener filter",
        channels: { SoundFilters.wiener(noisy.channels, factor: factor, by: transform) }
      )
    }
    add(
      network: quality(denoised.channels),
      noisy: quality(noisy.channels),
      filters: comparesWithFilters
        ? [subtractions, wieners].map { $0.map { ($0.name, quality($0.channels())) } } : []
    )
  }
}
