internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// One training run of a detector, with everything chosen before it begins.
struct DetectionJob: Sendable {
  let detector: AnomalyDetector
  private let dataName: String
  let items: RawItems
  let split: DetectionSplit
  let encoding: ItemEncoding
  let autoencoder: Autoencoder
  let run: TrainingRun

  /// The most rows that what is usual is measured on.
  static let scaleLimit = 2_000

  init(_ detector: AnomalyDetector, _ data: Dataset, _ session: TrainingSession) throws {
    try detector.validate()
    guard data.kind != .sounds else {
      throw TaskError.otherKind(
        name: data.name,
        expected: "a table, a time series or images",
        found: data.kind.phrase
      )
    }
    self.detector = detector
    dataName = data.name
    let given = try session.startingFields(
      ItemEncoding.self,
      of: FittedAnomalyDetector.application
    )
    items = try RawItems(data, for: given)
    split = DetectionSplit(items, seed: detector.learning.seed)
    encoding = try given ?? ItemEncoding(detectingIn: items, training: split.training)
    autoencoder = detector.autoencoder(for: encoding)
    let width = encoding.valueCount
    var learning = detector.learning
    learning.batchSize =
      learning.batchSize
      ?? Defaults.detectionBatchSize(width: width, learningCount: split.training.count)
    var trainer = learning.trainer(
      for: encoding.kind,
      learningCount: split.training.count,
      validation: .none,
      steps: Defaults.detectionSteps(width: width)
    )
    trainer.earlyStopping = nil
    if trainer.epochs == nil, trainer.seconds == nil { trainer.epochs = 100 }
    run = try TrainingRun(
      application: FittedAnomalyDetector.application,
      configuration: detector,
      fields: encoding,
      architecture: autoencoder,
      data: (data.name, data.fingerprint),
      itemCount: split.training.count,
      trainer: trainer,
      session: session
    )
  }

  /// The header of a checkpoint.
  var header: ModelHeader { run.header }

  /// Trains, measures what is usual, evaluates, and makes the model.
  func fitted() async throws -> FittedAnomalyDetector {
    if case .table(let table) = encoding { return try await fittedTable(table) }
    let engine = run.session.engine
    let all = try EncodedRows(items, encoding: encoding)
    let given = all.selecting(split.training)
    let training = try await trimmed(given, on: engine)
    let (network, record) = try await run.network(
      autoencoder,
      on: training,
      itemShape: encoding.itemShape
    )
    let references = references(training)
    // What is usual is measured on the rows left out too: a network is surer of what it trained on.
    let scaled = Array(0..<given.count).suffix(Self.scaleLimit)
    let scales = try await DetectionScales(
      given.selecting(Array(scaled)),
      network: network,
      references: references,
      kind: encoding.kind,
      on: engine
    )
    let scorer = AnomalyScorer.items(
      DetectionScorer(network: network, references: references, scales: scales)
    )
    let principal = try await PrincipalComponents(
      of: training.withoutMasks,
      count: min(autoencoder.latent, max(encoding.valueCount - 1, 1)),
      on: engine
    )
    let baselines = DetectionBaselines(
      principal: ReductionBaseline(principal),
      scorer: scorer
    )
    let heldOut = all.selecting(split.heldOut)
    let (scores, independent) = try await heldOutScores(heldOut, scorer, on: engine)
    let baselineScores =
      run.session.comparesWithBaselines ? try await baselines.scores(of: heldOut, on: engine) : []
    let calibration = ConformalCalibration(
      scores.map { Double(Float($0)) },
      independentCount: split.heldOutItems == .heldOut ? independent : 0
    )
    var evaluation = evaluation(
      scores,
      baselineScores,
      baselines.titles,
      calibration,
      keptCount: scorer.keptCount
    )
    evaluation.warnings += try await warnings(network, record, heldOut: heldOut, training: training)
    return try finished(scorer, baselines, calibration, evaluation, record)
  }

  /// The model of what was fitted.
  func finished(
    _ scorer: AnomalyScorer,
    _ baselines: DetectionBaselines,
    _ calibration: ConformalCalibration,
    _ evaluation: Evaluation,
    _ record: HourglassAutoencoders.TrainingRecord
  ) throws -> FittedAnomalyDetector {
    var fitted = FittedAnomalyDetector(
      configuration: detector,
      core: try run.core(record, evaluation, keptItemCount: scorer.keptCount),
      encoding: encoding,
      scorer: scorer,
      baselines: baselines,
      calibration: calibration
    )
    fitted.core.header.stateTensors = fitted.stateTensors
    return fitted
  }

  func warnings(
    _ network: FittedAutoencoder,
    _ record: HourglassAutoencoders.TrainingRecord,
    heldOut: EncodedRows,
    training: EncodedRows
  ) async throws -> [String] {
    guard heldOut.count > 0 else { return [] }
    let some = heldOut.selecting(Array(0..<min(heldOut.count, Self.scaleLimit)))
    return TrainingDiagnostics.warnings(
      record,
      codes: try await network.encode(some, on: run.session.engine),
      evaluated: heldOut,
      learned: training,
      split: split.heldOutItems,
      noun: encoding.kind.nouns.many
    )
  }

  /// The rows that are kept: the first of the training rows, whose order is random.
  private func references(_ training: EncodedRows) -> NearestReferences? {
    let wanted =
      detector.references ?? Defaults.references(width: encoding.valueCount, kind: encoding.kind)
    guard wanted > 0 else { return nil }
    // Windows are in the order of time; those kept are spread over all of it.
    let count = min(wanted, training.count)
    let width = encoding.valueCount
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for index in 0..<count {
      let place = encoding.kind == .series ? index * training.count / count : index
      values += training.item(place)[..<width]
    }
    return NearestReferences(
      rows: Tensor(values, shape: [count, width]),
      layout: encoding.scoredFields,
      isGrouped: detector.learned == .mixed
    )
  }

  /// The part of items with anomalies among them that is trained on.
  static let keptPart = 0.8

  /// The items without the fifth that is farthest from groups of them, where anomalies may be among them.
  private func trimmed(
    _ items: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> EncodedRows {
    guard detector.learned == .mixed, items.count >= 20, let references = references(items) else {
      return items
    }
    let distances = try await references.meanDistances(items, on: engine)
    let kept = items.count - Int(Double(items.count) * (1 - Self.keptPart))
    let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return items.selecting(order.prefix(kept).sorted())
  }

  /// The scores of the items held out, or of their times, and how many of them are independent.
  private func heldOutScores(
    _ items: EncodedRows,
    _ scorer: AnomalyScorer,
    on engine: ComputeEngine
  ) async throws -> (scores: [Double], independent: Int) {
    let scored = try await scorer.scored(items, on: engine)
    guard case .series(let set) = self.items, case .series(let series) = encoding else {
      return (scored.scores, scored.scores.count)
    }
    let channels = series.channels.width
    let points = SeriesPoints(
      set,
      windows: split.heldOut,
      parts: scored.parts,
      channels: channels
    )
    let scores = points.scores(channels: channels)
    let lengths = set.groups.map { group in points.rows.count { group.contains($0) } }
    return (scores, SeriesBlocks.count(scores: scores, lengths: lengths, window: set.window))
  }

  /// The false-alarm rate among the held-out scores: each half of them is evaluated by the other.
  func evaluation(
    _ scores: [Double],
    _ baselineScores: [[Double]],
    _ baselineTitles: [String],
    _ calibration: ConformalCalibration,
    keptCount: Int
  ) -> Evaluation {
    let (rate, split) = (detector.falseAlarmRate, split.heldOutItems)
    let kind = encoding.kind
    let nouns = kind == .series ? ("time", "times") : kind.nouns
    func alarms(_ calibration: ConformalCalibration, _ scores: [Double]) -> Double? {
      calibration.crossFalseAlarms(rate: rate, order: scores, areOrdered: kind == .series)
    }
    var methods = [Evaluation.Method("detect", [alarms(calibration, scores)])]
    for (title, scores) in zip(baselineTitles, baselineScores) {
      let own = ConformalCalibration(scores)
      methods.append(Evaluation.Method(title, isBaseline: true, [alarms(own, scores)]))
    }
    var notes = [TrainingDiagnostics.ignored(encoding.ignoredColumns)].compactMap(\.self)
    if detector.learned == .mixed {
      notes.append(
        "Anomalies may be among the training data: the fifth farthest from the others is not trained on, and "
          + "alarms may be rarer than requested. The rate is one of these data: of others none is promised."
      )
    }
    if kind == .series {
      notes.append(
        "Neighboring times are alike: \(NumberText.counted(calibration.count, "time")) count as "
          + "\(NumberText.grouped(calibration.independentCount)) independent, and the rate holds on average over long spans."
      )
    }
    if kind == .table, keptCount > 0, split == .heldOut {
      notes.append("A fifth of the rows is held out of the training of the autoencoder.")
    }
    notes.append(
      keptCount > 0
        ? "The model keeps \(NumberText.counted(keptCount, kind.nouns.one)) of the data."
        : "The model keeps none of the data."
    )
    let warnings = [
      calibration.tooFew(
        forRate: rate,
        nouns: nouns,
        isMarkedAnyway: kind == .series
          && (detector.learned == .mixed || calibration.independentCount > 0)
      )
    ].compactMap(\.self)
    return Evaluation(
      title: split.title(scores.count, nouns, of: dataName)
        + ", \(percent(rate)) false alarms requested",
      split: split,
      itemCount: scores.count,
      tables: [Evaluation.Table(metrics: [.falseAlarmRate(better: .neither)], methods: methods)],
      verdict: methods.count > 1
        ? Verdict.none(because: "without labels it is not known which detector finds more") : nil,
      notes: notes,
      warnings: warnings
    )
  }
}

extension ConformalCalibration {
  /// What is to be said where there are too few items for a rate.
  ///
  /// - Parameter isMarkedAnyway: Whether anomalies are reported all the same, without a promise.
  package func tooFew(
    forRate rate: Double,
    nouns: (one: String, many: String),
    isMarkedAnyway: Bool
  ) -> String? {
    guard isTooFew(forRate: rate) else { return nil }
    let asked = percent(rate)
    guard independentCount > 0 else {
      return "too few \(nouns.many) to hold some out: no false-alarm rate is promised"
        + (isMarkedAnyway ? "" : ", and none is an anomaly; give more data")
    }
    let found =
      independentCount < count
      ? "the \(NumberText.counted(count, nouns.one)) held out count as \(NumberText.grouped(independentCount)) independent"
      : "\(NumberText.counted(count, nouns.one)) to compare with"
    return "too few \(nouns.many) for a false-alarm rate of \(asked): \(found), which allow "
      + "\(percent(smallestPValue)); request that, or give more data: "
      + (isMarkedAnyway ? "no rate is promised" : "none is an anomaly")
  }
}

/// A part as a percentage.
private func percent(_ part: Double) -> String { "\(NumberText.plain(100 * part, digits: 3)) %" }

extension Evaluation.Metric {
  /// The share of normal items that are taken for anomalies.
  static func falseAlarmRate(better: Better) -> Evaluation.Metric {
    Evaluation.Metric("false-alarm rate", better: better, format: .percent(2))
  }
}
