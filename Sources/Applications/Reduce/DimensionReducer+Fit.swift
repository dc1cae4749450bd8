public import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTensors

extension DimensionReducer {
  /// Learns from rows.
  ///
  /// Some rows are held out to judge the result, see `ReductionReport.Rows`; how values are encoded
  /// is learnt from the others alone.
  ///
  /// - Parameters:
  ///   - data: The rows.
  ///   - engine: Where it is computed.
  ///   - checkpoint: A file that keeps the state of learning until the model is saved; `nil` keeps
  ///     none.
  ///   - resumes: Whether to go on from the checkpoint, where there is one. It must be of the same
  ///     settings and the same data.
  ///   - progress: Takes what happens, in order.
  /// - Throws: `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: NumericDataset,
    on engine: ComputeEngine = ComputeEngine(),
    checkpoint: String? = nil,
    resumes: Bool = false,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws(HourglassError) -> FittedDimensionReducer {
    do {
      return try await fitted(
        to: data,
        on: engine,
        checkpoint: checkpoint,
        store: nil,
        resumes: resumes,
        progress: progress
      )
    } catch {
      throw HourglassError(error, checkpoint: checkpoint)
    }
  }

  private func fitted(
    to data: NumericDataset,
    on engine: ComputeEngine,
    checkpoint: String?,
    store: (any CheckpointStore)?,
    resumes: Bool,
    progress: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws -> FittedDimensionReducer {
    let split = RowSplit(count: data.count, seed: seed)
    let encoding = try FieldEncoding(data, rows: split.training)
    let autoencoder = autoencoder(for: data)
    let trainer = trainer(split)
    let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
    let listener = Task { for await event in events { progress(event) } }
    let result: TrainingResult
    do {
      result = try await trainer.train(
        autoencoder,
        on: try EncodedRows(data, rows: split.seen, encoding: encoding),
        by: engine,
        checkpoints: store,
        resumes: resumes,
        events: continuation
      )
    } catch {
      continuation.finish()
      await listener.value
      throw error
    }
    await listener.value
    if result.record.stopReason == .cancellation { throw CancellationError() }
    let header = ModelHeader(
      application: FittedDimensionReducer.application,
      configuration: try JSONValue(encoding: self, file: "the model"),
      fields: try JSONValue(encoding: encoding, file: "the model"),
      architecture: try JSONValue(encoding: autoencoder, file: "the model"),
      provenance: ModelProvenance(
        seed: seed,
        dataFingerprint: data.fingerprint,
        dataName: data.name,
        itemCount: data.count,
        programVersion: "0.1.0",
        precision: engine.configuration.precision.rawValue,
        threads: engine.threads
      )
    )
    return FittedDimensionReducer(
      configuration: self,
      header: header,
      report: nil,
      checkpoint: checkpoint,
      encoding: encoding,
      network: try FittedAutoencoder(
        autoencoder,
        variables: result.variables,
        itemShape: encoding.itemShape,
        record: result.record
      )
    )
  }

  /// The network, with everything chosen.
  func autoencoder(for data: NumericDataset) -> Autoencoder {
    let objective = objective ?? .squaredError
    return Autoencoder(
      encoder: architecture ?? AutomaticChoices.denseArchitecture(for: data),
      bottleneck: .deterministic(latent: dimensions),
      latentActivation: codeActivation,
      outputActivation: outputActivation
        ?? AutomaticChoices.outputActivation(for: data, objective: objective),
      objective: objective
    )
  }

  /// How it learns, with everything chosen.
  func trainer(_ split: RowSplit) -> Trainer {
    var optimizer = optimizer ?? AutomaticChoices.optimizer
    if let learningRate { optimizer.learningRate = learningRate }
    let size = batchSize ?? AutomaticChoices.batchSize(learningCount: split.training.count)
    let automaticEpochs =
      seconds == nil
      ? AutomaticChoices.epochs(learningCount: split.training.count, batchSize: size) : nil
    return Trainer(
      optimizer: optimizer,
      batchSize: size,
      epochs: epochs ?? automaticEpochs,
      seconds: seconds,
      earlyStopping: earlyStopping,
      validation: split.validation,
      seed: seed
    )
  }
}
