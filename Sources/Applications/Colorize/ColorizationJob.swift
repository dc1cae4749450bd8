internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
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
      target: .paired(channels: 2)
    )
    let trainer = learning.trainer(colorizer.learning)
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
      fields: ColouredFields(meanA: means[0], meanB: means[1]),
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
      means: means
    )
    var tally = ColorizationTally(means: means)
    let judged = images.items(split.report)
    for start in stride(from: 0, to: judged.count, by: Self.piece) {
      try Task.checkCancellation()
      let pictures = try (start..<min(start + Self.piece, judged.count)).map { index in
        let picture = try judged.picture(index).converted(channels: 3)
        return picture.resized(to: WorkingSize.of(picture.size))
      }
      let results = try await network.coloured(pictures, saturation: 1, on: run.session.engine)
      for (picture, result) in zip(pictures, results) { tally.add(picture, result) }
    }
    let report = tally.report(dataName: images.name, items: split.reportRows)
    return FittedColorizer(
      configuration: colorizer,
      header: try run.modelHeader(result.record, metrics: report.metrics, report: report),
      report: report,
      checkpoint: run.session.checkpoint,
      network: network
    )
  }

  /// The images that are judged at once.
  private static let piece = 64
}

/// What a colorizer knows of the colours that it learnt from, for the header of its model file.
struct ColouredFields: Hashable, Sendable, Codable {
  var meanA: Float
  var meanB: Float
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
