import HourglassApplications
import HourglassDatasets
import HourglassEngines
import HourglassModelFiles

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
    let files = command.files
    let model = try files.model.map { try FittedImputer(contentsOf: $0) }
    let data = try command.reading.load(command.data, limit: files.first)
    let learned = try files.learnFrom.map {
      try command.reading.loadToLearn($0, limit: files.first, quiet: command.saying.quiet)
    }
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedImputer
    if let model {
      fitted = model
    } else {
      let imputer = imputer
      let source = learned ?? data
      let isSeries = if case .series = source { true } else { false }
      fitted = try await run.learn(unit: isSeries ? "window" : "row") {
        try await imputer.fit(source, session: $0)
      }
    }
    let engine = run.engine
    let filled = try await StopSignals.run { try await fitted.filled(data, on: engine) }
    run.clock.end(.encoding)
    let pooled = try await write(filled, of: data, by: fitted)
    try fitted.removeCheckpoint()
    return ImputeOutcome(
      fitted,
      before: try table(of: data),
      filled: filled,
      command,
      run.paths,
      ImputeOutcome.Further(draws: drawPaths, pooled: pooled, intervals: intervalsPath),
      run.clock.seconds
    )
  }

  private var imputer: Imputer {
    var settings = command.learning.settings
    settings.earlyStopping = nil
    return Imputer(
      members: command.filling.members ?? 3,
      usesNeighbours: !command.filling.noNeighbours,
      usesRegression: !command.filling.noRegression,
      learning: settings
    )
  }

  /// Writes what was asked for, and pools the drawn tables.
  private func write(
    _ filled: Table,
    of data: Dataset,
    by fitted: FittedImputer
  ) async throws -> [PooledEstimate] {
    guard let output = run.paths.output else { return [] }
    try write(filled, to: output)
    let engine = run.engine
    if let level = command.filling.intervals, let intervalsPath {
      let intervals = try await StopSignals.run {
        try await fitted.intervals(of: data, level: level, on: engine)
      }
      try IntervalsTable.write(intervals, to: intervalsPath)
    }
    guard let count = command.filling.draws else { return [] }
    let seed = command.learning.seed ?? 0
    let tables = try await StopSignals.run {
      try await fitted.draws(of: data, count: count, seed: seed, on: engine)
    }
    for (path, table) in zip(drawPaths, tables) { try write(table, to: path) }
    let gaps = try table(of: data).columns.filter { $0.missingCount > 0 }.map(\.name)
    let filledColumns = Set(fitted.columns)
    return PooledEstimate.pooled(tables, columns: gaps.filter { filledColumns.contains($0) })
  }

  private func write(_ table: Table, to path: String) throws {
    guard try CSVCompletion.applies(to: command.data) else {
      let writer = try CSVWriter(replacing: path, columns: table.columns.map(\.name))
      try writer.append(table)
      return try writer.commit()
    }
    try CSVCompletion.write(
      to: path,
      from: command.data,
      filledBy: table,
      options: command.reading.options(limit: command.files.first).table
    )
  }

  private func table(of data: Dataset) throws -> Table {
    switch data {
    case .table(let table): table
    case .largeTable(let table): try table.whole()
    case .series(let series): series.table
    case .images, .sounds: throw Failure.usage("\(data.name) is no table")
    }
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
