public import HourglassData
public import HourglassNetworks
public import HourglassTasksCommon

/// Makes new rows of a table, images or windows of a series that are like those it trained on: rows by chains of
/// decision trees, images and windows by a variational autoencoder.
///
///     let people = try Dataset.load(contentsOf: "people.csv")
///     let learned = try await Synthesizer().fit(people)
///     let new = try await learned.table(count: 1_000, where: [SynthesisCondition("sex", is: "Female")])
///     if let report = learned.report { print(report) }
///
/// What is `nil` is chosen from the data, by rules that `Defaults` gives with their reasons.
/// The same settings, data and number of threads give the same bytes.
///
/// Reference: Kingma, Welling, 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114.
public struct Synthesizer: Hashable, Sendable, Codable {
  /// Where the latent vectors of new items come from.
  public enum CodeSource: String, Hashable, Sendable, Codable, CaseIterable {
    /// The standard normal distribution that the latent vectors were trained to resemble.
    case prior
    /// A mixture of normal distributions that is fitted to the latent vectors of the rows trained on.
    ///
    /// Latent vectors of real rows do not fill the prior evenly; latent vectors from the places between them
    /// decode to rows that combine what never goes together.
    case mixture
  }

  /// What the distribution of rows is learned by.
  public enum ModelType: String, Hashable, Sendable, Codable, CaseIterable {
    /// Chains of decision trees over the bins of the columns; for tables alone.
    case trees
    /// A variational autoencoder.
    case vae
  }

  /// What the distribution is learned by; `nil` takes trees for a table, unless settings of a network are given,
  /// and else a variational autoencoder.
  public var modelType: ModelType?
  /// The number of latent dimensions, at least 1; those that the data do not need stay inactive.
  public var latent: Int?
  /// The layers between the data and the latent vector, mirrored on the way back.
  public var architecture: Architecture?
  /// The weight of the divergence of latent vectors from the prior, above 0; `nil` takes what suits the kind
  /// of data.
  public var beta: Float?
  /// Where latent vectors come from; `nil` takes a mixture for tables and series, the prior for images.
  public var codes: CodeSource?
  /// The latent vectors that the report draws for each image to bound its probability; `nil` takes 200.
  public var boundSamples: Int?
  /// The budget and the steps of training.
  public var learning: TrainingSettings

  /// Makes a synthesizer; the defaults suit most tables, small images and series.
  public init(
    modelType: ModelType? = nil,
    latent: Int? = nil,
    architecture: Architecture? = nil,
    beta: Float? = nil,
    codes: CodeSource? = nil,
    boundSamples: Int? = nil,
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.modelType = modelType
    self.latent = latent
    self.architecture = architecture
    self.beta = beta
    self.codes = codes
    self.boundSamples = boundSamples
    self.learning = learning
  }
}

/// What new rows of a table must have in a column.
public struct SynthesisCondition: Hashable, Sendable, Codable {
  /// The name of the column.
  public var column: String
  /// The value as it is written in the table; the empty text is a missing cell.
  public var value: String

  /// Makes a condition.
  public init(_ column: String, is value: String) {
    self.column = column
    self.value = value
  }
}

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
