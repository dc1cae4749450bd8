public import HourglassTasksCommon

/// A fitted encoder: it gives the features of items.
///
/// It is a value, and holds no decoder and no row of the data. An item has the same features, to the
/// bit, alone and in any company.
public struct FittedFeatureExtractor: FittedTask {
  /// The name of the application in the header of a model file.
  public static let application = "features"

  /// How it was set up.
  public let configuration: FeatureExtractor
  /// What every fitted model has; its evaluation is of reconstructing items from their features, before the
  /// decoder was dropped.
  public let core: FittedCore

  package let encoding: ItemEncoding
  let encoder: FittedEncoder

  init(
    configuration: FeatureExtractor,
    core: FittedCore,
    encoding: ItemEncoding,
    encoder: FittedEncoder
  ) {
    self.configuration = configuration
    self.core = core
    self.encoding = encoding
    self.encoder = encoder
  }

  init(_ configuration: FeatureExtractor, _ reduced: FittedDimensionReducer) throws {
    self.configuration = configuration
    var core = reduced.core
    core.header.stateTensors = []
    self.core = core
    encoding = reduced.encoding
    encoder = try FittedEncoder(
      reduced.network.autoencoder,
      variables: reduced.network.variables,
      itemShape: reduced.encoding.itemShape
    )
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let encoding = try file.decoded(\.fields, as: ItemEncoding.self)
    if let problem = encoding.problem { throw file.damaged(problem) }
    configuration = try file.decoded(\.configuration, as: FeatureExtractor.self)
    core = try FittedCore(file)
    self.encoding = encoding
    encoder = try FittedEncoder(
      try file.decoded(\.architecture, as: Autoencoder.self),
      variables: file.tensors,
      itemShape: encoding.itemShape
    )
  }

  /// What applying the encoder needs.
  public var tensors: [String: Tensor] { encoder.variables }

  /// The number of features.
  public var dimensions: Int { encoder.autoencoder.latent }

  /// What it was trained on.
  public var kind: DataKind { encoding.kind }

  /// The number of values of an item as it is encoded.
  public var valueCount: Int { encoding.valueCount }

  /// The names of the columns or channels that it was trained on; empty for images and sounds.
  public var columns: [String] { encoding.columns }

  /// The features of items: `[count, dimensions]`.
  ///
  /// The columns of a table are found by their names; others are left alone. The features of a sound
  /// are the means over its patches of about one second.
  ///
  /// - Throws: `application` where the data do not suit the model; `interrupted` on cancellation.
  public func features(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    try await vectors(of: data, on: engine)
  }

  /// The features of items batch by batch, in memory that the length of the data does not matter to.
  ///
  /// - Parameter body: Takes each batch and the features of its wanted items.
  /// - Throws: As for all at once, and what `body` throws.
  public func features(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (DatasetBatch, Tensor) async throws -> Void
  ) async throws {
    try await vectors(of: data, on: engine, body)
  }
}

extension FittedFeatureExtractor: ItemEncoder {
  package func encode(_ items: EncodedRows, on engine: ComputeEngine) async throws -> Tensor {
    try await encoder.encode(items, on: engine)
  }
}
