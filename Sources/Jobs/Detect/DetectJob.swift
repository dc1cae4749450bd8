internal import HourglassData
internal import HourglassDetect
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassStatistics
internal import HourglassTasksCommon
internal import HourglassTensors

/// One run of `detect`, from the files that it reads to those that it writes.
struct DetectJob {
  private let options: DetectOptions
  private var run: JobRun
  /// The data, where they are large series that were trained on too: they are read once less.
  private var largeSeries: LargeSeries?

  /// Checks what can be checked before anything is read.
  init(_ options: DetectOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    var files = run.request.files
    if run.data == "-", files.output == nil { files.output = "-" }
    self.run.paths = try JobPaths(
      files,
      checkpoint: run.request.training.checkpoint,
      read: [run.data]
    )
  }

  /// Reads, learns or loads, scores and writes, in this order.
  mutating func run() async throws -> JobResult {
    let engine = run.engine
    try run.paths.checkWritable()
    let fitted = try await detector()
    var found = DetectResult(fitted, options, run.data)
    let output = run.paths.output
    if let stream = try DetectStream(run, options, fitted) {
      let counts = try await run.stoppable { try await stream.score(into: output) }
      found.take(counts)
      found.top = try await counts.top.items(fitted, on: engine)
      run.end(.encoding)
    } else if let series = try readLargeSeries() {
      let stream = SeriesStream(fitted: fitted, engine: engine, series: series)
      let (counts, ranges) = try await run.stoppable { try await stream.score(into: output) }
      found.take(counts)
      found.ranges = ranges
      found.top = try await counts.top.items(fitted, on: engine)
      run.end(.encoding)
    } else {
      var data = try wholeData()
      let labels = try DetectLabels(options, &data)
      run.end(.reading)
      var findings = try await run.stoppable { try await fitted.findings(in: data, on: engine) }
      if let share = options.falseDiscoveries {
        findings = findings.limiting(falseDiscoveryRate: share)
      }
      run.end(.encoding)
      try await write(findings, of: data, fitted, &found)
      if let labels {
        found.labeled = try await run.stoppable {
          try await fitted.evaluate(
            findings,
            of: data,
            labels: findings.map { labels.marks[$0.item] },
            comparesWithBaselines: run.request.baselines,
            on: engine
          )
        }
        run.end(.evaluating)
      }
    }
    try fitted.removeCheckpoint()
    return found.result(run, fitted)
  }

  /// The data, where they are series that are larger than `--in-memory`, and are scored stretch by
  /// stretch: what is asked of all rows together needs these in memory.
  private mutating func readLargeSeries() throws -> LargeSeries? {
    guard run.request.reading.series != nil, options.labels == nil, options.falseDiscoveries == nil
    else {
      return nil
    }
    if let largeSeries { return largeSeries }
    let options = run.request.reading.optionsForAny(limit: run.request.files.first)
    guard try options.isLarge(run.data) else { return nil }
    let data = try run.load(run.data)
    guard case .largeSeries(let series) = data else { return nil }
    return series
  }

  /// The data in memory, or, of images that are too large for it, on the disk.
  private func wholeData() throws(DatasetError) -> Dataset {
    let limit = run.request.files.first
    if FileKind.isText(run.data) { return try run.request.reading.load(run.data, limit: limit) }
    return try run.load(run.data).inMemory()
  }

  private mutating func detector() async throws -> FittedAnomalyDetector {
    let files = run.request.files
    if let path = files.model {
      let fitted = try FittedAnomalyDetector(contentsOf: path)
      try prepareHeatMaps(for: fitted.kind)
      return try options.falseAlarms.map { try fitted.with(falseAlarmRate: $0) } ?? fitted
    }
    if files.learnFrom != nil, run.data != "-" {
      // What is to be scored should not turn out to be unreadable after an hour of learning.
      var beginning = try run.request.reading.load(run.data, limit: 1)
      _ = try DetectLabels(options, &beginning)
    }
    let given = try run.load(files.learnFrom ?? run.data)
    if case .largeSeries(let series) = given, files.learnFrom == nil {
      largeSeries = series
    }
    var source = run.learnable(given)
    if files.learnFrom == nil {
      _ = try DetectLabels(options, &source)
    } else {
      // Data to learn from need no labels; where they have some, nothing is trained on these.
      _ = try? DetectLabels(options, &source)
    }
    try prepareHeatMaps(for: source.kind)
    run.end(.reading)
    let detector = AnomalyDetector(
      falseAlarmRate: options.falseAlarms ?? 0.01,
      learned: options.learned ?? (files.learnFrom == nil ? .mixed : .normal),
      latent: options.latent,
      learning: run.request.training.settings
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
    guard let folder = options.heatMaps else { return }
    guard kind == .images else {
      throw Failure.usage(
        "--heat-maps needs images, and \(run.data) is scored as \(kind.nouns.many)"
      )
    }
    try OutputFolder.make(folder)
  }

  private func write(
    _ findings: Findings,
    of data: Dataset,
    _ fitted: FittedAnomalyDetector,
    _ found: inout DetectResult
  ) async throws {
    found.take(findings, calibrationCount: fitted.calibration.count)
    var top = TopFindings()
    let rows: Table? = if case .table(let table) = data { table } else { nil }
    top.take(findings, rows: rows)
    found.top = try await top.items(fitted, on: run.engine)
    var table = FindingsTable(findings)
    switch data {
    case .series(let series):
      let (ranges, numbers) = fitted.numberedRanges(of: findings, in: series)
      found.ranges = ranges
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
    if let folder = options.heatMaps {
      found.heatMaps = try await HeatMaps(folder: folder, engine: run.engine)
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
  init?(_ options: DetectOptions, _ data: inout Dataset) throws {
    guard let name = options.labels else { return nil }
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
