public import HourglassTasksCommon

extension Denoiser {
  /// Trains on clean data, or on noisy images where the settings ask for it.
  ///
  /// Some items are held out to evaluate the result, see `EvaluationSplit`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `application(.invalidSetting)` for noise that is not one of this kind of data;
  ///   `interrupted` when the task is cancelled: the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedDenoiser {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try learning.validate()
      if case .signalToNoise = noise, data.kind != .sounds {
        throw TaskError.invalidSetting(
          name: "the noise of \(data.kind.nouns.many)",
          expected: "that of their values, such as gaussian:0.1",
          found: "\(noise(for: data.kind)), which is for sounds"
        )
      }
      if case .jpeg = noise, data.kind != .images {
        throw TaskError.invalidSetting(
          name: "the noise of \(data.kind.nouns.many)",
          expected: "one of numbers, such as gaussian:0.1",
          found: "\(noise(for: data.kind)), which is for images"
        )
      }
      if learned == .noisy, data.kind != .images {
        throw TaskError.unsuitedKind(
          name: data.name,
          job: "train on noisy data alone, as of",
          expected: "images",
          found: data.kind.nouns.many
        )
      }
      if learned == .noisy, let noise, !noise.isTrainedOnNoisyImages {
        throw TaskError.invalidSetting(
          name: "the noise of noisy images that are trained on alone",
          expected: "none, or normal, of counts or of grain: gaussian, poisson or speckle",
          found: "\(noise)"
        )
      }
      switch data {
      case .images(let images):
        return try await ImageDenoisingJob(self, images, session).fitted()
      case .table(let table):
        return try await TableDenoisingJob(self, table.sample, session).fitted()
      case .series(let series):
        return try await SeriesDenoisingJob(self, series.sample, session).fitted()
      case .sounds(let sounds): return try await SoundDenoisingJob(self, sounds, session).fitted()
      }
    }
  }

  /// A training run on rows of a table or windows of series.
  func run(
    _ encoding: ItemEncoding,
    _ network: DenoisingNetwork,
    on split: RowSplit,
    of data: (name: String, fingerprint: String),
    _ session: TrainingSession
  ) throws(ModelFileError) -> TrainingRun {
    try TrainingRun(
      application: FittedDenoiser.application,
      configuration: self,
      fields: DenoisedFields.items(encoding),
      architecture: network,
      data: data,
      itemCount: split.training.count,
      trainer: learning.trainer(
        for: encoding.kind,
        learningCount: split.training.count,
        validation: split.validation
      ),
      session: session
    )
  }

  /// Trains on clean images.
  public func fit(
    _ images: ImageSet,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedDenoiser {
    try await fit(.images(images), session: session)
  }
}
