public import HourglassDatasets

extension Colorizer {
  /// Learns from images in colour; grey ones among them are left out.
  ///
  /// Some images are held out to judge the result, see `JudgedItems`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `application(.noColours)` where all images are grey; `interrupted` when the task is
  ///   cancelled: the checkpoint is written before.
  public func fit(
    _ images: ImageSet,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedColorizer {
    do {
      try learning.validate()
      return try await ColorizationJob(self, images, session).fitted()
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }
}
