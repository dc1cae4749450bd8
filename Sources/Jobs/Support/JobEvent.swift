package import HourglassAutoencoders
package import HourglassTasksCommon

/// What happens while a job runs.
package enum JobEvent: Sendable {
  /// Something that is good to know.
  case message(String)
  /// Something that should be known: the result may not be what was meant.
  case warning(String)
  /// How much of some work other than training is done.
  case working(String, fraction: Double)
  /// The progress of training; the unit is what an item is called, such as `image`.
  case training(TrainingEvent, unit: String)
  /// How well a baseline does on the held-out items, known before training begins.
  case baseline(TrainingBaseline)
  /// A part of the job has ended.
  case finished(JobStage, seconds: Double)
  /// How the job can be stopped from now on.
  case stoppable(Stopping)

  /// How a job can be stopped.
  package enum Stopping: String, Sendable {
    /// By ending the process: it reads or writes, and leaves nothing half done.
    case byKilling = "killing"
    /// By cancelling the task that it runs on.
    case byCancelling = "cancelling"
    /// By its `JobControl`, so that the best model so far is kept.
    case byEndingLearning = "endingLearning"
  }
}

/// A part of a job.
package enum JobStage: String, CaseIterable, Sendable {
  case reading, learning, encoding, evaluating
}

/// What a caller wants of a job beside its request: when training ends, and what is measured.
package struct JobControl: Sendable {
  /// Whether training is to end now, with the best model so far.
  package var endsLearning: @Sendable () -> Bool

  /// Whether it is measured how well a model does on the data that it is applied to; what is written is the same.
  package var evaluatesData = true

  /// Makes a control; without a question training goes on to its end.
  package init(endsLearning: @escaping @Sendable () -> Bool = { false }) {
    self.endsLearning = endsLearning
  }
}

extension StepProgress {
  /// The seconds until the end, were it as fast as up to now; nil while that is not known.
  package var secondsLeft: Double? {
    guard fraction > 0.005, seconds > 0.5 else { return nil }
    return seconds / fraction * (1 - min(fraction, 1))
  }
}
