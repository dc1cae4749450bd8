internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassReduce
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors
internal import Synchronization

/// One run of `reduce`, from the files that it reads to those that it writes.
struct ReduceJob {
  private let options: ReduceOptions
  private var run: JobRun
  /// What was kept by the number of dimensions, where that was looked for.
  private var curve: DimensionCurve?

  /// Checks what can be checked before anything is read.
  init(_ options: ReduceOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    try self.run.name(writing: [options.plot, options.curve], reading: [run.data, options.labels])
  }

  /// Reads, trains or loads, encodes, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedDimensionReducer? = try files.model.map { try run.model(at: $0) }
    let (learned, data) = try run.loadBoth(for: model?.encoding.fields)
    let labels = try options.labels.map {
      try ItemLabels.check(data)
      return try ItemLabels(contentsOf: $0, count: data.count, known: options.labelNames)
    }
    let color = try options.color.map {
      try ScatterMap.Coloring(column: data.colorColumn($0), of: data.name)
    }
    let coloring = color ?? labels?.coloring ?? .none
    if !data.isInMemory, coloring != .none {
      throw Failure.usage("--color needs data that are held in memory: see --in-memory")
    }
    if options.plot != nil {
      try checkPlot(model?.dimensions ?? options.shape.dimensions?.number ?? 2)
    }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedDimensionReducer
    if let model {
      fitted = model
    } else {
      let source = learnable(learned ?? data)
      let reducer = try reducer(for: source)
      fitted = try await learn(source, reducer)
    }
    try run.compare(data, with: fitted.encoding.fields)
    try await write(data, coloring, fitted)
    let preview = try await preview(of: data, with: fitted)
    try fitted.removeCheckpoint()
    run.end(.encoding)
    let isOther = model != nil || learned != nil
    let given = isOther && run.evaluatesData ? try await evaluate(data, with: fitted) : nil
    run.end(.evaluating)
    var result = ReduceResult(fitted: fitted, data: data, given: given, curve: curve)
      .result(run, options)
    result.add(try await run.unknownLevels(of: data, in: fitted.encoding))
    result.preview = preview
    return result
  }

  /// The first rows of the result, where it goes to no file.
  private func preview(
    of data: Dataset,
    with fitted: FittedDimensionReducer
  ) async throws -> TablePreview? {
    guard run.paths.output == nil else { return nil }
    let (engine, some) = (run.engine, try await data.previewed())
    let codes = try await run.stoppable { try await fitted.codes(of: some, on: engine) }
    return TablePreview(codes, beside: some.itemColumns)
  }

  /// What is trained on: a table as it is, of series in a file some chunks.
  private func learnable(_ data: Dataset) -> Dataset {
    data.kind == .series ? run.learnable(data) : data
  }

  /// Trains with as many dimensions as were asked for or as few as are enough.
  private mutating func learn(
    _ data: Dataset,
    _ reducer: DimensionReducer
  ) async throws -> FittedDimensionReducer {
    guard options.shape.dimensions == .automatic else {
      return try await run.learn(unit: noun(data)) { try await reducer.fit(data, session: $0) }
    }
    let (search, log) = (options.search, run)
    let found = Mutex<DimensionCurve?>(nil)
    let fitted = try await run.learn(unit: noun(data)) { session in
      let (fitted, curve) = try await reducer.fit(data, finding: search, session: session) { size in
        log.note(
          "\(NumberText.counted(size.dimensions, "dimension")): "
            + (search.measure == .variance ? "R² " : "neighbors kept ")
            + NumberText.fixed(size.autoencoder, places: 3) + ", PCA "
            + NumberText.fixed(size.principalComponents, places: 3)
        )
      }
      found.withLock { $0 = curve }
      return fitted
    }
    curve = found.withLock { $0 }
    if let curve {
      let figure = curve.figure(of: data.name)
      if let path = options.curve {
        try AtomicFile.replace(path, with: Array(figure.drawing.svgFile.utf8))
      }
      run.figures?.add(figure, caption: "What is kept by the number of dimensions")
    }
    if options.plot != nil { try checkPlot(fitted.dimensions) }
    return fitted
  }

  private func reducer(for data: Dataset) throws(Failure) -> DimensionReducer {
    DimensionReducer(
      dimensions: options.shape.dimensions?.number ?? 2,
      architecture: try architecture(for: data),
      learning: run.request.training.settings,
      preserves: options.preservation
    )
  }

  private func architecture(for data: Dataset) throws(Failure) -> Architecture? {
    try options.shape.architecture(for: data)
  }

  private func evaluate(
    _ data: Dataset,
    with fitted: FittedDimensionReducer
  ) async throws -> Evaluation {
    let engine = run.engine
    return try await run.stoppable { try await fitted.evaluate(data, on: engine) }
  }

  /// Writes the latent vectors, and draws the map: of data that are not in memory that of some of them.
  private func write(
    _ data: Dataset,
    _ coloring: ScatterMap.Coloring,
    _ fitted: FittedDimensionReducer
  ) async throws {
    let isTold = run.figures != nil && fitted.dimensions > 1
    let (engine, isDrawn) = (run.engine, options.plot != nil || isTold)
    let file = try run.paths.output.map {
      try CodesFile($0, of: data, width: fitted.dimensions)
    }
    var drawn: [Float] = []
    if file != nil || isDrawn && data.isInMemory {
      try await run.stoppable {
        try await fitted.codes(of: data, on: engine) { batch, codes in
          try file?.append(codes, of: batch)
          if isDrawn, data.isInMemory { drawn += codes.scalars }
        }
      }
      try file?.commit()
    }
    guard isDrawn else { return }
    let width = fitted.dimensions
    guard !data.isInMemory else {
      let codes = Tensor(drawn, shape: [drawn.count / max(width, 1), width])
      return try await drawMap(codes, of: data, coloring, fitted)
    }
    let some = data.prefix(Self.mostDots)
    let codes = try await run.stoppable { try await fitted.codes(of: some, on: engine) }
    try await drawMap(codes, of: some, .none, fitted)
  }

  /// The most rows of a table in a file that a map shows.
  private static let mostDots = 20_000

  private func drawMap(
    _ codes: Tensor,
    of data: Dataset,
    _ coloring: ScatterMap.Coloring,
    _ fitted: FittedDimensionReducer
  ) async throws {
    let map = ScatterMap(codes: codes, coloring: coloring, title: data.name, noun: noun(data))
    run.figures?.add(map, caption: "The first two dimensions: near items are alike")
    guard let path = options.plot else { return }
    let text: String
    if path.hasSuffix(".html") {
      let maker = MapMaker(
        data: data,
        codes: codes,
        fitted: fitted,
        evaluation: run.request.shown(fitted.evaluation),
        engine: run.engine
      )
      text = try await run.stoppable { try await maker.page(map).html }
    } else {
      text = map.drawing.svgFile
    }
    try AtomicFile.replace(path, with: Array(text.utf8))
  }

  private func noun(_ data: Dataset) -> String { data.kind.nouns.one }

  private func checkPlot(_ dimensions: Int) throws(Failure) {
    if dimensions < 2 { throw .usage("--plot needs at least 2 dimensions, found \(dimensions)") }
  }
}
