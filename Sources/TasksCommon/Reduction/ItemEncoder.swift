/// A fitted model that makes a vector of each item, by an encoding and a network.
package protocol ItemEncoder: Sendable {
  /// How items are encoded.
  var encoding: ItemEncoding { get }

  /// The vectors of encoded items, `[count, width]`; of sounds those of their patches.
  func encode(_ items: EncodedRows, on engine: ComputeEngine) async throws -> Tensor
}

extension ItemEncoder {
  /// The vectors of all items of some data.
  package func vectors(
    of data: Dataset,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> Tensor {
    try await HourglassError.wrapping {
      try await data.batches().vectors(on: engine) { try await vectors(of: $0, on: $1) }
    }
  }

  /// The vectors of the wanted items of each batch.
  package func vectors(
    of data: Dataset,
    on engine: ComputeEngine,
    _ body: (DatasetBatch, Tensor) async throws -> Void
  ) async throws {
    let batches = try data.batches()
    try await batches.forEach(on: engine, { try await vectors(of: $0, on: $1) }, take: body)
  }

  private func vectors(of batch: DatasetBatch, on engine: ComputeEngine) async throws -> Tensor {
    let items = try RawItems(batch.data, for: encoding)
    let vectors = try await encode(EncodedRows(items, encoding: encoding), on: engine)
    return batch.wanted(items.codesOfWholes(vectors))
  }
}

extension RawItems {
  /// The latent vectors of the items, from latent vectors `[items, width]`: those of sounds are the means
  /// over their patches.
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
