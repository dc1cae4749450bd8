internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassTasksCommon
internal import HourglassTensors

/// One run of learning a detector, with everything chosen before it begins.
struct DetectionJob: Sendable {
  private let detector: AnomalyDetector
  private let data: DetectionData
  private let split: DetectionSplit
  private let encoding: DetectionEncoding
  private let autoencoder: Autoencoder
  private let run: TrainingRun

  /// The most rows that what is usual is measured on.
  private static let scaleLimit = 2_000

  init(_ detector: AnomalyDetector, _ data: DetectionData, _ session: TrainingSession) throws {
    try detector.validate()
    self.detector = detector
    self.data = data
    let seed = detector.learning.seed
    split = DetectionSplit(data, seed: seed)
    encoding = try DetectionEncoding(learning: data, items: split.training)
    autoencoder = detector.autoencoder(for: encoding)
    let width = encoding.layout.width
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
      data: data.identity,
      itemCount: split.training.count,
      trainer: trainer,
      session: session
    )
  }

  /// What a checkpoint says of itself.
  var header: ModelHeader { run.header }

  /// Learns, measures what is usual, evaluates, and makes the model with its report.
  func fitted() async throws -> FittedAnomalyDetector {
    let engine = run.session.engine
    let all = try DetectionItems(data, encoding: encoding)
    let given = all.taking(split.training)
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
      given.taking(Array(scaled)),
      network: network,
      references: references,
      kind: encoding.kind,
      on: engine
    )
    let scorer = DetectionScorer(network: network, references: references, scales: scales)
    let principal = try await PrincipalComponents(
      of: DetectionValues(items: training),
      count: min(autoencoder.latent, max(encoding.layout.width - 1, 1)),
      on: engine
    )
    let baselines = DetectionBaselines(principal, references: references)
    let heldOut = all.taking(split.heldOut)
    let scores = try await heldOutScores(heldOut, scorer, on: engine)
    let baselineScores =
      run.session.comparesWithBaselines ? try await baselines.scores(of: heldOut, on: engine) : []
    let calibration = ConformalCalibration(scores.map { Double(Float($0)) })
    var report = report(scores, baselineScores, baselines, calibration, references)
    report.warnings = try await warnings(network, record, heldOut: heldOut, training: training)
    var header = try run.modelHeader(
      record,
      metrics: report.heldOutFalseAlarms.map { ["false alarms, held out": $0] } ?? [:],
      report: report,
      stateTensors: [],
      keptItemCount: references?.count ?? 0
    )
    let fitted = FittedAnomalyDetector(
      configuration: detector,
      header: header,
      report: report,
      checkpoint: run.session.checkpoint,
      encoding: encoding,
      scorer: scorer,
      baselines: baselines,
      calibration: calibration
    )
    header.stateTensors = fitted.stateTensors
    return fitted.replacing(header: header)
  }

  /// What somebody should be warned of who sees only the end of learning.
  private func warnings(
    _ network: FittedAutoencoder,
    _ record: HourglassAutoencoders.TrainingRecord,
    heldOut: DetectionItems,
    training: DetectionItems
  ) async throws -> [String] {
    guard heldOut.count > 0 else { return [] }
    let some = heldOut.taking(Array(0..<min(heldOut.count, Self.scaleLimit)))
    var warnings = [
      TrainingDiagnostics.budget(record),
      TrainingDiagnostics.idleNumbers(try await network.encode(some, on: run.session.engine)),
    ]
    if split.heldOutItems != .trainedOn {
      let noun = encoding.kind.nouns.many
      warnings.append(
        TrainingDiagnostics.duplicates(evaluated: heldOut, learned: training, noun: noun)
      )
    }
    return warnings.compactMap { $0 }
  }

  /// The rows that are kept: the first of the training rows, whose order is random.
  private func references(_ training: DetectionItems) -> NearestReferences? {
    let wanted =
      detector.references ?? Defaults.references(width: encoding.layout.width)
    guard wanted > 0 else { return nil }
    // Windows are in the order of time; those kept are spread over all of it.
    let count = min(wanted, training.count)
    let width = encoding.layout.width
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for index in 0..<count {
      let place = encoding.kind == .series ? index * training.count / count : index
      values += training.item(place)[..<width]
    }
    return NearestReferences(
      rows: Tensor(values, shape: [count, width]),
      layout: encoding.layout,
      isGrouped: detector.learned == .mixed
    )
  }

  /// The part of items with anomalies among them that is trained on.
  private static let keptPart = 0.8

  /// The items without the fifth that is farthest from groups of them, where anomalies may be among them.
  private func trimmed(
    _ items: DetectionItems,
    on engine: ComputeEngine
  ) async throws -> DetectionItems {
    guard detector.learned == .mixed, items.count >= 20, let references = references(items) else {
      return items
    }
    let distances = try await references.meanDistances(items, on: engine)
    let kept = items.count - Int(Double(items.count) * (1 - Self.keptPart))
    let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return items.taking(order.prefix(kept).sorted())
  }

  /// The scores of the items held out, or of their times.
  private func heldOutScores(
    _ items: DetectionItems,
    _ scorer: DetectionScorer,
    on engine: ComputeEngine
  ) async throws -> [Double] {
    let scored = try await scorer.scored(items, on: engine)
    guard case .series(let set) = data, case .series(let series) = encoding else {
      return scored.scores
    }
    let channels = series.channels.count
    return SeriesPoints(set, windows: split.heldOut, parts: scored.parts, channels: channels)
      .scores(channels: channels)
  }

  private func report(
    _ scores: [Double],
    _ baselineScores: [[Double]],
    _ baselines: DetectionBaselines,
    _ calibration: ConformalCalibration,
    _ references: NearestReferences?
  ) -> DetectionReport {
    let rate = detector.falseAlarmRate
    var methods = [
      DetectionReport.Method(
        name: "autoencoder",
        falseAlarms: calibration.crossFalseAlarms(rate: rate, order: scores)
      )
    ]
    for (title, scores) in zip(baselines.titles, baselineScores) {
      let alarms = ConformalCalibration(scores).crossFalseAlarms(rate: rate, order: scores)
      methods.append(DetectionReport.Method(name: title, falseAlarms: alarms))
    }
    return DetectionReport(
      dataName: data.identity.name,
      kind: encoding.kind,
      heldOut: split.heldOutItems,
      heldOutCount: split.heldOut.count,
      scoreCount: scores.count,
      falseAlarmRate: rate,
      methods: methods,
      referenceCount: references?.count ?? 0,
      ignoredColumns: encoding.ignoredColumns,
      learned: detector.learned
    )
  }
}

extension DetectionEncoding {
  /// The columns that nothing is trained on.
  var ignoredColumns: [String] {
    if case .table(let encoding, _) = self { encoding.ignoredColumns } else { [] }
  }
}
