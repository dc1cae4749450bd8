public import HourglassDatasets

extension Denoiser {
  /// Learns from clean data.
  ///
  /// Some items are held out to judge the result, see `JudgedItems`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `application(.invalidSetting)` for sounds, which are not denoised yet; `interrupted` when
  ///   the task is cancelled: the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedDenoiser {
    do {
      try learning.validate()
      switch data {
      case .images(let images):
        return try await PictureDenoisingJob(self, images, session).fitted()
      case .table(let table): return try await TableDenoisingJob(self, table, session).fitted()
      case .largeTable(let table):
        return try await TableDenoisingJob(self, table.sample, session).fitted()
      case .series(let series): return try await SeriesDenoisingJob(self, series, session).fitted()
      case .sounds:
        throw ApplicationError.invalidSetting(
          name: "what the noise is taken off",
          expected: "images, a table or a time series",
          found: "the sounds of \(data.name)"
        )
      }
    } catch {
      throw HourglassError(error, checkpoint: session.checkpoint)
    }
  }

  /// Learns from clean images.
  public func fit(
    _ images: ImageSet,
    session: LearningSession = LearningSession()
  ) async throws(HourglassError) -> FittedDenoiser {
    try await fit(.images(images), session: session)
  }
}
