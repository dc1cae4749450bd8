public import HourglassDatasets

extension Synthesizer {
  /// Learns from the rows of a table, from images of one size, or from windows of time series.
  ///
  /// Some items are held out to judge the result, see `JudgedItems`; everything else that is learnt
  /// comes from the others alone. A checkpoint is written now and then, and at the end; it stays
  /// until the model is saved.
  ///
  /// - Throws: `application(.unsuitedKind)` for sounds, `dataset` for images of several sizes,
  ///   `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedSynthesizer {
    do {
      return try await SynthesisJob(self, data.learnable, session).fitted()
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }
}
