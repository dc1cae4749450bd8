public import HourglassData
public import HourglassTasksCommon

extension Matcher {
  /// Learns from images, sounds, or rows of a table.
  ///
  /// The report tells how many items are found again from distorted copies, beside principal
  /// components and the raw values. A checkpoint stays until the model is saved.
  ///
  /// - Throws: `application(.nothingVaries)` where there are not two different items, and
  ///   `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedMatcher {
    do {
      return try await MatchJob(self, data.learnable, session).fitted()
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }
}
