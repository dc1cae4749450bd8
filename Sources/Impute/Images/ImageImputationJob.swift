internal import HourglassTasksCommon

/// One training run to fill images, with everything chosen before it begins.
struct ImageImputationJob: Sendable {
  private let imputer: ImageImputer
  private let images: ImageSet
  private let masks: PixelMasks
  private let split: RowSplit
  private let channels: Int
  private let means: [Float]
  private let translator: ImageToImageNetwork
  private let source: MaskedPatches
  private let run: TrainingRun

  /// The most images that are evaluated after training, and the longest side of what it takes of each.
  private static let limit = 64
  private static let side = 256

  init(
    _ imputer: ImageImputer,
    _ images: ImageSet,
    _ masks: PixelMasks,
    _ session: TrainingSession
  ) throws {
    self.imputer = imputer
    self.images = images
    self.masks = masks
    let seed = imputer.learning.seed
    split = RowSplit(count: images.count, seed: seed)
    let isColor = (0..<images.count).allSatisfy { images.shape(of: $0)[0] >= 3 }
    let channels = isColor ? 3 : 1
    self.channels = channels
    let sample = try ImageSample(images, split: split, seed: seed, channels: channels) {
      index,
      image in
      let mask = try masks.mask(
        of: image,
        name: images.names[index],
        index: index,
        count: images.count
      )
      return PlanarImage(isColor ? image : image.gray()).smoothlyFilled(mask)
    }
    means = (0..<channels).map { sample.store.mean(of: sample.learning, channel: $0) }
    let learning = PatchLearning(sample, turns: 2)
    let trainer = learning.trainer(imputer.learning)
    translator = ImageToImageNetwork(
      architecture: imputer.architecture ?? Defaults.fillingArchitecture,
      target: .paired(channels: channels)
    )
    source = MaskedPatches(
      learning.patches(inputs: channels, for: trainer),
      hidden: imputer.hidden,
      seed: seed
    )
    run = try TrainingRun(
      application: FittedImageImputer.application,
      configuration: imputer,
      fields: FilledImageFields(channels: channels, means: means),
      architecture: translator,
      data: (images.name, images.fingerprint),
      itemCount: sample.learning.count,
      trainer: trainer,
      session: session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedImageImputer {
    let result = try await run.train(translator, on: source)
    var network = ImageInpainting(
      channels: channels,
      means: means,
      translation: TiledInference(translator, variables: result.variables, inputs: channels + 1)
    )
    var tally = ImageImputationTally(means: means)
    for index in split.report.prefix(Self.limit) {
      try Task.checkCancellation()
      let image = try images.image(index)
      let mask = try masks.mask(
        of: image,
        name: images.names[index],
        index: index,
        count: images.count
      )
      // What is missing already cannot be evaluated.
      guard mask.count == 0 else { continue }
      let truth = PlanarImage(channels == 3 ? image : image.gray()).center(Self.side)
      let holes = ImageHoles(seed: imputer.learning.seed).mask(
        of: truth,
        number: index,
        hidden: imputer.hidden
      )
      let task = ImageInpainting.HoledImage(image: truth, mask: holes, name: images.names[index])
      let filled = try await network.filled([task], on: run.session.engine)[0]
      tally.add(truth, deleted: holes, filled)
    }
    var evaluation = tally.evaluation(of: images.name, split: split.reportRows)
    evaluation?.warnings += [TrainingDiagnostics.budget(result.record)].compactMap { $0 }
    return FittedImageImputer(
      configuration: imputer,
      core: try run.core(result.record, evaluation),
      network: network
    )
  }
}

/// Holes that are made to evaluate how they are filled.
struct ImageHoles: Sendable {
  let seed: UInt64

  func mask(of image: PlanarImage, number: Int, hidden: Imputer.HiddenShare) -> PixelMask {
    var generator = SeededGenerator.named("deleted \(number)", seed: seed)
    let share = hidden.least + (hidden.greatest - hidden.least) * generator.nextUniform()
    return .artificial(width: image.width, height: image.height, share: share, &generator)
  }
}

/// What the images of an imputer are, for the header of its model file.
struct FilledImageFields: Hashable, Sendable, Codable {
  var channels: Int
  var means: [Float]
}
