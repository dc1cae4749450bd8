import HourglassApplications
import HourglassAutoencoders
import HourglassDatasets
import HourglassEngines
import HourglassNetworks
import HourglassReports
import HourglassTensors

/// One run of `reduce`, from the files that it reads to those that it writes.
struct ReduceJob {
  private let command: Reduce
  private let paths: ReducePaths
  private let engine: ComputeEngine
  private var clock = StageClock()

  /// Checks what can be checked before anything is read.
  init(_ command: Reduce) throws {
    self.command = command
    paths = try ReducePaths(command.files, checkpoint: command.learning.checkpoint)
    try paths.check(
      written: [paths.codes, paths.model, paths.plot].compactMap { $0 },
      read: [command.data]
    )
    engine = command.computing.engine
  }

  /// Reads, learns or loads, encodes, writes, in this order.
  mutating func run() async throws -> ReduceOutcome {
    let files = command.files
    let model = try files.model.map { try FittedDimensionReducer(contentsOf: $0) }
    let data = try NumericDataset.load(contentsOf: command.data, limit: files.first)
    let learned =
      try files.learnFrom.map { try NumericDataset.load(contentsOf: $0, limit: files.first) }
    let labels = try files.labels.map {
      try PlotLabels(contentsOf: $0, count: data.count, known: files.labelNames)
    }
    if files.plot != nil { try checkPlot(model?.dimensions ?? command.learning.dimensions ?? 2) }
    try paths.checkWritable()
    clock.end(.reading)
    let fitted: FittedDimensionReducer
    if let model {
      fitted = model
    } else {
      fitted = try await learn(from: learned ?? data)
      clock.end(.learning)
      // The model is kept before anything else can fail; this removes the checkpoint.
      if let path = paths.model { try fitted.save(to: path) }
    }
    let codes = try await encode(data, with: fitted)
    try write(codes, of: data, labels)
    try fitted.removeCheckpoint()
    clock.end(.encoding)
    let isOther = model != nil || learned != nil
    let given = isOther ? try await evaluate(data, with: fitted) : nil
    clock.end(.judging)
    return ReduceOutcome(fitted, data: data, given: given, command, paths, clock.seconds)
  }

  /// What to say after a signal stopped the run.
  func words(onStop error: any Error) -> String {
    guard case .interrupted(let checkpoint?)? = error as? HourglassError else {
      return "interrupted; nothing was kept"
    }
    return "interrupted; what was learned so far is in \(checkpoint)\n"
      + "Go on with the same command and --resume."
  }

  private func learn(
    from data: NumericDataset
  ) async throws -> FittedDimensionReducer {
    let reducer = try reducer(for: data)
    let display = ProgressDisplay(
      unit: noun(data),
      isQuiet: command.saying.quiet
    )
    let resumes = command.learning.resume
    if resumes, let path = paths.checkpoint, !FileKind.exists(path) {
      display.note("there is no checkpoint at \(path); learning starts from the beginning")
    }
    defer { display.end() }
    let session = LearningSession(
      engine: engine,
      checkpoint: paths.checkpoint,
      checkpointInterval: command.learning.checkpointEvery ?? 30,
      resumes: resumes,
      progress: { display.handle($0) }
    )
    return try await StopSignals.run { try await reducer.fit(data, session: session) }
  }

  private func reducer(for data: NumericDataset) throws(Failure) -> DimensionReducer {
    let options = command.learning
    return DimensionReducer(
      dimensions: options.dimensions ?? 2,
      architecture: try architecture(for: data),
      learning: options.settings
    )
  }

  private func architecture(for data: NumericDataset) throws(Failure) -> Architecture? {
    let widths = command.learning.hidden?.widths
    guard command.learning.architecture == .convolutional else {
      return widths.map { .dense(hidden: $0, activation: .silu) }
    }
    let automatic = AutomaticChoices.convolutionalArchitecture(for: data)
    guard data.kind == .images,
      case .convolutional(let channels, let hidden, let activation) = automatic
    else {
      throw .usage("--architecture convolutional needs images, and \(data.name) is a table")
    }
    return .convolutional(channels: channels, hidden: widths ?? hidden, activation: activation)
  }

  private func encode(
    _ data: NumericDataset,
    with fitted: FittedDimensionReducer
  ) async throws -> Tensor {
    guard paths.codes != nil || paths.plot != nil else { return Tensor([], shape: [0]) }
    let engine = engine
    return try await StopSignals.run { try await fitted.codes(of: data, on: engine) }
  }

  private func evaluate(
    _ data: NumericDataset,
    with fitted: FittedDimensionReducer
  ) async throws -> ReductionReport {
    let engine = engine
    return try await StopSignals.run { try await fitted.evaluate(data, on: engine) }
  }

  private func write(_ codes: Tensor, of data: NumericDataset, _ labels: PlotLabels?) throws {
    if let path = paths.codes {
      let columns = (1...codes.shape[1]).map { "z\($0)" }
      let writer = try CSVWriter(replacing: path, columns: columns)
      try writer.append(codes)
      try writer.commit()
    }
    if let path = paths.plot {
      let map = ScatterMap(codes: codes, labels: labels, title: data.name, noun: noun(data))
      let text = path.hasSuffix(".html") ? map.page.html : map.drawing.svgFile
      try AtomicFile.replace(path, with: Array(text.utf8))
    }
  }

  private func noun(_ data: NumericDataset) -> String { data.kind == .images ? "image" : "row" }

  private func checkPlot(_ dimensions: Int) throws(Failure) {
    if dimensions < 2 { throw .usage("--plot needs at least 2 dimensions, found \(dimensions)") }
  }
}

/// The seconds that the parts of a run took.
struct StageClock {
  /// A part of a run.
  enum Stage: String, CaseIterable {
    case reading, learning, encoding, judging
  }

  /// The seconds of each part that was done.
  private(set) var seconds: [Stage: Double] = [:]
  private var start = ContinuousClock.now

  /// Counts the time since the end of the last part as that of another one.
  mutating func end(_ stage: Stage) {
    let now = ContinuousClock.now
    seconds[stage, default: 0] += (now - start) / .seconds(1)
    start = now
  }
}
