public import HourglassNetworks

/// How a network is trained: the optimizer, the budget, and what is held out to evaluate it.
///
/// Training ends at the first of these: all epochs done, the time over, no better epoch for a
/// while, or the task cancelled. The variables of the best epoch are kept. The same seed, items,
/// settings and number of threads give the same bytes, interrupted and resumed or not, unless the
/// time ends it.
public struct Trainer: Hashable, Sendable, Codable {
  /// How variables follow their gradients.
  public var optimizer: Optimizer
  /// The number of items of a batch; where there are fewer items, all of them are one batch.
  public var batchSize: Int
  /// The most epochs, at least 1; `nil` leaves the end to the time or to early stopping.
  public var epochs: Int?
  /// The most seconds, above 0; it may end within an epoch.
  public var seconds: Double?
  /// When to end because nothing gets better; `nil` never does.
  public var earlyStopping: EarlyStopping?
  /// What is held out of training.
  public var validation: ValidationSplit
  /// From it come the first variables, the order of items, what is held out, and all noise.
  public var seed: UInt64
  /// The seconds between two checkpoints; more where writing one takes longer than a twentieth of it.
  public var checkpointInterval: Double

  /// Makes a trainer; the defaults suit most data of up to some 100,000 items.
  public init(
    optimizer: Optimizer = Optimizer(),
    batchSize: Int = 128,
    epochs: Int? = 100,
    seconds: Double? = nil,
    earlyStopping: EarlyStopping? = EarlyStopping(),
    validation: ValidationSplit = ValidationSplit(),
    seed: UInt64 = 0,
    checkpointInterval: Double = 30
  ) {
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
    self.seconds = seconds
    self.earlyStopping = earlyStopping
    self.validation = validation
    self.seed = seed
    self.checkpointInterval = checkpointInterval
  }

  /// When training ends because the loss of the items held out stopped falling.
  ///
  /// Reference: Prechelt, 1998, "Early Stopping - But When?", doi:10.1007/3-540-49430-8_3.
  public struct EarlyStopping: Hashable, Sendable, Codable {
    /// The number of epochs without improvement after which training ends, at least 1.
    public var patience: Int
    /// By how much the loss must fall below the best to count as improvement, in nats per item.
    public var minimumDelta: Double

    /// Makes a rule; it waits ten epochs by default and counts the smallest improvement.
    public init(patience: Int = 10, minimumDelta: Double = 0) {
      self.patience = patience
      self.minimumDelta = minimumDelta
    }
  }

  /// Checks that every setting is in its range.
  public func validate() throws(TrainingError) {
    try requireInRange(batchSize >= 1, "the batch size", "at least 1", batchSize)
    if let epochs { try requireInRange(epochs >= 1, "the number of epochs", "at least 1", epochs) }
    if let seconds {
      try requireInRange(seconds > 0 && seconds.isFinite, "the time", "above 0 seconds", seconds)
    }
    try requireInRange(
      epochs != nil || seconds != nil || earlyStopping != nil,
      "the budget",
      "a number of epochs, a time or early stopping",
      "none of them"
    )
    if let earlyStopping {
      try requireInRange(
        earlyStopping.patience >= 1,
        "the patience",
        "at least 1 epoch",
        earlyStopping.patience
      )
      try requireInRange(
        earlyStopping.minimumDelta >= 0 && earlyStopping.minimumDelta.isFinite,
        "the least improvement",
        "at least 0",
        earlyStopping.minimumDelta
      )
    }
    try requireInRange(
      (0..<1).contains(validation.fraction),
      "the part held out",
      "from 0 to below 1",
      validation.fraction
    )
    try requireInRange(
      optimizer.learningRate > 0 && optimizer.learningRate.isFinite,
      "the learning rate",
      "above 0",
      optimizer.learningRate
    )
    try requireInRange(
      checkpointInterval >= 0,
      "the time between checkpoints",
      "at least 0 seconds",
      checkpointInterval
    )
  }
}

/// How a network was trained: kept with the model, the same for every run of one seed.
public struct TrainingRecord: Hashable, Sendable, Codable {
  /// The settings.
  public var trainer: Trainer
  /// The number of items trained on.
  public var trainingCount: Int
  /// The number of items held out.
  public var validationCount: Int
  /// The epochs, in order.
  public var epochs: [EpochRecord]
  /// The number of steps.
  public var steps: Int
  /// The number of the epoch whose variables were kept, counted from 1; `nil` where training was
  /// cancelled within the first one.
  public var bestEpoch: Int?
  /// Why training ended.
  public var stopReason: StopReason

  /// The record of the epoch whose variables were kept.
  public var best: EpochRecord? {
    bestEpoch.flatMap { number in epochs.first { $0.epoch == number } }
  }
}
