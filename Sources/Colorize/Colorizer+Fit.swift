public import HourglassData
public import HourglassTasksCommon

extension Colorizer {
  /// Trains on images in color; gray ones among them are left out.
  ///
  /// Some images are held out to evaluate the result, see `EvaluationSplit`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `application(.noColors)` where all images are gray; `interrupted` when the task is
  ///   cancelled: the checkpoint is written before.
  public func fit(
    _ images: ImageSet,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedColorizer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try learning.validate()
      return try await ColorizationJob(self, images, session).fitted()
    }
  }
}
