internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassFeatures
internal import HourglassNetworks
internal import HourglassReports
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

  /// Reads, trains or loads, encodes, compares, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedFeatureExtractor? = try files.model.map { try run.model(at: $0) }
    let (given, whole) = try run.loadBoth(for: model?.encoding.fields)
    let probe = try probe(of: whole)
    let data = try withoutProbe(whole)
    let learned = try given.map { try withoutProbe($0) }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedFeatureExtractor
    if let model {
      if let column = options.probe, model.columns.contains(column) {
        throw Failure.usage(
          "--probe \(column): the model was trained on this column; train one without it"
        )
      }
      fitted = model
    } else {
      let source = learned ?? data
      let learned = source.kind == .series ? run.learnable(source) : source
      let extractor = FeatureExtractor(
        dimensions: options.shape.dimensions?.number,
        architecture: try architecture(for: learned),
        learning: run.request.training.settings,
        mirrorImagesAreAlike: options.mirrorImagesAreAlike
      )
      fitted = try await run.learn(unit: learned.kind.nouns.one) {
        try await extractor.fit(learned, session: $0)
      }
    }
    let engine = run.engine
    try run.compare(whole, with: fitted.encoding.fields)
    if let path = run.paths.output {
      let file = try CodesFile(path, of: whole, width: fitted.dimensions, beside: carried)
      try await run.stoppable {
        try await fitted.features(of: whole, on: engine) { try file.append($1, of: $0) }
      }
      try file.commit()
    }
    let preview = try await preview(of: whole, with: fitted)
    try fitted.removeCheckpoint()
    run.end(.encoding)
    var evaluation: Evaluation?
    if let probe {
      let baselines = run.request.baselines
      let found = try await run.stoppable {
        try await probe.evaluate(
          fitted,
          on: data.prefix(.max),
          comparesWithBaselines: baselines,
          engine: engine
        )
      }
      let chart = BarChart(found)
      if let path = options.plot {
        try AtomicFile.replace(path, with: Array(chart.drawing.svgFile.utf8))
      }
      run.figures?.add(chart, caption: "How well simple models predict from the features")
      evaluation = found
    }
    run.end(.evaluating)
    var result = result(fitted, of: data, evaluation)
    result.add(try await run.unknownLevels(of: data, in: fitted.encoding))
    result.preview = preview
    return result
  }

  /// The first rows of the result, where it goes to no file.
  private func preview(
    of whole: Dataset,
    with fitted: FittedFeatureExtractor
  ) async throws -> TablePreview? {
    guard run.paths.output == nil else { return nil }
    let (engine, some) = (run.engine, try await whole.previewed())
    let data = try withoutProbe(some)
    let features = try await run.stoppable { try await fitted.features(of: data, on: engine) }
    return TablePreview(features, beside: carried(some))
  }

  private func result(
    _ fitted: FittedFeatureExtractor,
    of data: Dataset,
    _ evaluation: Evaluation?
  ) -> JobResult {
    var result = run.result
    let noun = data.kind.nouns.one
    result.add("data", run.data)
    result.add("kind", data.kind)
    result.add("items", data.count)
    result.add("dimensions", fitted.dimensions)
    result.model(
      fitted,
      noun: data.kind == .sounds ? "piece" : noun,
      what: NumberText.counted(fitted.dimensions, "feature"),
      evaluation: run.request.shown(fitted.evaluation)
    )
    result.evaluated(evaluation)
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
    guard case .table(let table) = data else { return data }
    guard table.schema.columns.count > 1 else {
      throw Failure("\(data.name) has no other column than \(column).", exitCode: .data)
    }
    return .table(table.removing([column]))
  }

  private func probe(of data: Dataset) throws -> FeatureProbe? {
    let seed = run.seed
    if let name = options.probe {
      guard case .table(let table) = data.prefix(.max) else {
        throw Failure.usage("--probe needs a table; give the classes of others by --labels")
      }
      let column = try table.sample.selecting([name]).columns[0]
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

  /// The columns that go before the features: what names items, and labels.
  private func carried(_ data: Dataset) -> [Table.Column] {
    switch data {
    case .table(let table):
      return table.sample.columns.filter { $0.kind.holdsTexts || $0.name == options.probe }
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
    case .sounds, .series: return data.itemColumns
    }
  }
}

extension BarChart {
  /// The first table of an evaluation, a group of bars for each metric; a class that is always taken is a
  /// line.
  init(_ evaluation: Evaluation) {
    let table = evaluation.tables.first ?? Evaluation.Table(metrics: [], methods: [])
    let level = table.methods.first { $0.name == FeatureProbe.mostFrequent }
    let methods = table.methods.filter { !$0.intervals.isEmpty }
    self.init(
      title: evaluation.title,
      subtitle: "95 % intervals",
      series: methods.map(\.name),
      groups: table.metrics.enumerated().map { column, metric in
        Group(
          metric.name,
          methods.map { method in
            let interval = method.intervals[column]
            return Bar(
              method.values[column] ?? .nan,
              error: interval.map { ($0.upperBound - $0.lowerBound) / 2 } ?? 0
            )
          }
        )
      },
      level: level?.values.first?.map { ($0, FeatureProbe.mostFrequent) },
      axis: ""
    )
  }
}
