internal import HourglassData
internal import HourglassDetect
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

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
  /// The most unusual anomalies.
  var top: [TopFindings.Item] = []
  /// The report on labeled data.
  var labeled: LabeledReport?
  /// The ranges of a series, the most unusual first.
  var ranges: [AnomalousRange]?
  /// The number of heat maps.
  var heatMaps: Int?
  /// For each category the cells whose level was not learned.
  private var unknownCategories: [String: Int] = [:]

  init(_ fitted: FittedAnomalyDetector, _ options: DetectOptions, _ data: String) {
    self.fitted = fitted
    self.options = options
    self.data = data
    threshold = fitted.threshold.isFinite ? fitted.threshold : nil
  }

  /// Takes the numbers of a table that was scored block by block.
  mutating func take(_ counts: DetectStream.Counts) {
    count = counts.rows
    anomalies = counts.anomalies
    unknownCategories = counts.unknown
    drift = counts.drift
  }

  /// Takes what was found.
  mutating func take(_ findings: Findings, calibrationCount: Int) {
    count = findings.count
    anomalies = findings.anomalyCount
    if options.falseDiscoveries != nil {
      threshold = findings.indices.filter { findings.anomalies[$0] }.map { findings.scores[$0] }
        .min()
    }
    var drift = ScoreDrift(calibrationCount: calibrationCount)
    drift.take(findings.pValues)
    self.drift = drift
  }

  /// All of it, and what was written.
  func result(_ run: JobRun, _ fitted: FittedAnomalyDetector) -> JobResult {
    var result = run.result
    let report = run.request.shown(fitted.report)
    result.tell("data", data)
    result.tell("count", count)
    result.tell("anomalies", anomalies)
    result.tell("falseAlarmRate", fitted.falseAlarmRate)
    result.tell("falseDiscoveryRate", options.falseDiscoveries)
    result.tell("threshold", threshold)
    result.tell("lowerShare", drift?.lowerShare)
    result.tell("alarmShare", drift?.alarmShare)
    result.tell("hasDrifted", drift?.isFound ?? false)
    result.tell("top", top)
    result.tell("ranges", ranges)
    result.tell("heatMaps", heatMaps)
    result.tell("unknownCategories", unknownCategories)
    result.tell("peakMemory", PeakMemory.bytes)
    result.model(
      fitted,
      noun: report?.kind.nouns.one ?? noun,
      report: "heldOut",
      report
    )
    result.report("labeled", labeled)
    if labeled == nil, options.labels != nil {
      result.paragraphs.append("The labels are all the same: there is nothing to tell apart.")
    }
    result.sentences = [verdict] + found + [drifted].compactMap(\.self)
    for (name, count) in unknownCategories.sorted(by: { $0.key < $1.key }) {
      result.sentences.append(
        "\(NumberText.counted(count, "cell")) of \(name) of levels that were not learned"
      )
    }
    result.wrote("scores", to: run.paths.output)
    result.wrote("model", to: run.paths.model)
    result.wrote(
      "heatMaps",
      "heat maps",
      to: options.heatMaps,
      note: heatMaps.map { NumberText.counted($0, "image") }
    )
    result.hint = "--output keeps the scores, --save the model"
    return result
  }

  private var noun: String { fitted.kind == .series ? "time" : fitted.kind.nouns.one }

  /// The most unusual ones.
  private var found: [String] {
    if let ranges {
      return ranges.prefix(5).map { range in
        "  \(range.start) to \(range.end)  score \(NumberText.significant(range.score))  "
          + range.channel
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
        "\(NumberText.fixed(100 * alarmShare, places: 0)) % are among the oddest 10 % of normal ones"
    } else {
      let lower = NumberText.fixed(100 * (drift.lowerShare ?? 0), places: 0)
      share = "without the oddest, \(lower) % score above the middle of normal ones, not 50 %"
    }
    return
      "The data as a whole are less usual than what was trained on: \(share). More false alarms "
      + "than asked for are likely: learn from newer normal data."
  }

  /// How many anomalies there are, and how they were chosen.
  private var verdict: String {
    let start =
      "\(NumberText.grouped(anomalies)) of \(NumberText.counted(count, noun)) "
      + (anomalies == 1 ? "is an anomaly" : "are anomalies")
    if let rate = options.falseDiscoveries, anomalies == 0 {
      // With the smallest p-value each, so many anomalies make a discovery.
      let needed = (fitted.calibration.smallestPValue * Double(count) / rate).rounded(.up)
      let fewest = Int(exactly: min(needed, Double(count) + 1)) ?? count
      let line =
        "no \(noun) of \(NumberText.grouped(count)) is an anomaly where at most a share of "
        + "\(NumberText.plain(rate)) may be false"
      if fewest <= 1 { return line }
      let untold = fewest > count ? "none" : "no fewer than \(NumberText.grouped(fewest))"
      return line + "; with so few held out, \(untold) can be told: learn from more, or use "
        + "--false-alarms"
    }
    if let rate = options.falseDiscoveries {
      return start
        + ", of which at most a share of \(NumberText.plain(rate)) is false "
        + "on average"
        + (threshold.map { ": scores from \(NumberText.significant($0)) up" } ?? "")
    }
    return start + " at a rate of false alarms of \(NumberText.plain(fitted.falseAlarmRate))"
      + (threshold.map { ": scores above \(NumberText.significant($0))" } ?? "")
  }
}
