internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassFeatures
internal import HourglassNetworks
internal import HourglassReports
internal import HourglassSignatures
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// One run of `features`, from the files that it reads to those that it writes.
struct FeaturesJob {
  private let options: FeaturesOptions
  private var run: JobRun

  /// Checks what can be checked before anything is read.
  init(_ options: FeaturesOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    try self.run.name(writing: [options.plot], reading: [run.data, options.labels])
  }

  /// Reads, learns or loads, encodes, compares, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model = try files.model.map { try FittedFeatureExtractor(contentsOf: $0) }
    let whole = try run.load(run.data)
    let probe = try probe(of: whole)
    let data = try withoutProbe(whole)
    let learned = try files.learnFrom.map { path in
      try withoutProbe(run.load(path))
    }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedFeatureExtractor
    if let model {
      if let column = options.probe, model.columns.contains(column) {
        throw Failure.usage(
          "--probe \(column): the model was trained on this column; learn one without it"
        )
      }
      fitted = model
    } else {
      var source = learned ?? data
      if case .largeSeries = source { source = run.learnable(source) }
      let learned = source
      let extractor = FeatureExtractor(
        dimensions: options.shape.dimensions?.number ?? 32,
        architecture: try architecture(for: learned),
        learning: run.request.training.settings,
        mirrorImagesAreAlike: options.mirrorImagesAreAlike
      )
      fitted = try await run.learn(unit: learned.kind.nouns.one) {
        try await extractor.fit(learned, session: $0)
      }
    }
    let engine = run.engine
    if let path = run.paths.output, whole.isLarge {
      let names = whole.kind == .table ? carried(whole).map(\.name) : []
      try await run.stoppable {
        try await CodesFile.write(
          codesOf: whole,
          width: fitted.dimensions,
          to: path,
          beside: names
        ) { try await fitted.features(of: $0, on: engine) }
      }
    } else if let path = run.paths.output {
      let features = try await run.stoppable { try await fitted.features(of: data, on: engine) }
      try CodesFile.write(features, to: path, beside: carried(whole))
    }
    try fitted.removeCheckpoint()
    run.end(.encoding)
    var report: ProbeReport?
    if let probe {
      let inputs = run.request.baselines ? ProbeReport.Input.allCases : [.features]
      let found = try await run.stoppable {
        try await probe.report(of: fitted, on: data.prefix(.max), inputs: inputs, engine: engine)
      }
      if let path = options.plot {
        let chart = BarChart(found, title: data.name)
        try AtomicFile.replace(path, with: Array(chart.drawing.svgFile.utf8))
      }
      report = found
    }
    run.end(.evaluating)
    return result(fitted, of: data, report)
  }

  private func result(
    _ fitted: FittedFeatureExtractor,
    of data: Dataset,
    _ report: ProbeReport?
  ) -> JobResult {
    var result = run.result
    let noun = data.kind.nouns.one
    result.tell("data", run.data)
    result.tell("kind", data.kind)
    result.tell("items", data.count)
    result.tell("dimensions", fitted.dimensions)
    result.model(
      fitted,
      noun: data.kind == .sounds ? "piece" : noun,
      what: NumberText.counted(fitted.dimensions, "feature"),
      report: "heldOut",
      run.request.shown(fitted.report)
    )
    result.report("probe", report)
    let size = "\(NumberText.counted(data.count, noun)), \(fitted.dimensions) each"
    result.wrote("features", to: run.paths.output, note: size)
    result.wrote("model", to: run.paths.model)
    result.wrote("plot", "bars", to: options.plot)
    result.hint = "--output keeps the features, --save the model"
    return result
  }

  /// The layers that were asked for; images are trained on by their patches where none were.
  private func architecture(for data: Dataset) throws -> Architecture? {
    if let given = try options.shape.architecture(for: data) { return given }
    guard options.shape.architecture == .dense, case .images(let images) = data else { return nil }
    return Defaults.denseArchitecture(
      for: .images,
      valueCount: images.commonShape?.elementCount ?? 1
    )
  }

  private func withoutProbe(_ data: Dataset) throws -> Dataset {
    guard let column = options.probe else { return data }
    let count: Int
    switch data {
    case .table(let table): count = table.columns.count
    case .largeTable(let table): count = table.schema.columns.count
    case .images, .sounds, .series, .largeSeries: return data
    }
    guard count > 1 else {
      throw Failure("\(data.name) has no other column than \(column).", exitCode: .data)
    }
    if case .largeTable(let table) = data { return .largeTable(table.removing([column])) }
    if case .table(let table) = data { return .table(table.removing([column])) }
    return data
  }

  private func probe(of data: Dataset) throws -> FeatureProbe? {
    let seed = run.seed
    if let name = options.probe {
      guard case .table(let table) = data.prefix(.max) else {
        throw Failure.usage("--probe needs a table; give the classes of others by --labels")
      }
      let column = try table.selecting([name]).columns[0]
      if case .texts = column.cells {
        throw Failure(
          "cannot compare models on \(name): expected numbers or categories, found a text for each "
            + "row. Give another column, or --column \(name)=category.",
          exitCode: .data
        )
      }
      return FeatureProbe(name: name, target: ProbeTarget(column), seed: seed)
    }
    if let path = options.labels {
      try ItemLabels.check(data)
      let labels = try ItemLabels(contentsOf: path, count: data.count, known: [])
      let target = ProbeTarget.classes(labels.classes, names: labels.names)
      return FeatureProbe(name: "labels", target: target, seed: seed)
    }
    return nil
  }

  /// The columns that go before the features: what tells rows apart, and labels.
  private func carried(_ data: Dataset) -> [Table.Column] {
    switch data {
    case .table(let table):
      return table.columns.filter { $0.kind == .identifier || $0.name == options.probe }
    case .images(let images):
      guard let labels = images.labels else { return data.itemColumns }
      return data.itemColumns + [
        Table.Column(
          name: "label",
          kind: .integer,
          cells: .numbers(labels.map { Double($0) }, missing: []),
          decimals: 0
        )
      ]
    case .largeTable(let table): return carried(.table(table.sample))
    case .sounds, .series, .largeSeries: return data.itemColumns
    }
  }
}

extension BarChart {
  /// The comparison of a report, a group of bars for each model.
  init(_ report: ProbeReport, title: String) {
    self.init(
      title: "\(report.target) of \(title)",
      subtitle: "\(report.folds)-fold cross-validation, \(report.itemCount) items, 95% intervals",
      series: report.inputs.map { report.name(of: $0) },
      groups: ProbeReport.Model.allCases.map { model in
        Group(
          report.name(of: model),
          report.inputs.map { input in
            let score = report.score(input, model)
            return Bar(score?.mean ?? .nan, error: score?.halfWidth ?? 0)
          }
        )
      },
      level: report.classes.isEmpty ? nil : (report.trivial, "most frequent class"),
      axis: report.measure
    )
  }
}
