import HourglassAutoencoders
import HourglassData
import HourglassDetect
import HourglassEncodings
import HourglassEngines
import HourglassReports
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors

/// One run of `detect`, from the files that it reads to those that it writes.
struct DetectJob {
  private let command: Detect
  private var run: VerbRun
  /// The data, where they are large series that were trained on too: they are read once less.
  private var largeSeries: LargeSeries?

  /// Checks what can be checked before anything is read.
  init(_ command: Detect) throws {
    self.command = command
    var files = command.files
    if command.data == "-", files.output == nil { files.output = "-" }
    run = VerbRun(
      paths: try VerbPaths(
        files,
        checkpoint: command.learning.checkpoint,
        read: [command.data]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns or loads, scores and writes, in this order.
  mutating func run() async throws -> DetectOutcome {
    let engine = run.engine
    try run.paths.checkWritable()
    let fitted = try await detector()
    var outcome = DetectOutcome(fitted, command, run.paths)
    let stream = try DetectStream(command, fitted, engine: engine)
    if let stream {
      let output = run.paths.output
      let counts = try await StopSignals.run { try await stream.score(into: output) }
      outcome.take(counts)
      outcome.top = try await counts.top.items(fitted, on: engine)
      run.clock.end(.encoding)
    } else if let series = try readLargeSeries() {
      let stream = SeriesStream(fitted: fitted, engine: engine, series: series)
      let output = run.paths.output
      let found = try await StopSignals.run { try await stream.score(into: output) }
      outcome.take(found.counts)
      outcome.ranges = found.ranges
      outcome.top = try await found.counts.top.items(fitted, on: engine)
      run.clock.end(.encoding)
    } else {
      var data = try wholeData()
      let labels = try DetectLabels(command, &data)
      run.clock.end(.reading)
      let scored = data
      var findings = try await StopSignals.run {
        try await fitted.findings(in: scored, on: engine)
      }
      if let share = command.falseDiscoveries {
        findings = findings.limiting(falseDiscoveryRate: share)
      }
      run.clock.end(.encoding)
      try await write(findings, of: data, fitted, &outcome)
      if let labels {
        let marks = findings.map { labels.marks[$0.item] }
        let evaluated = findings
        let compares = command.comparing.compares
        outcome.labeled = try await StopSignals.run {
          try await fitted.evaluate(
            evaluated,
            of: scored,
            labels: marks,
            comparesWithBaselines: compares,
            on: engine
          )
        }
        run.clock.end(.evaluating)
      }
    }
    try fitted.removeCheckpoint()
    outcome.seconds = run.clock.named
    outcome.peakMemory = PeakMemory.bytes
    return outcome
  }

  /// The data, where they are series that are larger than `--in-memory`, and are scored stretch by
  /// stretch: what is asked of all rows together needs these in memory.
  private mutating func readLargeSeries() throws -> LargeSeries? {
    guard command.reading.series != nil, command.labels == nil, command.falseDiscoveries == nil
    else {
      return nil
    }
    if let largeSeries { return largeSeries }
    let options = command.reading.optionsForAny(limit: command.files.first)
    guard try options.isLarge(command.data) else { return nil }
    let quiet = command.saying.quiet
    let data = try command.reading.loadAny(command.data, limit: command.files.first, quiet: quiet)
    guard case .largeSeries(let series) = data else { return nil }
    return series
  }

  /// The data in memory, or, of images that are too large for it, on the disk.
  private func wholeData() throws(DatasetError) -> Dataset {
    let limit = command.files.first
    if FileKind.isText(command.data) { return try command.reading.load(command.data, limit: limit) }
    return try command.reading.loadAny(command.data, limit: limit, quiet: command.saying.quiet)
      .inMemory()
  }

  private mutating func detector() async throws -> FittedAnomalyDetector {
    if let path = command.files.model {
      let fitted = try FittedAnomalyDetector(contentsOf: path)
      try prepareHeatMaps(for: fitted.kind)
      return try command.falseAlarms.map { try fitted.with(falseAlarmRate: $0) } ?? fitted
    }
    if command.files.learnFrom != nil, command.data != "-" {
      // What is to be scored should not turn out to be unreadable after an hour of learning.
      var beginning = try command.reading.load(command.data, limit: 1)
      _ = try DetectLabels(command, &beginning)
    }
    let quiet = command.saying.quiet
    let given = try command.reading.loadAny(
      command.files.learnFrom ?? command.data,
      limit: command.files.first,
      quiet: quiet
    )
    if case .largeSeries(let series) = given, command.files.learnFrom == nil {
      largeSeries = series
    }
    var source = command.reading.learnable(given, quiet: quiet)
    if command.files.learnFrom == nil {
      _ = try DetectLabels(command, &source)
    } else {
      // Data to learn from need no labels; where they have some, nothing is trained on these.
      _ = try? DetectLabels(command, &source)
    }
    try prepareHeatMaps(for: source.kind)
    run.clock.end(.reading)
    let detector = AnomalyDetector(
      falseAlarmRate: command.falseAlarms ?? 0.01,
      learned: command.learned?.value ?? (command.files.learnFrom == nil ? .mixed : .normal),
      latent: command.latent,
      learning: command.learning.settings
    )
    let unit =
      switch source {
      case .table, .largeTable, .sounds: "row"
      case .images: "image"
      case .series, .largeSeries: "window"
      }
    let learned = source
    return try await run.learn(unit: unit) { try await detector.fit(learned, session: $0) }
  }

  /// Makes the folder of heat maps, which only images have, before anything is learned.
  private func prepareHeatMaps(for kind: DataKind) throws {
    guard let folder = command.heatMaps else { return }
    guard kind == .images else {
      throw Failure.usage(
        "--heat-maps needs images, and \(command.data) is scored as \(kind.nouns.many)"
      )
    }
    try OutputFolder.make(folder)
  }

  private func write(
    _ findings: Findings,
    of data: Dataset,
    _ fitted: FittedAnomalyDetector,
    _ outcome: inout DetectOutcome
  ) async throws {
    outcome.take(findings, calibrationCount: fitted.calibration.count)
    var top = TopFindings()
    let rows: Table? = if case .table(let table) = data { table } else { nil }
    top.take(findings, rows: rows)
    outcome.top = try await top.items(fitted, on: run.engine)
    var table = FindingsTable(findings)
    switch data {
    case .series(let series):
      let (ranges, numbers) = fitted.numberedRanges(of: findings, in: series)
      outcome.ranges = ranges
      table.addTimes(series, findings) { numbers[$0] }
    case .table(let rows):
      let names = rows.columns.filter { $0.kind == .identifier }.map(\.name)
      table.addIdentifiers(names.compactMap { rows[column: $0] })
    case .images(let images): table.addNames(images.names)
    case .sounds, .largeTable, .largeSeries: break
    }
    if let path = run.paths.output {
      let result = table.table
      let writer = try CSVWriter(replacing: path, columns: result.columns.map(\.name))
      try writer.append(result)
      try writer.commit()
    }
    if let folder = command.heatMaps {
      outcome.heatMaps = try await HeatMaps(folder: folder, engine: run.engine)
        .draw(data, findings, fitted)
    }
  }
}

/// Which items somebody labeled as anomalies.
struct DetectLabels {
  /// Whether each item is one.
  let marks: [Bool]

  /// Takes the column of labels out of data; `nil` where none was asked for.
  ///
  /// - Throws: Where the data have no such column.
  init?(_ command: Detect, _ data: inout Dataset) throws {
    guard let name = command.labels else { return nil }
    switch data {
    case .table(let table):
      guard let column = table[column: name] else {
        throw DatasetError.table(
          .missingColumn(path: table.name, name: name, found: table.columns.map(\.name))
        )
      }
      marks = Self.marks(column)
      guard table.columns.count > 1 else { return }
      data = .table(table.removing([name]))
    case .series(let series):
      guard let column = series.table[column: name] else {
        throw DatasetError.table(
          .missingColumn(path: series.name, name: name, found: series.table.columns.map(\.name))
        )
      }
      // In the order of the table that was given.
      var marks = [Bool](repeating: false, count: column.count)
      for (row, mark) in Self.marks(column).enumerated() {
        if let original = series.originalRows[row] { marks[original] = mark }
      }
      self.marks = marks
      data = .series(try series.removing(name))
    case .images(let images):
      guard let labels = images.labels else {
        throw Failure.usage("--labels: \(images.name) has no labels; see --labels-array")
      }
      marks = labels.map { $0 != 0 }
    case .sounds, .largeTable, .largeSeries: return nil
    }
  }

  /// Whether each cell says that its row is an anomaly.
  static func marks(_ column: Table.Column) -> [Bool] {
    (0..<column.count).map { row in
      if let number = column.number(row) { return number != 0 }
      guard let text = column.text(row)?.lowercased() else { return false }
      return !["false", "no", "n", "f", "normal", "ok", "good", "inlier", "-"].contains(text)
    }
  }
}
