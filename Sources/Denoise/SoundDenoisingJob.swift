internal import HourglassTasksCommon

/// One training run to denoise sounds, with everything chosen before it begins.
struct SoundDenoisingJob: Sendable {
  private let denoiser: Denoiser
  private let sounds: SoundSet
  private let split: RowSplit
  private let masking: SoundMasking
  private let translator: ImageToImageNetwork
  private let source: SoundPatchSource
  private let run: TrainingRun

  /// The pieces of a step.
  private static let batchSize = 4

  init(_ denoiser: Denoiser, _ sounds: SoundSet, _ session: TrainingSession) throws {
    self.denoiser = denoiser
    self.sounds = sounds
    let seed = denoiser.learning.seed
    split = RowSplit(count: sounds.count, seed: seed)
    translator = ImageToImageNetwork(
      architecture: denoiser.architecture ?? Defaults.maskingArchitecture,
      target: .weighted(channels: 1),
      outputActivation: .logistic,
      objective: .distance(.squaredError)
    )
    let noise = try denoiser.noiseOfSounds()
    try requireSetting(
      SoundDenoising.suits(translator.architecture),
      "the architecture for sounds",
      "a U-Net of at most 5 halvings or a plain chain",
      "\(translator.architecture)"
    )
    let sample = try SoundSample(sounds, split: split, seed: seed)
    masking = sample.masking
    let count = min(max(8 * sample.frameCount / SoundPatchSource.frames, 64), 2_048)
    let trainer = denoiser.learning.patchTrainer(
      for: .sounds,
      count: count,
      batchSize: Self.batchSize,
      heldOutLimit: 128
    )
    source = SoundPatchSource(
      sample,
      count: count,
      noise: noise,
      validation: trainer.validation,
      seed: seed
    )
    run = try TrainingRun(
      application: FittedDenoiser.application,
      configuration: denoiser,
      fields: DenoisedFields.sounds(masking),
      architecture: DenoisingNetwork.translator(translator),
      data: (sounds.name, sounds.fingerprint),
      itemCount: sample.learning.count,
      trainer: trainer,
      session: session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedDenoiser {
    let result = try await run.train(translator, on: source)
    let network = SoundDenoising(masking, translator, variables: result.variables)
    let heldOut = HeldOutDenoising(denoiser, .sounds, split, run.session)
    let evaluation = try await heldOut.evaluation(of: sounds, by: network)
    return try FittedDenoiser(denoiser, run, result.record, evaluation, .sounds(network))
  }
}

extension Denoiser {
  /// The noise to remove from sounds.
  ///
  /// - Throws: `invalidSetting` for noise that is made of values from 0 to 1.
  func noiseOfSounds() throws(TaskError) -> Noise {
    let noise = noise(for: .sounds)
    switch noise {
    case .gaussian, .gaussianRange, .signalToNoise: return noise
    case .poisson, .speckle, .saltAndPepper, .jpeg:
      throw .invalidSetting(
        name: "the noise of sounds",
        expected: "white noise, such as snr:5, snr:-5..20 or gaussian:0.5",
        found: noise.description
      )
    }
  }
}
