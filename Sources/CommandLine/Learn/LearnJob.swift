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
struct LearnOutcome: Encodable {
  /// The files that were written.
  struct Files: Encodable {
    var model: String?
  }

  var data: String
  /// The rows that were learned from.
  var rows: Int
  var columns: [String]
  var latent: Int
  var parameters: Int
  var epochs: Int
  var seed: UInt64
  var report: TableModelReport?
  /// The rows of the table that the model keeps.
  var keptRows: Int
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
    let provenance = fitted.header.provenance
    rows = provenance.itemCount
    columns = fitted.columns
    latent = fitted.latent
    parameters = fitted.parameterCount
    epochs = fitted.header.training.epochs
    seed = provenance.seed
    report = fitted.report
    keptRows = provenance.keptItemCount
    files = Files(model: paths.model)
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
  }

  /// Prints the outcome as it was asked for.
  func say(_ options: ReportOptions) throws {
    guard options.json || !options.quiet else { return }
    try Console.print(options.json ? try jsonLine() : text)
  }

  /// The outcome for people.
  var text: String {
    var line =
      "learned \(NumberText.counted(columns.count, "column")) of \(NumberText.counted(rows, "row"))"
    if let time = seconds["learning"] { line += " in \(NumberText.seconds(time))" }
    var lines = [
      line,
      "\(NumberText.counted(epochs, "epoch")), \(NumberText.grouped(parameters)) parameters, "
        + "seed \(seed)",
    ]
    if let report { lines += ["", report.description] }
    lines.append("")
    guard let path = files.model else {
      lines.append("nothing was written: --save keeps the model")
      return lines.joined(separator: "\n")
    }
    var size = ""
    if keptRows > 0 { size = "  (with \(NumberText.counted(keptRows, "row")) of the table)" }
    lines.append("model  \(path)\(size)")
    lines.append("take it with --model: reduce, features, match, denoise, detect, generate, impute")
    return lines.joined(separator: "\n")
  }
}
