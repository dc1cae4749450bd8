internal import HourglassTasksCommon

/// How a network is trained to denoise images.
private enum DenoisingObjective: Hashable, Sendable {
  /// From clean images, to which the network adds the noise.
  case added(Noise)
  /// From clean images that went through files.
  case compressed(Noise)
  /// From noisy images, of whose noise nothing is known but that it strikes each pixel by itself.
  case neighbors
  /// From noisy images whose noise is normal, of a deviation known for each value.
  case recorrupted(Noise)

  /// How much further noise is added to noisy images, as a part of their own.
  private static let strength: Float = 0.5

  init(_ denoiser: Denoiser) {
    let noise = denoiser.noise(for: .images)
    if denoiser.learned == .noisy {
      self = denoiser.noise == nil ? .neighbors : .recorrupted(noise)
    } else if case .jpeg = noise {
      self = .compressed(noise)
    } else {
      self = .added(noise)
    }
  }

  func target(channels: Int) -> ImageToImageNetwork.Target {
    switch self {
    case .added: .item
    case .compressed, .neighbors: .paired(channels: channels)
    case .recorrupted: .recorrupted(strength: Self.strength)
    }
  }

  var corruption: Corruption {
    if case .added(let noise) = self { noise.corruption } else { .none }
  }

  /// Whether the deviations of the noise are kept beside the values.
  var predictsDeviations: Bool {
    if case .recorrupted = self { true } else { false }
  }

  /// How much larger patches are than what the network sees.
  var margin: Int {
    if case .compressed = self { JPEGPatchSource.block } else { 0 }
  }

  /// The planes of an image, with the deviations of its noise where these are predicted.
  ///
  /// - Parameter name: What to call it in an error.
  /// - Throws: `unsuitedKind` where its noise cannot be estimated.
  func withNoise(_ image: PlanarImage, name: String) throws(TaskError) -> PlanarImage {
    guard case .recorrupted(let noise) = self else { return image }
    guard let deviations = noise.deviations(in: image) else {
      throw .unsuitedKind(
        name: name,
        job: "estimate the noise level of",
        expected: "an image of at least 11 x 11 pixels, or a level, as in gaussian:0.1",
        found: "one of \(image.width) x \(image.height)"
      )
    }
    var result = image
    result.planes += deviations
    return result
  }

  func source(_ patches: PatchSource, seed: UInt64) -> any PairedBatchSource {
    switch self {
    case .added, .recorrupted: patches
    case .compressed(let noise): JPEGPatchSource(patches, noise: noise, seed: seed)
    case .neighbors: NeighborPairSource(patches, seed: seed)
    }
  }
}

/// One training run to denoise images, with everything chosen before it begins.
struct ImageDenoisingJob: Sendable {
  /// The least extents of noisy images that are trained on without clean ones.
  private static let leastSide = 16

  private let denoiser: Denoiser
  private let images: ImageSet
  private let split: RowSplit
  private let channels: Int
  private let translator: ImageToImageNetwork
  private let source: any PairedBatchSource
  private let run: TrainingRun

  /// Splits the images, and prepares the network and the batches that it is trained on.
  init(_ denoiser: Denoiser, _ images: ImageSet, _ session: TrainingSession) throws {
    self.denoiser = denoiser
    self.images = images
    let seed = denoiser.learning.seed
    split = RowSplit(count: images.count, seed: seed)
    // Three planes only where every image has colors: a network for one plane serves them all.
    let isColor = (0..<images.count).allSatisfy { images.shape(of: $0)[0] >= 3 }
    channels = isColor ? 3 : 1
    let objective = DenoisingObjective(denoiser)
    translator = ImageToImageNetwork(
      architecture: denoiser.architecture ?? Defaults.denoisingArchitecture,
      target: objective.target(channels: channels),
      learnsDifference: true,
      corruption: objective.corruption
    )
    let sample = try ImageSample(
      images,
      split: split,
      seed: seed,
      channels: objective.predictsDeviations ? 2 * channels : channels
    ) { index, image in
      let planes = PlanarImage(isColor ? image : image.gray())
      return try objective.withNoise(planes, name: images.names[index])
    }
    let learning = PatchLearning(
      sample,
      turns: 8,
      isHalved: objective == .neighbors,
      margin: objective.margin
    )
    let least = min(learning.cutting.width, learning.cutting.height)
    if objective == .neighbors, least < Self.leastSide {
      throw TaskError.unsuitedKind(
        name: images.name,
        job: "train on noisy images alone, as those of",
        expected: "images of at least \(Self.leastSide) x \(Self.leastSide) pixels",
        found: "a side of \(least)"
      )
    }
    let trainer = learning.trainer(denoiser.learning)
    source = objective.source(learning.patches(inputs: channels, for: trainer), seed: seed)
    run = try TrainingRun(
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

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedDenoiser {
    let result = try await run.train(translator, on: source)
    let network = ImageDenoising(
      channels: channels,
      translation: TiledInference(translator, variables: result.variables, inputs: channels)
    )
    // Where there is no clean image, nothing can be said of how near the results are to one.
    if denoiser.learned == .noisy {
      return try FittedDenoiser(
        denoiser,
        run,
        result.record,
        nil,
        .images(network),
        estimate: estimate(result.record)
      )
    }
    let heldOut = HeldOutDenoising(denoiser, .images, split, run.session)
    let evaluation = try await heldOut.evaluation(of: images, by: network)
    return try FittedDenoiser(denoiser, run, result.record, evaluation, .images(network))
  }

  /// The peak signal-to-noise ratio estimated from the errors of held-out patches; none where the noise is
  /// not known, or where they are too few.
  private func estimate(_ record: HourglassAutoencoders.TrainingRecord) -> Double? {
    guard case .recorrupted = translator.target, let evaluated = record.best?.validation else {
      return nil
    }
    let error = evaluated.squaredError / Double(source.itemShape.elementCount)
    return error > 0 ? ImageQuality.peakSignalToNoiseRatio(meanSquaredError: error) : nil
  }
}
