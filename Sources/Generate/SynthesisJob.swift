internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTasksCommon
internal import HourglassTensors

/// One training run to generate, with everything chosen before it begins.
struct SynthesisJob: Sendable {
  private let synthesizer: Synthesizer
  private let data: Dataset
  private let items: RawItems
  private let split: RowSplit
  private let fields: SynthesisFields
  private let autoencoder: Autoencoder?
  private let classes: ItemClasses?
  private let run: TrainingRun

  /// The most latent vectors that a mixture is fitted to.
  private static let mixtureCodes = 16_000

  init(
    _ synthesizer: Synthesizer,
    _ data: Dataset,
    classes: ItemClasses? = nil,
    _ session: TrainingSession
  ) throws {
    try synthesizer.validate()
    try classes?.validate(for: data)
    self.synthesizer = synthesizer
    guard data.kind != .sounds else {
      throw TaskError.unsuitedKind(
        name: data.name,
        job: "generate from",
        expected: "a table, images or a time series",
        found: data.kind.phrase
      )
    }
    let given = try session.startingFields(
      SynthesisFields.self,
      of: FittedSynthesizer.application
    )
    let items = try RawItems(data, for: given?.encoding)
    split = RowSplit(count: items.count, seed: synthesizer.learning.seed)
    let type = try synthesizer.modelType(for: data, given)
    if type == .trees {
      let rows = Self.treeRows(split)
      var fields = try SynthesisFields(items, training: rows)
      fields.modelType = .trees
      (self.fields, self.items, self.data) = (fields, items, data)
      (self.classes, autoencoder) = (nil, nil)
      run = try Self.treeRun(synthesizer, data, fields, rows.count, session)
      return
    }
    var fields =
      try given?.beginning(in: items, training: split.training)
      ?? SynthesisFields(items, training: split.training)
    if case (.images(let images), .images(let decoded)) = (data, items) {
      self.classes = classes ?? ItemClasses(images)
      // Images are decoded once.
      self.data = .images(ImageSet(decoded, labels: images.labels))
    } else {
      self.classes = nil
      self.data = data
    }
    self.items = items
    fields.classNames = self.classes?.learnable(split.training)
    self.fields = fields
    let autoencoder = synthesizer.autoencoder(for: fields, learningCount: split.training.count)
    self.autoencoder = autoencoder
    let size =
      synthesizer.learning.batchSize
      ?? Defaults.synthesisBatchSize(
        for: autoencoder.encoder,
        learningCount: split.training.count
      )
    run = try TrainingRun(
      application: FittedSynthesizer.application,
      configuration: synthesizer,
      fields: fields,
      architecture: autoencoder,
      data: (data.name, data.fingerprint),
      itemCount: split.training.count,
      trainer: synthesizer.learning.trainer(
        for: fields.kind,
        learningCount: split.training.count,
        validation: split.validation,
        steps: Defaults.synthesisSteps(
          for: data.kind,
          valueCount: autoencoder.fields?.width ?? 0
        ),
        batchSize: size,
        optimizer: Defaults.synthesisOptimizer(
          for: autoencoder.encoder,
          learningCount: split.training.count,
          batchSize: size
        )
      ),
      session: session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedSynthesizer {
    guard let autoencoder else { return try await fittedTrees() }
    let engine = run.session.engine
    let rows = try EncodedRows(items, encoding: fields.encoding)
    let (network, record) = try await run.network(
      autoencoder,
      on: rows.selecting(split.seen),
      itemShape: rows.itemShape
    )
    let learned = rows.selecting(split.training)
    let model = SynthesisNetwork(
      fields: fields,
      network: network,
      codes: try await mixture(network, learned, on: engine),
      pixels: fields.kind == .images ? IndependentPixels(learned) : nil,
      classes: try await classCodes(network, rows, on: engine),
      windows: try await WindowCodes(
        fields.encoding,
        rows,
        training: split.training,
        network: network,
        on: engine
      )
    )
    let evaluator = SynthesisEvaluator(
      model: .network(model),
      seed: synthesizer.learning.seed,
      boundSize: BoundSize(
        samples: synthesizer.boundSamples,
        seen: record.epochs.count * split.training.count
      ),
      comparesWithBaselines: run.session.comparesWithBaselines,
      classes: classes
    )
    var evaluation = try await evaluator.evaluation(
      of: data,
      evaluated: split.report,
      learned: split.training,
      as: split.reportRows,
      on: engine
    )
    evaluation.warnings += [TrainingDiagnostics.budget(record)].compactMap { $0 }
    return FittedSynthesizer(
      configuration: synthesizer,
      core: try run.core(
        record,
        evaluation,
        stateTensors: Array(model.stateTensors.keys)
      ),
      model: .network(model)
    )
  }

  /// The rows that columns are binned by and trees grow on.
  private static func treeRows(_ split: RowSplit) -> [Int] {
    let all = split.withoutReport
    let count = min(all.count, Defaults.treeRows)
    return (0..<count).map { all[$0 * all.count / count] }
  }

  /// Grows trees, evaluates, and makes the model with its evaluation.
  private func fittedTrees() async throws -> FittedSynthesizer {
    let engine = run.session.engine
    guard case .table(let table) = items else { preconditionFailure("no table") }
    let rows = Self.treeRows(split)
    let (fields, seed, seconds) = (fields, synthesizer.learning.seed, synthesizer.learning.seconds)
    let trees = try await run.session.preparing {
      try await TableTrees(
        fields,
        learning: table.rows(rows),
        seconds: seconds,
        seed: seed,
        threads: engine.threads
      )
    }
    let evaluator = SynthesisEvaluator(
      model: .trees(trees),
      seed: synthesizer.learning.seed,
      boundSize: BoundSize(samples: nil, seen: 0),
      comparesWithBaselines: run.session.comparesWithBaselines
    )
    var evaluation = try await evaluator.evaluation(
      of: data,
      evaluated: split.report,
      learned: rows,
      as: split.reportRows == .trainedOn ? .trainedOn : .heldOut,
      on: engine
    )
    if rows.count < split.withoutReport.count {
      let some = NumberText.grouped(rows.count)
      let whole = NumberText.grouped(split.withoutReport.count)
      evaluation.notes.append("Trees grew on \(some) of \(whole) training rows, evenly spread.")
    }
    var header = run.header
    header.architecture = try JSONValue(encoding: trees.layout, file: "the model")
    return FittedSynthesizer(
      configuration: synthesizer,
      core: try run.core(header, evaluation),
      model: .trees(trees)
    )
  }

  /// The run of trees, which has no steps.
  private static func treeRun(
    _ synthesizer: Synthesizer,
    _ data: Dataset,
    _ fields: SynthesisFields,
    _ count: Int,
    _ session: TrainingSession
  ) throws -> TrainingRun {
    try TrainingRun(
      application: FittedSynthesizer.application,
      configuration: synthesizer,
      fields: fields,
      architecture: [String: Int](),
      data: (data.name, data.fingerprint),
      itemCount: count,
      trainer: synthesizer.learning.trainer(
        for: .table,
        learningCount: count,
        validation: ValidationSplit(fraction: 0.05, maximumCount: 1_000)
      ),
      session: session
    )
  }

  private func classCodes(
    _ network: FittedAutoencoder,
    _ rows: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> ClassCodes? {
    guard let classes else { return nil }
    return try await ClassCodes(
      classes,
      rows: split.training,
      network: network,
      seed: synthesizer.learning.seed,
      on: engine
    ) { rows.selecting($0) }
  }

  private func mixture(
    _ network: FittedAutoencoder,
    _ learned: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> CodeMixture? {
    let chosen = synthesizer.codes ?? (fields.kind == .images ? .prior : .mixture)
    guard chosen == .mixture else { return nil }
    let count = min(learned.count, Self.mixtureCodes)
    let seed = synthesizer.learning.seed
    let codes = try await network.codes(
      count: count,
      seed: seed,
      from: .posterior(learned),
      on: engine
    )
    return CodeMixture(
      fitting: codes,
      count: Defaults.mixtureCount(codes: count),
      seed: seed
    ).asSaved
  }
}

/// Checks how many latent vectors are drawn for an image, and for how many images.
func requireBoundSize(samples: Int?, images: Int? = nil) throws(TaskError) {
  for (name, value) in [("latent vectors", samples), ("images", images)] {
    guard let value else { continue }
    try requireSetting(
      (1...1_000_000).contains(value),
      "the number of \(name) for the bound",
      "1 to 1000000",
      value
    )
  }
}

extension Synthesizer {
  /// What the distribution of some data is learned by.
  ///
  /// - Parameter start: The fields of the model that training starts from.
  /// - Throws: `unsuitedKind` for trees of other data than a table, `invalidSetting` for trees with settings of
  ///   a network or a model to start from.
  func modelType(for data: Dataset, _ start: SynthesisFields?) throws(TaskError) -> ModelType {
    let ofNetwork =
      latent != nil || architecture != nil || beta != nil || codes != nil
      || learning.epochs != nil || learning.batchSize != nil || learning.learningRate != nil
    if start?.modelType == .trees {
      throw .invalidSetting(
        name: "the model that training starts from",
        expected: "a variational autoencoder",
        found: "trees, which are grown anew"
      )
    }
    guard let modelType else {
      return data.kind == .table && !ofNetwork && start == nil ? .trees : .vae
    }
    guard modelType == .trees else { return .vae }
    guard data.kind == .table else {
      throw .unsuitedKind(
        name: data.name,
        job: "grow trees on",
        expected: "a table",
        found: data.kind.phrase
      )
    }
    guard !ofNetwork, start == nil else {
      throw .invalidSetting(
        name: "the model type",
        expected:
          "vae with settings of a network, its epochs or its batches, or with a model to start from",
        found: "trees"
      )
    }
    return .trees
  }

  /// Checks the settings that no other room checks.
  func validate() throws(TaskError) {
    if let latent {
      try requireSetting(
        (1...4_096).contains(latent),
        "the number of latent dimensions",
        "1 to 4096",
        latent
      )
    }
    if let beta {
      try requireSetting(beta > 0 && beta.isFinite, "beta", "above 0", beta)
    }
    try requireBoundSize(samples: boundSamples)
    try learning.validate()
  }

  /// The network, with everything chosen.
  func autoencoder(for fields: SynthesisFields, learningCount: Int) -> Autoencoder {
    let kind = fields.kind
    let encoding = fields.encoding
    let values = encoding.layout?.count ?? encoding.valueCount
    var objective = Objective.likelihood(.gaussianLearnedVariance)
    if case .images(let images) = encoding {
      objective = .likelihood(
        images.channels == 1 ? .bernoulli : .discretizedLogistic(levels: 256)
      )
    }
    return Autoencoder(
      encoder: architecture
        ?? Defaults.synthesisArchitecture(
          for: kind,
          itemShape: encoding.itemShape,
          learningCount: learningCount
        ),
      bottleneck: .gaussian(
        latent: latent ?? Defaults.synthesisLatent(for: kind, valueCount: values),
        beta: beta ?? Defaults.synthesisBeta(for: kind)
      ),
      objective: objective,
      fields: encoding.layout,
      binarization: fields.isInk ? .dynamic : nil
    )
  }
}
