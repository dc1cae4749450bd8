internal import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
internal import HourglassEvaluation
public import HourglassModelFiles
public import HourglassStatistics
public import HourglassTasksCommon
package import HourglassTensors

/// A detector that was learned: it scores rows, images and the times of series.
///
/// It is a value: nothing that is done with it changes it. An item has the same score, to the bit,
/// alone and in any company; for a time of a series that is so within its windows.
public struct FittedAnomalyDetector: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "detect"

  /// How it was set up.
  public let configuration: AnomalyDetector
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How often it takes held-out normal items for anomalies.
  public let report: DetectionReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?
  /// The scores of held-out normal items, which p-values come from.
  public let calibration: ConformalCalibration

  let encoding: DetectionEncoding
  let scorer: DetectionScorer
  let baselines: DetectionBaselines

  init(
    configuration: AnomalyDetector,
    header: ModelHeader,
    report: DetectionReport?,
    checkpoint: String?,
    encoding: DetectionEncoding,
    scorer: DetectionScorer,
    baselines: DetectionBaselines,
    calibration: ConformalCalibration
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.encoding = encoding
    self.scorer = scorer
    self.baselines = baselines
    self.calibration = calibration
  }

  func replacing(
    header: ModelHeader? = nil,
    configuration: AnomalyDetector? = nil
  ) -> FittedAnomalyDetector {
    FittedAnomalyDetector(
      configuration: configuration ?? self.configuration,
      header: header ?? self.header,
      report: report,
      checkpoint: checkpoint,
      encoding: encoding,
      scorer: scorer,
      baselines: baselines,
      calibration: calibration
    )
  }

  /// What the items are.
  public var kind: DataKind { encoding.kind }

  /// The part of normal items that may be taken for anomalies.
  public var falseAlarmRate: Double { configuration.falseAlarmRate }

  /// The score above which an item is an anomaly; infinite where too few items were held out for the
  /// rate of false alarms.
  public var threshold: Double { calibration.threshold(falseAlarmRate: falseAlarmRate) }

  /// The same detector with another rate of false alarms; nothing is learned anew.
  public func with(falseAlarmRate rate: Double) throws(HourglassError) -> FittedAnomalyDetector {
    do {
      try requireFalseAlarmRate(rate)
      var configuration = configuration
      configuration.falseAlarmRate = rate
      var header = header
      header.configuration = try JSONValue(encoding: configuration, file: "the model")
      return replacing(header: header, configuration: configuration)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What it says of each row of a table, each image, or each time of a series.
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
    do {
      let data = try DetectionData(data)
      let items = try DetectionItems(data, encoding: encoding)
      let scored = try await scorer.scored(items, on: engine)
      guard case .series(let set) = data, case .series(let series) = encoding else {
        let (names, parts) = encoding.joined(scored.parts, rows: scored.scores.count)
        // What is said adds up to the last digit, in whatever order.
        let isJoined = names.count < encoding.fieldNames.count
        let scores = scored.scores.indices.map { row in
          isJoined
            ? parts[row * names.count..<(row + 1) * names.count].reduce(0.0) { $0 + Double($1) }
            : scored.scores[row]
        }
        return findings(scores, parts, names, items: nil)
      }
      let channels = series.channels.count
      let windows = Array(0..<set.count)
      let points = SeriesPoints(set, windows: windows, parts: scored.parts, channels: channels)
      // Times that were left out have no score.
      let originals = points.rows.map { set.originalRows[$0] ?? -1 }
      let order = originals.indices.filter { originals[$0] >= 0 }
        .sorted { originals[$0] < originals[$1] }
      let scores = points.scores(channels: channels)
      return findings(
        order.map { scores[$0] },
        order.flatMap { points.parts[$0 * channels..<($0 + 1) * channels] },
        series.channels,
        items: order.map { originals[$0] }
      )
    } catch {
      throw HourglassError(error)
    }
  }

  /// What it says of each row of a table.
  public func findings(
    in table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Findings {
    try await findings(in: .table(table), on: engine)
  }

  private func findings(
    _ scores: [Double],
    _ parts: [Float],
    _ names: [String],
    items: [Int]?
  ) -> Findings {
    let pValues = scores.map { calibration.pValue($0) }
    let threshold = threshold
    return Findings(
      scores: scores,
      pValues: pValues,
      anomalies: scores.map { $0 > threshold },
      fieldNames: names,
      parts: parts,
      items: items
    )
  }

  /// The times of a series that are anomalies, joined where they are no further apart than an eighth
  /// of a window, the most unusual first.
  public func ranges(of findings: Findings, in series: SeriesSet) -> [AnomalousRange] {
    numberedRanges(of: findings, in: series).ranges
  }

  /// The ranges, and for each anomalous row of the table that was given the place of its range among
  /// them: rows of several series may stand between each other.
  package func numberedRanges(
    of findings: Findings,
    in series: SeriesSet
  ) -> (ranges: [AnomalousRange], numbersOfRows: [Int: Int]) {
    var joiner = RangeJoiner(window: series.window)
    let positions = RangeJoiner.positions(of: findings)
    var numbers: [Int: Int] = [:]
    for group in series.groups {
      joiner.take(findings, at: positions, of: series, group: group)
      numbers.merge(joiner.numbersOfRows) { $1 }
      joiner.endGroup()
    }
    let order = joiner.order
    var places = order
    for (place, number) in order.enumerated() { places[number] = place }
    return (joiner.mostUnusualFirst, numbers.mapValues { places[$0] })
  }

  /// How well it tells labeled anomalies, beside simpler detectors; `nil` where all are labeled
  /// alike.
  ///
  /// - Parameters:
  ///   - data: The data that the findings are of.
  ///   - labels: For each finding whether it is an anomaly.
  ///   - comparesWithBaselines: Whether simpler detectors score the data too.
  public func evaluate(
    _ findings: Findings,
    of data: Dataset,
    labels: [Bool],
    comparesWithBaselines: Bool = true,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> LabeledReport? {
    do {
      var methods = [("autoencoder", findings.scores)]
      if kind != .series, comparesWithBaselines {
        let items = try DetectionItems(DetectionData(data), encoding: encoding)
        methods += zip(baselines.titles, try await baselines.scores(of: items, on: engine))
      }
      let positives = labels.count { $0 }
      guard positives > 0, positives < labels.count else { return nil }
      let alarms = labels.indices.count { findings.anomalies[$0] && !labels[$0] }
      return LabeledReport(
        count: labels.count,
        positives: positives,
        methods: methods.map { name, scores in
          LabeledReport.Method(
            name: name,
            areaUnderROC: RankMetrics.areaUnderROC(scores: scores, positives: labels) ?? 0,
            averagePrecision: RankMetrics.averagePrecision(scores: scores, positives: labels) ?? 0
          )
        },
        falseAlarms: Double(alarms) / Double(labels.count - positives),
        found: Double(findings.anomalyCount - alarms) / Double(positives)
      )
    } catch {
      throw HourglassError(error)
    }
  }

  /// The columns of the table that was trained on: for reading others the same way.
  package var tableSchema: TableSchema? {
    if case .table(_, let schema) = encoding { schema } else { nil }
  }

  /// The columns that nothing is trained on, such as identifiers.
  package var ignoredColumns: [String] { encoding.ignoredColumns }

  /// The shape of images, `[channels, height, width]`.
  package var imageShape: Shape? {
    guard case .images(let images) = encoding else { return nil }
    return [images.channels, images.height, images.width]
  }

  /// What is left of images after encoding and decoding, squared and averaged over channels:
  /// `[images, height, width]`.
  package func squaredErrors(
    ofImages data: Dataset,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> Tensor? {
    guard case .images(let images) = encoding else { return nil }
    do {
      let items = try DetectionItems(DetectionData(data), encoding: encoding)
      let errors = try await scorer.network.fieldLosses(items, on: engine).scalars
      let area = images.height * images.width
      var means = [Float](repeating: 0, count: items.count * area)
      for index in errors.indices {
        let item = index / (area * images.channels)
        means[item * area + index % area] += errors[index] / Float(images.channels)
      }
      return Tensor(means, shape: [items.count, images.height, images.width])
    } catch {
      throw HourglassError(error)
    }
  }
}
