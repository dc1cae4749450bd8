internal import HourglassData
internal import HourglassEngines
internal import HourglassImpute

/// The files that a run of `impute` writes: what it was given, with its missing cells filled, and what
/// else was asked for.
struct ImputedFiles: Sendable {
  private let source: String
  private let options: TableOptions
  private let fitted: FittedImputer
  private let output: String?
  private let drawPaths: [String]
  private let intervalsPath: String?
  private let level: Double?
  private let seed: UInt64

  /// What came of the rows.
  struct Counts: Sendable {
    var rows = 0
    /// The cells that were missing, and those that still are.
    var missing = 0
    var stillMissing = 0
    /// The estimates over the drawn tables.
    var pooled: [PooledEstimate] = []
    /// The first rows, where they go to no file.
    var preview: TablePreview?
  }

  init(
    _ run: JobRun,
    _ imputing: ImputeOptions,
    _ fitted: FittedImputer,
    draws: [String],
    intervals: String?
  ) {
    source = run.data
    options = run.request.reading.options(limit: run.request.files.first).table
    self.fitted = fitted
    output = run.paths.output
    drawPaths = draws
    intervalsPath = intervals
    level = imputing.intervals
    seed = run.seed
  }

  /// Fills all rows, and writes them where there is a file.
  func fill(_ data: Dataset, on engine: ComputeEngine) async throws -> Counts {
    var counts = Counts()
    var tally = PooledTally()
    var files: [RevisedTable] = []
    var intervals: IntervalsTable?
    var (names, gaps): ([String], Set<String>) = ([], [])
    try await fitted.fillings(of: data, on: engine) { batch, filling in
      let before = batch.wanted(filling.given)
      let filled = batch.wanted(filling.filled)
      counts.rows += before.rowCount
      counts.missing += before.missingCount
      counts.stillMissing += filled.missingCount
      names = before.columns.map(\.name)
      for column in before.columns where column.missingCount > 0 { gaps.insert(column.name) }
      guard let output else {
        counts.preview = counts.preview ?? TablePreview(filled)
        return
      }
      if files.isEmpty {
        files = try ([output] + drawPaths).map { path in
          try RevisedTable(path, from: source, columns: names, options: options)
        }
        intervals = try intervalsPath.map { try IntervalsTable($0) }
      }
      try files[0].append(filled)
      if let level, let intervals {
        let found = filling.intervals(level: level)
        try intervals.append(found, rows: batch.rows, firstRow: batch.firstRow)
      }
      for (number, file) in files.dropFirst().enumerated() {
        try Task.checkCancellation()
        let drawn = filling.drawn(seed: seed, number: number, firstRow: batch.firstRow)
        let table = batch.wanted(drawn)
        tally.add(table, number: number)
        try file.append(table)
      }
    }
    for file in files { try file.commit() }
    try intervals?.commit()
    let filledColumns = Set(fitted.columns)
    counts.pooled = tally.estimates(
      of: names.filter { gaps.contains($0) && filledColumns.contains($0) }
    )
    return counts
  }
}
