public import HourglassData
package import HourglassModelFiles
public import HourglassTasksCommon

extension AnomalyDetector {
  /// Trains on a table, images of one size, or windows of a time series.
  ///
  /// A fifth of the items is held out, on which the false-alarm rate is evaluated.
  ///
  /// - Throws: `interrupted` when the task is cancelled, after a checkpoint; `dataset` or
  ///   `application` for data in which nothing varies or that are of no such kind.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await DetectionJob(self, data.learnable, session).fitted()
    }
  }

  /// Trains on the rows of a table.
  public func fit(
    _ table: Table,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    try await fit(.table(table), session: session)
  }

  /// The header of a checkpoint of training on some data; for a store of one's own.
  package func header(for data: Dataset) throws(HourglassError) -> ModelHeader {
    try HourglassError.wrapping {
      try DetectionJob(self, data, TrainingSession()).header
    }
  }
}
