internal import HourglassTasksCommon

/// Adds noise to clean items that were held out of training, and evaluates what a network makes of them.
struct HeldOutDenoising: Sendable {
  private let noise: Noise
  private let seed: UInt64
  private let split: EvaluationSplit
  /// Whether classical filters are evaluated too.
  private let comparesWithFilters: Bool
  private let engine: ComputeEngine
  /// The numbers of the items.
  private let numbers: [Int]

  /// The most items that are evaluated after training.
  private static let limit = 24
  /// The longest side of what is taken of an image, and the most seconds of a sound.
  private static let side = 384
  private static let seconds = 30

  /// Prepares the evaluation of a denoiser at the end of a run.
  init(_ denoiser: Denoiser, _ kind: DataKind, _ split: RowSplit, _ session: TrainingSession) {
    noise = denoiser.noise(for: kind).typical
    seed = denoiser.learning.seed
    self.split = split.reportRows
    numbers = Array(split.report.prefix(Self.limit))
    comparesWithFilters = session.comparesWithBaselines
    engine = session.engine
  }

  /// The evaluation by images; nothing where there is none.
  func evaluation(of images: ImageSet, by network: ImageDenoising) async throws -> Evaluation? {
    var network = network
    let images = images.items(numbers)
    return try await evaluation(.images, of: images.name, count: images.count) { index, tally in
      let image = try images.image(index)
      let clean = PlanarImage(network.channels == 3 ? image : image.gray()).center(Self.side)
      let noisy = try noise.added(to: clean, seed: seed, number: index)
      let denoised = try await network.denoised([noisy], name: images.name, on: engine)[0]
      tally.add(
        clean: clean,
        noisy: noisy,
        denoised: denoised.clipped,
        comparesWithFilters: comparesWithFilters
      )
    }
  }

  /// The evaluation by sounds; nothing where there is none.
  func evaluation(of sounds: SoundSet, by network: SoundDenoising) async throws -> Evaluation? {
    var network = network
    let sounds = sounds.items(numbers)
    return try await evaluation(.sounds, of: sounds.name, count: sounds.count) { index, tally in
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
  }

  private func evaluation(
    _ kind: DataKind,
    of name: String,
    count: Int,
    _ add: (Int, inout DenoisingTally) async throws -> Void
  ) async throws -> Evaluation? {
    var tally = DenoisingTally(kind)
    for index in 0..<count {
      try Task.checkCancellation()
      try await add(index, &tally)
    }
    return tally.evaluation(of: name, split: split, noise: noise.description)
  }
}
