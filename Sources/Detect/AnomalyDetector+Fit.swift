public import HourglassData
package import HourglassModelFiles
public import HourglassTasksCommon

extension AnomalyDetector {
  /// Learns what is normal from a table, images of one size, or windows of a time series.
  ///
  /// A fifth of the items is held out to count false alarms on; the report tells how it does there.
  ///
  /// - Throws: `interrupted` when the task is cancelled, after a checkpoint; `dataset` or
  ///   `application` for data in which nothing varies or that are of no such kind.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    do {
      return try await DetectionJob(self, DetectionData(data.learnable), session).fitted()
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }

  /// Learns what is normal from the rows of a table.
  public func fit(
    _ table: Table,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    try await fit(.table(table), session: session)
  }

  /// What a checkpoint of learning from some data says of itself; for a store of one's own.
  package func header(for data: Dataset) throws(HourglassError) -> ModelHeader {
    do {
      return try DetectionJob(self, DetectionData(data), TrainingSession()).header
    } catch {
      throw HourglassError(error)
    }
  }
}
