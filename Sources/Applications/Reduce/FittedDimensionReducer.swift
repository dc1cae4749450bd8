internal import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
public import HourglassModelFiles
public import HourglassTensors

/// A dimensionality reduction that was learnt: it reduces rows to codes and restores them.
///
/// It is a value: nothing that is done with it changes it. A row has the same code, to the bit, alone
/// and in any company.
public struct FittedDimensionReducer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "reduce"

  /// How it was set up.
  public let configuration: DimensionReducer
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it does on rows that were held out, measured when it was learnt.
  public let report: ReductionReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  let encoding: FieldEncoding
  let network: FittedAutoencoder
  let baseline: ReductionBaseline

  init(
    configuration: DimensionReducer,
    header: ModelHeader,
    report: ReductionReport?,
    checkpoint: String?,
    encoding: FieldEncoding,
    network: FittedAutoencoder,
    baseline: ReductionBaseline
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.encoding = encoding
    self.network = network
    self.baseline = baseline
  }

  /// The number of numbers of a code.
  public var dimensions: Int { network.autoencoder.latent }

  /// The shape of a row: `[columns]`, or `[channels, height, width]`.
  public var itemShape: Shape { encoding.itemShape }

  /// The names of the columns that it was learnt from; empty for images.
  public var columns: [String] {
    if case .table(let columns) = encoding { columns.map(\.name) } else { [] }
  }

  /// The codes of rows: `[rows, dimensions]`.
  ///
  /// The columns of a table are found by their names, in any order and among others; without a
  /// header they are taken in their order.
  ///
  /// - Throws: `application` where the data do not suit the model; `interrupted` on cancellation.
  public func codes(
    of data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    do {
      return try await network.encode(EncodedRows(data, encoding: encoding), on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What is left of rows after reducing and restoring them, in the units of the data and in the
  /// order of the model's columns: `[rows, columns]`, or `[rows, channels, height, width]`.
  public func reconstruction(
    of data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    do {
      let rows = try EncodedRows(data, encoding: encoding)
      return decoded(try await network.reconstruct(rows, on: engine))
    } catch {
      throw HourglassError(error)
    }
  }

  /// The rows that codes `[rows, dimensions]` stand for, in the units of the data.
  public func decode(
    codes: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    guard codes.shape.rank == 2, codes.shape[1] == dimensions else {
      throw .application(.codeLength(expected: dimensions, found: codes.shape))
    }
    do {
      return decoded(try await network.decode(codes, on: engine))
    } catch {
      throw HourglassError(error)
    }
  }

  /// How well it restores rows, beside PCA of the same size and the column means.
  public func evaluate(
    _ data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReductionReport {
    do {
      let rows = try EncodedRows(data, encoding: encoding)
      return try await ReductionJudge(network: network, baseline: baseline, encoding: encoding)
        .report(rows, of: data.name, as: .given, on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  private func decoded(_ rows: Tensor) -> Tensor {
    var rows = rows
    rows.withMutableScalars { encoding.decode(&$0) }
    return rows
  }
}
