public import HourglassTasksCommon

extension Matcher {
  /// Trains on images, sounds, or rows of a table.
  ///
  /// The evaluation has how many items are found from augmented copies, beside principal components and
  /// the raw values. A checkpoint stays until the model is saved.
  ///
  /// - Throws: `application(.nothingVaries)` where there are not two different items, and
  ///   `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedMatcher {
    try await fit(data, session: session, keeping: nil)
  }

  /// The same, whose spectrograms are kept for storing the same sounds.
  package func fit(
    _ data: Dataset,
    session: TrainingSession,
    keeping spectrograms: SoundSpectrograms?
  ) async throws(HourglassError) -> FittedMatcher {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await MatchJob(self, data.learnable, spectrograms, session).fitted()
    }
  }
}
