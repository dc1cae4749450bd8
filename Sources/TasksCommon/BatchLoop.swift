extension DatasetBatches {
  /// Computes something of each batch, and gives it on in the order of the batches.
  ///
  /// While some are computed, the next one is read. Blocks of a table are computed several at a time, each on one
  /// thread; what is computed of an item must not depend on the batch or the number of threads.
  ///
  /// - Parameters:
  ///   - engine: Where it is computed.
  ///   - isLive: Whether each batch is given on before the next one is waited for.
  ///   - compute: Computes it.
  ///   - take: Takes it.
  /// - Throws: `DatasetError` for what is wrong with the data, `CancellationError`, and what the
  ///   closures throw.
  nonisolated package func forEach<Result: Sendable>(
    on engine: ComputeEngine,
    isLive: Bool = false,
    _ compute: @escaping @Sendable (DatasetBatch, ComputeEngine) async throws -> Result,
    take: (DatasetBatch, Result) async throws -> Void
  ) async throws {
    guard var batch = try await next() else { return }
    var following = isLive ? nil : try await next()
    guard following != nil else {
      var last: DatasetBatch? = batch
      while let batch = last {
        try Task.checkCancellation()
        try await take(batch, try await compute(batch, engine))
        last = isLive ? try await next() : nil
      }
      return
    }
    var engines = [engine]
    if batch.table != nil, engine.threads > 1 {
      var configuration = engine.configuration
      configuration.threads = 1
      engines = (0..<engine.threads).map { _ in ComputeEngine(configuration) }
    }
    var running: [(batch: DatasetBatch, result: Task<Result, any Error>)] = []
    defer { for (_, result) in running { result.cancel() } }
    var number = 0
    var isAtEnd = false
    while true {
      while !isAtEnd, running.count <= engines.count {
        try Task.checkCancellation()
        let (current, engine) = (batch, engines[number % engines.count])
        number += 1
        running.append((current, Task { try await compute(current, engine) }))
        guard let ahead = following else {
          isAtEnd = true
          break
        }
        batch = ahead
        following = try await next()
      }
      guard !running.isEmpty else { return }
      let result = try await running[0].result.value
      let (first, _) = running.removeFirst()
      try await take(first, result)
    }
  }

  /// Latent vectors `[items, width]` of all wanted items in their order.
  ///
  /// - Parameter encode: Gives those of all items of a batch.
  nonisolated package func vectors(
    on engine: ComputeEngine,
    _ encode: @escaping @Sendable (DatasetBatch, ComputeEngine) async throws -> Tensor
  ) async throws -> Tensor {
    var scalars: [Float] = []
    var width = 0
    try await forEach(on: engine, encode) { _, codes in
      width = codes.shape[1]
      scalars += codes.scalars
    }
    return Tensor(scalars, shape: [scalars.count / max(width, 1), width])
  }
}

extension DatasetBatch {
  /// Those of vectors `[count, width]` of all items of the batch that are wanted.
  package func wanted(_ vectors: Tensor) -> Tensor {
    guard items != 0..<vectors.shape[0] else { return vectors }
    let width = vectors.shape[1]
    return Tensor(
      Array(vectors.scalars[items.lowerBound * width..<items.upperBound * width]),
      shape: [items.count, width]
    )
  }
}
