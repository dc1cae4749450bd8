public import HourglassEngines
internal import HourglassGraphs
public import HourglassTensors

extension Trainer {
  /// Fits an autoencoder to items.
  ///
  ///     let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
  ///     async let model = trainer.fit(autoencoder, to: items, events: continuation)
  ///     for await event in events { show(event) }
  ///     let codes = try await model.encode(items)
  ///
  /// When the task is cancelled, fitting ends after the present step and gives the best variables so far; the
  /// record's `stopReason` is then `cancellation`.
  ///
  /// - Parameters:
  ///   - autoencoder: What is fitted.
  ///   - source: The items, `[count, item…]`; the trainer holds some of them out.
  ///   - start: A fitted autoencoder of the same layers, whose variables are the initial values; without one
  ///     these are drawn.
  ///   - engine: Where it is computed.
  ///   - events: Takes events as they come, and is finished at the end.
  /// - Throws: `TrainingError` where a setting is out of its range, the items do not suit, the start has
  ///   other shapes, or the loss diverges; `GraphError` where an objective or the layers do not fit;
  ///   `EngineError`; `FileError` where items could not be read.
  public func fit(
    _ autoencoder: Autoencoder,
    to source: any BatchSource,
    startingFrom start: FittedAutoencoder? = nil,
    on engine: ComputeEngine = ComputeEngine(),
    events: AsyncStream<TrainingEvent>.Continuation? = nil
  ) async throws -> FittedAutoencoder {
    try await fit(
      autoencoder,
      to: source,
      startingFrom: start,
      on: engine,
      checkpoints: nil,
      events: events
    )
  }

  /// Fits an autoencoder to the rows of a tensor `[count, item…]`; all is as for a source.
  public func fit(
    _ autoencoder: Autoencoder,
    to items: Tensor,
    startingFrom start: FittedAutoencoder? = nil,
    on engine: ComputeEngine = ComputeEngine(),
    events: AsyncStream<TrainingEvent>.Continuation? = nil
  ) async throws -> FittedAutoencoder {
    try await fit(
      autoencoder,
      to: TensorSource(items),
      startingFrom: start,
      on: engine,
      events: events
    )
  }

  /// The same with checkpoints: when the task is cancelled, the state is kept in one.
  ///
  /// - Parameters:
  ///   - checkpoints: Where the state is kept; `nil` keeps none.
  ///   - resumes: Whether to go on from the checkpoint, where there is one.
  /// - Throws: What the store throws, besides.
  package func fit(
    _ autoencoder: Autoencoder,
    to source: any BatchSource,
    startingFrom start: FittedAutoencoder? = nil,
    on engine: ComputeEngine,
    checkpoints: (any CheckpointStore)?,
    resumes: Bool = true,
    events: AsyncStream<TrainingEvent>.Continuation? = nil
  ) async throws -> FittedAutoencoder {
    let learner: any Learner
    do {
      learner = try start.map { try $0.start(of: autoencoder, source.itemShape) } ?? autoencoder
    } catch {
      events?.finish()
      throw error
    }
    let result = try await train(
      learner,
      on: source,
      by: engine,
      checkpoints: checkpoints,
      resumes: resumes,
      events: events
    )
    return try FittedAutoencoder(
      autoencoder,
      variables: result.variables,
      itemShape: source.itemShape,
      record: result.record
    )
  }

  /// Trains a network from items to items of the same extents; all is as for an autoencoder.
  package func fit(
    _ translator: ImageToImageNetwork,
    to source: any BatchSource,
    on engine: ComputeEngine,
    checkpoints: (any CheckpointStore)? = nil,
    resumes: Bool = true,
    events: AsyncStream<TrainingEvent>.Continuation? = nil
  ) async throws -> FittedImageToImageNetwork {
    let result = try await train(
      translator,
      on: source,
      by: engine,
      checkpoints: checkpoints,
      resumes: resumes,
      events: events
    )
    return try FittedImageToImageNetwork(
      translator,
      variables: result.variables,
      itemShape: source.itemShape,
      record: result.record
    )
  }
}

extension FittedAutoencoder {
  /// An autoencoder with the variables of this one as its start.
  ///
  /// - Throws: `TrainingError.foreignStart` where one of its variables has another shape here, or is missing.
  fileprivate func start(of autoencoder: Autoencoder, _ itemShape: Shape) throws -> StartedLearner {
    try autoencoder.validate(itemShape: itemShape)
    let needed = try autoencoder.evaluationGraph(GraphShapes(item: itemShape, batch: 1))
    var start: [String: Tensor] = [:]
    for (name, expected) in needed.variableShapes.sorted(by: { $0.key < $1.key }) {
      let found = variables[name]
      guard found?.shape == expected else {
        throw TrainingError.foreignStart(variable: name, expected: expected, found: found?.shape)
      }
      start[name] = found
    }
    return StartedLearner(autoencoder, start: start)
  }
}
