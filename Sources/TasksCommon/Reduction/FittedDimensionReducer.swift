/// A fitted dimensionality reduction: it reduces rows to latent vectors and reconstructs them.
///
/// It is a value: nothing that is done with it changes it. A row has the same latent vector, to the bit,
/// alone and in any company.
public struct FittedDimensionReducer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "reduce"

  /// How it was set up.
  public let configuration: DimensionReducer
  /// What every fitted model has.
  public let core: FittedCore

  package let encoding: ItemEncoding
  package let network: FittedAutoencoder
  package let baseline: ReductionBaseline

  /// The number of latent dimensions.
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

  /// The latent vectors of items: `[count, dimensions]`.
  ///
  /// The columns of a table are found by their names, in any order and among others; without a
  /// header they are taken in their order. Cells may be missing. The latent vector of a sound is the mean of
  /// the latent vectors of its patches of about one second.
  ///
  /// - Throws: `application` where the data do not suit the model; `interrupted` on cancellation.
  public func codes(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Tensor {
    try await vectors(of: data, on: engine)
  }

  /// The latent vectors of items batch by batch, in memory that the length of the data does not matter to.
  ///
  /// - Parameter body: Takes each batch and the latent vectors of its wanted items.
  /// - Throws: As for all at once, and what `body` throws.
  public func codes(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (DatasetBatch, Tensor) async throws -> Void
  ) async throws {
    try await vectors(of: data, on: engine, body)
  }

  /// The latent vectors of rows of numbers or of images in memory.
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
    try await HourglassError.wrapping {
      let items = try RawItems(data, for: encoding)
      let values = try await network.reconstruct(
        EncodedRows(items, encoding: encoding),
        on: engine
      )
      guard case (.table(let table), .table(let columns)) = (items, encoding) else {
        if case .series(let series) = items { return encoding.reconstructed(values, of: series) }
        return encoding.reconstructed(values)
      }
      return encoding.reconstructed(values, like: try columns.aligned(table))
    }
  }

  /// The items that latent vectors `[count, dimensions]` stand for, in the units of the data.
  public func decode(
    codes: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> ReconstructedItems {
    guard codes.shape.rank == 2, codes.shape[1] == dimensions else {
      throw .application(.codeLength(expected: dimensions, found: codes.shape))
    }
    return try await HourglassError.wrapping {
      encoding.reconstructed(try await network.decode(codes, on: engine))
    }
  }

  /// How well it reconstructs items and preserves neighbors, beside PCA of the same size and the column
  /// means; of a large table those of its sample.
  public func evaluate(
    _ data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation {
    try await HourglassError.wrapping {
      let rows = try EncodedRows(RawItems(data.learnable, for: encoding), encoding: encoding)
      return try await ReductionEvaluator(network: network, baseline: baseline, encoding: encoding)
        .evaluation(rows, of: data.name, as: .given, on: engine)
    }
  }

  /// How well it reconstructs rows of numbers or images in memory.
  public func evaluate(
    _ data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation {
    try await evaluate(Dataset(data), on: engine)
  }
}

extension FittedDimensionReducer: ItemEncoder {
  package func encode(_ items: EncodedRows, on engine: ComputeEngine) async throws -> Tensor {
    try await network.encode(items, on: engine)
  }
}
