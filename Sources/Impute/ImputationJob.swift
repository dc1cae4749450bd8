internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// One training run to fill cells, with everything chosen before it begins.
struct ImputationJob: Sendable {
  private let imputer: Imputer
  private let data: ImputationData
  private let fields: ImputedFields
  private let evaluator: ImputationEvaluator
  private let autoencoder: Autoencoder
  private let runs: [TrainingRun]
  /// How trees are grown; none for series.
  private let treePlan: TreePlan?

  init(_ imputer: Imputer, _ data: ImputationData, _ session: TrainingSession) throws {
    try imputer.validate()
    self.imputer = imputer
    self.data = data
    fields =
      try session.startingFields(ImputedFields.self, of: FittedImputer.application)
      ?? ImputedFields(data)
    let columns = fields.columns
    evaluator = ImputationEvaluator(
      data,
      encoding: columns,
      rows: try fields.rows(of: data),
      seed: imputer.learning.seed
    )
    autoencoder = imputer.autoencoder(for: columns.layout, window: fields.window)
    treePlan =
      data.groups == nil && imputer.usesTrees
      ? TreePlan(
        rowCount: evaluator.rows.count,
        layout: evaluator.rows.layout,
        seconds: imputer.learning.seconds
      ) : nil
    let source = Self.items(evaluator.left, data, fields)
    var runs: [TrainingRun] = []
    for member in 0..<imputer.members {
      var learning = imputer.learning
      learning.seed &+= UInt64(member)
      // Trees take up to a quarter of the time, see `TreePlan`.
      let share = treePlan == nil ? 1 : 0.75
      learning.seconds = learning.seconds.map { share * $0 / Double(imputer.members) }
      let validation = ValidationSplit(fraction: 0.1, maximumCount: 1_000)
      var session = session
      // Each network but the first keeps its state beside the first one's.
      if member > 0 { session.checkpoint = session.checkpoint.map { "\($0).\(member + 1)" } }
      var run = try TrainingRun(
        application: FittedImputer.application,
        configuration: imputer,
        fields: fields,
        architecture: autoencoder,
        data: (data.name, data.fingerprint),
        itemCount: source.count,
        trainer: learning.trainer(
          for: data.groups == nil ? .table : .series,
          learningCount: source.count - validation.heldOutCount(of: source.count),
          validation: validation,
          steps: Defaults.imputationSteps(itemCount: source.count),
          optimizer: Defaults.imputationOptimizer
        ),
        session: session
      )
      run.startPrefix = FittedImputer.State.memberPrefix(member)
      runs.append(run)
    }
    self.runs = runs
  }

  /// The header of a checkpoint.
  var header: ModelHeader { runs[0].header }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedImputer {
    let engine = runs[0].session.engine
    let source = Self.items(evaluator.left, data, fields)
    var members: [FittedAutoencoder] = []
    var record: HourglassAutoencoders.TrainingRecord?
    for run in runs {
      let learned = try await run.network(autoencoder, on: source, itemShape: source.itemShape)
      record = record ?? learned.record
      members.append(learned.network)
    }
    for run in runs.dropFirst() {
      if let checkpoint = run.session.checkpoint { try CheckpointFile.remove(checkpoint) }
    }
    guard let record else { throw TrainingError.noItems }
    let evaluated = try predictor(members, evaluator.left)
    let plan = treePlan
    let outcome = try await evaluator.evaluate(
      evaluated,
      on: engine,
      passes: plan?.passes ?? 0,
      growing: plan.map { plan in
        { try await trees(of: evaluated, evaluator.left, after: $0, $1, plan, engine) }
      }
    )
    var final = try self.predictor(members, evaluator.rows)
    final.trees = outcome.trees
    if let plan, plan.isGrownAgain, let trees = outcome.trees {
      let grown = try await self.trees(
        of: final,
        evaluator.rows,
        after: trees,
        trees.fillings,
        plan,
        engine
      )
      final.trees = grown ?? trees
    }
    let predictor = final.without(outcome.blend)
    var evaluation = outcome.evaluation
    evaluation.warnings += [TrainingDiagnostics.budget(record)].compactMap { $0 }
    if let neighbors = predictor.predictor.neighbors {
      evaluation.notes.append(
        "The model contains \(NumberText.counted(neighbors.reference.count, "row")) of the data, for the "
          + "nearest neighbors."
      )
    }
    var fields = fields
    fields.unfilled = imputer.fillsRemarks ? [] : outcome.remarks.names
    if !imputer.fillsRemarks {
      evaluation.warnings += [outcome.remarks.warning(for: data.table)].compactMap(\.self)
    }
    let state = FittedImputer.State(
      fields: fields,
      predictor: predictor.predictor,
      blend: predictor.blend,
      uncertainty: outcome.uncertainty
    )
    var core = try runs[0].core(
      record,
      evaluation,
      stateTensors: state.stateNames,
      keptItemCount: predictor.predictor.neighbors?.reference.count ?? 0
    )
    core.header.fields = try JSONValue(encoding: fields, file: "the model")
    return FittedImputer(configuration: imputer, core: core, state: state)
  }

  /// The rows, or the windows of a series, that the networks are trained on.
  private static func items(
    _ rows: EncodedTable,
    _ data: ImputationData,
    _ fields: ImputedFields
  ) -> EncodedRows {
    guard let groups = data.groups, let window = fields.window else { return EncodedRows(rows) }
    return CellWindows(groups: groups, window: window, stride: max(window / 16, 1)).items(of: rows)
  }

  private func trees(
    of predictor: CellPredictor,
    _ rows: EncodedTable,
    after earlier: ColumnTrees?,
    _ fillings: [CellBlend],
    _ plan: TreePlan,
    _ engine: ComputeEngine
  ) async throws -> ColumnTrees? {
    try await predictor.treesGrown(
      on: rows,
      after: earlier,
      fillings: fillings,
      plan: plan,
      seed: imputer.learning.seed,
      on: engine
    )
  }

  private func predictor(
    _ members: [FittedAutoencoder],
    _ rows: EncodedTable
  ) throws -> CellPredictor {
    let means = FieldMeans(rows)
    let isTable = data.groups == nil
    let kept = Defaults.keptRows(width: rows.width)
    return CellPredictor(
      members: members,
      window: fields.window,
      means: means,
      regression: isTable && imputer.usesRegression && rows.fieldCount > 1
        ? try ChainedRegression(learning: rows, means: means) : nil,
      neighbors: isTable && imputer.usesNeighbors && rows.fieldCount > 1
        ? NearestRows(rows.thinned(to: kept)) : nil
    )
  }
}

extension CellPredictor {
  /// The predictor and the blend without nearest rows that hardly count, so that a model keeps none.
  fileprivate func without(_ blend: CellBlend) -> (predictor: CellPredictor, blend: CellBlend) {
    guard let place = parts.firstIndex(of: Self.neighborsName), neighbors != nil else {
      return (self, blend)
    }
    let blends = [blend] + (trees?.fillings ?? [])
    guard blends.allSatisfy({ ($0.weights + ($0.alone ?? [])).allSatisfy { $0[place] < 0.02 } })
    else {
      return (self, blend)
    }
    return (
      CellPredictor(
        members: members,
        window: window,
        means: means,
        regression: regression,
        neighbors: nil,
        trees: trees.map {
          ColumnTrees(
            ensembles: $0.ensembles,
            fillings: $0.fillings.map { $0.without(place) }
          )
        }
      ), blend.without(place)
    )
  }
}

extension Imputer {
  /// The network, with everything chosen.
  func autoencoder(for layout: FeatureSchema, window: Int?) -> Autoencoder {
    let width = layout.width * (window ?? 1)
    // Gaps of a series are long: most of a window is hidden now and then.
    let most = window == nil ? hidden.greatest : max(0.9, hidden.greatest)
    return Autoencoder(
      encoder: architecture ?? Defaults.imputationArchitecture(width: width),
      bottleneck: .deterministic(latent: latent ?? min(max(width, 64), 256)),
      corruption: .hiding(lower: hidden.least, upper: most),
      fields: window.map { FeatureSchema.numbers(layout.count * $0) } ?? layout,
      fieldWeights: Autoencoder.FieldWeights(hidden: 1, visible: 0)
    )
  }
}
