internal import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
public import HourglassModelFiles
public import HourglassTasksCommon
public import HourglassTensors

/// An encoder that was learned: it gives the features of items.
///
/// It is a value, and holds no decoder and no row of the data. An item has the same features, to the
/// bit, alone and in any company.
public struct FittedFeatureExtractor: FittedTask {
  /// The name of the application in the header of a model file.
  public static let application = "features"

  /// How it was set up.
  public let configuration: FeatureExtractor
  /// What a model file says beside its tensors.
  public let header: ModelHeader
  /// How well items could be reconstructed from their features, before the decoder was dropped.
  public let report: ReductionReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  let encoding: ItemEncoding
  let encoder: FittedEncoder

  init(
    configuration: FeatureExtractor,
    header: ModelHeader,
    report: ReductionReport?,
    checkpoint: String?,
    encoding: ItemEncoding,
    encoder: FittedEncoder
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.encoding = encoding
    self.encoder = encoder
  }

  init(_ configuration: FeatureExtractor, _ reduced: FittedDimensionReducer) throws {
    self.configuration = configuration
    var header = reduced.header
    header.stateTensors = []
    self.header = header
    report = reduced.report
    checkpoint = reduced.checkpoint
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
    header = file.header
    report = try file.report(as: ReductionReport.self)
    checkpoint = nil
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
    do {
      if case .largeTable(let table) = data {
        return try await table.codes { try await self.features(of: .table($0), on: engine) }
      }
      let items = try RawItems(data, for: encoding)
      let codes = try await encoder.encode(EncodedRows(items, encoding: encoding), on: engine)
      return items.codesOfWholes(codes)
    } catch {
      throw HourglassError(error)
    }
  }
}
