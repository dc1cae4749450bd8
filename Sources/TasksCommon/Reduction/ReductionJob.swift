/// One training run of a dimensionality reduction, with everything chosen before it begins.
package struct ReductionJob: Sendable {
  private let reducer: DimensionReducer
  private let dataName: String
  private let items: ReductionItems
  private let encoding: ItemEncoding
  private let autoencoder: Autoencoder
  private let run: TrainingRun

  package init(
    _ reducer: DimensionReducer,
    _ data: Dataset,
    _ session: TrainingSession,
    application: String = FittedDimensionReducer.application,
    corruption: Corruption = .none,
    decoder: Architecture? = nil,
    configuration: (any Encodable & Sendable)? = nil,
    effort: Double = 1
  ) throws {
    try reducer.validate(for: data)
    self.reducer = reducer
    dataName = data.name
    items = try ReductionItems(
      data,
      seed: reducer.learning.seed,
      scaling: reducer.scaling,
      encoding: session.startingFields(ItemEncoding.self, of: application)
    )
    encoding = items.encoding
    var autoencoder = reducer.autoencoder(for: encoding, variance: items.variance)
    autoencoder.corruption = corruption
    autoencoder.decoder = decoder
    self.autoencoder = autoencoder
    let settings: any Encodable = configuration ?? reducer
    run = try TrainingRun(
      application: application,
      configuration: settings,
      fields: encoding,
      architecture: autoencoder,
      data: (data.name, data.fingerprint),
      itemCount: items.learningCount,
      trainer: reducer.trainer(items, of: data.kind, effort: effort),
      session: session
    )
  }

  /// The header of a checkpoint.
  package var header: ModelHeader { run.header }

  /// Trains, evaluates, and makes the model.
  ///
  /// - Parameter model: One with another number of dimensions, whose weights are the start.
  package func fitted(from model: FittedDimensionReducer? = nil) async throws
    -> FittedDimensionReducer
  {
    let engine = run.session.engine
    let (principal, source) = try await run.session.preparing {
      (
        try await PrincipalComponents(
          of: FilledValues(items.principal),
          count: autoencoder.latent,
          on: engine
        ),
        try await items.learning(run.session, reducer.preserves)
      )
    }
    let baseline = ReductionBaseline(principal)
    try await run.session.preparing { try await tell(baseline) }
    let (network, record) = try await run.network(
      autoencoder,
      try autoencoder.started(from: baseline, model, itemShape: encoding.itemShape),
      on: source,
      itemShape: encoding.itemShape
    )
    let evaluator = ReductionEvaluator(network: network, baseline: baseline, encoding: encoding)
    var evaluation = try await evaluator.evaluation(
      items.evaluated,
      of: dataName,
      as: items.evaluatedKind,
      on: engine
    )
    evaluation.warnings += try await warnings(network, record)
    return FittedDimensionReducer(
      configuration: reducer,
      core: try run.core(record, evaluation, stateTensors: Array(baseline.tensors.keys)),
      encoding: encoding,
      network: network,
      baseline: baseline
    )
  }

  /// Says how well the baselines do on the held-out items, by which the training's own error is evaluated.
  private func tell(_ baseline: ReductionBaseline) async throws {
    guard let take = run.session.takeBaseline, run.session.comparesWithBaselines,
      autoencoder.corruption == .none
    else { return }
    let errors = try await baseline.errors(of: items.evaluated, on: run.session.engine)
    for (name, values) in [("PCA", errors.principalComponents), ("mean", errors.means)] {
      let mean = values.reduce(0, +) / Double(max(values.count, 1))
      if mean.isFinite { take(TrainingBaseline(name, squaredError: mean)) }
    }
  }

  private func warnings(
    _ network: FittedAutoencoder,
    _ record: HourglassAutoencoders.TrainingRecord
  ) async throws -> [String] {
    let engine = run.session.engine
    var warnings = TrainingDiagnostics.warnings(
      record,
      codes: try await network.encode(items.evaluated, on: engine),
      evaluated: items.evaluated,
      learned: items.principal,
      split: items.evaluatedKind,
      noun: encoding.kind == .sounds ? "patches" : encoding.kind.nouns.many
    )
    if case .table(let table) = encoding {
      let reconstructed = try await network.reconstruct(items.evaluated, on: engine)
      let dominance = TrainingDiagnostics.dominance(
        items.evaluated.squaredErrors(of: reconstructed),
        names: table.fields.map(\.column)
      )
      warnings += [dominance].compactMap(\.self)
    }
    return warnings
  }
}

extension DimensionReducer {
  /// Checks the settings that no other room checks.
  package func validate(for data: Dataset) throws(TaskError) {
    let kind = data.kind
    try requireSetting(
      (1...1 << 16).contains(dimensions),
      "the number of dimensions",
      "1 to 65536",
      dimensions
    )
    try learning.validate()
    if case .convolutional = architecture, kind == .table {
      try requireSetting(false, "the architecture", "dense for a table", "convolutional")
    }
    if case .patches = architecture {
      try requireSetting(
        false,
        "the architecture of a reduction",
        "dense or convolutional; patches are for features",
        "patches"
      )
    }
    if case .neighbors(let count, let weight) = preserves {
      try validate(neighbors: count, weight, of: data)
    }
  }

  private func validate(
    neighbors count: Int,
    _ weight: Float,
    of data: Dataset
  ) throws(TaskError) {
    try requireSetting(
      (1...1_000).contains(count),
      "the number of neighbors",
      "1 to 1000",
      count
    )
    try requireSetting(
      weight >= 0 && weight.isFinite,
      "the weight of neighbors",
      "at least 0",
      weight
    )
    let limit = NeighborContrast.latentLimit
    try requireSetting(
      dimensions <= limit,
      "the number of dimensions that preserve neighbors",
      "1 to \(limit); in more, preserve values",
      dimensions
    )
    guard case .table(let table) = data, !table.isInMemory else { return }
    try requireSetting(
      false,
      "what is preserved of \(table.name), a table that is not held in memory,",
      "values, or the table in memory",
      "neighbors"
    )
  }

  /// The network, with everything chosen, for items of a variance summed over their values.
  package func autoencoder(
    for encoding: ItemEncoding,
    variance: @autoclosure () -> Double
  ) -> Autoencoder {
    let objective = objective ?? .squaredError
    let output =
      outputActivation
      ?? Defaults.outputActivation(for: encoding.kind, objective: objective)
    return Autoencoder(
      encoder: architecture ?? automaticArchitecture(for: encoding),
      bottleneck: .deterministic(latent: dimensions),
      latentActivation: codeActivation,
      outputActivation: output,
      objective: objective,
      fields: encoding.layout,
      // Values of images have bounds that a linear map does not keep.
      hasLinearPath: output == .identity && codeActivation == .identity,
      pairTerm: neighborContrast(variance: variance())
    )
  }

  /// How the network is trained, with everything chosen.
  ///
  /// - Parameter effort: The part of the usual number of steps to make.
  package func trainer(_ items: ReductionItems, of kind: DataKind, effort: Double = 1) -> Trainer {
    var learning = learning
    var steps: Int?
    if case .neighbors = preserves {
      let count = items.learningCount
      learning.batchSize =
        learning.batchSize ?? Defaults.neighborBatchSize(learningCount: count)
      if optimizer == nil {
        learning.learningRate = learning.learningRate ?? Defaults.neighborLearningRate
      }
      steps = Defaults.neighborSteps
    }
    if effort < 1 {
      steps = max(Int(Double(steps ?? Defaults.steps(for: kind)) * effort), 1)
    }
    return learning.trainer(
      for: kind,
      learningCount: items.learningCount,
      validation: items.validation,
      steps: steps,
      optimizer: optimizer
    )
  }

  /// The layers that are taken where none are given.
  private func automaticArchitecture(for encoding: ItemEncoding) -> Architecture {
    if case .neighbors = preserves {
      return Defaults.neighborArchitecture(
        for: encoding.kind,
        valueCount: encoding.valueCount
      )
    }
    return Defaults.denseArchitecture(
      for: encoding.kind,
      valueCount: encoding.valueCount
    )
  }

  private func neighborContrast(variance: @autoclosure () -> Double) -> NeighborContrast? {
    guard case .neighbors(_, let weight) = preserves else { return nil }
    // Data with a value that is not finite are refused where training meets it.
    let variance = variance()
    let scale = variance.isFinite ? Float(min(max(variance, 1e-6), 1e30)) : 1
    return NeighborContrast(weight: weight * scale)
  }
}

extension Autoencoder {
  /// The network with a start at principal components, where it has a linear path.
  ///
  /// A missing value has no part in the latent vector, as if it were at its mean. The parameters of
  /// categories, which are logarithms of frequencies, start at those in the data.
  ///
  /// - Parameter model: One with another number of dimensions, whose weights are taken as far as they fit.
  package func started(
    from baseline: ReductionBaseline,
    _ model: FittedDimensionReducer?,
    itemShape: Shape
  ) throws -> any Learner {
    let fresh = try linearStart(from: baseline, itemShape: itemShape)
    guard let model else {
      return fresh.isEmpty ? self : StartedLearner(self, start: fresh)
    }
    let shapes = try evaluationGraph(GraphShapes(item: itemShape, batch: 1)).variableShapes
    return StartedLearner(self, start: model.start(over: fresh, shapes: shapes))
  }

  private func linearStart(
    from baseline: ReductionBaseline,
    itemShape: Shape
  ) throws -> [String: Tensor] {
    guard hasLinearPath, objective.outputsPerValue == 1 else { return [:] }
    let (count, width) = (baseline.components.shape[0], baseline.means.shape[0])
    let inputs = itemShape.elementCount
    let (means, components) = (baseline.means.scalars, baseline.components.scalars)
    var encoder = Tensor.zeros([latent, inputs])
    var constant = Tensor.zeros([latent])
    var decoder = Tensor.zeros([width, latent])
    var start = baseline.means
    for row in 0..<min(count, latent) {
      for value in 0..<width {
        encoder[flat: row * inputs + value] = components[row * width + value]
        decoder[flat: value * latent + row] = components[row * width + value]
      }
      if let fields {
        for (field, range) in fields.ranges.enumerated() {
          let part = range.reduce(Float(0)) { $0 + components[row * width + $1] * means[$1] }
          encoder[flat: row * inputs + width + field] = -part
        }
      } else {
        constant[flat: row] = -(0..<width).reduce(Float(0)) {
          $0 + components[row * width + $1] * means[$1]
        }
      }
    }
    if let fields {
      for (field, range) in zip(fields.fields, fields.ranges) where !field.holdsNumbers {
        for value in range {
          start[flat: value] = log(max(means[value], 1e-4))
          for row in 0..<latent { decoder[flat: value * latent + row] = 0 }
        }
      }
    }
    let coding = LinearCoding(encoder: (encoder, constant), decoder: (decoder, start))
    return try self.start(from: coding, itemShape: itemShape)
  }
}
