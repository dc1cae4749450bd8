internal import HourglassData
internal import HourglassDetect
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassStatistics

/// Scores a table block by block, in memory that its length does not matter to: while some blocks are
/// scored, one on each thread, the next one is read and the last one is written.
struct DetectStream: Sendable {
  private let fitted: FittedAnomalyDetector
  /// An engine of one thread for each thread; a row has the same score on any.
  private let engines: [ComputeEngine]
  private let blocks: BlockReader
  private let identifiers: [String]
  /// Whether rows come from standard input, and each is answered before the next one is there.
  private let isLive: Bool

  /// What came of the rows.
  struct Counts: Sendable {
    var rows = 0
    var anomalies = 0
    var unknown: [String: Int] = [:]
    var top = TopFindings()
    var drift: ScoreDrift

    /// Takes what was found in a block.
    mutating func take(_ findings: Findings, of block: Table) {
      top.take(findings, rows: block, firstRow: rows)
      drift.take(findings.pValues)
      rows += block.rowCount
      anomalies += findings.anomalyCount
    }
  }

  /// Opens the data; `nil` where they must be read as a whole: anything but a table in a text file
  /// or in an array that is larger than `--in-memory`, one whose labels are asked for, or one whose
  /// anomalies are chosen together.
  init?(_ run: JobRun, _ options: DetectOptions, _ fitted: FittedAnomalyDetector) throws {
    isLive = run.data == "-"
    guard let schema = fitted.tableSchema, options.labels == nil,
      run.request.reading.series == nil, options.falseDiscoveries == nil
    else {
      if isLive { throw Failure.usage("detect - needs a model of the rows of a table") }
      return nil
    }
    self.fitted = fitted
    var configuration = run.engine.configuration
    configuration.threads = 1
    engines = (0..<(isLive ? 1 : run.engine.threads)).map { _ in ComputeEngine(configuration) }
    let aside = Set(fitted.ignoredColumns)
    let needed = schema.columns.filter { !aside.contains($0.name) }
    let names = schema.columns.filter { $0.kind == .identifier }.map {
      TableSchema.Column(name: $0.name, kind: .identifier, content: .texts)
    }
    guard let reader = try Self.reader(run, needed: needed, names: names) else { return nil }
    let found = Set(reader.schema.columns.map(\.name))
    identifiers = names.map(\.name).filter { found.contains($0) }
    blocks = BlockReader(reader)
  }

  /// A reader of the columns that are needed, and of those columns of names that are there; `nil`
  /// for a file that is neither a text nor a large array.
  private static func reader(
    _ run: JobRun,
    needed: [TableSchema.Column],
    names: [TableSchema.Column]
  ) throws -> TableReader? {
    let schema = TableSchema(columns: needed + names)
    let optional = Set(names.map(\.name))
    let limit = run.request.files.first
    guard run.data == "-" || FileKind.isText(run.data) else {
      return try TableReader(
        largeArray: run.data,
        schema: schema,
        options: run.request.reading.optionsForAny(limit: limit),
        optional: optional
      )
    }
    return try TableReader(
      contentsOf: run.data == "-" ? "/dev/stdin" : run.data,
      schema: schema,
      limit: limit,
      options: run.request.reading.options(limit: limit).table,
      optional: optional,
      isLive: run.data == "-"
    )
  }

  private var drift: ScoreDrift { ScoreDrift(calibrationCount: fitted.calibration.count) }

  /// Scores all rows, and writes what is found to a file where there is one.
  func score(into path: String?) async throws -> Counts {
    if isLive { return try await answer(into: path ?? "/dev/stdout") }
    var counts = Counts(drift: drift)
    var sink: FindingsSink?
    var writing: Task<Void, any Error>?
    var scored: [(block: Table, findings: Task<Findings, any Error>)] = []
    var (number, isAtEnd) = (0, false)
    while true {
      while !isAtEnd, scored.count <= engines.count {
        try Task.checkCancellation()
        guard let block = try await blocks.next() else {
          isAtEnd = true
          break
        }
        let engine = engines[number % engines.count]
        number += 1
        scored.append(
          (block, Task { [fitted] in try await fitted.findings(in: block, on: engine) })
        )
      }
      guard !scored.isEmpty else { break }
      let (block, task) = scored.removeFirst()
      let findings = try await task.value
      try await writing?.value
      if let path {
        let current = try sink ?? FindingsSink(path)
        sink = current
        let (firstRow, identifiers) = (counts.rows, identifiers)
        writing = Task {
          try await current.write(findings, block, identifiers, firstRow: firstRow)
        }
      }
      counts.take(findings, of: block)
    }
    try await writing?.value
    try await sink?.commit()
    counts.unknown = await blocks.unknownCounts
    return counts
  }
}

extension DetectStream {
  /// Answers rows as they come: one block is read, scored and written before the next one is waited
  /// for.
  private func answer(into path: String) async throws -> Counts {
    var counts = Counts(drift: drift)
    let sink = try FindingsSink(path)
    while let block = try await blocks.next() {
      try Task.checkCancellation()
      let findings = try await fitted.findings(in: block, on: engines[0])
      try await sink.write(findings, block, identifiers, firstRow: counts.rows)
      try await sink.flush()
      counts.take(findings, of: block)
    }
    try await sink.commit()
    counts.unknown = await blocks.unknownCounts
    return counts
  }
}

/// Writes findings on a task of its own.
private actor FindingsSink {
  private let path: String
  private var writer: CSVWriter?

  init(_ path: String) throws { self.path = path }

  func write(
    _ findings: Findings,
    _ block: Table,
    _ identifiers: [String],
    firstRow: Int
  ) throws {
    var table = FindingsTable(findings)
    table.addIdentifiers(identifiers.compactMap { block[column: $0] }, firstRow: firstRow)
    let rows = table.table
    let writer =
      try self.writer ?? CSVWriter(replacing: path, columns: rows.columns.map(\.name))
    self.writer = writer
    try writer.append(rows)
  }

  func flush() throws { try writer?.flush() }

  func commit() throws { try writer?.commit() }
}
