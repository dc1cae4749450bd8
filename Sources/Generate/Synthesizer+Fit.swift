public import HourglassData
public import HourglassTasksCommon

extension Synthesizer {
  /// Trains on the rows of a table, images of one size, or windows of time series.
  ///
  /// Some items are held out to evaluate the result, see `EvaluationSplit`; everything else that is fitted
  /// comes from the others alone. A checkpoint is written now and then, and at the end; it stays
  /// until the model is saved.
  ///
  /// - Parameters:
  ///   - data: What is trained on.
  ///   - classes: The classes of images, so that new ones can be made of a class; `nil` takes those that
  ///     come with the images, if any do.
  ///   - session: How the run goes.
  /// - Throws: `application(.unsuitedKind)` for sounds, and for classes of other items than images,
  ///   `.invalidSetting` for classes of another number of items, `dataset` for images of several sizes,
  ///   `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    classes: ItemClasses? = nil,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedSynthesizer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await SynthesisJob(self, data.learnable, classes: classes, session).fitted()
    }
  }
}
