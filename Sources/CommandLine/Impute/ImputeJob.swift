import HourglassDetect
import HourglassEncodings
import HourglassEngines
import HourglassImpute
import HourglassModelFiles
import HourglassReports
import HourglassTasksCommon

/// One run of `impute`, from the files that it reads to those that it writes.
struct ImputeJob {
  private let command: Impute
  private var run: VerbRun
  private let drawPaths: [String]
  private let intervalsPath: String?

  /// Checks what can be checked before anything is read.
  init(_ command: Impute) throws {
    self.command = command
    drawPaths =
      command.files.output.map { output in
        (0..<(command.filling.draws ?? 0)).map { Self.path(output, "\($0 + 1)") }
      } ?? []
    intervalsPath =
      command.filling.intervals == nil
      ? nil : command.files.output.map { Self.path($0, "intervals") }
    run = VerbRun(
      paths: try VerbPaths(
        command.files,
        checkpoint: command.learning.checkpoint,
        others: drawPaths + [intervalsPath],
        read: [command.data]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns or loads, fills, writes, in this order.
  mutating func run() async throws -> ImputeOutcome {
    let (files, quiet) = (command.files, command.saying.quiet)
    let model = try files.model.map { try FittedImputer(contentsOf: $0) }
    let data = try command.reading.loadAny(command.data, limit: files.first, quiet: quiet)
    let learned = try files.learnFrom.map {
      try command.reading.loadToLearn($0, limit: files.first, quiet: quiet)
    }
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedImputer
    if let model {
      fitted = model
    } else {
      let imputer = imputer
      let source = learned ?? command.reading.learnable(data, quiet: quiet)
      let isSeries = source.kind == .series
      fitted = try await run.learn(unit: isSeries ? "window" : "row") {
        try await imputer.fit(source, session: $0)
      }
    }
    let filling = ImputedFiles(
      command,
      fitted,
      run.paths,
      draws: drawPaths,
      intervals: intervalsPath
    )
    let engine = run.engine
    let counts = try await StopSignals.run { try await filling.fill(data, on: engine) }
    run.clock.end(.encoding)
    try fitted.removeCheckpoint()
    return ImputeOutcome(
      fitted,
      counts,
      command,
      run.paths,
      draws: drawPaths,
      intervals: intervalsPath,
      isSeries: command.reading.series != nil,
      run.clock.seconds
    )
  }

  private var imputer: Imputer {
    var settings = command.learning.settings
    settings.earlyStopping = nil
    return Imputer(
      members: command.filling.members ?? 3,
      usesNeighbors: !command.filling.noNeighbors,
      usesRegression: !command.filling.noRegression,
      learning: settings
    )
  }

  /// `NAME-1.csv` for `NAME.csv`.
  private static func path(_ path: String, _ suffix: String) -> String {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let point = path[slash...].lastIndex(of: "."), point > slash else {
      return "\(path)-\(suffix)"
    }
    return "\(path[..<point])-\(suffix)\(path[point...])"
  }
}
