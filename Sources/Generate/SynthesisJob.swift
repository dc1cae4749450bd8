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
  private let split: RowSplit
  private let fields: SynthesisFields
  private let autoencoder: Autoencoder
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
    if case .images(let images) = data {
      self.classes = classes ?? ItemClasses(images)
    } else {
      self.classes = nil
    }
    // Images are decoded once.
    if case .images(let images) = data {
      self.data = .images(ImageSet(try images.uniform(), labels: images.labels))
    } else {
      self.data = data
    }
    let seed = synthesizer.learning.seed
    split = RowSplit(count: data.count, seed: seed)
    let given = try session.startingFields(
      SynthesisFields.self,
      of: FittedSynthesizer.application
    )
    if let given, given.kind != data.kind {
      throw TaskError.otherKind(
        name: data.name,
        expected: given.kind.nouns.many,
        found: data.kind.nouns.many
      )
    }
    var fields = try given ?? SynthesisFields(learning: self.data, rows: split.training)
    fields.classNames = self.classes?.learnable(split.training)
    self.fields = fields
    autoencoder = synthesizer.autoencoder(for: fields, learningCount: split.training.count)
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
        steps: Defaults.synthesisSteps(for: fields.kind),
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
    let engine = run.session.engine
    let blank = SynthesisSources(fields: fields)
    let (network, record) = try await run.network(
      autoencoder,
      on: try blank.source(data, rows: split.seen),
      itemShape: fields.itemShape
    )
    let learned = try blank.source(data, rows: split.training)
    let model = SynthesisNetwork(
      fields: fields,
      network: network,
      codes: try await mixture(network, learned, on: engine),
      pixels: fields.kind == .images ? IndependentPixels(learned) : nil,
      classes: try await classCodes(network, blank, on: engine)
    )
    let evaluator = SynthesisEvaluator(
      model: model,
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
      model: model
    )
  }

  private func classCodes(
    _ network: FittedAutoencoder,
    _ sources: SynthesisSources,
    on engine: ComputeEngine
  ) async throws -> ClassCodes? {
    guard let classes else { return nil }
    return try await ClassCodes(
      classes,
      rows: split.training,
      network: network,
      seed: synthesizer.learning.seed,
      on: engine
    ) { try sources.source(data, rows: $0) }
  }

  private func mixture(
    _ network: FittedAutoencoder,
    _ learned: any BatchSource,
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

/// Items of data as a network takes them.
struct SynthesisSources: Sendable {
  let fields: SynthesisFields

  /// The items of some rows.
  func source(_ data: Dataset, rows: [Int]? = nil) throws -> any BatchSource {
    switch (fields, data) {
    case (.table(let columns), .table(let table)):
      return try OneHotRows(table.whole(), rows: rows, columns: columns)
    case (.images(let fields), .images(let images)):
      return try ScaledImageSource(try images.uniform(), rows: rows, fields: fields)
    case (.series(let fields), .series(let series)):
      return try WindowRows(series.whole(), windows: rows, fields: fields)
    default:
      throw TaskError.otherKind(
        name: data.name,
        expected: fields.kind.plural,
        found: data.kind.plural
      )
    }
  }
}

extension SynthesisFields {
  /// Fits the fields to some items of data.
  init(learning data: Dataset, rows: [Int]) throws {
    switch data {
    case .table(let data):
      let table = data.sample
      for column in table.columns {
        guard let row = (0..<column.count).first(where: { column.number($0)?.isFinite == false })
        else { continue }
        throw DatasetError.valueNotFinite(
          name: "\(table.name), column \(column.name)",
          item: row + 1
        )
      }
      let columns = table.columns.map { ColumnBins(learning: $0, rows: rows) }
      guard columns.contains(where: { $0.count > 0 }), !rows.isEmpty else {
        throw DatasetError.table(
          .nothingToLearn(path: table.name, ignoredColumns: table.columns.map(\.name))
        )
      }
      guard columns.contains(where: { $0.count > 1 }) else {
        throw TaskError.nothingVaries(name: table.name, rows: rows.count)
      }
      self = .table(columns)
    case .images(let images):
      let uniform = try images.uniform()
      let first = rows.first.map { uniform.item($0) }
      guard let first, rows.contains(where: { uniform.item($0) != first }) else {
        throw TaskError.nothingVaries(name: images.name, rows: rows.count)
      }
      self = .images(ImageFields(uniform, rows: rows))
    case .series(let series): self = .series(try SeriesFields(series.sample, windows: rows))
    case .sounds(let sounds):
      throw TaskError.unsuitedKind(
        name: sounds.name,
        job: "generate from",
        expected: "a table, images or a time series",
        found: "sounds"
      )
    }
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
    let values = fields.layout?.count ?? fields.itemShape.elementCount
    var objective = Objective.likelihood(.gaussianLearnedVariance)
    var isBinarized = false
    if case .images(let images) = fields {
      objective = .likelihood(
        images.channels == 1 ? .bernoulli : .discretizedLogistic(levels: 256)
      )
      isBinarized = images.isInk
    }
    return Autoencoder(
      encoder: architecture
        ?? Defaults.synthesisArchitecture(
          for: kind,
          itemShape: fields.itemShape,
          learningCount: learningCount
        ),
      bottleneck: .gaussian(
        latent: latent ?? Defaults.synthesisLatent(for: kind, valueCount: values),
        beta: beta ?? Defaults.synthesisBeta(for: kind)
      ),
      objective: objective,
      fields: fields.layout,
      binarization: isBinarized ? .dynamic : nil
    )
  }
}
