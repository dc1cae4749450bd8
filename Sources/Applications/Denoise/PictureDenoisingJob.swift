internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning to denoise images, with everything chosen before it begins.
struct PictureDenoisingJob: Sendable {
  private let denoiser: Denoiser
  private let images: ImageSet
  private let split: RowSplit
  private let channels: Int
  private let translator: Translator
  private let source: PatchSource
  private let run: LearningRun

  init(_ denoiser: Denoiser, _ images: ImageSet, _ session: LearningSession) throws {
    self.denoiser = denoiser
    self.images = images
    let seed = denoiser.learning.seed
    split = RowSplit(count: images.count, seed: seed)
    // Three planes only where every image has colours: a network for one plane serves them all.
    let isColour = (0..<images.count).allSatisfy { images.shape(of: $0)[0] >= 3 }
    channels = isColour ? 3 : 1
    translator = Translator(
      architecture: denoiser.architecture ?? AutomaticChoices.denoisingArchitecture,
      learnsDifference: true,
      corruption: denoiser.noise(for: .images).corruption
    )
    let sample = try PictureSample(images, split: split, seed: seed, channels: channels) {
      _,
      picture in PicturePlanes(isColour ? picture : picture.grey())
    }
    let learning = PatchLearning(sample.store, images: sample.learning, turns: 8)
    let trainer = learning.trainer(denoiser.learning)
    source = PatchSource(
      sample.store,
      learning: sample.learning,
      judging: sample.judging,
      cutting: learning.cutting,
      inputs: channels,
      validation: trainer.validation,
      seed: seed
    )
    run = try LearningRun(
      application: FittedDenoiser.application,
      configuration: denoiser,
      fields: DenoisedFields.images(channels: channels),
      architecture: DenoisingNetwork.translator(translator),
      data: (images.name, images.fingerprint),
      itemCount: sample.learning.count,
      trainer: trainer,
      session: session
    )
  }

  /// Learns, judges, and makes the model with its report.
  func fitted() async throws -> FittedDenoiser {
    let result = try await run.train(translator, on: source)
    let network = PictureDenoising(
      channels: channels,
      translation: TiledTranslation(translator, variables: result.variables, inputs: channels)
    )
    let report = try await PictureDenoisingJudge(network: network).report(
      images.items(Array(split.report.prefix(PictureDenoisingJudge.limit))),
      noise: denoiser.noise(for: .images).typical,
      as: split.reportRows,
      seed: denoiser.learning.seed,
      on: run.session.engine
    )
    return try FittedDenoiser(denoiser, run, result.record, report, .pictures(network))
  }
}
