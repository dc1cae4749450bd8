import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassNetworks
import HourglassReduce
import HourglassReports
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors
import Synchronization

/// One run of `reduce`, from the files that it reads to those that it writes.
struct ReduceJob {
  private let command: Reduce
  private var run: VerbRun
  /// What was kept by the number of dimensions, where that was looked for.
  private var curve: DimensionCurve?

  /// Checks what can be checked before anything is read.
  init(_ command: Reduce) throws {
    self.command = command
    run = VerbRun(
      paths: try VerbPaths(
        command.files,
        checkpoint: command.learning.checkpoint,
        others: [command.map.plot, command.searching.curve],
        read: [command.data, command.map.labels]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns or loads, encodes, writes, in this order.
  mutating func run() async throws -> ReduceOutcome {
    let (files, map) = (command.files, command.map)
    let model = try files.model.map { try FittedDimensionReducer(contentsOf: $0) }
    let quiet = command.saying.quiet
    let data = try command.reading.loadAny(command.data, limit: files.first, quiet: quiet)
    let learned =
      try files.learnFrom.map {
        try command.reading.loadAny($0, limit: files.first, quiet: quiet)
      }
    let labels = try map.labels.map {
      try PlotLabels.check(data)
      return try PlotLabels(contentsOf: $0, count: data.count, known: map.labelNames)
    }
    let color = try map.color.map {
      try ScatterMap.Coloring(column: data.colorColumn($0), of: data.name)
    }
    let coloring = color ?? labels?.coloring ?? .none
    if data.isLarge, coloring != .none {
      throw Failure.usage("--color needs data that are held in memory: see --in-memory")
    }
    if map.plot != nil { try checkPlot(model?.dimensions ?? command.shape.dimensions?.number ?? 2) }
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedDimensionReducer
    if let model {
      fitted = model
    } else {
      let source = learnable(learned ?? data)
      let reducer = try reducer(for: source)
      fitted = try await learn(source, reducer)
    }
    if case .largeTable(let table) = data {
      let some = Dataset.table(table.sample.prefix(Self.mostDots))
      try await write(large: data, showing: some, fitted)
    } else if case .largeSeries(let series) = data {
      try await write(large: data, showing: .series(series.sample), fitted)
    } else {
      let codes = try await encode(data, with: fitted)
      try write(codes, of: data)
      try await drawMap(codes, of: data, coloring, fitted)
    }
    try fitted.removeCheckpoint()
    run.clock.end(.encoding)
    let isOther = model != nil || learned != nil
    let given = isOther ? try await evaluate(data, with: fitted) : nil
    run.clock.end(.evaluating)
    return ReduceOutcome(
      fitted,
      data: data,
      given: given,
      curve: curve,
      command,
      run.paths,
      run.clock.seconds
    )
  }

  /// What is trained on: a large table as it is, of large series stretches.
  private func learnable(_ data: Dataset) -> Dataset {
    guard case .largeSeries = data else { return data }
    return command.reading.learnable(data, quiet: command.saying.quiet)
  }

  /// Learns, with as many dimensions as were asked for or as few as are enough.
  private mutating func learn(
    _ data: Dataset,
    _ reducer: DimensionReducer
  ) async throws -> FittedDimensionReducer {
    guard command.shape.dimensions == .automatic else {
      return try await run.learn(unit: noun(data)) { try await reducer.fit(data, session: $0) }
    }
    let (search, isQuiet) = (command.searching.search, command.saying.quiet)
    let found = Mutex<DimensionCurve?>(nil)
    let fitted = try await run.learn(unit: noun(data)) { session in
      let (fitted, curve) = try await reducer.fit(data, finding: search, session: session) { size in
        guard !isQuiet else { return }
        Console.note(
          "\(NumberText.counted(size.dimensions, "dimension")): kept "
            + NumberText.fixed(size.autoencoder, places: 3) + ", PCA "
            + NumberText.fixed(size.principalComponents, places: 3)
        )
      }
      found.withLock { $0 = curve }
      return fitted
    }
    curve = found.withLock { $0 }
    if let path = command.searching.curve, let curve {
      try AtomicFile.replace(path, with: Array(curve.figure(of: data.name).drawing.svgFile.utf8))
    }
    if command.map.plot != nil { try checkPlot(fitted.dimensions) }
    return fitted
  }

  private func reducer(for data: Dataset) throws(Failure) -> DimensionReducer {
    DimensionReducer(
      dimensions: command.shape.dimensions?.number ?? 2,
      architecture: try architecture(for: data),
      learning: command.learning.settings,
      preserves: command.preserving.preservation
    )
  }

  private func architecture(for data: Dataset) throws(Failure) -> Architecture? {
    try command.shape.architecture(for: data)
  }

  private func encode(
    _ data: Dataset,
    with fitted: FittedDimensionReducer
  ) async throws -> Tensor {
    guard run.paths.output != nil || command.map.plot != nil else { return Tensor([], shape: [0]) }
    let engine = run.engine
    return try await StopSignals.run { try await fitted.codes(of: data, on: engine) }
  }

  private func evaluate(
    _ data: Dataset,
    with fitted: FittedDimensionReducer
  ) async throws -> ReductionReport {
    let engine = run.engine
    return try await StopSignals.run { try await fitted.evaluate(data, on: engine) }
  }

  private func write(_ codes: Tensor, of data: Dataset) throws {
    if let path = run.paths.output {
      try CodesFile.write(codes, to: path, beside: data.itemColumns)
    }
  }

  /// Writes the codes of large data, and draws the map of some of them.
  private func write(
    large data: Dataset,
    showing some: Dataset,
    _ fitted: FittedDimensionReducer
  ) async throws {
    let engine = run.engine
    if let path = run.paths.output {
      try await StopSignals.run {
        try await CodesFile.write(codesOf: data, width: fitted.dimensions, to: path) {
          try await fitted.codes(of: $0, on: engine)
        }
      }
    }
    guard command.map.plot != nil else { return }
    let codes = try await StopSignals.run { try await fitted.codes(of: some, on: engine) }
    try await drawMap(codes, of: some, .none, fitted)
  }

  /// The most rows of a large table that a map shows.
  private static let mostDots = 20_000

  private func drawMap(
    _ codes: Tensor,
    of data: Dataset,
    _ coloring: ScatterMap.Coloring,
    _ fitted: FittedDimensionReducer
  ) async throws {
    guard let path = command.map.plot else { return }
    let map = ScatterMap(codes: codes, coloring: coloring, title: data.name, noun: noun(data))
    let text: String
    if path.hasSuffix(".html") {
      let maker = MapMaker(data: data, codes: codes, fitted: fitted, engine: run.engine)
      text = try await StopSignals.run { try await maker.page(map).html }
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
