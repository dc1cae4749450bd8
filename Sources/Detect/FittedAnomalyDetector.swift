internal import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
public import HourglassEvaluation
internal import HourglassModelFiles
public import HourglassStatistics
internal import HourglassSystem
public import HourglassTasksCommon
package import HourglassTensors

/// A fitted detector: it scores rows, images and the times of series.
///
/// It is a value: nothing that is done with it changes it. An item has the same score, to the bit,
/// alone and in any company; for a time of a series that is so within its windows.
public struct FittedAnomalyDetector: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "detect"

  /// How it was set up.
  public internal(set) var configuration: AnomalyDetector
  /// What every fitted model has; its evaluation is of how often held-out normal items are taken for
  /// anomalies.
  public internal(set) var core: FittedCore

  package let encoding: ItemEncoding
  let scorer: AnomalyScorer
  let baselines: DetectionBaselines
  /// The scores that p-values come from: those of rows of a table, each scored without itself, and of held-out
  /// images and times.
  package let calibration: ConformalCalibration

  /// What the items are.
  public var kind: DataKind { encoding.kind }

  /// The part of normal items that may be taken for anomalies.
  public var falseAlarmRate: Double { configuration.falseAlarmRate }

  /// The score above which an item is an anomaly; infinite where too few items were held out for the
  /// false-alarm rate.
  ///
  /// Times of a series are reported even so, without a promise: those above all that were held out, or, where
  /// anomalies may be among these, the highest part of them that the rate asks for.
  public var threshold: Double {
    let promised = calibration.threshold(falseAlarmRate: falseAlarmRate)
    guard promised == .infinity, kind == .series else { return promised }
    if configuration.learned == .mixed {
      return ConformalCalibration(calibration.scores).threshold(falseAlarmRate: falseAlarmRate)
    }
    return calibration.independentCount > 0 ? calibration.scores.last ?? promised : promised
  }

  /// What is to be said where too few items were held out for the false-alarm rate.
  package var tooFew: String? {
    calibration.tooFew(
      forRate: falseAlarmRate,
      nouns: kind == .series ? ("time", "times") : kind.nouns,
      isMarkedAnyway: threshold.isFinite
    )
  }

  /// The same detector with another false-alarm rate; nothing is trained again.
  public func with(falseAlarmRate rate: Double) throws(HourglassError) -> FittedAnomalyDetector {
    try HourglassError.wrapping {
      try requireFalseAlarmRate(rate)
      var detector = self
      detector.configuration.falseAlarmRate = rate
      detector.core.header.configuration = try JSONValue(
        encoding: detector.configuration,
        file: "the model"
      )
      return detector
    }
  }

  /// The findings of each row of a table, each image, or each time of a series.
  ///
  /// The columns of a table are found by their names, in any order and among others. Of a series
  /// the findings are in the order of the table that was given.
  ///
  /// - Throws: `application` or `dataset` where the data do not suit the model; `interrupted` on
  ///   cancellation.
  public func findings(
    in data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Findings {
    try await HourglassError.wrapping {
      var all: [(findings: Findings, firstRow: Int)] = []
      try await findings(in: data, on: engine) { batch, findings in
        all.append((findings, batch.firstRow))
      }
      return Findings(joining: all, fieldNames: encoding.fieldNames)
    }
  }

  /// The findings of the items of data batch by batch, in memory that the length of the data does not
  /// matter to; a score is the same in any batch.
  ///
  /// - Parameter body: Takes each batch and its findings, whose items are those of the batch.
  /// - Throws: As for all at once, and what `body` throws.
  public func findings(
    in data: Dataset,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (DatasetBatch, Findings) async throws -> Void
  ) async throws {
    let batches = try data.batches()
    try await batches.forEach(on: engine, { try await findings(of: $0, on: $1) }, take: body)
  }

  /// The findings of each row of a table.
  public func findings(
    in table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Findings {
    try await findings(in: .table(table), on: engine)
  }

  /// The findings of the wanted items of a batch.
  ///
  /// - Parameter labels: A column that was constant in training, and now says which rows are anomalies; it
  ///   does not count.
  package func findings(
    of batch: DatasetBatch,
    labels: String? = nil,
    on engine: ComputeEngine
  ) async throws -> Findings {
    var given = batch.data
    if let labels, let table = batch.table, let same = encoding.fields?.restoring(labels, in: table)
    {
      given = .table(same)
    }
    let data = try RawItems(given, for: encoding)
    let items = try EncodedRows(data, encoding: encoding)
    let scored = try await scorer.scored(items, on: engine)
    guard case .series(let set) = data, case .series(let series) = encoding else {
      let names = encoding.fieldNames
      guard let parts = encoding.joined(scored.parts, rows: scored.scores.count) else {
        return findings(scored.scores, scored.parts, names, items: nil, scored.counts)
      }
      // What is reported adds up to the last digit, in whatever order.
      let scores = scored.scores.indices.map { row in
        parts[row * names.count..<(row + 1) * names.count].reduce(0.0) { $0 + Double($1) }
      }
      return findings(scores, parts, names, items: nil, scored.counts)
    }
    let channels = series.channels.width
    let windows = Array(0..<set.count)
    let points = SeriesPoints(set, windows: windows, parts: scored.parts, channels: channels)
    // Times that were left out have no score.
    let originals = points.rows.map { set.originalRows[$0] ?? -1 }
    let order = originals.indices.filter { batch.rows.contains(originals[$0]) }
      .sorted { originals[$0] < originals[$1] }
    let scores = points.scores(channels: channels)
    return findings(
      order.map { scores[$0] },
      order.flatMap { points.parts[$0 * channels..<($0 + 1) * channels] },
      series.names,
      items: order.map { originals[$0] }
    )
  }

  private static let rounding = 1e-6

  private func findings(
    _ scores: [Double],
    _ parts: [Float],
    _ names: [String],
    items: [Int]?,
    _ counts: ColumnCounts? = nil
  ) -> Findings {
    // Scores that differ by rounding alone are equal.
    let pValues = scores.map { calibration.pValue($0 - Self.rounding * abs($0)) }
    let threshold = threshold + Self.rounding * abs(threshold)
    return Findings(
      scores: scores,
      pValues: pValues,
      anomalies: scores.map { $0 > threshold },
      fieldNames: names,
      parts: parts,
      items: items,
      counts: counts
    )
  }

  /// The columns of a table whose cells are spread otherwise in some rows than in those trained on, the
  /// farthest first: the drift of single columns, at a level of 1 % over all of them.
  package func movedColumns(_ counts: ColumnCounts) -> [MovedColumn] {
    // Of data with anomalies the rows that are kept are not all that was given.
    guard case .rows(let scorer) = scorer, configuration.learned != .mixed else { return [] }
    return scorer.moved(counts)
  }

  /// The times of a series that are anomalies, joined where they are no further apart than an eighth
  /// of a window, the most unusual first.
  public func ranges(of findings: Findings, in series: SeriesSet) -> [AnomalousRange] {
    var joiner = RangeJoiner(window: series.window)
    joiner.take(findings, of: SeriesChunk(series))
    return joiner.mostUnusualFirst
  }

  /// How well it detects labeled anomalies, beside simpler detectors; `nil` where all labels are the same.
  ///
  /// Recall and false-alarm rate are those of the findings, and so of the detector alone.
  ///
  /// - Parameters:
  ///   - data: The data that the findings are of.
  ///   - labels: For each finding whether it is an anomaly.
  ///   - split: What the data are to the model; there is no verdict on what it was trained on.
  ///   - comparesWithBaselines: Whether simpler detectors score the data too.
  public func evaluate(
    _ findings: Findings,
    of data: Dataset,
    labels: [Bool],
    as split: EvaluationSplit = .given,
    comparesWithBaselines: Bool = true,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation? {
    try await HourglassError.wrapping {
      let batches = comparesWithBaselines ? try data.batches() : nil
      return try await evaluate(
        findings,
        of: batches,
        name: data.name,
        labels: labels,
        as: split,
        on: engine
      )
    }
  }

  /// How well it detects labeled anomalies, beside simpler detectors where there are batches of the data
  /// for them to score.
  package func evaluate(
    _ findings: Findings,
    of batches: DatasetBatches?,
    name: String,
    labels: [Bool],
    as split: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> Evaluation? {
    let positives = labels.count { $0 }
    guard positives > 0, positives < labels.count else { return nil }
    return try await HourglassError.wrapping {
      var methods = [("detect", findings.scores)]
      if kind != .series, let batches {
        methods += zip(baselines.titles, try await baselineScores(in: batches, on: engine))
      }
      let ranked = methods.map { RankedScores(scores: $0.1, positives: labels) }
      let area = Evaluation.Metric("AUROC", better: .higher, format: .fixed(3))
      let alarms = labels.indices.count { findings.anomalies[$0] && !labels[$0] }
      let found = Double(findings.anomalyCount - alarms) / Double(positives)
      let falseAlarms = Double(alarms) / Double(labels.count - positives)
      let nouns = kind == .series ? ("time", "times") : kind.nouns
      let verdict = Verdict.byBootstrap(
        area,
        count: labels.count,
        baselines: methods.dropFirst().map(\.0),
        split: split,
        seed: configuration.learning.seed,
        items: nouns.1
      ) { baseline, places in
        ranked[baseline.map { $0 + 1 } ?? 0].areaUnderROC(of: places)
      }
      return Evaluation(
        title: split.title(labels.count, nouns, of: name)
          + ", \(NumberText.grouped(positives)) labeled as anomalies",
        split: split,
        itemCount: labels.count,
        tables: [
          Evaluation.Table(
            metrics: [
              area, Evaluation.Metric("average precision", better: .higher, format: .fixed(3)),
              Evaluation.Metric("recall", better: .higher, format: .percent(1)),
              .falseAlarmRate(better: .lower),
            ],
            methods: methods.enumerated().map { place, method in
              Evaluation.Method(
                method.0,
                isBaseline: place > 0,
                [
                  RankMetrics.areaUnderROC(scores: method.1, positives: labels),
                  RankMetrics.averagePrecision(scores: method.1, positives: labels),
                  place == 0 ? found : nil, place == 0 ? falseAlarms : nil,
                ]
              )
            }
          )
        ],
        verdict: verdict
      )
    }
  }

  /// The scores of the simpler detectors, one list for each.
  private func baselineScores(
    in batches: DatasetBatches,
    on engine: ComputeEngine
  ) async throws -> [[Double]] {
    var all = baselines.titles.map { _ in [Double]() }
    try await batches.forEach(on: engine) { batch, engine in
      let items = try EncodedRows(RawItems(batch.data, for: encoding), encoding: encoding)
      return try await baselines.scores(of: items, on: engine)
    } take: { _, scores in
      for (method, values) in scores.enumerated() { all[method] += values }
    }
    return all
  }

  /// The columns of the table that was trained on: for reading others the same way.
  package var tableSchema: TableSchema? {
    if case .table(let table) = encoding { table.schema } else { nil }
  }

  /// Whether a column that is trained on has one value in the training data.
  package func isConstant(_ column: String) -> Bool {
    encoding.fields?.fields.contains { $0.column == column && $0.isConstant } ?? false
  }

  /// The columns that nothing is trained on, such as identifiers.
  package var ignoredColumns: [String] { encoding.ignoredColumns }

  /// What is left of images after encoding and decoding, squared and averaged over channels:
  /// `[images, height, width]`.
  package func squaredErrors(
    ofImages data: Dataset,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> Tensor? {
    guard case .images(let images) = encoding else { return nil }
    return try await HourglassError.wrapping {
      let items = try EncodedRows(RawItems(data, for: encoding), encoding: encoding)
      let errors = try await scorer.network.fieldLosses(items, on: engine).scalars
      let area = images.height * images.width
      var means = [Float](repeating: 0, count: items.count * area)
      for index in errors.indices {
        let item = index / (area * images.channels)
        means[item * area + index % area] += errors[index] / Float(images.channels)
      }
      return Tensor(means, shape: [items.count, images.height, images.width])
    }
  }
}

extension FittedAnomalyDetector {
  /// For each row of a table the normal row that is nearest to it, with the columns that were trained on
  /// in their own units: what the row should have looked like.
  ///
  /// A missing cell of a normal row is the middle of its column.
  ///
  /// - Returns: As many rows; `nil` where the model is none of tables or keeps no rows.
  /// - Throws: `dataset` where a column that was trained on is missing; `interrupted` on cancellation.
  public func nearestNormalRows(
    to table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table? {
    guard case .table(let columns) = encoding, case .rows(let scorer) = scorer,
      let references = scorer.references
    else { return nil }
    return try await HourglassError.wrapping {
      let items = try EncodedRows(.table(table), encoding: encoding)
      let nearest = try await scorer.neighbors(of: items, count: 1, on: engine) ?? []
      let rows = references.rows(nearest.map { $0.first?.row ?? 0 })
      return columns.decoded(values: rows.values, count: rows.count)
    }
  }
}
