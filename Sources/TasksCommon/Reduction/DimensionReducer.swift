/// Reduces rows of a table, images, sounds or windows of a series to a few numbers each, by an
/// autoencoder.
///
///     let data = try Dataset.load(contentsOf: "sensors.csv")
///     let reduced = try await DimensionReducer(dimensions: 2).fit(data)
///     let codes = try await reduced.codes(of: data)  // [rows, 2]
///     try reduced.save(to: "sensors.hourglass")
///
/// What is `nil` is chosen from the data, by rules that `Defaults` gives with their reasons.
/// The same settings, data and number of threads give the same bytes.
///
/// Reference: Hinton, Salakhutdinov, 2006, "Reducing the Dimensionality of Data with Neural
/// Networks", doi:10.1126/science.1127647.
public struct DimensionReducer: Hashable, Sendable, Codable {
  /// What the latent vectors of items should keep of them.
  public enum Preservation: Hashable, Sendable, Codable {
    /// The values: items are reconstructed from their latent vectors as well as can be.
    case values
    /// Neighbors before values: items that are near each other in the data are so in the latent vectors, of
    /// at most 16 numbers, which makes a map; items are still reconstructed from it.
    ///
    /// `count`, at least 1, is how many nearest items are neighbors of an item: fewer show finer
    /// groups. `weight`, at least 0, weighs keeping neighbors against reconstructing; it is
    /// multiplied by the variance of items, so that it means about the same for all data.
    ///
    /// Reference: `NeighborContrast`.
    case neighbors(count: Int = 15, weight: Float = 0.25)
  }

  /// The number of numbers that each row becomes, at least 1.
  public var dimensions: Int
  /// The layers between the data and the latent vector, mirrored on the way back.
  ///
  /// `nil` takes fully connected layers, for images too;
  /// `Defaults.convolutionalArchitecture` gives the other kind.
  public var architecture: Architecture?
  /// How far a reconstruction is from its row; `nil` takes the squared error.
  public var objective: Objective?
  /// The activation of each latent dimension.
  public var codeActivation: Activation
  /// The function of each value of a reconstruction; `nil` takes the logistic for images, whose
  /// values go from 0 to 1, and none for others.
  public var outputActivation: Activation?
  /// How variables follow their gradients, with the learning rate and its schedule.
  public var optimizer: Optimizer?
  /// The budget and the steps of training.
  public var learning: TrainingSettings
  /// How the numbers of a table are scaled before they are trained on.
  public var scaling: NumberScaling
  /// What the latent vectors should keep; `nil` takes the values.
  public var preserves: Preservation?

  /// Makes a reducer; the defaults suit most tables and small images.
  public init(
    dimensions: Int = 2,
    architecture: Architecture? = nil,
    objective: Objective? = nil,
    codeActivation: Activation = .identity,
    outputActivation: Activation? = nil,
    optimizer: Optimizer? = nil,
    learning: TrainingSettings = TrainingSettings(),
    scaling: NumberScaling = .robust,
    preserves: Preservation? = nil
  ) {
    self.dimensions = dimensions
    self.architecture = architecture
    self.objective = objective
    self.codeActivation = codeActivation
    self.outputActivation = outputActivation
    self.optimizer = optimizer
    self.learning = learning
    self.scaling = scaling
    self.preserves = preserves
  }
}
