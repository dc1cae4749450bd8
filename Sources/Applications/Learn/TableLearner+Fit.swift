public import HourglassDatasets
package import HourglassModelFiles

extension TableLearner {
  /// Learns from the rows of a table.
  ///
  /// A fifth of the rows, at most 4,000, is held out; all jobs are judged on it. A table that is larger
  /// than memory is learnt from by its sample.
  ///
  /// - Parameters:
  ///   - data: A table.
  ///   - rivals: What the report compares with; models of one job each take several times as long to
  ///     learn as the one for all.
  ///   - session: Where learning takes place.
  /// - Throws: `interrupted` when the task is cancelled; the checkpoint is written before.
  ///   `application(.unsuitedKind)` for other data than a table.
  public func fit(
    _ data: Dataset,
    comparing rivals: Rivals = .all,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedTableModel {
    do {
      return try await TableModelJob(self, data, session).fitted(comparing: rivals)
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }

  /// Learns from the rows of a table in memory.
  public func fit(
    _ table: Table,
    comparing rivals: Rivals = .all,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedTableModel {
    try await fit(.table(table), comparing: rivals, session: session)
  }

  /// What a checkpoint of learning from some data says of itself; for a store of one's own.
  package func header(for data: Dataset) throws(HourglassError) -> ModelHeader {
    do {
      return try TableModelJob(self, data, LearningSession()).header
    } catch {
      throw HourglassError(error)
    }
  }
}
