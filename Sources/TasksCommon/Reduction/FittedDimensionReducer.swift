package import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
public import HourglassModelFiles
internal import HourglassStatistics
public import HourglassTensors

/// A dimensionality reduction that was learned: it reduces rows to codes and reconstructs them.
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
  /// How well it does on rows that were held out, measured when it was learned.
  public let report: ReductionReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  package let encoding: ItemEncoding
  package let network: FittedAutoencoder
  package let baseline: ReductionBaseline

  package init(
    configuration: DimensionReducer,
    header: ModelHeader,
    report: ReductionReport?,
    checkpoint: String?,
    encoding: ItemEncoding,
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

  /// What it was trained on.
  public var kind: DataKind { encoding.kind }

  /// The shape of an item as the network takes it: `[values + observed masks]` of a row,
  /// `[channels, height, width]` of an image, `[1, frames, bands]` of a patch of a sound,
  /// `[2 channels, window]` of a window.
  public var itemShape: Shape { encoding.itemShape }

  /// The number of values of an item as it is encoded, without the observed masks.
  public var valueCount: Int { encoding.valueCount }

  /// The names of the columns or channels that it was trained on; empty for images and sounds.
  public var columns: [String] { encoding.columns }

  /// The codes of items: `[count, dimensions]`.
  ///
  /// The columns of a table are found by their names, in any order and among others; without a
  /// header they are taken in their order. Cells may be missing. The code of a sound is the mean of
  /// the codes of its patches of about one second.
  ///
  /// - Throws: `application` where the data do not suit the model; `interrupted` on cancellation.
  public func codes(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    do {
      if case .largeTable(let table) = data {
        return try await table.codes { try await self.codes(of: .table($0), on: engine) }
      }
      let items = try RawItems(data, for: encoding)
      let codes = try await network.encode(
        EncodedRows(items, encoding: encoding),
        on: engine
      )
      return items.codesOfWholes(codes)
    } catch {
      throw HourglassError(error)
    }
  }

  /// The codes of rows of numbers or of images in memory.
  public func codes(
    of data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    try await codes(of: Dataset(data), on: engine)
  }

  /// What is left of items after reducing and reconstructing them, in the units of the data.
  ///
  /// Of a table the columns that nothing was trained on stay as they are; missing cells are filled.
  public func reconstruction(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReconstructedItems {
    do {
      let items = try RawItems(data, for: encoding)
      let values = try await network.reconstruct(
        EncodedRows(items, encoding: encoding),
        on: engine
      )
      guard case (.table(let table), .table(let columns)) = (items, encoding) else {
        return encoding.reconstructed(values)
      }
      return encoding.reconstructed(values, like: try columns.aligned(table))
    } catch {
      throw HourglassError(error)
    }
  }

  /// The items that codes `[count, dimensions]` stand for, in the units of the data.
  public func decode(
    codes: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReconstructedItems {
    guard codes.shape.rank == 2, codes.shape[1] == dimensions else {
      throw .application(.codeLength(expected: dimensions, found: codes.shape))
    }
    do {
      return encoding.reconstructed(try await network.decode(codes, on: engine))
    } catch {
      throw HourglassError(error)
    }
  }

  /// How well it reconstructs items, beside PCA of the same size and the column means; of a large table
  /// those of its sample.
  public func evaluate(
    _ data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReductionReport {
    do {
      let rows = try EncodedRows(RawItems(data.learnable, for: encoding), encoding: encoding)
      return try await ReductionEvaluator(network: network, baseline: baseline, encoding: encoding)
        .report(rows, of: data.name, as: .given, on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  /// How well it reconstructs rows of numbers or images in memory.
  public func evaluate(
    _ data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReductionReport {
    try await evaluate(Dataset(data), on: engine)
  }
}

extension RawItems {
  /// The codes of what was given, of codes `[items, width]`: those of sounds are the means over
  /// their patches.
  package func codesOfWholes(_ codes: Tensor) -> Tensor {
    guard case .sounds(let patches) = self else { return codes }
    let width = codes.shape[1]
    var means: [Float] = []
    for range in patches.sounds {
      for column in 0..<width {
        let sum = range.reduce(0.0) { $0 + Double(codes.scalars[$1 * width + column]) }
        means.append(Float(sum / Double(range.count)))
      }
    }
    return Tensor(means, shape: [patches.sounds.count, width])
  }
}
