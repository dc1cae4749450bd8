internal import HourglassData
internal import HourglassDetect
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon

/// One run of `detect`, from the files that it reads to those that it writes.
struct DetectJob {
  private let options: DetectOptions
  private var run: JobRun
  /// The data that are scored, where they were loaded already.
  private var loaded: Dataset?

  /// Whether rows come from standard input, and each is answered before the next one is there.
  private var isLive: Bool { options.isLive(run.request) }

  /// Checks what can be checked before anything is read.
  init(_ options: DetectOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    var files = run.request.files
    if options.isLive(run.request), files.output == nil { files.output = "-" }
    self.run.paths = try JobPaths(
      files,
      checkpoint: run.request.training.checkpoint,
      read: [run.data]
    )
  }

  /// Reads, trains or loads, scores and writes, in this order.
  mutating func run() async throws -> JobResult {
    try run.paths.checkWritable()
    let fitted = try await detector()
    if isLive, fitted.kind != .table {
      throw Failure.usage("detect - needs a model of the rows of a table")
    }
    if fitted.kind != .table, loaded == nil {
      loaded = try run.load(run.data)
      run.end(.reading)
    }
    var result = DetectResult(fitted, options, run.data)
    try await score(with: fitted, &result)
    try fitted.removeCheckpoint()
    return result.result(run, fitted)
  }

  /// Scores all items and writes what is found, batch by batch.
  private mutating func score(
    with fitted: FittedAnomalyDetector,
    _ result: inout DetectResult
  ) async throws {
    let (engine, data) = (run.engine, try batches(for: fitted))
    var limited: Findings?
    if let share = options.falseDiscoveries {
      // Anomalies that are chosen together are known when all items are scored.
      limited = try await run.stoppable {
        var all: [(Findings, Int)] = []
        let labels = options.labels
        try await batches(for: fitted).forEach(on: engine) {
          try await fitted.findings(of: $0, labels: labels, on: $1)
        } take: {
          all.append(($1, $0.firstRow))
        }
        return Findings(joining: all, fieldNames: []).limiting(falseDiscoveryRate: share)
      }
    }
    var counts = DetectCounts(ScoreDrift(calibrationCount: fitted.calibration.count))
    var labels = options.labels.map { DetectLabels(name: $0) }
    var scored: [(Findings, Int)] = []
    var joiner: RangeJoiner?
    let sink = FindingsFile(run.paths.output, identifiers(of: data, fitted))
    var heatMaps: Int?
    let labelColumn = options.labels
    try await run.stoppable {
      try await data.forEach(on: engine, isLive: isLive) { [limited] batch, engine in
        limited == nil
          ? try await fitted.findings(of: batch, labels: labelColumn, on: engine) : nil
      } take: { batch, found in
        let end = counts.count + batch.rows.count
        let findings = found ?? limited?.part(counts.count..<end, from: batch.firstRow)
        guard let findings else { return }
        if let chunk = batch.chunk {
          joiner = joiner ?? RangeJoiner(window: chunk.series.window)
          joiner?.take(findings, of: chunk)
        }
        try sink.append(findings, of: batch, ranges: joiner?.numbersOfRows ?? [:])
        if isLive { try sink.flush() }
        if let folder = options.heatMaps {
          heatMaps = try await HeatMaps(folder: folder, engine: engine)
            .draw(batch.data, findings, fitted)
        }
        if labels != nil {
          try labels?.take(findings, of: batch)
          scored.append((findings, batch.firstRow))
        }
        counts.take(findings, of: batch)
      }
    }
    try sink.commit()
    counts.unknown = await data.unknownCounts
    if loaded == nil, data.schema != nil {
      var report = InputReport(data: run.data, items: counts.count)
      let missing = await data.missingWords
      for (column, words) in missing {
        report.missing += words.map {
          InputReport.Missing(column: column, word: $0.word, count: $0.count)
        }
      }
      report.unknown = counts.unknown
      if let line = ColumnReadings.summary(of: missing.flatMap(\.words)) {
        run.note("\(lastPart(of: run.data)): \(line)")
      }
      run.inputs.add(report)
    }
    result.take(counts)
    result.preview = sink.preview
    result.heatMaps = heatMaps
    result.ranges = joiner?.mostUnusualFirst
    result.top = try await counts.top.items(fitted, on: engine)
    run.end(.encoding)
    guard let labels else { return }
    result.labels = labels
    let files = run.request.files
    result.labeled = try await run.stoppable {
      try await fitted.evaluate(
        Findings(joining: scored, fieldNames: []),
        of: run.request.baselines ? batches(for: fitted) : nil,
        name: lastPart(of: run.data),
        labels: labels.marks,
        as: files.learnFrom == nil && files.model == nil ? .trainedOn : .given,
        on: engine
      )
    }
    run.end(.evaluating)
  }

  /// The items to score: a table by the columns of the model, with those that name its rows, unless it is
  /// in memory anyway.
  private func batches(for fitted: FittedAnomalyDetector) throws -> DatasetBatches {
    if let loaded, loaded.isInMemory || fitted.kind != .table { return try loaded.batches() }
    guard let schema = fitted.tableSchema else { return try run.load(run.data).batches() }
    let aside = Set(fitted.ignoredColumns)
    // Labels that were all the same in training say something now, and do not count.
    let needed = schema.columns.filter { column in
      let isLabel = column.name == options.labels && fitted.isConstant(column.name)
      return !aside.contains(column.name) && !isLabel
    }
    if let labels = options.labels, needed.contains(where: { $0.name == labels }) {
      throw Failure.usage(
        "--labels \(labels): the model was trained on this column; train one without it"
      )
    }
    let known = Set(needed.map(\.name))
    let names = Self.names(in: schema, but: options.labels).filter { !known.contains($0) }
    let texts = (names + [options.labels].compactMap(\.self)).map {
      TableSchema.Column(name: $0, kind: .identifier, content: .texts)
    }
    return try DatasetBatches(
      contentsOf: isLive ? "/dev/stdin" : run.data,
      schema: TableSchema(columns: needed + texts),
      options: run.request.reading.optionsForAny(limit: run.request.files.first),
      optional: Set(names),
      isLive: isLive,
      keepsUnknownLevels: true
    )
  }

  /// The columns that name the rows of a table.
  private static func names(in schema: TableSchema, but labels: String?) -> [String] {
    schema.columns.filter { $0.kind.holdsTexts && $0.name != labels }.map(\.name)
  }

  /// The columns that name rows, of those that the data have.
  private func identifiers(of data: DatasetBatches, _ fitted: FittedAnomalyDetector) -> [String] {
    let found = Set(data.schema?.columns.map(\.name) ?? [])
    return fitted.tableSchema.map { Self.names(in: $0, but: options.labels) }?
      .filter { found.contains($0) } ?? []
  }

  private mutating func detector() async throws -> FittedAnomalyDetector {
    let files = run.request.files
    if let path = files.model {
      let fitted: FittedAnomalyDetector = try run.model(at: path)
      try prepareHeatMaps(for: fitted.kind)
      return try options.falseAlarms.map { try fitted.with(falseAlarmRate: $0) } ?? fitted
    }
    if files.learnFrom != nil, !isLive {
      // What is to be scored should not turn out to be unreadable after an hour of training.
      var beginning = try run.request.reading.load(run.data, limit: 1)
      try options.labels.map { try DetectLabels.remove($0, from: &beginning) }
    }
    let given = try run.load(files.learnFrom ?? run.data)
    if files.learnFrom == nil { loaded = given }
    var source = run.learnable(given)
    if let labels = options.labels {
      if files.learnFrom == nil {
        try DetectLabels.remove(labels, from: &source)
      } else {
        // Training data need no labels; where they have some, nothing is trained on these.
        try? DetectLabels.remove(labels, from: &source)
      }
    }
    try prepareHeatMaps(for: source.kind)
    run.end(.reading)
    let detector = AnomalyDetector(
      falseAlarmRate: options.falseAlarms ?? 0.01,
      learned: options.learned ?? (files.learnFrom == nil ? .mixed : .normal),
      latent: options.latent,
      references: options.references,
      learning: run.request.training.settings
    )
    let learned = source
    return try await run.learn(unit: learned.kind.nouns.one) {
      try await detector.fit(learned, session: $0)
    }
  }

  /// Makes the folder of heat maps, which only images have, before training.
  private func prepareHeatMaps(for kind: DataKind) throws {
    guard let folder = options.heatMaps else { return }
    guard kind == .images else {
      throw Failure.usage(
        "--heat-maps needs images, and \(run.data) is scored as \(kind.nouns.many)"
      )
    }
    try OutputFolder.make(folder)
  }
}

/// What came of the items.
struct DetectCounts: Sendable {
  var count = 0
  var anomalies = 0
  /// The least score of an anomaly.
  var leastAnomaly: Double?
  var unknown: [String: Int] = [:]
  var top = TopFindings()
  var drift: ScoreDrift
  /// How the cells of a table are spread.
  var columns: ColumnCounts?

  init(_ drift: ScoreDrift) { self.drift = drift }

  /// Takes what was found in a batch.
  mutating func take(_ findings: Findings, of batch: DatasetBatch) {
    top.take(findings, rows: batch.table, firstRow: batch.firstRow)
    drift.take(findings.pValues)
    if let counts = findings.counts {
      if columns == nil { columns = counts } else { columns?.add(counts) }
    }
    count += findings.count
    anomalies += findings.anomalyCount
    for place in findings.indices where findings.anomalies[place] {
      leastAnomaly = min(leastAnomaly ?? .infinity, findings.scores[place])
    }
  }
}
