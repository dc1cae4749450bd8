internal import HourglassTasksCommon

/// One training run of signatures, with everything chosen before it begins.
struct MatchJob: Sendable {
  private let matcher: Matcher
  private let data: Dataset
  private let encoding: ItemEncoding
  private let items: EncodedRows
  private let trained: TrainedItems
  private let network: SignatureNetwork
  private let run: TrainingRun
  private let spectrograms: SoundSpectrograms

  /// - Parameter spectrograms: Where those of the sounds are kept, for a calibration that follows.
  init(
    _ matcher: Matcher,
    _ data: Dataset,
    _ spectrograms: SoundSpectrograms?,
    _ session: TrainingSession
  ) throws {
    self.spectrograms = spectrograms ?? SoundSpectrograms()
    try matcher.validate()
    self.matcher = matcher
    self.data = data
    var trainedSounds = TrainedItems()
    if case .sounds(let sounds) = data {
      trainedSounds = TrainedItems(
        sounds: MatchItems.trainedSounds(of: sounds.count).map { sounds.contentHash($0) }
      )
      spectrograms?.prepareCalibration(
        of: sounds,
        trainedSounds.calibrating(in: sounds),
        seed: matcher.learning.seed
      )
    }
    (encoding, items) = try MatchItems.learning(from: data, self.spectrograms)
    let validation = Self.validation(encoding.kind, count: items.count)
    let split = validation.indices(of: items.count, seed: matcher.learning.seed)
    let learningCount = split.training.count
    trained =
      encoding.kind == .sounds ? trainedSounds : TrainedItems(split.training, of: items)
    network = matcher.network(for: encoding, learningCount: learningCount)
    run = try TrainingRun(
      application: FittedMatcher.application,
      configuration: matcher,
      fields: encoding,
      architecture: network,
      data: (data.name, data.fingerprint),
      itemCount: learningCount,
      trainer: matcher.trainer(
        for: encoding.kind,
        learningCount: learningCount,
        validation: validation
      ),
      session: session
    )
  }

  /// Trains, evaluates, and makes the model.
  func fitted() async throws -> FittedMatcher {
    let result = try await run.train(network, on: items)
    let signatures = try SignatureModel(
      network,
      variables: result.variables,
      itemShape: encoding.itemShape
    )
    let evaluated = try MatchItems(
      data,
      range: 0..<min(data.count, 200),
      encoding: encoding,
      spectrograms
    )
    let evaluator = RecallEvaluator(
      signatures,
      seed: matcher.learning.seed,
      comparesWithBaselines: run.session.comparesWithBaselines
    )
    var evaluation = try await evaluator.evaluation(
      evaluated,
      of: data,
      as: .heldOut,
      on: run.session.engine
    )
    evaluation.warnings += [TrainingDiagnostics.budget(result.record)].compactMap(\.self)
    return FittedMatcher(
      configuration: matcher,
      core: try run.core(result.record, evaluation, stateTensors: Array(trained.tensors.keys)),
      encoding: encoding,
      model: signatures,
      trained: trained
    )
  }

  /// Which items are not trained on: they choose the best epoch, and once stored they calibrate from which
  /// distance on an item is not in the database (`HeldOutItems`).
  ///
  /// Of sounds the patches are split: with whole sounds held out, fewer are found (decision 0059).
  static func validation(_ kind: DataKind, count: Int) -> ValidationSplit {
    if kind == .sounds {
      return ValidationSplit(fraction: count >= 200 ? 0.05 : 0, maximumCount: 1_000)
    }
    let heldOut = HeldOutItems.count(of: count)
    // The half is for the rounding of the product.
    return ValidationSplit(
      fraction: (Double(heldOut) + 0.5) / Double(max(count, 1)),
      maximumCount: max(heldOut, 1)
    )
  }
}

extension Matcher {
  /// Checks the settings that no other room checks.
  func validate() throws(TaskError) {
    try requireSetting(
      (1...4096).contains(dimensions),
      "the number of dimensions",
      "1 to 4096",
      dimensions
    )
    try augmentation.validate()
    try learning.validate()
  }

  /// The network, with everything chosen.
  func network(for encoding: ItemEncoding, learningCount: Int) -> SignatureNetwork {
    guard let form = encoding.form else {
      preconditionFailure("there are no signatures of \(encoding.kind.phrase)")
    }
    return SignatureNetwork(
      views: AugmentedViews(form: form, augmentation: augmentation),
      encoder: architecture ?? Defaults.signatureArchitecture(for: encoding),
      latent: dimensions,
      outputActivation: encoding.kind == .images ? .logistic : .identity,
      reconstructionWeight: encoding.kind == .images ? 10 : 1,
      crowd: max(Float(learningCount) / Float(batchSize(encoding.kind, learningCount)), 1)
    )
  }

  /// The number of items of a batch.
  private func batchSize(_ kind: DataKind, _ learningCount: Int) -> Int {
    if let size = learning.batchSize { return size }
    // Images and sounds take long: more steps of fewer items teach more in the same time.
    if learningCount >= 16_384, kind == .table { return 512 }
    return learningCount >= 4_096 ? 256 : learningCount >= 512 ? 128 : 64
  }

  /// How it is trained, with everything chosen.
  ///
  /// The contrastive loss is more informative for larger batches, so that
  /// batches are larger than elsewhere.
  func trainer(
    for kind: DataKind,
    learningCount: Int,
    validation: ValidationSplit
  ) -> Trainer {
    var learning = learning
    let size = batchSize(kind, learningCount)
    learning.batchSize = size
    learning.learningRate =
      learning.learningRate ?? (size >= 512 ? 4e-3 : size >= 256 ? 3e-3 : 1e-3)
    let perEpoch = max(learningCount / min(size, learningCount), 1)
    // Epochs of few items are short: nothing better for a few of them says nothing yet.
    if let patience = learning.earlyStopping?.patience {
      learning.earlyStopping?.patience = max(patience, 400 / perEpoch)
    }
    if learning.epochs == nil, learning.seconds == nil {
      let steps = Defaults.signatureSteps(kind, learningCount, batchSize: size)
      learning.epochs = min(max((steps + perEpoch - 1) / perEpoch, 1), 2_000)
    }
    return learning.trainer(for: kind, learningCount: learningCount, validation: validation)
  }
}

extension Defaults {
  /// Convolutions for images and sounds, which find what is moved at another place, and fully
  /// connected layers for rows.
  static func signatureArchitecture(for encoding: ItemEncoding) -> Architecture {
    switch encoding {
    case .images(let images):
      let shape = images.shape
      var side = max(shape[1], shape[2])
      var channels: [Int] = []
      while side > 7, channels.count < 5 {
        side = (side + 1) / 2
        channels.append(min(32 << channels.count, 128))
      }
      return .convolutional(channels: channels, hidden: [512], activation: .silu)
    case .sounds, .series:
      return .convolutional(channels: [16, 32, 64], hidden: [256], activation: .silu)
    case .table(let encoding):
      let width = min(max(4 * encoding.width, 64), 512)
      return .dense(hidden: [width, width], activation: .silu)
    }
  }

  /// About how many steps to make: a minute or two on two cores, and some five for 20,000 images, which have
  /// one signature each.
  static func signatureSteps(_ kind: DataKind, _ count: Int, batchSize: Int) -> Int {
    if kind == .images, count >= 16_384 { return 4_500 }
    return batchSize >= 256 ? 1_500 : 2_000
  }
}
