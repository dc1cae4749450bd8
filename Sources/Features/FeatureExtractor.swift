public import HourglassTasksCommon

/// Trains features of rows, images, sounds or windows: the latent vector of an autoencoder whose decoder is
/// dropped after training; of a table the hidden activations of a denoising one.
///
///     let table = try Table(contentsOf: "people.csv").removing(["income"])
///     let extractor = try await FeatureExtractor().fit(.table(table))
///     let features = try await extractor.features(of: .table(table))  // [rows, 128]
///
/// Reference: Hinton, Salakhutdinov, 2006, "Reducing the Dimensionality of Data with Neural
/// Networks", doi:10.1126/science.1127647.
public struct FeatureExtractor: Hashable, Sendable, Codable {
  /// The number of features, at least 1; `nil` takes 32, and for a table twice as many as it has columns,
  /// from 128 to 512: the hidden activations of a wide denoising autoencoder.
  public var dimensions: Int?
  /// The layers between the data and the latent vector; `nil` is chosen from the data.
  ///
  /// For images of at least 16 pixels in either direction it is a coding of patches, and layers behind it.
  public var architecture: Architecture?
  /// The budget and the steps of training.
  public var learning: TrainingSettings
  /// How the numbers of a table are scaled before they are trained on.
  public var scaling: NumberScaling
  /// What is done to an item before the encoder sees it in training; `nil` hides seven tenths of what
  /// images say of their patches, or six tenths of the pixels where layers are given that take these, swaps
  /// 15 % of the cells of a table for those of other rows where `dimensions` and `architecture` are `nil`,
  /// and leaves other data as they are.
  ///
  /// Hidden values have to be predicted from related ones, so that features describe more of the content.
  ///
  /// Reference: Vincent, Larochelle, Bengio, Manzagol, 2008, doi:10.1145/1390156.1390294; He et al., 2021,
  /// "Masked Autoencoders Are Scalable Vision Learners", arXiv:2111.06377, for hiding much; `Corruption.swapping`.
  public var corruption: Corruption?
  /// Whether an image and its mirror image (a horizontal flip) have the same features, for images
  /// that are trained on by their patches.
  ///
  /// `nil` lets the images say: alike where they look as much like the mirror images of others as like
  /// others, as photographs of things do, and writing does not.
  public var mirrorImagesAreAlike: Bool?

  /// Makes an extractor; the defaults suit most data.
  public init(
    dimensions: Int? = nil,
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
      let job = try job(data, session)
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
      dimensions: width
    )
  }

  /// Checks the settings that no other room checks.
  func validate(for data: Dataset) throws(TaskError) {
    try reducer(for: data).validate(for: data)
  }

  /// The number of features of what is no table, and of all data whose layers are given.
  static let shortWidth = 32

  /// The number of features of images and sounds.
  var width: Int { dimensions ?? Self.shortWidth }

  /// The table whose features are the hidden activations of a wide network, not a short latent vector.
  private func wideTable(_ data: Dataset) -> TableData? {
    guard dimensions == nil, architecture == nil, case .table(let table) = data else { return nil }
    return table
  }

  /// The training run of data that are not coded by their patches.
  private func job(_ data: Dataset, _ session: TrainingSession) throws -> ReductionJob {
    let isWide = wideTable(data) != nil
    return try ReductionJob(
      reducer(for: data),
      data,
      session,
      application: FittedFeatureExtractor.application,
      corruption: corruption
        ?? (isWide ? Defaults.featureSwapping : Defaults.featureCorruption(for: data.kind)),
      // A linear map of the features alone: what they do not show cannot be reconstructed.
      decoder: isWide ? .dense(hidden: [], activation: Defaults.featureActivation) : nil,
      configuration: self
    )
  }

  /// The reduction that is trained in the same way without patches.
  private func reducer(for data: Dataset) -> DimensionReducer {
    if let table = wideTable(data) {
      let width = Defaults.featureWidth(columnCount: table.schema.columns.count)
      return DimensionReducer(
        dimensions: width,
        architecture: .dense(hidden: [width], activation: Defaults.featureActivation),
        codeActivation: Defaults.featureActivation,
        learning: learning,
        scaling: scaling
      )
    }
    var layers = architecture
    if case .patches = layers { layers = nil }
    return DimensionReducer(
      dimensions: width,
      architecture: layers,
      learning: learning,
      scaling: scaling
    )
  }
}
