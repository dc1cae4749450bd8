/// The budget and the steps of training: the same settings for every task.
///
///     AnomalyDetector(learning: TrainingSettings(seconds: 60, seed: 7))
///
/// What is `nil` is chosen from the data, by rules that `Defaults` gives with their reasons.
/// The same settings, data and number of threads give the same bytes, unless the time ends training.
public struct TrainingSettings: Hashable, Sendable, Codable {
  /// The most epochs; `nil` leaves the end to `seconds`, and is chosen where that is `nil` too.
  public var epochs: Int?
  /// The most seconds of training, above 0.
  ///
  /// Where they end it, another run may end elsewhere and give other bytes.
  public var seconds: Double?
  /// The number of items of a batch.
  public var batchSize: Int?
  /// The largest learning rate, above 0.
  public var learningRate: Float?
  /// When to end because nothing gets better; `nil` never does.
  public var earlyStopping: Trainer.EarlyStopping?
  /// From it come the first weights, the order of items, what is held out, and all noise.
  public var seed: UInt64

  /// Makes settings; the defaults suit most data.
  public init(
    epochs: Int? = nil,
    seconds: Double? = nil,
    batchSize: Int? = nil,
    learningRate: Float? = nil,
    earlyStopping: Trainer.EarlyStopping? = Trainer.EarlyStopping(),
    seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.seconds = seconds
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.earlyStopping = earlyStopping
    self.seed = seed
  }
}

extension TrainingSettings {
  /// Checks the ranges that no other room checks.
  package func validate() throws(TaskError) {
    if let batchSize {
      try requireSetting(
        (1...1 << 20).contains(batchSize),
        "the batch size",
        "1 to 1048576",
        batchSize
      )
    }
    if let learningRate {
      try requireSetting(
        learningRate > 0 && learningRate.isFinite,
        "the learning rate",
        "above 0",
        learningRate
      )
    }
  }

  /// How a network is trained, with everything chosen.
  ///
  /// - Parameters:
  ///   - kind: What the items are.
  ///   - learningCount: The number of items that gradients are followed of.
  ///   - validation: What the trainer holds out.
  ///   - steps: About how many steps to make where nothing is said of epochs or time; `nil` takes
  ///     what suits the kind.
  ///   - batchSize: In place of the one chosen, where the settings have none.
  ///   - optimizer: In place of the one chosen.
  package func trainer(
    for kind: DataKind,
    learningCount: Int,
    validation: ValidationSplit,
    steps: Int? = nil,
    batchSize chosenSize: Int? = nil,
    optimizer: Optimizer? = nil
  ) -> Trainer {
    let size = batchSize ?? chosenSize ?? Defaults.batchSize(learningCount: learningCount)
    let automatic = Defaults.epochs(
      steps: steps ?? Defaults.steps(for: kind),
      learningCount: learningCount,
      batchSize: size
    )
    var optimizer =
      optimizer ?? Defaults.optimizer(learningCount: learningCount, batchSize: size)
    if let learningRate { optimizer.learningRate = learningRate }
    return Trainer(
      optimizer: optimizer,
      batchSize: size,
      epochs: epochs ?? (seconds == nil ? automatic : nil),
      seconds: seconds,
      earlyStopping: earlyStopping,
      validation: validation,
      seed: seed
    )
  }
}
