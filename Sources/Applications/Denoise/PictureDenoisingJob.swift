internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning to denoise images, with everything chosen before it begins.
struct PictureDenoisingJob: Sendable {
  /// The least extents of noisy images that are learnt from without clean ones.
  private static let leastSide = 16

  private let denoiser: Denoiser
  private let images: ImageSet
  private let split: RowSplit
  private let channels: Int
  private let translator: Translator
  private let source: any PairedBatchSource
  private let run: LearningRun

  ///
  /// - Parameter noise: Noise to add to the images once, as if they had come with it, to measure what is
  ///   learnt from noisy images alone.
  init(
    _ denoiser: Denoiser,
    _ images: ImageSet,
    _ session: LearningSession,
    adding noise: Noise? = nil
  ) throws {
    self.denoiser = denoiser
    self.images = images
    let seed = denoiser.learning.seed
    split = RowSplit(count: images.count, seed: seed)
    // Three planes only where every image has colours: a network for one plane serves them all.
    let isColour = (0..<images.count).allSatisfy { images.shape(of: $0)[0] >= 3 }
    channels = isColour ? 3 : 1
    let isNoisy = denoiser.learned == .noisy
    translator = Translator(
      architecture: denoiser.architecture ?? AutomaticChoices.denoisingArchitecture,
      target: isNoisy ? .paired(channels: channels) : .item,
      learnsDifference: true,
      corruption: isNoisy ? .none : denoiser.noise(for: .images).corruption
    )
    let sample = try PictureSample(
      images,
      split: split,
      seed: seed,
      channels: channels,
      range: noise == nil ? 0...1 : -1...2
    ) { index, picture in
      let planes = PicturePlanes(isColour ? picture : picture.grey())
      return noise?.added(to: planes, seed: seed, number: index) ?? planes
    }
    let learning = PatchLearning(
      sample.store,
      images: sample.learning,
      turns: 8,
      isHalved: isNoisy
    )
    let least = min(learning.cutting.width, learning.cutting.height)
    if isNoisy, least < Self.leastSide {
      throw ApplicationError.unsuitedKind(
        name: images.name,
        job: "learn from noisy images alone, as those of",
        expected: "images of at least \(Self.leastSide) x \(Self.leastSide) pixels",
        found: "a side of \(least)"
      )
    }
    let trainer = learning.trainer(denoiser.learning)
    let patches = PatchSource(
      sample.store,
      learning: sample.learning,
      judging: sample.judging,
      cutting: learning.cutting,
      inputs: channels,
      validation: trainer.validation,
      seed: seed
    )
    source = isNoisy ? NeighbourPairSource(patches, seed: seed) : patches
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
    // Where there is no clean image, nothing can be said of how near the results are to one.
    if denoiser.learned == .noisy {
      return try FittedDenoiser(denoiser, run, result.record, nil, .pictures(network))
    }
    let judge = PictureDenoisingJudge(
      network: network,
      comparesWithFilters: run.session.comparesWithRivals
    )
    let report = try await judge.report(
      images.items(Array(split.report.prefix(PictureDenoisingJudge.limit))),
      noise: denoiser.noise(for: .images).typical,
      as: split.reportRows,
      seed: denoiser.learning.seed,
      on: run.session.engine
    )
    return try FittedDenoiser(denoiser, run, result.record, report, .pictures(network))
  }
}
