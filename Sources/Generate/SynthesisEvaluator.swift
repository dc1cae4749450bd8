internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// Measures how alike generated items are to real ones.
struct SynthesisEvaluator: Sendable {
  let model: SynthesisModel
  /// Where the random numbers of the evaluation come from.
  let seed: UInt64
  /// How many latent vectors and images bound the probability of images.
  let boundSize: BoundSize
  /// Whether trivial means are evaluated too.
  var comparesWithBaselines = true
  /// The classes of the items of the data, where they are known.
  var classes: ItemClasses?

  /// The rows of a table that are generated to be evaluated.
  private static let generatedCount = 5_000
  /// The cells of a table that are generated to be evaluated.
  private static let generatedCells = 2_000_000

  /// Evaluates the model by some items of data.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - evaluated: The items to evaluate by; `nil` is all.
  ///   - learned: The items that were trained on, where they are at hand.
  ///   - split: What the evaluated items are to the model.
  func evaluation(
    of data: Dataset,
    evaluated: [Int]?,
    learned: [Int]?,
    as split: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws -> Evaluation {
    let count = try evaluated?.count ?? RawItems(data, for: model.fields.encoding).count
    var evaluation = Evaluation(
      title: split.title(count, model.fields.kind.nouns, of: data.name),
      split: split,
      itemCount: count,
      tables: [],
      notes: notes
    )
    switch (data, model.fields.encoding) {
    case (.table(let rows), _):
      let table = try rows.whole()
      let real = evaluated.map { table.rows($0) } ?? table
      let learned = learned.map { table.rows($0) }
      try await add(real, learned: learned, to: &evaluation, on: engine)
    case (.series(let series), .series(let encoding)):
      try await add(series.whole(), encoding, evaluated, learned, to: &evaluation, on: engine)
    case (.images, _):
      let network = try model.requireNetwork(to: "bound the probability of images by")
      let source = try network.source(data, rows: evaluated)
      try await addBounds(of: source, by: network, to: &evaluation, on: engine)
      if let learned, let evaluated {
        evaluation.tables += [
          try await agreement(data, evaluated: evaluated, learned: learned, on: engine)
        ].compactMap(\.self)
      }
    default: break
    }
    if case .network(let network) = model {
      let source = try network.source(data, rows: evaluated)
      let active = try await network.network.encode(source, on: engine).activeUnits
      evaluation.tables.append(latentTable(network, active: active))
      if active == 0 {
        evaluation.warnings.append(
          "no latent unit is active: all new items are alike. Train longer"
        )
      }
    }
    if split == .trainedOn {
      evaluation.warnings.append(
        "no item was held out: copies of training items cannot be detected"
      )
    }
    return evaluation
  }

  /// The distribution of latent vectors, and how many of their dimensions are active.
  private func latentTable(_ model: SynthesisNetwork, active: Int) -> Evaluation.Table {
    let names = ["dimensions", "active units", "mixture components"]
    return Evaluation.Table(
      "Latent vectors, drawn from "
        + (model.codes == nil
          ? "the standard normal distribution" : "a mixture of normal distributions"),
      metrics: names.map { Evaluation.Metric($0, better: .neither, format: .fixed(0)) },
      methods: [
        Evaluation.Method(
          "autoencoder",
          [Double(model.latent), Double(active), model.codes.map { Double($0.count) }]
        )
      ]
    )
  }

  // MARK: Tables

  private func add(
    _ real: Table,
    learned: Table?,
    to evaluation: inout Evaluation,
    on engine: ComputeEngine
  ) async throws {
    let columns = max(real.columns.count, 1)
    let count = min(Self.generatedCount, max(Self.generatedCells / columns, 200))
    let generated = try await model.newTable(count, seed: seed, on: engine)
    var others: [(String, Table)] = []
    if case .network(let network) = model {
      if network.codes != nil {
        others.append(
          (Self.priorName, try await network.newTable(count, seed: seed, isPrior: true, on: engine))
        )
      }
      if comparesWithBaselines, let learned {
        let trees = try await TableTrees(
          network.fields,
          learning: learned,
          seconds: nil,
          seed: seed,
          threads: engine.threads
        )
        others.append(("trees", try await trees.newTable(count, seed: seed)))
      }
    }
    try addScores(of: generated, others: others, real: real, learned: learned, to: &evaluation)
    guard let learned else { return }
    evaluation.warnings += TableValidity.problems(of: generated, against: learned).prefix(5)
      .map { "invalid generated cells: \($0)" }
    let distances = try DistanceToClosestRecord(
      generated: generated,
      heldOut: real,
      learned: learned
    )
    evaluation.tables.append(distances.table)
    if let membership = distances.membership {
      evaluation.tables.append(membership.table)
    }
    if distances.rareLevels > 0 {
      evaluation.notes.append(
        "\(distances.leakedLevels) of \(distances.rareLevels) levels of fewer than 5 training rows occur "
          + "in generated rows."
      )
    }
  }

  private func add(
    _ series: SeriesSet,
    _ encoding: SeriesEncoding,
    _ evaluated: [Int]?,
    _ learned: [Int]?,
    to evaluation: inout Evaluation,
    on engine: ComputeEngine
  ) async throws {
    let numbers = try encoding.numbers(of: series)
    // Only windows of full length, whose steps are known.
    func windows(_ places: [Int]) -> Table {
      let whole = places.filter { series.range(of: $0).count == encoding.window }
      return encoding.lagged(
        numbers.rows(whole.flatMap { Array(series.range(of: $0)) }),
        count: whole.count
      )
    }
    let count = max(Self.generatedCount / encoding.window, 64)
    let network = try model.requireNetwork(to: "make windows by")
    func made(isPrior: Bool) async throws -> Table {
      try await network.newTable(count, seed: seed, isPrior: isPrior, isWhole: true, on: engine)
    }
    func lagged(_ table: Table) throws -> Table {
      encoding.lagged(try table.selecting(encoding.names), count: count)
    }
    let generated = try await made(isPrior: false)
    let real = evaluated ?? Array(0..<series.count)
    try addScores(
      of: try lagged(generated),
      others: network.codes == nil
        ? [] : [(Self.priorName, try lagged(try await made(isPrior: true)))],
      real: windows(real),
      learned: learned.map(windows),
      to: &evaluation
    )
    addCycle(of: generated, series, numbers, encoding, real, learned, to: &evaluation)
  }

  /// Adds the means of channels by the hour, the weekday or the month of the times of windows.
  private func addCycle(
    of generated: Table,
    _ series: SeriesSet,
    _ numbers: Table,
    _ encoding: SeriesEncoding,
    _ real: [Int],
    _ learned: [Int]?,
    to evaluation: inout Evaluation
  ) {
    guard let cycle = TimeCycle(encoding.beginnings),
      let name = encoding.beginnings?.time?.name, let times = generated[column: name],
      let clock = series.table[column: series.timeColumn]
    else { return }
    func means(_ windows: [Int]) -> CycleMeans {
      let rows = windows.flatMap { Array(series.range(of: $0)) }
      return CycleMeans(cycle, of: numbers.columns.map { $0.rows(rows) }, at: clock.rows(rows))
    }
    let channels = encoding.names.compactMap { generated[column: $0] }
    let count = times.count / encoding.window
    var order = Array(0..<count)
    Permutation.shuffle(&order, seed: seed, purpose: 0x7469_6d65, number: 0)
    let moved = order.flatMap { Array($0 * encoding.window..<($0 + 1) * encoding.window) }
    evaluation.tables += means(real).tables(
      encoding.names,
      generated: CycleMeans(cycle, of: channels, at: times),
      random: CycleMeans(cycle, of: channels, at: times.rows(moved)),
      learned: comparesWithBaselines ? learned.map(means) : nil,
      model: model.name
    )
  }

  private static let priorName = "latent vectors from the prior"

  private func addScores(
    of generated: Table,
    others: [(name: String, table: Table)],
    real: Table,
    learned: Table?,
    to evaluation: inout Evaluation
  ) throws {
    let isSeries = model.fields.kind == .series
    evaluation.title +=
      ", \(NumberText.grouped(generated.rowCount)) generated \(model.fields.kind.nouns.many)"
    let trends = Evaluation.Metric("pair trends", better: .higher, format: .fixed(3))
    var methods: [Evaluation.Method] = []
    func add(_ name: String, _ table: Table, isBaseline: Bool = false) throws -> TableSimilarity {
      let similarity = try TableSimilarity(of: table, to: real)
      var scores = [similarity.columnShapes, similarity.pairTrends, similarity.pairs.first?.score]
      if !isSeries {
        scores.append(
          try RowDetection.areaUnderROC(of: table, among: real, model.fields, seed: seed)
        )
      }
      methods.append(Evaluation.Method(name, isBaseline: isBaseline, scores))
      return similarity
    }
    let own = try add(model.name, generated)
    for other in others {
      _ = try add(other.name, other.table, isBaseline: other.name != Self.priorName)
    }
    if comparesWithBaselines {
      let name = isSeries ? "independent steps" : "independent columns"
      let independent = (learned ?? real).mixedUp(seed: seed)
      let other = try add(name, independent, isBaseline: true)
      if let learned {
        _ = try add(isSeries ? "training windows" : "training rows", learned, isBaseline: true)
      }
      evaluation.verdict = try verdict(
        trends,
        against: name,
        advantage: own.pairTrends - other.pairTrends,
        pairs: own.pairs.count,
        tables: (generated, independent, real),
        split: evaluation.split
      )
    }
    func weakest(_ title: String, _ metric: String, _ rows: [(String, Double)]) {
      evaluation.tables.append(
        Evaluation.Table(
          title,
          metrics: [Evaluation.Metric(metric, better: .higher, format: .fixed(3))],
          methods: rows.prefix(3).map { Evaluation.Method($0.0, [$0.1]) }
        )
      )
    }
    evaluation.tables.append(
      Evaluation.Table(
        metrics: [
          Evaluation.Metric("column shapes", better: .higher, format: .fixed(3)), trends,
          Evaluation.Metric("worst pair", better: .higher, format: .fixed(3)),
        ]
          + (isSeries
            ? [] : [Evaluation.Metric("detection AUROC", better: .lower, format: .fixed(3))]),
        methods: methods
      )
    )
    weakest("Least similar columns", "column shape", own.columns.map { ($0.name, $0.score) })
    weakest(
      "Least similar pairs",
      "pair trend",
      own.pairs.map { ("\($0.first), \($0.second)", $0.score) }
    )
  }

  /// Whether the columns of generated rows go together better than independent ones do.
  ///
  /// The interval is taken on so few rows that it costs less than the scores themselves, and is a little too
  /// wide then.
  private func verdict(
    _ metric: Evaluation.Metric,
    against baseline: String,
    advantage: Double,
    pairs: Int,
    tables: (generated: Table, independent: Table, real: Table),
    split: EvaluationSplit
  ) throws -> Verdict {
    guard pairs > 0 else { return .none(because: "there is no pair of columns") }
    let limit = min(max(Self.pairRows / pairs, 100), 1_000)
    let generated = tables.generated.prefix(limit)
    let independent = tables.independent.prefix(limit)
    let count = min(tables.real.rowCount, limit)
    let places = (0..<count).map { $0 * tables.real.rowCount / count }
    return try Verdict.byJackknife(
      metric,
      baseline: baseline,
      advantage: advantage,
      count: count,
      split: split,
      items: model.fields.kind.nouns.many
    ) { chosen in
      let real = tables.real.rows(chosen.map { places[$0] })
      return try TableSimilarity(of: generated, to: real).pairTrends
        - TableSimilarity(of: independent, to: real).pairTrends
    }
  }

  /// The rows of all pairs together that the interval of a verdict is taken on.
  private static let pairRows = 1_000_000

  private var notes: [String] {
    if case .table(let table) = model.fields.encoding {
      var notes: [String] = []
      if case .trees(let trees) = model {
        notes.append(
          "Drawn from \(NumberText.grouped(trees.chains.treeCount)) decision trees; --model-type vae trains a "
            + "variational autoencoder and evaluates it beside trees."
        )
      }
      let forms = model.fields.forms.map(\.summary)
      if !forms.isEmpty {
        let list = forms.prefix(4).joined(separator: ", ") + (forms.count > 4 ? " and others" : "")
        notes.append(
          "Made in their own form, all different and none of the data, not trained on: \(list)."
        )
      }
      let texts = table.fields.filter { $0.kind == .text && $0.width > 0 }.map(\.name)
      if !texts.isEmpty {
        notes.append(
          "Drawn from the texts of the data: \(texts.prefix(4).joined(separator: ", "))."
        )
      }
      if table.columns.count > TableSimilarity.mostPairColumns {
        notes.append(
          "Pair trends are of \(TableSimilarity.mostPairColumns) of the "
            + "\(NumberText.grouped(table.columns.count)) columns."
        )
      }
      return notes
    }
    return model.fields.kind == .series
      ? ["Windows overlap, held-out ones too: the scores are a little too high."] : []
  }
}

extension DistanceToClosestRecord {
  /// The distances as a table; half of generated rows should be closer to training rows than to held-out
  /// ones.
  fileprivate var table: Evaluation.Table {
    func row(_ name: String, _ rows: Rows, closer: Double?) -> Evaluation.Method {
      Evaluation.Method(name, [rows.copies, rows.median, rows.low, closer])
    }
    return Evaluation.Table(
      "Distance to the closest training row; 50 % closer to training rows than to held-out ones is chance",
      metrics: [
        Evaluation.Metric("copies", better: .lower, format: .percent(1)),
        Evaluation.Metric("median", better: .neither, format: .fixed(3)),
        Evaluation.Metric("5 % quantile", better: .neither, format: .fixed(3)),
        Evaluation.Metric("closer to training", better: .neither, format: .percent(1)),
      ],
      methods: [
        row("generated rows", generated, closer: closerToLearned),
        row("held-out rows", heldOut, closer: nil),
      ]
    )
  }
}

extension DistanceToClosestRecord.Membership {
  /// The attack as a table.
  fileprivate var table: Evaluation.Table {
    Evaluation.Table(
      "Membership inference by the distance to the closest generated row; 0.5 is chance",
      metrics: [
        Evaluation.Metric("membership AUROC", better: .lower, format: .fixed(3)),
        Evaluation.Metric("membership rows", better: .neither, format: .fixed(0)),
      ],
      methods: [
        Evaluation.Method(
          "training rows told from held-out rows",
          [area, Double(count)],
          intervals: [interval, nil]
        )
      ]
    )
  }
}

extension Tensor {
  /// The columns of `[rows, columns]` that vary by more than 0.01.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, section 5.1.
  fileprivate var activeUnits: Int {
    let (rows, columns) = (shape[0], shape[1])
    return (0..<columns).count { column in
      let values = (0..<rows).map { Double(scalars[$0 * columns + column]) }
      let mean = values.reduce(0, +) / Double(max(rows, 1))
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } > 0.01 * Double(max(rows, 1))
    }
  }
}

extension Table {
  /// The columns of the table, each with its cells in an order of its own.
  fileprivate func mixedUp(seed: UInt64) -> Table {
    Table(
      name: name,
      columns: columns.enumerated().map { place, column in
        var order = Array(0..<rowCount)
        Permutation.shuffle(&order, seed: seed, purpose: 0x636f_6c75, number: UInt64(place))
        return column.rows(order)
      }
    )
  }
}
