/// The header of a model file.
///
/// The configuration, the fields and the architecture are values of the application, kept as JSON:
/// `JSONValue(encoding:file:)` makes them and `decoded(as:file:)` gives them back. There is no time
/// of creation: the same data and the same seed give the same file.
package struct ModelHeader: Codable, Hashable, Sendable {
  /// The version of the layout of the file.
  package var format: Int
  /// The application that the model is for, such as `reduce`.
  package var application: String
  /// How the application was set up.
  package var configuration: JSONValue
  /// The columns, pixels or samples of the data, and how they are encoded.
  package var fields: JSONValue
  /// The layers of the network.
  package var architecture: JSONValue
  /// What the model was made from.
  package var provenance: ModelProvenance
  /// How the training went.
  package var training: TrainingSummary
  /// How well the model does, in the words of its application; nil where nothing was measured.
  package var report: JSONValue?
  /// The names of the tensors that are no parameters, such as running averages and the moments of
  /// an optimizer.
  package var stateTensors: [String]
  /// The counters and generators that training needs to go on; nil in a finished model.
  package var checkpoint: JSONValue?

  /// Makes the header of a model.
  package init(
    application: String,
    configuration: JSONValue = .object([:]),
    fields: JSONValue = .object([:]),
    architecture: JSONValue = .object([:]),
    provenance: ModelProvenance,
    training: TrainingSummary = TrainingSummary(),
    report: JSONValue? = nil,
    stateTensors: [String] = [],
    checkpoint: JSONValue? = nil
  ) {
    self.format = ModelFile.formatVersion
    self.application = application
    self.configuration = configuration
    self.fields = fields
    self.architecture = architecture
    self.provenance = provenance
    self.training = training
    self.report = report
    self.stateTensors = stateTensors
    self.checkpoint = checkpoint
  }
}

/// What a model was made from.
public struct ModelProvenance: Codable, Hashable, Sendable {
  /// The seed of all random numbers.
  public var seed: UInt64
  /// A digest of the data, by which the same data is recognized.
  public var dataFingerprint: String
  /// The name of the data, such as the name of its file.
  public var dataName: String
  /// How many rows, images, sounds or windows were trained on.
  public var itemCount: Int
  /// The version of the program that trained the model.
  public var programVersion: String
  /// The precision that was asked for in training: `automatic`, `float32` or `bfloat16`.
  public var precision: String
  /// The number of threads of the training.
  public var threads: Int
  /// How many rows of the training data the file keeps within its tensors.
  public var keptItemCount: Int

  /// Makes a provenance.
  package init(
    seed: UInt64,
    dataFingerprint: String,
    dataName: String,
    itemCount: Int,
    programVersion: String,
    precision: String = "float32",
    threads: Int = 1,
    keptItemCount: Int = 0
  ) {
    self.seed = seed
    self.dataFingerprint = dataFingerprint
    self.dataName = dataName
    self.itemCount = itemCount
    self.programVersion = programVersion
    self.precision = precision
    self.threads = threads
    self.keptItemCount = keptItemCount
  }
}

/// How a training went.
public struct TrainingSummary: Codable, Hashable, Sendable {
  /// How many times the training went through the data.
  public var epochs: Int
  /// How many times the weights were updated.
  public var steps: Int
  /// The epoch whose weights were kept, counted from 1; nil where none was better than the others.
  public var bestEpoch: Int?
  /// The mean loss of each epoch on the rows that were trained on.
  public var trainingLosses: [Double]
  /// The mean loss after each epoch on the rows that were held out.
  public var validationLosses: [Double]
  /// Further numbers by their names, measured at the end on the rows that were held out.
  public var metrics: [String: Double]

  /// Makes a record.
  package init(
    epochs: Int = 0,
    steps: Int = 0,
    bestEpoch: Int? = nil,
    trainingLosses: [Double] = [],
    validationLosses: [Double] = [],
    metrics: [String: Double] = [:]
  ) {
    self.epochs = epochs
    self.steps = steps
    self.bestEpoch = bestEpoch
    self.trainingLosses = trainingLosses
    self.validationLosses = validationLosses
    self.metrics = metrics
  }
}
