import HourglassData
import HourglassDetect
import HourglassEncodings
import HourglassModelFiles
import HourglassNetworks
import HourglassStatistics
import HourglassSystem
import HourglassTensors

/// What a run of `detect` came to, for people and for programs.
struct DetectOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var scores: String?
    var model: String?
    var heatMaps: String?
  }

  var data: String
  /// The number of scores.
  var count = 0
  /// The number of anomalies among them.
  var anomalies = 0
  var falseAlarmRate: Double
  /// The share of the anomalies that may be false, where they are chosen together.
  var falseDiscoveryRate: Double?
  /// The score above which a row is an anomaly; none where too few rows were held out.
  var threshold: Double?
  /// The report on items held out of learning.
  var heldOut: DetectionReport?
  /// The share of p-values in their lower half: 0.5 where the data are like the normal ones.
  var lowerShare: Double?
  /// The share of p-values of at most 0.1: 0.1 where the data are like the normal ones.
  var alarmShare: Double?
  /// Whether the data as a whole are less usual than the normal ones.
  var hasDrifted = false
  /// The most unusual anomalies.
  var top: [TopFindings.Item] = []
  /// The report on labeled data.
  var labeled: LabeledReport?
  /// The ranges of a series, the most unusual first.
  var ranges: [AnomalousRange]?
  /// The number of heat maps.
  var heatMaps: Int?
  /// For each category the cells whose level was not learned.
  var unknownCategories: [String: Int] = [:]
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double] = [:]
  /// The most memory that the process had, in bytes; none where the system does not tell.
  var peakMemory: Int?

  private enum CodingKeys: String, CodingKey {
    case data, count, anomalies, falseAlarmRate, threshold, heldOut, labeled, ranges, heatMaps
    case falseDiscoveryRate, lowerShare, alarmShare, hasDrifted, top, unknownCategories, learning,
      files,
      usedModel, seconds, peakMemory
  }

  private let noun: String
  let resultTakesOutput: Bool
  private let hasLabels: Bool
  private let smallestPValue: Double

  init(_ fitted: FittedAnomalyDetector, _ command: Detect, _ paths: VerbPaths) {
    data = command.data
    falseAlarmRate = fitted.falseAlarmRate
    threshold = fitted.threshold.isFinite ? fitted.threshold : nil
    falseDiscoveryRate = command.falseDiscoveries
    heldOut = command.comparing.shown(fitted.report)
    learning = LearnedModel(fitted)
    files = Files(scores: paths.output, model: paths.model, heatMaps: command.heatMaps)
    usedModel = command.files.model
    noun = fitted.kind == .series ? "time" : fitted.kind.nouns.one
    resultTakesOutput = paths.writesToOutput
    hasLabels = command.labels != nil
    smallestPValue = fitted.calibration.smallestPValue
  }

  /// Takes the numbers of a table that was scored block by block.
  mutating func take(_ counts: DetectStream.Counts) {
    count = counts.rows
    anomalies = counts.anomalies
    unknownCategories = counts.unknown
    take(counts.drift)
  }

  /// Takes what was found.
  mutating func take(_ findings: Findings, calibrationCount: Int) {
    count = findings.count
    anomalies = findings.anomalyCount
    if falseDiscoveryRate != nil {
      threshold = findings.indices.filter { findings.anomalies[$0] }.map { findings.scores[$0] }
        .min()
    }
    var drift = ScoreDrift(calibrationCount: calibrationCount)
    drift.take(findings.pValues)
    take(drift)
  }

  private mutating func take(_ drift: ScoreDrift) {
    lowerShare = drift.lowerShare
    alarmShare = drift.alarmShare
    hasDrifted = drift.isFound
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learned, ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let labeled {
      lines += [labeled.description, ""]
    } else if hasLabels {
      lines += ["The labels are all the same: there is nothing to tell apart.", ""]
    }
    lines.append(verdict)
    lines += found
    if let drift { lines.append(drift) }
    for (name, count) in unknownCategories.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "\(NumberText.counted(count, "cell")) of \(name) of levels that were not learned"
      )
    }
    if let scores = files.scores, !resultTakesOutput { lines.append("scores     \(scores)") }
    if let model = files.model { lines.append("model      \(model)") }
    if let maps = heatMaps, let folder = files.heatMaps {
      lines.append("heat maps  \(folder)  (\(NumberText.counted(maps, "image")))")
    }
    if files.scores == nil, files.model == nil {
      lines.append("nothing was written: --output keeps the scores, --save the model")
    }
    return lines.joined(separator: "\n")
  }

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
  private var drift: String? {
    guard hasDrifted else { return nil }
    let share: String
    if let alarmShare, alarmShare > 0.5 {
      share =
        "\(NumberText.fixed(100 * alarmShare, places: 0)) % are among the oddest 10 % of normal ones"
    } else {
      let lower = NumberText.fixed(100 * (lowerShare ?? 0), places: 0)
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
    if let falseDiscoveryRate, anomalies == 0 {
      // With the smallest p-value each, so many anomalies make a discovery.
      let needed = (smallestPValue * Double(count) / falseDiscoveryRate).rounded(.up)
      let fewest = Int(exactly: min(needed, Double(count) + 1)) ?? count
      let line =
        "no \(noun) of \(NumberText.grouped(count)) is an anomaly where at most a share of "
        + "\(NumberText.plain(falseDiscoveryRate)) may be false"
      if fewest <= 1 { return line }
      let untold = fewest > count ? "none" : "no fewer than \(NumberText.grouped(fewest))"
      return line + "; with so few held out, \(untold) can be told: learn from more, or use "
        + "--false-alarms"
    }
    if let falseDiscoveryRate {
      return start
        + ", of which at most a share of \(NumberText.plain(falseDiscoveryRate)) is false "
        + "on average"
        + (threshold.map { ": scores from \(NumberText.significant($0)) up" } ?? "")
    }
    return start + " at a rate of false alarms of \(NumberText.plain(falseAlarmRate))"
      + (threshold.map { ": scores above \(NumberText.significant($0))" } ?? "")
  }

  private var learned: String {
    learning.text(noun: heldOut?.kind.nouns.one ?? noun, seconds: seconds["learning"])
  }
}
