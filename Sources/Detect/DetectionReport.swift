internal import HourglassData
public import HourglassEncodings
public import HourglassStatistics
internal import HourglassSystem
public import HourglassTasksCommon
internal import HourglassTensors

/// How often a detector takes normal items for anomalies, beside simpler detectors.
public struct DetectionReport: Hashable, Sendable, Codable {
  /// One way to score items.
  public struct Method: Hashable, Sendable, Codable {
    /// What it is called.
    public var name: String
    /// The share of held-out items that are taken for anomalies, each half of them evaluated by the
    /// scores of the other; `nil` where there are too few.
    public var falseAlarms: Double?
  }

  /// The name of the data that were trained on.
  public var dataName: String
  /// What the items are.
  public var kind: DataKind
  /// What the held-out items are to the model.
  public var heldOut: EvaluationSplit
  /// The number of items held out.
  public var heldOutCount: Int
  /// The number of scores among them: one for each item, and for a series one for each time.
  public var scoreCount: Int
  /// The rate of false alarms that was asked for.
  public var falseAlarmRate: Double
  /// The detector, and then the simpler ones.
  public var methods: [Method]
  /// The number of rows that the model keeps to measure distances to.
  public var referenceCount: Int
  /// The columns that nothing is trained on.
  public var ignoredColumns: [String]
  /// Whether anomalies may be among the items trained on; `nil` is `normal`.
  public var learned: AnomalyDetector.LearnedItems?
  /// What was wrong with learning, in words, such as that it ended too early.
  public var warnings: [String]?

  /// The share of held-out items that the detector takes for anomalies.
  public var heldOutFalseAlarms: Double? { methods.first?.falseAlarms }
}

extension DetectionReport: CustomStringConvertible {
  /// The report as a small table and notes, for people.
  public var description: String {
    let noun = kind == .series ? "time" : kind.nouns.one
    var lines = [
      "\(NumberText.counted(scoreCount, noun)) of \(dataName) "
        + (heldOut == .heldOut ? "held out" : "that were trained on")
        + ", false alarms among them where \(percent(falseAlarmRate)) was asked for:"
    ]
    let width = methods.map(\.name.count).max() ?? 0
    for method in methods {
      let blanks = String(repeating: " ", count: width - method.name.count)
      let alarms = method.falseAlarms.map(percent) ?? "too few to tell"
      lines.append("  \(method.name)\(blanks)  \(alarms)")
    }
    return (lines + notes).joined(separator: "\n")
  }

  /// What else a reader should know.
  public var notes: [String] {
    var notes: [String] = []
    let smallest = 1 / Double(scoreCount + 1)
    if smallest > falseAlarmRate {
      notes.append(
        "No score can be told to be an anomaly at \(percent(falseAlarmRate)): with \(scoreCount) "
          + "held out, the smallest rate is \(percent(smallest)). Ask for that, or give more data."
      )
    }
    if learned == .mixed {
      notes.append(
        "Anomalies may be among the \(kind.nouns.many): the fifth that is farthest from the others was "
          + "not trained on, and those among the ones held out make alarms rarer than was asked for."
      )
    }
    if heldOut == .trainedOn {
      notes.append("There were too few to hold some out: new ones will give more false alarms.")
    }
    if kind == .series {
      notes.append(
        "Times near one another are alike, so that the rate holds on average over long spans only."
      )
    }
    if referenceCount > 0 {
      notes.append(
        "The model keeps \(NumberText.counted(referenceCount, kind.nouns.one)) of the data, to "
          + "measure distances to."
      )
    }
    if !ignoredColumns.isEmpty {
      let names = ignoredColumns.prefix(4).joined(separator: ", ")
      let more = ignoredColumns.count > 4 ? " and \(ignoredColumns.count - 4) more" : ""
      notes.append("Nothing is trained on \(names)\(more).")
    }
    return notes + (warnings ?? [])
  }
}

extension DetectionReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: DetectionReport {
    var report = self
    report.methods = Array(methods.prefix(1))
    return report
  }
}

/// How well a detector tells anomalies that somebody labeled, beside simpler detectors.
public struct LabeledReport: Hashable, Sendable, Codable {
  /// One way to score items.
  public struct Method: Hashable, Sendable, Codable {
    /// What it is called.
    public var name: String
    /// The area under the receiver operating characteriztic.
    public var areaUnderROC: Double
    /// The average precision.
    public var averagePrecision: Double
  }

  /// The number of items.
  public var count: Int
  /// The number of labeled anomalies among them.
  public var positives: Int
  /// The detector, and then the simpler ones.
  public var methods: [Method]
  /// The share of the other items that the detector takes for anomalies.
  public var falseAlarms: Double
  /// The share of the labeled anomalies that it finds.
  public var found: Double
}

extension LabeledReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: LabeledReport {
    var report = self
    report.methods = Array(methods.prefix(1))
    return report
  }
}

extension LabeledReport: CustomStringConvertible {
  /// The report as a small table, for people.
  public var description: String {
    var lines = [
      "\(NumberText.counted(positives, "labeled anomaly", "labeled anomalies")) of \(count)"
    ]
    let width = max(methods.map(\.name.count).max() ?? 0, 1)
    lines.append("  \(String(repeating: " ", count: width))  AUROC  average precision")
    for method in methods {
      let blanks = String(repeating: " ", count: width - method.name.count)
      let area = NumberText.fixed(method.areaUnderROC, places: 3)
      let precision = NumberText.fixed(method.averagePrecision, places: 3)
      lines.append("  \(method.name)\(blanks)  \(area)  \(precision)")
    }
    lines.append("found \(percent(found)) of them, with \(percent(falseAlarms)) false alarms")
    return lines.joined(separator: "\n")
  }
}

extension NumberText {
  fileprivate static func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(grouped(count)) \(count == 1 ? one : many)"
  }
}

private func percent(_ part: Double) -> String {
  NumberText.fixed(100 * part, places: part < 0.1 ? 2 : 1) + " %"
}
