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

  /// The most sounds that a report of learning evaluates, and the most seconds that it takes of each.
  static let limit = 24
  static let seconds = 30

  /// Adds noise to clean sounds and evaluates what is made of them.
  func report(
    _ sounds: SoundSet,
    noise: Noise,
    as kind: EvaluationSplit,
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> DenoisingReport {
    var network = network
    var tally = SoundDenoisingTally(network.masking, comparesWithFilters: comparesWithFilters)
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
        denoised: try await network.denoised(noisy, on: engine)
      )
    }
    return tally.report(dataName: sounds.name, items: kind, noise: noise.description)
  }
}

/// The qualities of sounds, added up.
struct SoundDenoisingTally: Sendable {
  private struct Sums: Sendable {
    var ratio = 0.0
    var distance = 0.0
    var squares = 0.0

    mutating func add(
      _ estimate: [[Float]],
      _ clean: [[Float]],
      _ transform: ShortTimeFourierTransform
    ) {
      ratio += SoundQuality.signalToNoiseRatio(estimate, clean)
      distance += SoundQuality.logSpectralDistance(estimate, clean, by: transform)
      squares += SoundQuality.relativeSquaredError(estimate, clean)
    }

    func score(_ method: String, count: Int) -> DenoisingReport.Score {
      DenoisingReport.Score(
        method: method,
        signalToNoiseRatio: ratio / Double(count),
        logSpectralDistance: distance / Double(count),
        error: (squares / Double(count)).squareRoot()
      )
    }
  }

  private static let subtractions: [Float] = [1, 2, 3, 4, 6]
  private static let wieners: [Float] = [0.5, 1, 1.5, 2, 3]

  private let masking: SoundMasking
  /// Whether classical filters are evaluated too.
  private let comparesWithFilters: Bool
  private var count = 0
  private var noisy = Sums()
  private var denoised = Sums()
  private var subtracted = subtractions.map { _ in Sums() }
  private var filtered = wieners.map { _ in Sums() }

  init(_ masking: SoundMasking, comparesWithFilters: Bool = true) {
    self.masking = masking
    self.comparesWithFilters = comparesWithFilters
  }

  /// Evaluators a sound, and what the filters make of it.
  mutating func add(clean: Sound, noisy: Sound, denoised: Sound) {
    let transform = masking.transform(forRate: clean.sampleRate)
    count += 1
    self.noisy.add(noisy.channels, clean.channels, transform)
    self.denoised.add(denoised.channels, clean.channels, transform)
    guard comparesWithFilters else { return }
    for (place, factor) in Self.subtractions.enumerated() {
      let result = SoundFilters.subtraction(noisy.channels, factor: factor, by: transform)
      subtracted[place].add(result, clean.channels, transform)
    }
    for (place, factor) in Self.wieners.enumerated() {
      let result = SoundFilters.wiener(noisy.channels, factor: factor, by: transform)
      filtered[place].add(result, clean.channels, transform)
    }
  }

  /// The report; of each filter the best strength counts, as if it had been known.
  func report(dataName: String, items: EvaluationSplit, noise: String?) -> DenoisingReport {
    let subtraction = subtracted.indices.max { subtracted[$0].ratio < subtracted[$1].ratio } ?? 0
    let wiener = filtered.indices.max { filtered[$0].ratio < filtered[$1].ratio } ?? 0
    return DenoisingReport(
      dataName: dataName,
      kind: .sounds,
      items: items,
      itemCount: count,
      noise: noise,
      noisy: noisy.score("noisy", count: count),
      classical: comparesWithFilters
        ? [
          subtracted[subtraction].score("spectral subtraction", count: count),
          filtered[wiener].score("Wiener filter", count: count),
        ] : [],
      denoised: denoised.score("denoised", count: count)
    )
  }
}
