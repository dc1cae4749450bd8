import HourglassApplications
import HourglassDatasets
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors

/// One run of `learn`, from the table that it reads to the model that it writes.
struct LearnJob {
  private let command: Learn
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Learn) throws {
    self.command = command
    run = VerbRun(
      paths: try VerbPaths(
        model: command.save,
        checkpoint: command.learning.checkpoint,
        read: [command.data]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying
    )
  }

  /// Reads, learns and keeps the model, in this order.
  mutating func run() async throws -> LearnOutcome {
    let data = try command.reading.loadToLearn(
      command.data,
      limit: command.first,
      quiet: command.saying.quiet
    )
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let learner = TableLearner(
      latent: command.shape.latent,
      architecture: command.shape.hidden.map { .dense(hidden: $0.widths, activation: .silu) },
      beta: command.shape.beta,
      learning: command.learning.settings
    )
    let rivals = command.rivals.rivals
    let fitted = try await run.learn(unit: data.kind.nouns.one) {
      try await learner.fit(data, comparing: rivals, session: $0)
    }
    try fitted.removeCheckpoint()
    return LearnOutcome(fitted, command, run.paths, run.clock.seconds)
  }
}

/// What a run of `learn` came to, for people and for programs.
struct LearnOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var model: String?
  }

  var data: String
  var columns: [String]
  var latent: Int
  var learning: LearnedModel
  var report: TableModelReport?
  var files: Files
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  /// Gathers what a run has done.
  init(
    _ fitted: FittedTableModel,
    _ command: Learn,
    _ paths: VerbPaths,
    _ seconds: [StageClock.Stage: Double]
  ) {
    data = command.data
    columns = fitted.columns
    latent = fitted.latent
    learning = LearnedModel(fitted)
    report = fitted.report
    files = Files(model: paths.model)
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
  }

  /// The outcome for people.
  var text: String {
    let what = NumberText.counted(columns.count, "column")
    var lines = [learning.text(noun: "row", what: what, seconds: seconds["learning"])]
    if let report { lines += ["", report.description] }
    lines.append("")
    guard let path = files.model else {
      lines.append("nothing was written: --save keeps the model")
      return lines.joined(separator: "\n")
    }
    var size = ""
    if let kept = learning.keptItems {
      size = "  (with \(NumberText.counted(kept, "row")) of the table)"
    }
    lines.append("model  \(path)\(size)")
    lines.append("take it with --model: reduce, features, match, denoise, detect, generate, impute")
    return lines.joined(separator: "\n")
  }
}
