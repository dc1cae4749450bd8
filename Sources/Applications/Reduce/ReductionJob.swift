internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTensors

/// One run of learning a dimensionality reduction, with everything chosen before it begins.
struct ReductionJob: Sendable {
  let reducer: DimensionReducer
  let data: NumericDataset
  let engine: ComputeEngine
  let split: RowSplit
  let encoding: FieldEncoding
  let autoencoder: Autoencoder
  var trainer: Trainer
  /// What a checkpoint says of itself, and a model says more of.
  let header: ModelHeader

  init(
    _ reducer: DimensionReducer,
    _ data: NumericDataset,
    on engine: ComputeEngine
  ) throws {
    try reducer.validate(for: data)
    self.reducer = reducer
    self.data = data
    self.engine = engine
    split = RowSplit(count: data.count, seed: reducer.seed)
    encoding = try FieldEncoding(data, rows: split.training)
    autoencoder = reducer.autoencoder(for: data)
    trainer = reducer.trainer(
      for: data,
      learningCount: split.training.count,
      validation: split.validation
    )
    header = ModelHeader(
      application: FittedDimensionReducer.application,
      configuration: try JSONValue(encoding: reducer, file: "the model"),
      fields: try JSONValue(encoding: encoding, file: "the model"),
      architecture: try JSONValue(encoding: autoencoder, file: "the model"),
      provenance: ModelProvenance(
        seed: reducer.seed,
        dataFingerprint: data.fingerprint,
        dataName: data.name,
        itemCount: split.training.count,
        programVersion: ProgramVersion.current,
        precision: engine.configuration.precision.rawValue,
        threads: engine.threads
      )
    )
  }

  /// Learns, telling of it; ends with an error when the task is cancelled.
  func train(
    checkpoints: (any CheckpointStore)?,
    resumes: Bool,
    now: @escaping @Sendable () -> Double = Trainer.steadySeconds,
    progress: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws -> TrainingResult {
    let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
    // A task of its own hears the last events even when this one is cancelled.
    let listener = Task { for await event in events { progress(event) } }
    let outcome: Result<TrainingResult, any Error>
    do {
      let rows = try EncodedRows(data, rows: split.seen, encoding: encoding)
      outcome = .success(
        try await trainer.train(
          autoencoder,
          on: rows,
          by: engine,
          checkpoints: checkpoints,
          resumes: resumes,
          now: now,
          events: continuation
        )
      )
    } catch {
      outcome = .failure(error)
    }
    continuation.finish()
    await listener.value
    let result = try outcome.get()
    if result.record.stopReason == .cancellation { throw CancellationError() }
    return result
  }

  /// Makes the model and its report.
  func finish(
    _ result: TrainingResult,
    checkpoint: String?
  ) async throws -> FittedDimensionReducer {
    let network = try FittedAutoencoder(
      autoencoder,
      variables: result.variables,
      itemShape: encoding.itemShape,
      record: result.record
    )
    let principal = try await PrincipalComponents(
      of: try EncodedRows(data, rows: split.training, encoding: encoding),
      count: autoencoder.latent,
      on: engine
    )
    let baseline = ReductionBaseline(principal)
    let judge = ReductionJudge(network: network, baseline: baseline, encoding: encoding)
    let rows = try EncodedRows(data, rows: split.report, encoding: encoding)
    let report = try await judge.report(rows, of: data.name, as: split.reportRows, on: engine)
    var header = header
    header.training = summary(result.record, report)
    header.report = try JSONValue(encoding: report, file: "the model")
    header.stateTensors = baseline.tensors.keys.sorted()
    return FittedDimensionReducer(
      configuration: reducer,
      header: header,
      report: report,
      checkpoint: checkpoint,
      encoding: encoding,
      network: network,
      baseline: baseline
    )
  }

  /// What the model file keeps of how it was learnt: nothing that depends on the machine's speed.
  private func summary(
    _ record: HourglassAutoencoders.TrainingRecord,
    _ report: ReductionReport
  ) -> TrainingSummary {
    TrainingSummary(
      epochs: record.epochs.count,
      steps: record.steps,
      bestEpoch: record.bestEpoch,
      trainingLosses: record.epochs.map(\.training.loss),
      validationLosses: record.epochs.compactMap(\.validation?.loss),
      metrics: [
        "error per value, autoencoder": report.autoencoder.errorPerValue,
        "error per value, column means": report.columnMeans.errorPerValue,
        "error per value, PCA of the same size": report.principalComponents.errorPerValue,
      ]
    )
  }
}

extension DimensionReducer {
  /// Checks the settings that no other room checks.
  func validate(for data: NumericDataset) throws(ReductionError) {
    try require(
      (1...1 << 16).contains(dimensions),
      "the number of dimensions",
      "1 to 65536",
      dimensions
    )
    if let batchSize {
      try require((1...1 << 20).contains(batchSize), "the batch size", "1 to 1048576", batchSize)
    }
    if let learningRate {
      try require(
        learningRate > 0 && learningRate.isFinite,
        "the learning rate",
        "above 0",
        learningRate
      )
    }
    if case .convolutional = architecture, data.kind != .images {
      try require(false, "the architecture", "dense for a table", "convolutional")
    }
  }

  private func require<Value>(
    _ condition: Bool,
    _ name: String,
    _ expected: String,
    _ found: Value
  ) throws(ReductionError) {
    guard condition else {
      throw .invalidSetting(name: name, expected: expected, found: "\(found)")
    }
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
  func trainer(
    for data: NumericDataset,
    learningCount: Int,
    validation: ValidationSplit
  ) -> Trainer {
    let size = batchSize ?? AutomaticChoices.batchSize(learningCount: learningCount)
    let automaticEpochs =
      seconds == nil
      ? AutomaticChoices.epochs(for: data, learningCount: learningCount, batchSize: size) : nil
    let epochs = epochs ?? automaticEpochs
    var optimizer =
      optimizer ?? AutomaticChoices.optimizer(learningCount: learningCount, batchSize: size)
    if let learningRate { optimizer.learningRate = learningRate }
    return Trainer(
      optimizer: optimizer,
      batchSize: size,
      epochs: epochs,
      seconds: seconds,
      earlyStopping: earlyStopping,
      validation: validation,
      seed: seed
    )
  }
}
