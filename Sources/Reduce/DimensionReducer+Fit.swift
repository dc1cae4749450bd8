public import HourglassTasksCommon

extension DimensionReducer {
  /// Trains on the rows of a table, images, sounds, or the windows of a series.
  ///
  /// Columns may be numbers or categories, and cells may be missing. Images must have one size.
  /// A sound is trained on in patches of about one second. Some items are held out to evaluate the
  /// result, see `EvaluationSplit`; how values are encoded is trained on the others alone. A checkpoint
  /// is written now and then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedDimensionReducer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await ReductionJob(self, data, session).fitted()
    }
  }

  /// Trains on rows of numbers or images in memory.
  public func fit(
    _ data: NumericDataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedDimensionReducer {
    try await fit(Dataset(data), session: session)
  }

  /// The header of a checkpoint of training on some data; for a store of one's own.
  package func header(
    for data: NumericDataset,
    on engine: ComputeEngine
  ) throws(HourglassError) -> ModelHeader {
    try HourglassError.wrapping {
      try ReductionJob(self, Dataset(data), TrainingSession(engine: engine)).header
    }
  }
}
