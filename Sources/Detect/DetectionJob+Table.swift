internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

extension DetectionJob {
  /// Trains on the rows of a table, weighs and calibrates the parts of the score, and evaluates.
  ///
  /// All rows are kept for distances, within a budget: those held out are left out of the training of
  /// the network alone. A row is scored without itself.
  func fittedTable(_ encoding: TableEncoding) async throws -> FittedAnomalyDetector {
    let engine = run.session.engine
    let all = try EncodedRows(items, encoding: .table(encoding))
    let isHeldOut = split.heldOutItems == .heldOut
    let order = (isHeldOut ? split.heldOut : []) + split.training
    let kept = usualRows(of: all, in: order, encoding, on: engine)
    let trained = split.training.filter { kept.contains($0) }
    let training = all.selecting(trained)
    let (network, record) = try await run.network(
      autoencoder,
      on: training,
      itemShape: self.encoding.itemShape
    )
    // What is usual is measured on the rows left out too: a network is surer of what it trained on.
    let errors = try await DetectionScales(
      all.selecting(split.training.suffix(Self.scaleLimit)),
      network: network,
      references: nil,
      kind: .table,
      on: engine
    ).fields
    let wanted = detector.references ?? Defaults.references(width: encoding.width, kind: .table)
    let rows = Self.interleaved(order.filter { kept.contains($0) }, limit: wanted)
    let references = wanted > 0 ? EncodedTable(all.selecting(rows)) : nil
    let isMixed = detector.learned == .mixed
    let scorer = TableScorer(
      encoding,
      network: network,
      fieldErrors: errors,
      references: references,
      codes: isMixed || wanted == 0
        ? nil : try await network.encode(all.selecting(rows), on: engine),
      kinds: isMixed ? ScorePart.ofMixedRows : ScorePart.ofNormalRows
    )
    let scored = Self.interleaved(order, limit: Self.populationLimit)
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let trainedRows = Set(trained)
    let population = ScoredPopulation(
      items: all.selecting(scored),
      own: scored.map { wanted > 0 ? places[$0] ?? -1 : -1 },
      isTrainedOn: scored.map { trainedRows.contains($0) }
    )
    let fit = try await scorer.fitted(
      to: population,
      seed: detector.learning.seed,
      isWeighed: !isMixed,
      on: engine
    )
    let principal = try await PrincipalComponents(
      of: training.withoutMasks,
      count: min(autoencoder.latent, max(encoding.width - 1, 1)),
      on: engine
    )
    let baselines = DetectionBaselines(
      principal: ReductionBaseline(principal),
      scorer: .rows(fit.scorer)
    )
    let baselineScores =
      run.session.comparesWithBaselines
      ? try await baselines.scores(of: population.items, without: population.own, on: engine) : []
    let scores = try await calibrationScores(
      fit,
      population,
      rows: scored,
      keepsRows: wanted > 0,
      on: engine
    )
    let calibration = ConformalCalibration(
      scores.map { Double(Float($0)) },
      independentCount: isHeldOut || wanted > 0 ? nil : 0
    )
    var evaluation = evaluation(
      scores,
      baselineScores,
      baselines.titles,
      calibration,
      keptCount: fit.scorer.referenceCount
    )
    let nouns = DataKind.table.nouns
    evaluation.title =
      "Validation: \(NumberText.counted(scores.count, nouns.one)), each scored without itself, "
      + "\(NumberText.plain(100 * detector.falseAlarmRate, digits: 3)) % false alarms requested"
    evaluation.tables.append(Self.parts(fit))
    evaluation.warnings += try await warnings(
      network,
      record,
      heldOut: all.selecting(split.heldOut),
      training: training
    )
    return try finished(.rows(fit.scorer), baselines, calibration, evaluation, record)
  }

  /// The scores that p-values come from: those that rows have as new ones.
  ///
  /// Where anomalies may be among the rows, these rows themselves are what is scored, each without itself.
  private func calibrationScores(
    _ fit: TableScorer.Fit,
    _ population: ScoredPopulation,
    rows: [Int],
    keepsRows: Bool,
    on engine: ComputeEngine
  ) async throws -> [Double] {
    guard detector.learned != .mixed else { return fit.scores }
    guard keepsRows else {
      // The reconstruction error alone: of rows that were trained on it says nothing of new ones.
      let new = rows.indices.filter { !population.isTrainedOn[$0] }
      return new.isEmpty ? fit.scores : new.map { fit.scores[$0] }
    }
    guard rows.count <= CrossFit.mostRows else { return fit.scores }
    return try await CrossFit(
      items: items,
      rows: rows,
      encoded: Set(split.training),
      population: population,
      fit: fit
    ).scores(on: engine)
  }

  /// The most rows that parts are calibrated on.
  private static let populationLimit = 20_000

  /// So many of some rows, evenly from all.
  private static func interleaved(_ rows: [Int], limit: Int) -> [Int] {
    let count = min(rows.count, limit)
    return (0..<count).map { rows[$0 * rows.count / max(count, 1)] }
  }

  /// The neighbors that decide which rows are unusual: the farthest, and those whose mean counts.
  private static let trimmingRanks = (far: 100, near: 50)
  /// The rows that are looked at together.
  private static let trimmingBatch = 8_192

  /// The rows without the fifth that is farthest from others, where anomalies may be among them.
  ///
  /// A row is as far as the distance to its hundredth nearest row and the mean of those to the fifty
  /// nearest ones add up to, so that a small group of anomalies does not hide its members.
  private func usualRows(
    of all: EncodedRows,
    in order: [Int],
    _ encoding: TableEncoding,
    on engine: ComputeEngine
  ) -> Set<Int> {
    guard detector.learned == .mixed, order.count >= 20 else { return Set(order) }
    let some = Self.interleaved(order, limit: Self.populationLimit)
    let places = Dictionary(uniqueKeysWithValues: some.enumerated().map { ($1, $0) })
    let rows = RawRows(all.selecting(some), encoding)
    guard let space = ColumnSpace.fitted([.encoded], to: rows).first else { return Set(order) }
    let count = min(Self.trimmingRanks.far, max(some.count / 5, 1))
    let search = PanelNeighbors(space.mapped(rows))
    var distances: [Double] = []
    for start in stride(from: 0, to: order.count, by: Self.trimmingBatch) {
      let part = Array(order[start..<min(start + Self.trimmingBatch, order.count)])
      let items = space.mapped(RawRows(all.selecting(part), encoding))
      let found = search.nearest(to: items, count: count + 1, threads: engine.threads)
      for (place, row) in part.enumerated() {
        let own = places[row] ?? -1
        let others = found.of(place).filter { $0.row != own }.prefix(count)
        let roots = others.map { $0.distance.squareRoot() }
        let near = roots.prefix(Self.trimmingRanks.near)
        distances.append((roots.last ?? 0) + near.reduce(0) { $0 + $1 / Double(near.count) })
      }
    }
    let kept = order.count - Int(Double(order.count) * (1 - Self.keptPart))
    let nearest = order.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return Set(nearest.prefix(kept).map { order[$0] })
  }

  /// What each part counts, and what the network adds.
  private static func parts(_ fit: TableScorer.Fit) -> Evaluation.Table {
    let all = fit.scorer.parts.sorted { $0.weight > $1.weight }
    var methods = [Evaluation.Method("all parts", [1, fit.area])]
    if let area = fit.areaWithoutNetwork {
      let share = all.reduce(0) { $0 + ($1.kind.isOfNetwork ? 0 : $1.weight) }
      methods.append(Evaluation.Method("all but the autoencoder", [share, area]))
    }
    methods += all.map { Evaluation.Method($0.kind.title, [$0.weight, $0.area]) }
    return Evaluation.Table(
      "Parts of the score, weighed by how well they distinguish rows with a third of their cells drawn "
        + "anew (not real anomalies):",
      metrics: [
        Evaluation.Metric("weight", better: .neither, format: .percent(1)),
        Evaluation.Metric("AUROC of made-up anomalies", better: .neither, format: .fixed(3)),
      ],
      methods: methods
    )
  }
}

extension EncodedTable {
  /// Takes encoded rows of a table into memory.
  init(_ rows: EncodedRows) {
    let layout = rows.layout ?? .numbers(rows.valueCount)
    var (values, observed): ([Float], [Float]) = ([], [])
    values.reserveCapacity(rows.count * layout.width)
    observed.reserveCapacity(rows.count * layout.count)
    for row in 0..<rows.count {
      let item = rows.item(row)
      values += item[..<layout.width]
      observed += item[layout.width...]
    }
    self.init(layout: layout, count: rows.count, values: values, observed: observed)
  }
}
