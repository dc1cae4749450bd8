internal import HourglassData
internal import HourglassEncodings
public import HourglassNetworks
public import HourglassTasksCommon

/// Fills missing cells of tables and gaps of time series, by an ensemble of autoencoders.
///
///     let table = try Table(contentsOf: "people.csv")
///     let imputer = try await Imputer().fit(table)
///     let filled = try await imputer.filled(table)
///     let plausible = try await imputer.draws(of: table, count: 5)
///
/// In training some cells of each row are hidden, at a rate drawn for each row, and the network learns
/// to give their true values back from the others; then what is really missing is filled. What was
/// observed is never changed. The result is a weighted sum of the network, chained linear regression,
/// the nearest rows, and trees that are grown on the rows as these three fill them; the weights are chosen on
/// observed cells that were deleted before training, and the evaluation lists them. Without
/// `usesNeighbors`, `usesRegression` and `usesTrees` it is the network alone.
///
/// Reference: Vincent, Larochelle, Bengio, Manzagol, 2008, "Extracting and composing robust features
/// with denoising autoencoders", doi:10.1145/1390156.1390294; Gondara, Wang, 2017, "MIDA: Multiple
/// Imputation using Denoising Autoencoders", arXiv:1705.02737; Breiman, 1996, "Stacked regressions",
/// doi:10.1007/BF00117832; Chen, Guestrin, 2016, "XGBoost: A Scalable Tree Boosting System",
/// doi:10.1145/2939672.2939785.
public struct Imputer: Hashable, Sendable, Codable {
  /// The layers before the latent vector, mirrored behind it; `nil` chooses them by the data.
  public var architecture: Architecture?
  /// The number of latent dimensions; `nil` chooses it by the data.
  public var latent: Int?
  /// The number of networks whose mean is taken, from 1 to 16.
  public var members: Int
  /// The least and the greatest part of the cells of a row that are hidden in training, from 0 to 1.
  public var hidden: HiddenShare
  /// Whether nearest rows take part; a model that uses them keeps rows of the data.
  public var usesNeighbors: Bool
  /// Whether chained regression takes part.
  public var usesRegression: Bool
  /// Whether boosted trees over the filled rows take part; of tables alone.
  public var usesTrees: Bool
  /// Whether columns of remarks are filled, most of whose levels occur once or twice, although what is filled in is
  /// right no more often than the most frequent level.
  public var fillsRemarks: Bool
  /// The budget and the steps of training of each network.
  public var learning: TrainingSettings

  /// The part of the cells of a row that is hidden in training.
  public struct HiddenShare: Hashable, Sendable, Codable {
    /// The least.
    public var least: Float
    /// The greatest.
    public var greatest: Float

    /// Makes a range.
    public init(least: Float = 0.1, greatest: Float = 0.5) {
      self.least = least
      self.greatest = greatest
    }
  }

  /// Makes an imputer; the defaults suit most tables.
  public init(
    architecture: Architecture? = nil,
    latent: Int? = nil,
    members: Int = 3,
    hidden: HiddenShare = HiddenShare(),
    usesNeighbors: Bool = true,
    usesRegression: Bool = true,
    usesTrees: Bool = true,
    fillsRemarks: Bool = false,
    learning: TrainingSettings = TrainingSettings(earlyStopping: nil)
  ) {
    self.architecture = architecture
    self.latent = latent
    self.members = members
    self.hidden = hidden
    self.usesNeighbors = usesNeighbors
    self.usesRegression = usesRegression
    self.usesTrees = usesTrees
    self.fillsRemarks = fillsRemarks
    self.learning = learning
  }
}

extension Imputer {
  /// Checks the settings that no other room checks.
  func validate() throws(TaskError) {
    try requireSetting((1...16).contains(members), "the number of networks", "1 to 16", members)
    if let latent {
      try requireSetting(
        (1...1 << 16).contains(latent),
        "the number of latent dimensions",
        "1 to 65536",
        latent
      )
    }
    try learning.validate()
  }
}
