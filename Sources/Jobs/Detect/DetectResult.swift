internal import HourglassDetect
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon

/// What a run of `detect` found.
struct DetectResult {
  private let fitted: FittedAnomalyDetector
  private let options: DetectOptions
  private let data: String
  /// The number of scores.
  private var count = 0
  /// The number of anomalies among them.
  private var anomalies = 0
  /// The score above which a row is an anomaly; none where too few rows were held out.
  private var threshold: Double?
  /// How the scores as a whole differ from those of normal rows.
  private var drift: ScoreDrift?
  /// The columns whose cells are spread otherwise than in the training data.
  private var moved: [MovedColumn] = []
  /// The most unusual anomalies.
  var top: [TopFindings.Item] = []
  /// The evaluation of labeled data, and what the labels were taken for.
  var labeled: Evaluation?
  var labels: DetectLabels?
  /// The ranges of a series, the most unusual first.
  var ranges: [AnomalousRange]?
  /// The first rows of the scores, where they were not written.
  var preview: TablePreview?
  /// The number of heat maps.
  var heatMaps: Int?
  /// For each category the cells whose level was not in the training data.
  private var unknownCategories: [String: Int] = [:]

  init(_ fitted: FittedAnomalyDetector, _ options: DetectOptions, _ data: String) {
    self.fitted = fitted
    self.options = options
    self.data = data
    threshold = fitted.threshold.isFinite ? fitted.threshold : nil
  }

  /// Takes what came of the items.
  mutating func take(_ counts: DetectCounts) {
    count = counts.count
    anomalies = counts.anomalies
    unknownCategories = counts.unknown
    drift = counts.drift
    moved = counts.columns.map { fitted.movedColumns($0) } ?? []
    if options.falseDiscoveries != nil { threshold = counts.leastAnomaly }
  }

  /// All of it, and what was written.
  func result(_ run: JobRun, _ fitted: FittedAnomalyDetector) -> JobResult {
    var result = run.result
    result.add("data", data)
    result.add("count", count)
    result.add("anomalies", anomalies)
    result.add("falseAlarmRate", fitted.falseAlarmRate)
    result.add("falseDiscoveryRate", options.falseDiscoveries)
    result.add("threshold", threshold)
    result.add("calibration", Calibration(fitted))
    result.add("lowerShare", drift?.lowerShare)
    result.add("alarmShare", drift?.alarmShare)
    result.add("hasDrifted", drift?.isFound ?? false)
    result.add("movedColumns", moved)
    result.add("top", top)
    result.add("ranges", ranges)
    result.add("heatMaps", heatMaps)
    result.add("unknownCategories", unknownCategories)
    result.add("peakMemory", PeakMemory.bytes)
    result.model(
      fitted,
      noun: fitted.kind.nouns.one,
      evaluation: run.request.shown(fitted.evaluation)
    )
    result.evaluated(labeled)
    if let labels = labels?.summary {
      result.add("labels", labels)
      result.paragraphs.append(labels.text)
    }
    // A model that was trained in this run has said so in its evaluation.
    let tooFew =
      result.usedModel != nil && options.falseDiscoveries == nil ? fitted.tooFew : nil
    result.sentences = [verdict] + found + [tooFew, drifted, movedText].compactMap(\.self)
    result.sentences += JobRun.lines(
      unknownCategories,
      fitted.tableSchema,
      levels: "with levels that the training data did not have: they are unusual"
    )
    result.wrote("scores", to: run.paths.output)
    result.wrote("model", to: run.paths.model)
    result.wrote(
      "heatMaps",
      "heat maps",
      to: options.heatMaps,
      note: heatMaps.map { NumberText.counted($0, "image") }
    )
    if run.paths.output == nil { result.preview = preview }
    result.hint = "--output keeps the scores, --save the model"
    return result
  }

  /// What the p-values rest on.
  private struct Calibration: Encodable {
    /// The number of held-out scores, and how many of them are independent.
    var items: Int
    var independent: Int
    /// The smallest false-alarm rate that they allow; none where none is promised.
    var smallestRate: Double?
    /// Whether they are too few for the rate of this run.
    var tooFew: Bool

    init(_ fitted: FittedAnomalyDetector) {
      let calibration = fitted.calibration
      items = calibration.count
      independent = calibration.independentCount
      smallestRate = independent > 0 ? calibration.smallestPValue : nil
      tooFew = calibration.isTooFew(forRate: fitted.falseAlarmRate)
    }
  }

  private var noun: String { fitted.kind == .series ? "time" : fitted.kind.nouns.one }

  /// The most unusual ones.
  private var found: [String] {
    if let ranges {
      return ranges.prefix(5).map { range in
        "  \(range.start) to \(range.end)  score \(NumberText.significant(range.score))  "
          + range.channel + (range.series.map { " of \($0)" } ?? "")
      }
    }
    return top.map { $0.line(noun) }
  }

  /// What is to be said where the data as a whole are unlike the normal ones.
  private var drifted: String? {
    guard let drift, drift.isFound else { return nil }
    let share: String
    if let alarmShare = drift.alarmShare, alarmShare > 0.5 {
      share =
        "\(NumberText.fixed(100 * alarmShare, places: 0)) % score above 90 % of the normal ones "
        + "(10 % expected)"
    } else {
      let lower = NumberText.fixed(100 * (drift.lowerShare ?? 0), places: 0)
      share =
        "without the highest scores, \(lower) % are above the median of the normal ones (50 % expected)"
    }
    return
      "The data as a whole differ from the training data: \(share). More false alarms "
      + "than the chosen rate are likely: train on newer normal data."
  }

  /// Which columns are spread otherwise than in the training data.
  private var movedText: String? {
    guard !moved.isEmpty else { return nil }
    let shown = moved.prefix(5).map { column in
      "\(column.name) (by \(NumberText.fixed(100 * column.distance, places: 0)) %)"
    }
    let more = moved.count > 5 ? " and \(moved.count - 5) more" : ""
    return
      "\(NumberText.counted(moved.count, "column")) spread otherwise than in the training data "
      + "(level 1 %): " + shown.joined(separator: ", ") + more
  }

  /// How many anomalies there are, and how they were chosen.
  private var verdict: String {
    let start =
      "\(NumberText.grouped(anomalies)) of \(NumberText.counted(count, noun)) "
      + (anomalies == 1 ? "is an anomaly" : "are anomalies")
    if let rate = options.falseDiscoveries, anomalies == 0 {
      // With the smallest p-value each, this is the fewest anomalies that can be found.
      let needed = (fitted.calibration.smallestPValue * Double(count) / rate).rounded(.up)
      let fewest = Int(exactly: min(needed, Double(count) + 1)) ?? count
      let line =
        "no \(noun) of \(NumberText.grouped(count)) is an anomaly at a false discovery rate of "
        + NumberText.plain(rate)
      if fewest <= 1 { return line }
      let possible = fewest > count ? "none" : "no fewer than \(NumberText.grouped(fewest))"
      return line + "; with so few held out, \(possible) can be found: train on more, or use "
        + "--false-alarms"
    }
    if let rate = options.falseDiscoveries {
      return start
        + " at a false discovery rate of \(NumberText.plain(rate))"
        + (threshold.map { ": scores from \(NumberText.significant($0)) up" } ?? "")
    }
    if threshold != nil, fitted.tooFew != nil {
      return start + (threshold.map { ": scores above \(NumberText.significant($0))" } ?? "")
        + "; no false-alarm rate is promised"
    }
    return start + " at a false-alarm rate of \(NumberText.plain(fitted.falseAlarmRate))"
      + (threshold.map { ": scores above \(NumberText.significant($0))" } ?? "")
  }
}
