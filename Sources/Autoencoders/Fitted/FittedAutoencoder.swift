public import HourglassEngines
internal import HourglassGraphs
public import HourglassTensors

/// An autoencoder with trained variables: it encodes, decodes and reconstructs.
public struct FittedAutoencoder: Sendable {
  /// The architecture and the objective, as a value.
  public let autoencoder: Autoencoder
  /// The shape of one item, without the batch.
  public let itemShape: Shape
  /// How it was trained; `nil` where that is not known.
  public let record: TrainingRecord?

  let network: FittedNetwork

  /// Makes it from variables by name, such as those of a file.
  ///
  /// - Throws: `ModelError` where a variable is missing, has another shape or is not finite;
  ///   `TrainingError` or `GraphError` where the value itself makes no network.
  package init(
    _ autoencoder: Autoencoder,
    variables: [String: Tensor],
    itemShape: Shape,
    record: TrainingRecord?
  ) throws {
    try autoencoder.validate(itemShape: itemShape)
    let graph = try autoencoder.evaluationGraph(GraphShapes(item: itemShape, batch: 1))
    self.autoencoder = autoencoder
    self.itemShape = itemShape
    self.record = record
    network = FittedNetwork(
      variables: try graph.checkedVariables(variables),
      itemShape: itemShape
    )
  }

  /// The trained variables by name, as in `encoder.0.weight`.
  public var variables: [String: Tensor] { network.variables }

  /// The latent vectors of items, `[count, latent]`; of a Gaussian bottleneck the means.
  ///
  /// - Throws: `TrainingError.itemShape` where items have another shape; `CancellationError`; `EngineError`;
  ///   `FileError` where items could not be read.
  public func encode(
    _ source: any BatchSource,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    try await network.codes(of: source, by: autoencoder, on: engine)
  }

  /// The latent vectors, `[count, latent]`, of the rows of a tensor `[count, item…]`.
  ///
  /// - Throws: As for a source.
  public func encode(
    _ items: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    try await encode(TensorSource(items), on: engine)
  }

  /// The items that latent vectors `[count, latent]` stand for: `[count, item…]`; of items with fields
  /// their values, `[count, width]`.
  ///
  /// - Throws: As `encode`.
  public func decode(
    _ codes: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    try await network.rows(
      of: GraphName.output,
      TensorSource(codes),
      input: GraphName.latent,
      purpose: "decode",
      on: engine,
      graph: autoencoder.decodingGraph
    )
  }

  /// New items, `[count, item…]`: what latent vectors drawn from the standard normal distribution stand for.
  ///
  /// The same seed gives the same items, and fewer of them the first of more.
  ///
  /// - Throws: `ModelError.deterministicBottleneck` where latent vectors have no distribution; else as
  ///   `encode`.
  public func sample(
    count: Int,
    seed: UInt64,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    guard case .gaussian(let latent, _, _) = autoencoder.bottleneck else {
      throw ModelError.deterministicBottleneck
    }
    var generator = SeededGenerator.named("samples", seed: seed)
    let codes = (0..<max(count, 0) * latent).map { _ in generator.nextNormal() }
    return try await decode(Tensor(codes, shape: [max(count, 0), latent]), on: engine)
  }

  /// What is left of items after encoding and decoding: `[count, item…]`.
  ///
  /// - Throws: As `encode`.
  public func reconstruct(
    _ source: any BatchSource,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    try await evaluated(GraphName.output, source, on: engine)
  }

  /// What is left of the rows of a tensor after encoding and decoding: `[count, item…]`.
  ///
  /// - Throws: As `encode`.
  public func reconstruct(
    _ items: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> Tensor {
    try await reconstruct(TensorSource(items), on: engine)
  }

  /// The squared error of each item, summed over its values: `[count]`.
  package func squaredErrors(
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    try await evaluated(GraphName.squaredError, source, on: engine)
  }

  /// The loss of each field of each item, 0 where it is missing: `[count, fields]`.
  ///
  /// The autoencoder must have fields.
  package func fieldLosses(
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    precondition(autoencoder.fields != nil, "losses of fields were asked for, and there are none")
    return try await evaluated(GraphName.fieldLosses, source, on: engine)
  }

  /// The mean losses over items without noise, with the mean as the latent vector; penalties and terms of
  /// one's own do not count.
  ///
  /// - Throws: As `encode`; `TrainingError.noItems`; `TrainingError.nonFiniteItem`.
  public func evaluate(
    _ source: any BatchSource,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> LossParts {
    try await network.losses(
      source,
      purpose: "evaluate",
      on: engine,
      graph: autoencoder.evaluationGraph
    )
  }

  /// The mean losses over the rows of a tensor; all is as for a source.
  public func evaluate(
    _ items: Tensor,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws -> LossParts {
    try await evaluate(TensorSource(items), on: engine)
  }

  private func evaluated(
    _ output: String,
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    try await network.rows(
      of: output,
      source,
      purpose: "evaluate",
      on: engine,
      graph: autoencoder.evaluationGraph
    )
  }
}

extension LossParts {
  /// The squared error of one value of an item on average.
  public func meanSquaredError(itemShape: Shape) -> Double {
    squaredError / Double(max(itemShape.elementCount, 1))
  }
}
