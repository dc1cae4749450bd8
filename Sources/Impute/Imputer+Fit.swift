public import HourglassData
package import HourglassEngines
package import HourglassModelFiles
public import HourglassTasksCommon

extension Imputer {
  /// Trains on a table, whose missing cells it then fills, or on one without missing cells.
  ///
  /// Before training a tenth of the observed cells is deleted: on them the result is evaluated,
  /// and the weights of its parts are chosen. A checkpoint is written now and then; it stays until the
  /// model is saved.
  ///
  /// - Throws: `interrupted` when the task is cancelled; `dataset(.table(.nothingToLearn))` where no
  ///   column varies.
  public func fit(
    _ table: Table,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedImputer {
    try await fit(.table(table), session: session)
  }

  /// Trains on a table or time series.
  ///
  /// - Throws: As for a table; `application(.otherKind)` for images and sounds.
  public func fit(
    _ dataset: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedImputer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await ImputationJob(self, try ImputationData(dataset.learnable), session).fitted()
    }
  }

  /// The header of a checkpoint of training on some data; for a store of one's own.
  package func header(
    for dataset: Dataset,
    on engine: ComputeEngine
  ) throws(HourglassError) -> ModelHeader {
    try HourglassError.wrapping {
      try ImputationJob(self, try ImputationData(dataset), TrainingSession(engine: engine))
        .header
    }
  }
}
