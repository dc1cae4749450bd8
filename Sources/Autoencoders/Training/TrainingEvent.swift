/// A loss and its parts, averaged over items.
public struct LossParts: Hashable, Sendable, Codable {
  /// What is minimized, in nats per item: `reconstruction` + `regularization`.
  public var loss: Double
  /// The negative logarithm of the likelihood of an item, summed over its features, in nats.
  public var reconstruction: Double
  /// The weighted divergence of a Gaussian bottleneck and the penalties.
  public var regularization: Double
  /// The squared difference of an item and its reconstruction, summed over features.
  public var squaredError: Double

  /// Makes a loss from its parts.
  public init(
    loss: Double = 0,
    reconstruction: Double = 0,
    regularization: Double = 0,
    squaredError: Double = 0
  ) {
    self.loss = loss
    self.reconstruction = reconstruction
    self.regularization = regularization
    self.squaredError = squaredError
  }

  /// The parts, each divided by the same number.
  package func divided(by count: Int) -> LossParts {
    let count = Double(Swift.max(count, 1))
    return LossParts(
      loss: loss / count,
      reconstruction: reconstruction / count,
      regularization: regularization / count,
      squaredError: squaredError / count
    )
  }
}

/// What is known at the end of an epoch; the same run gives the same record everywhere.
public struct EpochRecord: Hashable, Sendable, Codable {
  /// The number of the epoch, counted from 1.
  public var epoch: Int
  /// The number of steps since the start.
  public var step: Int
  /// The mean over the epoch's batches, each with the variables of its step.
  public var training: LossParts
  /// The mean over the items held out; `nil` where none are.
  public var validation: LossParts?
  /// The learning rate of the epoch's last step.
  public var learningRate: Double

  /// The loss by which epochs are compared: of the items held out, or of training without these.
  public var validationLoss: Double { validation?.loss ?? training.loss }
}

/// Why training ended.
public enum StopReason: String, Hashable, Sendable, Codable {
  /// All epochs were done.
  case epochs
  /// The time allowed was over.
  case time
  /// The loss of the items held out stopped falling.
  case earlyStopping
  /// The task was cancelled.
  case cancellation
}

/// What happens during training, in order.
public enum TrainingEvent: Hashable, Sendable {
  /// Items are made ready before training starts, of which this part is done, from 0 to 1.
  case preparing(fraction: Double)
  /// Training starts, or goes on from a checkpoint.
  case started(TrainingOutline)
  /// Some steps were done; comes about ten times a second.
  case progress(StepProgress)
  /// All batches of an epoch were seen and the items held out were evaluated.
  case epochFinished(EpochReport)
  /// The epoch has the lowest loss so far, and its variables are kept.
  case improved(epoch: Int, loss: Double)
  /// The state was written; a run killed from here on goes on after this step.
  case checkpointWritten(step: Int)
  /// The loss is no longer finite; an error follows.
  case diverged(epoch: Int, step: Int)
  /// Training ended.
  case stopped(StopReason)
}

/// What a training run has before it.
public struct TrainingOutline: Hashable, Sendable {
  /// The number of items to train on.
  public var trainingCount: Int
  /// The number of items held out.
  public var validationCount: Int
  /// The number of items of a batch.
  public var batchSize: Int
  /// The number of steps of an epoch.
  public var stepsPerEpoch: Int
  /// The most epochs that will be done, where there is such a limit.
  public var epochs: Int?
  /// The number of parameters.
  public var parameterCount: Int
  /// The number of steps that an earlier run has done.
  public var resumedStep: Int
}

/// How far a training run has come.
public struct StepProgress: Hashable, Sendable {
  /// The number of the epoch, counted from 1.
  public var epoch: Int
  /// The number of steps since the start.
  public var step: Int
  /// The part of the whole that is done, from 0 to 1, by epochs or time, whichever ends first.
  public var fraction: Double
  /// The mean of the epoch so far.
  public var training: LossParts
  /// The learning rate of the last step.
  public var learningRate: Double
  /// The items trained on per second of late.
  public var itemsPerSecond: Double
  /// The seconds since the start, those before an interruption counted.
  public var seconds: Double
}

/// An epoch's record with its times.
public struct EpochReport: Hashable, Sendable {
  /// What does not depend on the machine's speed.
  public var record: EpochRecord
  /// The seconds that the epoch took, evaluating included.
  public var seconds: Double
  /// The items trained on per second, evaluating not included.
  public var itemsPerSecond: Double
}
