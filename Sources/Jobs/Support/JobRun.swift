internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassModelFiles
internal import HourglassSystem
internal import HourglassTasksCommon

/// One run of a job: the engine, the files, its events, and how training is stopped and its state kept.
package struct JobRun: Sendable {
  /// What is done.
  let request: JobRequest
  /// Where it is computed.
  let engine: ComputeEngine
  /// The files that are read and written.
  var paths: JobPaths
  /// The seconds of each part of the run.
  private(set) var seconds: [String: Double] = [:]

  /// What is drawn for the page that tells the result; none where no page is wanted.
  let figures: FigureLog?

  /// What was made of the inputs.
  let inputs = InputLog()
  /// The columns of a model, by which is read what the data leave open.
  private var schema: TableSchema?

  private let control: JobControl
  /// What former runs of this process loaded.
  private let kept: KeptModels?
  private let send: @Sendable (JobEvent) -> Void
  private var start = ContinuousClock.now
  private let ahead = ReadAhead()
  /// The model that training starts from.
  private let trainingStart: TrainingStart?

  /// Prepares a run.
  init(
    _ request: JobRequest,
    control: JobControl,
    kept: KeptModels? = nil,
    events: @escaping @Sendable (JobEvent) -> Void
  ) throws {
    self.request = request
    self.control = control
    self.kept = kept
    send = events
    figures = request.files.report == nil ? nil : FigureLog()
    engine = kept?.engine(for: request.computing) ?? request.computing.engine
    trainingStart = try request.files.from.map { try TrainingStart(contentsOf: $0) }
    paths = try JobPaths(request.files, checkpoint: request.training.checkpoint, read: [])
  }

  /// The first input.
  var data: String { request.data.first ?? "-" }

  /// The seed of what is drawn beside training.
  var seed: UInt64 { request.training.seed ?? 0 }

  /// Names the files of the run beside those that every request has, and checks them.
  mutating func name(writing others: [String?] = [], reading read: [String?]) throws(Failure) {
    paths = try JobPaths(
      request.files,
      checkpoint: request.training.checkpoint,
      others: others,
      read: read
    )
  }

  /// The model of a file, which a former run of this process may have loaded.
  func model<Fitted: FittedTask>(at path: String) throws(HourglassError) -> Fitted {
    if let kept { try kept.model(contentsOf: path) } else { try Fitted(contentsOf: path) }
  }

  /// Whether it is measured how well a model does on the data that it is applied to.
  var evaluatesData: Bool { control.evaluatesData }

  /// A result with the times so far.
  var result: JobResult {
    var result = JobResult(usedModel: request.files.model)
    result.seconds = seconds
    result.figures = figures?.all ?? []
    for line in inputs.takeHeld() { note(line) }
    let inputs = inputs.all
    if !isInspection, !inputs.isEmpty { result.add("inputs", inputs) }
    return result
  }

  /// Counts the time since the end of the last part as that of another one.
  mutating func end(_ stage: JobStage) {
    let now = ContinuousClock.now
    seconds[stage.rawValue, default: 0] += (now - start) / .seconds(1)
    start = now
    send(.finished(stage, seconds: seconds[stage.rawValue] ?? 0))
  }

  /// Says something that is good to know.
  func note(_ text: String) { send(.message(text)) }

  /// Says something that should be known.
  func warn(_ text: String) { send(.warning(text)) }

  /// Says how much of some work is done.
  func work(_ name: String, fraction: Double) { send(.working(name, fraction: fraction)) }

  /// Reads a file or a folder; a table or series that is larger than `--in-memory` stays in it, and
  /// images of a larger file are on the disk.
  func load(_ path: String) throws(DatasetError) -> Dataset {
    if let data = ahead.take(path) { return data }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var options = request.reading.optionsForAny(limit: request.files.first)
    let learned = try learnedSeries(for: path)
    if options.series?.window == nil { options.series?.window = learned?.window }
    schema?.suggest(to: &options)
    let data = try Dataset.load(contentsOf: path, options: options) {
      send(.working("reading \(name)", fraction: $0))
    }
    report(data, path)
    if !isInspection, case .series(let series) = data { report(series.sample, learned) }
    return data
  }

  /// What the model was trained on, or is to be trained on, where data are others: their windows are as long.
  private func learnedSeries(for path: String) throws(DatasetError) -> LearnedSeries? {
    guard request.reading.series != nil else { return nil }
    if let model = request.files.model { return LearnedSeries(modelAt: model) }
    guard let learnFrom = request.files.learnFrom, learnFrom != path else { return nil }
    let data = try load(learnFrom)
    ahead.keep(data, of: learnFrom)
    if case .series(let series) = data { return LearnedSeries(series.sample) }
    return nil
  }

  /// Says how the rows of series were taken.
  private func report(_ series: SeriesSet, _ learned: LearnedSeries?) {
    var remarks = series.remarks
    if case .withGaps(_, let missing) = series.spacing {
      remarks.append(
        "\(NumberText.counted(missing, "time")) left out, taken as rows of missing cells"
      )
    }
    if request.reading.window == nil, learned == nil, series.window != SeriesOptions.standardWindow
    {
      remarks.append(
        "windows of \(NumberText.counted(series.window, "row")), chosen by the length of the series; "
          + "--window changes it"
      )
    }
    if let unknown = learned?.remark(on: series) { remarks.append(unknown) }
    for line in remarks { note("\(series.name): \(line)") }
  }

  private var isInspection: Bool { type(of: request.options).task == "inspect" }

  /// Reads what follows as the data of a model were read, where they leave open what their cells are.
  mutating func read(like schema: TableSchema?) { self.schema = schema }

  /// Keeps what was made of an input, and says what was left out, ignored or taken as missing.
  func report(_ data: Dataset, _ path: String) {
    let files = request.files
    let report = InputReport(
      data,
      path: path,
      isWhole: files.first == nil,
      takesConstants: type(of: request.options).takesConstants
    )
    inputs.add(report)
    var lines = report.fileLines
    if !isInspection {
      if files.model == nil, files.learnFrom == nil || files.learnFrom == path {
        inputs.hold(report.ignoredLines.map { "\(data.name): \($0)" })
      }
      if case .table(let table) = data { lines += table.sample.readings.remarks }
    }
    for line in lines { note("\(data.name): \(line)") }
  }

  /// Reads the data, before them what is to be trained on where that is other data; the data are read as these or
  /// those of a model were.
  ///
  /// - Parameter fields: The columns of the model; none for images and sounds, and without one.
  mutating func loadBoth(
    for fields: TableEncoding?
  ) throws(DatasetError) -> (learned: Dataset?, data: Dataset) {
    var known = fields?.schema
    var learned: Dataset?
    if let path = request.files.learnFrom {
      let data = try load(path)
      if case .table(let table) = data { known = table.schema }
      learned = data
    }
    read(like: known)
    return (learned, try load(data))
  }

  /// Reads what is to be trained on in memory: of what is larger than `--in-memory` a part, with a
  /// word about it.
  func loadToLearn(_ path: String) throws(DatasetError) -> Dataset { learnable(try load(path)) }

  /// What is to be trained on of data: some rows or stretches of large ones, with a word about it.
  func learnable(_ data: Dataset) -> Dataset {
    let counts: (some: Int, all: Int, how: String)
    switch data {
    case .table(let table) where !table.isInMemory:
      counts = (table.sample.rowCount, table.rowCount, "drawn at random")
    case .series(let series) where !series.isInMemory:
      let some = series.sample.rowsOfOriginals.count
      counts = (some, series.rowCount, "in stretches drawn at random")
    case .table, .images, .sounds, .series: return data
    }
    note(
      "\(data.name) is large: training on \(NumberText.grouped(counts.some)) of its "
        + "\(NumberText.grouped(counts.all)) rows, \(counts.how)"
    )
    return data.learnable
  }

  /// The cells of a table whose levels a model was not trained on; none for other data, and where the model
  /// is of the table itself.
  ///
  /// A table in a file is read once more, where the model has categories.
  func unknownLevels(of data: Dataset, in encoding: ItemEncoding?) async throws -> UnknownLevels {
    var unknown = UnknownLevels()
    let files = request.files
    let isOther = files.model != nil || files.learnFrom != nil || files.from != nil
    guard isOther, case .table(let columns)? = encoding, case .table = data, columns.hasLevels
    else { return unknown }
    let batches = try data.batches()
    while let batch = try await batches.next() {
      try Task.checkCancellation()
      if let table = batch.table { unknown.add(try columns.unknownLevels(of: table)) }
    }
    return unknown
  }

  /// Does something that can be stopped at any moment.
  func stoppable<Result>(_ body: () async throws -> Result) async throws -> Result {
    try await stoppable(.byCancelling, body)
  }

  private func stoppable<Result>(
    _ way: JobEvent.Stopping,
    _ body: () async throws -> Result
  ) async throws -> Result {
    send(.stoppable(way))
    defer { send(.stoppable(.byKilling)) }
    return try await body()
  }

  /// Trains with progress events and a checkpoint, and saves the model where that was asked for.
  ///
  /// The model is kept before anything else can fail, which removes the checkpoint. Where training was
  /// ended before its time, the best model so far is kept, and the checkpoint stays.
  ///
  /// - Parameters:
  ///   - unit: What an item is called, such as `image`.
  ///   - fit: Trains in a session.
  mutating func learn<Fitted: FittedTask>(
    unit: String,
    _ fit: (TrainingSession) async throws -> Fitted
  ) async throws -> Fitted {
    let training = request.training
    if let path = paths.checkpoint { try prepareCheckpoint(path, resumes: training.resume) }
    var session = self.session(unit: unit)
    session.checkpoint = paths.checkpoint
    session.checkpointInterval = training.checkpointEvery ?? 30
    session.resumes = training.resume
    session.scratchFolder = paths.folder
    session.start = trainingStart
    if paths.model != nil { session.endsLearning = control.endsLearning }
    let learning = session
    let fitted = try await stoppable(paths.model == nil ? .byCancelling : .byEndingLearning) {
      try await fit(learning)
    }
    end(.learning)
    guard let path = paths.model else { return fitted }
    guard control.endsLearning() else {
      try fitted.save(to: path)
      return fitted
    }
    try ModelFile.write(tensors: fitted.tensors, header: fitted.header, to: path)
    throw JobInterruption(model: path, checkpoint: fitted.checkpoint)
  }

  /// Makes sure that a checkpoint replaces neither another file nor, without a word, the state of a run that was
  /// interrupted.
  private func prepareCheckpoint(_ path: String, resumes: Bool) throws {
    guard FileKind.exists(path) else {
      if resumes {
        note("there is no checkpoint at \(path); training starts from the beginning")
      }
      return
    }
    guard CheckpointFile.isCheckpoint(path) else {
      throw Failure.usage(
        "\(path) is there, and is no checkpoint; name another file for it by --checkpoint"
      )
    }
    if resumes { return }
    let former = try CheckpointFile.putAside(path)
    warn(
      "a run that was interrupted left a checkpoint, from which --resume would have gone on; this run starts "
        + "anew, and the checkpoint is kept as \(former)"
    )
  }

  /// A session that is heard of and keeps no checkpoint.
  func session(unit: String) -> TrainingSession {
    let (send, inputs) = (send, inputs)
    var session = TrainingSession(
      engine: engine,
      comparesWithBaselines: request.baselines,
      progress: {
        for line in inputs.takeHeld() { send(.message(line)) }
        send(.training($0, unit: unit))
      }
    )
    session.takeBaseline = { send(.baseline($0)) }
    return session
  }
}

/// Why a job that was asked to end training has no result: the best model so far was kept.
package struct JobInterruption: Error {
  /// Where the model is.
  package var model: String
  /// Where the training state is.
  package var checkpoint: String?
}
