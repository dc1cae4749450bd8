internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks

/// One run of learning a dimensionality reduction, with everything chosen before it begins.
struct ReductionJob: Sendable {
  private let reducer: DimensionReducer
  private let data: NumericDataset
  private let split: RowSplit
  private let encoding: FieldEncoding
  private let autoencoder: Autoencoder
  private let run: LearningRun

  init(
    _ reducer: DimensionReducer,
    _ data: NumericDataset,
    _ session: LearningSession
  ) throws {
    try reducer.validate(for: data)
    self.reducer = reducer
    self.data = data
    split = RowSplit(count: data.count, seed: reducer.learning.seed)
    encoding = try FieldEncoding(data, rows: split.training)
    autoencoder = reducer.autoencoder(for: data)
    run = try LearningRun(
      application: FittedDimensionReducer.application,
      configuration: reducer,
      fields: encoding,
      architecture: autoencoder,
      data: (data.name, data.fingerprint),
      itemCount: split.training.count,
      trainer: reducer.learning.trainer(
        for: data.kind == .images ? .images : .table,
        learningCount: split.training.count,
        validation: split.validation,
        optimizer: reducer.optimizer
      ),
      session: session
    )
  }

  /// What a checkpoint says of itself.
  var header: ModelHeader { run.header }

  /// Learns, judges, and makes the model with its report.
  func fitted() async throws -> FittedDimensionReducer {
    let engine = run.session.engine
    let result = try await run.train(
      autoencoder,
      on: try EncodedRows(data, rows: split.seen, encoding: encoding)
    )
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
    return FittedDimensionReducer(
      configuration: reducer,
      header: try run.modelHeader(
        result.record,
        metrics: [
          "error per value, autoencoder": report.autoencoder.errorPerValue,
          "error per value, column means": report.columnMeans.errorPerValue,
          "error per value, PCA of the same size": report.principalComponents.errorPerValue,
        ],
        report: report,
        stateTensors: Array(baseline.tensors.keys)
      ),
      report: report,
      checkpoint: run.session.checkpoint,
      encoding: encoding,
      network: network,
      baseline: baseline
    )
  }
}

extension DimensionReducer {
  /// Checks the settings that no other room checks.
  func validate(for data: NumericDataset) throws(ApplicationError) {
    try requireSetting(
      (1...1 << 16).contains(dimensions),
      "the number of dimensions",
      "1 to 65536",
      dimensions
    )
    try learning.validate()
    if case .convolutional = architecture, data.kind != .images {
      try requireSetting(false, "the architecture", "dense for a table", "convolutional")
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
}
