public import HourglassAutoencoders
internal import HourglassNetworks
internal import HourglassTensors

/// Saving and loading of an autoencoder that was fitted with the library alone, for no task.
///
/// The file is a model file as those of the tasks are: the variables by their names, and a header with the
/// autoencoder, the shape of an item and the record of its training. Terms of the loss of one's own are for
/// training, and no file holds them.
extension FittedAutoencoder {
  /// The application in the header of the file.
  public static let application = "autoencoder"

  /// Writes the autoencoder, whole or not at all: where anything fails, the former file stays.
  ///
  /// The same autoencoder gives the same bytes.
  ///
  /// - Throws: `ModelFileError` where the file cannot be written.
  public func save(to path: String) throws(ModelFileError) {
    var header = ModelHeader(
      application: Self.application,
      fields: try JSONValue(encoding: Items(shape: itemShape.dimensions), file: path),
      architecture: try JSONValue(encoding: autoencoder, file: path),
      provenance: ModelProvenance(
        seed: record?.trainer.seed ?? 0,
        dataFingerprint: "unknown",
        dataName: "items in memory",
        itemCount: record?.trainingCount ?? 0,
        programVersion: "the library",
        precision: "unknown precision",
        threads: 0
      ),
      stateTensors: variables.keys.filter(Self.isState).sorted()
    )
    if let record {
      header.configuration = try JSONValue(encoding: record, file: path)
      header.training = TrainingSummary(
        epochs: record.epochs.count,
        steps: record.steps,
        bestEpoch: record.bestEpoch,
        trainingLosses: record.epochs.map(\.training.loss),
        validationLosses: record.epochs.compactMap(\.validation?.loss)
      )
    }
    try ModelFile.write(tensors: variables, header: header, to: path)
  }

  /// Reads an autoencoder that `save(to:)` wrote; it encodes, decodes and samples to the same bits.
  ///
  /// - Throws: `ModelFileError` where the file cannot be read, is damaged or is the model of a task;
  ///   `ModelError`, `TrainingError` or `GraphError` where its parts contradict each other.
  public init(contentsOf path: String) throws {
    let file = try ModelFile(contentsOf: path)
    guard file.application == Self.application else {
      throw ModelFileError.unexpectedValue(
        file: path,
        text: JSONText.model.rawValue,
        member: "application",
        expected: Self.application,
        found: file.application
      )
    }
    let header = try file.header(as: ModelHeader.self)
    let items = try header.fields.decoded(as: Items.self, file: path)
    guard items.isPossible else {
      throw ModelFileError.unreadableMember(
        file: path,
        member: "fields.shape",
        problem: MemberProblem.wrongValue.description
      )
    }
    let isTrained = header.training.steps > 0
    try self.init(
      try header.architecture.decoded(as: Autoencoder.self, file: path),
      variables: try file.tensors(),
      itemShape: Shape(items.shape),
      record: isTrained
        ? try header.configuration.decoded(as: TrainingRecord.self, file: path) : nil
    )
  }

  /// The items in the header.
  private struct Items: Codable {
    /// The extents of one item, without the batch.
    var shape: [Int]

    /// Whether they are those of items that an autoencoder takes.
    var isPossible: Bool {
      (1...3).contains(shape.count) && shape.allSatisfy { (1...1 << 24).contains($0) }
    }
  }

  /// Whether a variable is kept and not trained.
  private static func isState(_ name: String) -> Bool {
    BatchNormalization.isState(name) || name.hasPrefix("encoder.\(Architecture.patchScope).")
  }
}
