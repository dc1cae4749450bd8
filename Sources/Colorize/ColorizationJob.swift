internal import HourglassTasksCommon

/// One training run to color, with everything chosen before it begins.
struct ColorizationJob: Sendable {
  private let colorizer: Colorizer
  private let images: ImageSet
  private let split: RowSplit
  private let translator: ImageToImageNetwork
  private let source: PatchSource
  private let means: [Float]
  private let run: TrainingRun

  init(_ colorizer: Colorizer, _ given: ImageSet, _ session: TrainingSession) throws {
    self.colorizer = colorizer
    let seed = colorizer.learning.seed
    let withColors = (0..<given.count).filter { given.shape(of: $0)[0] >= 3 }
    guard !withColors.isEmpty else { throw TaskError.noColors(name: given.name) }
    let images = withColors.count == given.count ? given : given.items(withColors)
    self.images = images
    split = RowSplit(count: images.count, seed: seed)
    let sample = try ImageSample(
      images,
      split: split,
      seed: seed,
      channels: 3,
      range: ColorizationModel.range
    ) { _, image in
      let small = image.resized(to: WorkingSize.of(image.size))
      return ColorizationModel.scaled(LabColor.planes(of: PlanarImage(small)))
    }
    means = (1...2).map {
      sample.store.mean(of: sample.learning, channel: $0) * ColorizationModel.scale
    }
    let learning = PatchLearning(sample, turns: 2)
    translator = ImageToImageNetwork(
      architecture: colorizer.architecture ?? Defaults.coloringArchitecture,
      target: .paired(channels: 2),
      head: ColorDistributionTargets.loss
    )
    var trainer = learning.trainer(colorizer.learning)
    if case .normalizedUNet = translator.architecture {
      try requireSetting(
        trainer.batchSize > 1,
        "the batch size of a network that is normalized over batches",
        "at least 2",
        trainer.batchSize
      )
    }
    trainer.optimizer.weightAveraging = Self.averaging(trainer, items: learning.cutting.count)
    source = learning.patches(inputs: 1, for: trainer)
    run = try TrainingRun(
      application: FittedColorizer.application,
      configuration: colorizer,
      fields: ColoredFields(meanA: means[0], meanB: means[1], vividness: Vividness()),
      architecture: translator,
      data: (images.name, images.fingerprint),
      itemCount: sample.learning.count,
      trainer: trainer,
      session: session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedColorizer {
    let result = try await run.train(translator, on: source)
    var network = ColorizationModel(
      translation: TiledInference(translator, variables: result.variables, inputs: 1),
      means: means,
      vividness: Vividness()
    )
    network.vividness = try await vividness(of: &network)
    var tally = ColorizationTally(means: means)
    try await forEach(split.report, by: &network) { network, image, distribution in
      let original = network.original(image)
      tally.add(
        original,
        colored: network.colors(.mean, of: original, distribution),
        vivid: network.colors(.vivid, of: original, distribution)
      )
    }
    var evaluation = tally.evaluation(of: images.name, split: split.reportRows)
    evaluation.warnings = [TrainingDiagnostics.budget(result.record)].compactMap { $0 }
    var core = try run.core(
      result.record,
      evaluation,
      stateTensors: result.variables.keys.filter(BatchNormalization.isState)
    )
    let fields = ColoredFields(meanA: means[0], meanB: means[1], vividness: network.vividness)
    core.header.fields = try JSONValue(encoding: fields, file: "the model")
    return FittedColorizer(configuration: colorizer, core: core, network: network)
  }

  /// How vivid colors are made, by images that choose the best epoch, or else by those that evaluate.
  private func vividness(of network: inout ColorizationModel) async throws -> Vividness {
    let training = Set(split.training)
    let evaluating = split.seen.filter { !training.contains($0) }
    var rows: [Int] = []
    var pixels = 0
    for row in evaluating.isEmpty ? split.report : evaluating
    where pixels < VividnessEvaluation.pixels {
      let shape = images.shape(of: row)
      let size = WorkingSize.of(ImageSize(width: shape[2], height: shape[1]))
      pixels += size.width * size.height
      rows.append(row)
    }
    var evaluation = VividnessEvaluation()
    try await forEach(rows, by: &network) { network, image, distribution in
      evaluation.add(network.original(image), distribution)
    }
    return evaluation.vividness
  }

  /// The predicted color distributions of images, each in the size in which the network sees it.
  private func forEach(
    _ rows: [Int],
    by network: inout ColorizationModel,
    _ body: (ColorizationModel, Image, ColorDistribution) -> Void
  ) async throws {
    for start in stride(from: 0, to: rows.count, by: Self.piece) {
      try Task.checkCancellation()
      let batch = try rows[start..<min(start + Self.piece, rows.count)].map { row in
        let image = try images.image(row).converted(channels: 3)
        return image.resized(to: WorkingSize.of(image.size))
      }
      let distributions = try await network.distributions(of: batch, on: run.session.engine)
      for (image, distribution) in zip(batch, distributions) {
        body(network, image, distribution)
      }
    }
  }

  /// The images that are evaluated at once.
  private static let piece = 64

  /// The decay of the averages of weights, over about an epoch and at most a thousand steps.
  ///
  /// They are better than any step's own long before the learning rate has fallen, which is where
  /// the best epoch lies when images are few.
  private static func averaging(_ trainer: Trainer, items: Int) -> Float {
    let steps = items / max(trainer.batchSize, 1)
    return 1 - 1 / Float(min(max(steps, 2), 1_000))
  }
}

/// What a colorizer knows of the colors that it trained on, for the header of its model file.
struct ColoredFields: Hashable, Sendable, Codable {
  var meanA: Float
  var meanB: Float
  /// How vivid colors are made.
  var vividness: Vividness
}
