public import HourglassTasksCommon

/// Trains features of rows, images, sounds or windows: the latent vector of an autoencoder whose decoder is
/// dropped after training.
///
///     let table = try Table(contentsOf: "people.csv").removing(["income"])
///     let extractor = try await FeatureExtractor().fit(.table(table))
///     let features = try await extractor.features(of: .table(table))  // [rows, 32]
///
/// Reference: Hinton, Salakhutdinov, 2006, "Reducing the Dimensionality of Data with Neural
/// Networks", doi:10.1126/science.1127647.
public struct FeatureExtractor: Hashable, Sendable, Codable {
  /// The number of features, at least 1.
  public var dimensions: Int
  /// The layers between the data and the latent vector; `nil` is chosen from the data.
  ///
  /// For images of at least 16 pixels in either direction it is a coding of patches, and layers behind it.
  public var architecture: Architecture?
  /// The budget and the steps of training.
  public var learning: TrainingSettings
  /// How the numbers of a table are scaled before they are trained on.
  public var scaling: NumberScaling
  /// What is done to an item before the encoder sees it in training; `nil` hides seven tenths of what
  /// images say of their patches, or six tenths of the pixels where layers are given that take these, and
  /// leaves other data as they are.
  ///
  /// Hidden values have to be predicted from related ones, so that features describe more of the content.
  ///
  /// Reference: Vincent, Larochelle, Bengio, Manzagol, 2008, doi:10.1145/1390156.1390294; He et al., 2021,
  /// "Masked Autoencoders Are Scalable Vision Learners", arXiv:2111.06377, for hiding much.
  public var corruption: Corruption?
  /// Whether an image and its mirror image (a horizontal flip) have the same features, for images
  /// that are trained on by their patches.
  ///
  /// `nil` lets the images say: alike where they look as much like the mirror images of others as like
  /// others, as photographs of things do, and writing does not.
  public var mirrorImagesAreAlike: Bool?

  /// Makes an extractor; the defaults suit most data.
  public init(
    dimensions: Int = 32,
    architecture: Architecture? = nil,
    learning: TrainingSettings = TrainingSettings(),
    scaling: NumberScaling = .robust,
    corruption: Corruption? = nil,
    mirrorImagesAreAlike: Bool? = nil
  ) {
    self.dimensions = dimensions
    self.architecture = architecture
    self.learning = learning
    self.scaling = scaling
    self.corruption = corruption
    self.mirrorImagesAreAlike = mirrorImagesAreAlike
  }
}

extension FeatureExtractor {
  /// Trains on the rows of a table, images, sounds, or the windows of a series.
  ///
  /// What is to be predicted from the features later has to be left out of the data.
  ///
  /// - Throws: `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedFeatureExtractor {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      if let patches = try patchArchitecture(for: data) {
        return try await ImageFeatureJob(self, patches, data, session).fitted()
      }
      guard mirrorImagesAreAlike == nil else {
        throw TaskError.invalidSetting(
          name: "data whose mirror images are to be alike or apart",
          expected:
            "images of one size, at least 16 pixels in either direction, without layers of one's own",
          found: data.kind.phrase
        )
      }
      let job = try ReductionJob(
        reducer,
        data,
        session,
        application: FittedFeatureExtractor.application,
        corruption: corruption ?? Defaults.featureCorruption(for: data.kind),
        configuration: self
      )
      return try FittedFeatureExtractor(self, try await job.fitted())
    }
  }

  /// A coding of patches and the layers behind it, where these are given or suit the data.
  private func patchArchitecture(for data: Dataset) throws -> Architecture? {
    if case .patches = architecture {
      guard case .images = data else {
        throw TaskError.invalidSetting(
          name: "the architecture",
          expected: "one without patches for what is no images",
          found: data.kind.phrase
        )
      }
      return architecture
    }
    guard architecture == nil, case .images(let images) = data, let shape = images.commonShape
    else { return nil }
    return Defaults.patchArchitecture(
      for: shape,
      count: images.count,
      dimensions: dimensions
    )
  }

  /// Checks the settings that no other room checks.
  func validate(for data: Dataset) throws(TaskError) {
    try reducer.validate(for: data)
  }

  /// The reduction that is trained in the same way without patches.
  private var reducer: DimensionReducer {
    var layers = architecture
    if case .patches = layers { layers = nil }
    return DimensionReducer(
      dimensions: dimensions,
      architecture: layers,
      learning: learning,
      scaling: scaling
    )
  }
}
