internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassImpute
internal import HourglassSystem
internal import HourglassTasksCommon

/// One run of `impute`, from the files that it reads to those that it writes.
struct ImputeJob {
  private let options: ImputeOptions
  private var run: JobRun
  private let drawPaths: [String]
  private let intervalsPath: String?

  /// Checks what can be checked before anything is read.
  init(_ options: ImputeOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    drawPaths =
      run.request.files.output.map { output in
        (0..<(options.draws ?? 0)).map { OutputFolder.suffixed(output, "\($0 + 1)") }
      } ?? []
    intervalsPath =
      options.intervals == nil
      ? nil : run.request.files.output.map { OutputFolder.suffixed($0, "intervals") }
    try self.run.name(writing: drawPaths + [intervalsPath], reading: [run.data])
  }

  /// Reads, trains or loads, fills, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedImputer? = try files.model.map { try run.model(at: $0) }
    let (given, data) = try run.loadBoth(for: model?.fields)
    let learned = given.map { run.learnable($0) }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedImputer
    if let model {
      fitted = model
    } else {
      let imputer = imputer
      let source = learned ?? run.learnable(data)
      let isSeries = source.kind == .series
      fitted = try await run.learn(unit: isSeries ? "window" : "row") {
        try await imputer.fit(source, session: $0)
      }
    }
    try run.compare(data, with: fitted.fields)
    let filling = ImputedFiles(
      run,
      options,
      fitted,
      draws: drawPaths,
      intervals: intervalsPath
    )
    let engine = run.engine
    let counts = try await run.stoppable { try await filling.fill(data, on: engine) }
    run.end(.encoding)
    try fitted.removeCheckpoint()
    var result = result(fitted, counts)
    result.add(try await run.unknownLevels(of: data, in: fitted.encoding))
    return result
  }

  private func result(_ fitted: FittedImputer, _ counts: ImputedFiles.Counts) -> JobResult {
    var result = run.result
    result.add("data", run.data)
    result.add("rows", counts.rows)
    result.add("missing", counts.missing)
    result.add("stillMissing", counts.stillMissing)
    result.add("pooled", counts.pooled.isEmpty ? nil : counts.pooled)
    result.add("members", fitted.configuration.members)
    result.model(
      fitted,
      noun: run.request.reading.series != nil ? "window" : "row",
      what: NumberText.counted(fitted.configuration.members, "network"),
      evaluation: run.request.shown(fitted.evaluation)
    )
    let done = NumberText.counted(counts.missing - counts.stillMissing, "missing cell")
    let rest =
      counts.stillMissing == 0
      ? "" : "; \(NumberText.grouped(counts.stillMissing)) stay missing"
    result.sentences = ["\(done) of \(run.data) filled\(rest)"]
    result.wrote("filled", to: run.paths.output)
    for path in drawPaths { result.wrote("draws", "draw", to: path, isOneOfMany: true) }
    result.wrote("intervals", to: intervalsPath)
    result.wrote("model", to: run.paths.model)
    result.preview = counts.preview
    result.hint = "--output keeps the table, --save the model"
    result.tables = tables(of: counts.pooled)
    return result
  }

  /// The most estimates that are shown.
  private static let shownEstimates = 24

  /// The pooled estimates as a table.
  private func tables(of pooled: [PooledEstimate]) -> [JobResult.Details] {
    if pooled.isEmpty { return [] }
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
    let title = "Over \(drawPaths.count) draws, pooled by Rubin's rules:"
    let rest = pooled.count - Self.shownEstimates
    let remark = rest > 0 ? "\(rest) more in the output of --json" : ""
    return [JobResult.Details(title: title, table: table, remark: remark)]
  }

  private var imputer: Imputer {
    var settings = run.request.training.settings
    settings.earlyStopping = nil
    return Imputer(
      members: options.members ?? 3,
      usesNeighbors: !options.noNeighbors,
      usesRegression: !options.noRegression,
      usesTrees: !options.noTrees,
      fillsRemarks: options.fillRemarks,
      learning: settings
    )
  }
}
