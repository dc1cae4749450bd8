import HourglassData
import HourglassImpute
import HourglassModelFiles
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTensors

/// What a run of `impute` came to, for people and for programs.
struct ImputeOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var filled: String?
    var draws: [String]
    var intervals: String?
    var model: String?
  }

  var data: String
  var rows: Int
  /// The cells that were missing, and those that still are.
  var missing: Int
  var stillMissing: Int
  /// The report on observed cells that were deleted before learning.
  var deleted: ImputationReport?
  /// The means and shares of columns over the drawn tables; none without draws.
  var pooled: [PooledEstimate]?
  /// How many networks there are.
  var members: Int
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case data, rows, missing, stillMissing, deleted, pooled, members, learning, files, usedModel,
      seconds
  }

  let resultTakesOutput: Bool
  /// What an item of learning is called.
  private let noun: String

  /// Gathers what a run has done.
  init(
    _ fitted: FittedImputer,
    _ counts: ImputedFiles.Counts,
    _ command: Impute,
    _ paths: VerbPaths,
    draws: [String],
    intervals: String?,
    isSeries: Bool,
    _ seconds: [StageClock.Stage: Double]
  ) {
    data = command.data
    rows = counts.rows
    missing = counts.missing
    stillMissing = counts.stillMissing
    deleted = command.comparing.shown(fitted.report)
    members = fitted.configuration.members
    learning = LearnedModel(fitted)
    noun = isSeries ? "window" : "row"
    files = Files(
      filled: paths.output,
      draws: draws,
      intervals: intervals,
      model: paths.model
    )
    pooled = counts.pooled.isEmpty ? nil : counts.pooled
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    resultTakesOutput = paths.writesToOutput
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [
        learning.text(
          noun: noun,
          what: NumberText.counted(members, "network"),
          seconds: seconds["learning"]
        ),
        "",
      ]
      if let deleted { lines += [deleted.description, ""] }
    }
    let done = NumberText.counted(missing - stillMissing, "missing cell")
    lines.append(
      stillMissing == 0
        ? "\(done) of \(data) filled"
        : "\(done) of \(data) filled; \(NumberText.grouped(stillMissing)) stay missing"
    )
    if let path = files.filled, !resultTakesOutput { lines.append("filled  \(path)") }
    for path in files.draws { lines.append("draw    \(path)") }
    if let path = files.intervals { lines.append("intervals  \(path)") }
    if let model = files.model { lines.append("model   \(model)") }
    if files.filled == nil, files.model == nil {
      lines.append("nothing was written: --output keeps the table, --save the model")
    }
    return (lines + pooledLines).joined(separator: "\n")
  }

  /// The most estimates that are shown.
  private static let shownEstimates = 24

  /// The pooled estimates as a table.
  private var pooledLines: [String] {
    guard let pooled else { return [] }
    var table = TextTable(["", "estimate", "standard error", "due to missing cells"])
    for estimate in pooled.prefix(Self.shownEstimates) {
      table.append([
        estimate.level.map { "share of \(estimate.column) = \($0)" }
          ?? "mean of \(estimate.column)",
        NumberText.significant(estimate.estimate),
        NumberText.significant(estimate.standardError),
        "\(NumberText.fixed(100 * estimate.missingShare, places: 0)) %",
      ])
    }
    var lines = ["", "Over \(files.draws.count) draws, pooled by Rubin's rules:"]
    lines += table.lines.map { "  " + $0 }
    if pooled.count > Self.shownEstimates {
      lines.append("  (\(pooled.count - Self.shownEstimates) more are told by --json)")
    }
    return lines
  }
}
