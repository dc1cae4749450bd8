package import HourglassTensors

/// Everything that a training run needs to go on as if it had never been interrupted.
///
/// It is taken between two steps. Orders of items and random numbers are functions of the seed, the
/// epoch and the step, so that no generator has a state of its own to keep.
package struct TrainerState: Hashable, Sendable {
  /// The part that is numbers and counters.
  package var progress: TrainingProgress
  /// Every variable of the training graph, the optimizer's among them, by name.
  package var variables: [String: Tensor]
  /// The variables of the best epoch so far, as inference needs them; empty before the first.
  package var bestVariables: [String: Tensor]

  package init(
    progress: TrainingProgress,
    variables: [String: Tensor],
    bestVariables: [String: Tensor]
  ) {
    self.progress = progress
    self.variables = variables
    self.bestVariables = bestVariables
  }
}

/// Counters, sums and records of a training run.
package struct TrainingProgress: Hashable, Sendable, Codable {
  /// What the network, the items, the batch size and the seed hash to.
  @ExactlyCoded package var fingerprint: UInt64
  /// The number of finished epochs.
  package var epoch = 0
  /// The number of batches that the unfinished epoch has had.
  package var batch = 0
  /// The number of steps since the start.
  package var step = 0
  /// The sums over the batches of the unfinished epoch.
  package var sums = ExactLossParts(LossParts())
  /// The finished epochs.
  package var epochs: [ExactEpoch] = []
  /// The number of the best epoch, counted from 1.
  package var bestEpoch: Int?
  /// The lowest loss of an epoch.
  @ExactlyCoded package var bestLoss: Double = .infinity
  /// The number of epochs since the loss last fell by enough.
  package var epochsWithoutImprovement = 0
  /// The time spent; it never flows into a model.
  @ExactlyCoded package var elapsedSeconds: Double = 0

  package init(fingerprint: UInt64) {
    self.fingerprint = fingerprint
  }

  /// Whether numbers that were read from a file can be those of a run of so many steps an epoch.
  func isPossible(stepsPerEpoch: Int) -> Bool {
    let most = 1 << 48
    return (0...most).contains(epoch) && (0...stepsPerEpoch).contains(batch)
      && (0...most).contains(step) && (0...most).contains(epochsWithoutImprovement)
      && bestEpoch.map { (1...most).contains($0) } ?? true && elapsedSeconds >= 0
      && elapsedSeconds.isFinite
  }

  /// The records of the finished epochs.
  package var history: [EpochRecord] { epochs.map(\.record) }
}

/// Where the state of a training run is kept between runs.
///
/// A store replaces the former state as a whole or not at all.
package protocol CheckpointStore: Sendable {
  func save(_ state: TrainerState) throws
  func load() throws -> TrainerState?
}

/// A loss and its parts, written bit by bit.
package struct ExactLossParts: Hashable, Sendable, Codable {
  @ExactlyCoded private var loss: Double
  @ExactlyCoded private var reconstruction: Double
  @ExactlyCoded private var regularization: Double
  @ExactlyCoded private var squaredError: Double

  package init(_ parts: LossParts) {
    loss = parts.loss
    reconstruction = parts.reconstruction
    regularization = parts.regularization
    squaredError = parts.squaredError
  }

  /// Adds the parts of one batch.
  package mutating func add(_ parts: LossParts) {
    loss += parts.loss
    reconstruction += parts.reconstruction
    regularization += parts.regularization
    squaredError += parts.squaredError
  }

  package var parts: LossParts {
    LossParts(
      loss: loss,
      reconstruction: reconstruction,
      regularization: regularization,
      squaredError: squaredError
    )
  }
}

/// The record of an epoch, written bit by bit.
package struct ExactEpoch: Hashable, Sendable, Codable {
  private var epoch: Int
  private var step: Int
  private var training: ExactLossParts
  private var validation: ExactLossParts?
  @ExactlyCoded private var learningRate: Double

  package init(_ record: EpochRecord) {
    epoch = record.epoch
    step = record.step
    training = ExactLossParts(record.training)
    validation = record.validation.map(ExactLossParts.init)
    learningRate = record.learningRate
  }

  package var record: EpochRecord {
    EpochRecord(
      epoch: epoch,
      step: step,
      training: training.parts,
      validation: validation?.parts,
      learningRate: learningRate
    )
  }
}
