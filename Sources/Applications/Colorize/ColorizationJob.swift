internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning to colour, with everything chosen before it begins.
struct ColorizationJob: Sendable {
  private let colorizer: Colorizer
  private let images: ImageSet
  private let split: RowSplit
  private let translator: Translator
  private let source: PatchSource
  private let means: [Float]
  private let run: LearningRun

  init(_ colorizer: Colorizer, _ given: ImageSet, _ session: LearningSession) throws {
    self.colorizer = colorizer
    let seed = colorizer.learning.seed
    let withColours = (0..<given.count).filter { given.shape(of: $0)[0] >= 3 }
    guard !withColours.isEmpty else { throw ApplicationError.noColours(name: given.name) }
    let images = withColours.count == given.count ? given : given.items(withColours)
    self.images = images
    split = RowSplit(count: images.count, seed: seed)
    let sample = try PictureSample(
      images,
      split: split,
      seed: seed,
      channels: 3,
      range: Colouring.range
    ) { _, picture in
      let small = picture.resized(to: WorkingSize.of(picture.size))
      return Colouring.scaled(LabColor.planes(of: PicturePlanes(small)))
    }
    means = (1...2).map { sample.store.mean(of: sample.learning, channel: $0) * Colouring.scale }
    let learning = PatchLearning(sample.store, images: sample.learning, turns: 2)
    translator = Translator(
      architecture: colorizer.architecture ?? AutomaticChoices.colouringArchitecture,
      target: .mixture(ColourAnchors.mixture)
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
    source = PatchSource(
      sample.store,
      learning: sample.learning,
      judging: sample.judging,
      cutting: learning.cutting,
      inputs: 1,
      validation: trainer.validation,
      seed: seed
    )
    run = try LearningRun(
      application: FittedColorizer.application,
      configuration: colorizer,
      fields: ColouredFields(meanA: means[0], meanB: means[1], vividness: Vividness()),
      architecture: translator,
      data: (images.name, images.fingerprint),
      itemCount: sample.learning.count,
      trainer: trainer,
      session: session
    )
  }

  /// Learns, judges, and makes the model with its report.
  func fitted() async throws -> FittedColorizer {
    let result = try await run.train(translator, on: source)
    var network = Colouring(
      translation: TiledTranslation(translator, variables: result.variables, inputs: 1),
      means: means,
      vividness: Vividness()
    )
    network.vividness = try await vividness(of: &network)
    var tally = ColorizationTally(means: means)
    try await forEach(split.report, by: &network) { network, picture, distribution in
      tally.add(
        picture,
        coloured: network.colours(.mean, of: picture, distribution),
        vivid: network.colours(.vivid, of: picture, distribution)
      )
    }
    var report = tally.report(dataName: images.name, items: split.reportRows)
      .refereed(by: run.session)
    report.warnings = [LearningHealth.budget(result.record)].compactMap { $0 }
    var header = try run.modelHeader(
      result.record,
      metrics: report.metrics,
      report: report,
      stateTensors: result.variables.keys.filter(BatchNormalization.isState)
    )
    let fields = ColouredFields(
      meanA: means[0],
      meanB: means[1],
      vividness: network.vividness
    )
    header.fields = try JSONValue(encoding: fields, file: "the model")
    return FittedColorizer(
      configuration: colorizer,
      header: header,
      report: report,
      checkpoint: run.session.checkpoint,
      network: network
    )
  }

  /// How vivid colours are made, by images that choose the best epoch, or else by those that judge.
  private func vividness(of network: inout Colouring) async throws -> Vividness {
    let training = Set(split.training)
    let judging = split.seen.filter { !training.contains($0) }
    var rows: [Int] = []
    var pixels = 0
    for row in judging.isEmpty ? split.report : judging where pixels < VividnessTrial.pixels {
      let shape = images.shape(of: row)
      let size = WorkingSize.of(ImageSize(width: shape[2], height: shape[1]))
      pixels += size.width * size.height
      rows.append(row)
    }
    var trial = VividnessTrial()
    try await forEach(rows, by: &network) { _, picture, distribution in
      trial.add(picture, distribution)
    }
    return trial.vividness
  }

  /// Tells what images could be coloured, each in the size in which the network sees it.
  private func forEach(
    _ rows: [Int],
    by network: inout Colouring,
    _ body: (Colouring, Picture, ColourDistribution) -> Void
  ) async throws {
    for start in stride(from: 0, to: rows.count, by: Self.piece) {
      try Task.checkCancellation()
      let pictures = try rows[start..<min(start + Self.piece, rows.count)].map { row in
        let picture = try images.picture(row).converted(channels: 3)
        return picture.resized(to: WorkingSize.of(picture.size))
      }
      let distributions = try await network.distributions(of: pictures, on: run.session.engine)
      for (picture, distribution) in zip(pictures, distributions) {
        body(network, picture, distribution)
      }
    }
  }

  /// The images that are judged at once.
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

/// What a colorizer knows of the colours that it learnt from, for the header of its model file.
struct ColouredFields: Hashable, Sendable, Codable {
  var meanA: Float
  var meanB: Float
  /// How vivid colours are made.
  var vividness: Vividness
}

extension PictureStore {
  /// The mean of a plane over some images, each counted by its pixels.
  func mean(of images: [Int], channel: Int) -> Float {
    var sum = 0.0
    var count = 0
    for image in images {
      let entry = entries[image]
      let area = entry.width * entry.height
      sum += total(image, channel: channel)
      count += area
    }
    return Float(sum / Double(max(count, 1)))
  }
}
