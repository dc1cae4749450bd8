import HourglassApplications
import HourglassDatasets
import HourglassTensors

/// One run of `denoise`, from the files that it reads to those that it writes.
struct DenoiseJob {
  private let command: Denoise
  private let output: PictureOutput?
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Denoise) throws {
    self.command = command
    var files = command.files
    var checkpoint = command.learning.checkpoint
    // A name with the extension of a table is a file; what else is no picture file is a folder.
    let isTable = files.output.map { $0 == "-" || $0.hasSuffix(".csv") || $0.hasSuffix(".tsv") }
    if isTable == true {
      output = nil
    } else {
      output = files.output.map { PictureOutput($0) }
      if files.save == nil, let output { checkpoint = checkpoint ?? output.checkpoint }
      if output?.isFile != true { files.output = nil }
    }
    run = VerbRun(
      paths: try VerbPaths(
        files,
        checkpoint: checkpoint,
        others: [command.figure],
        read: [command.data, command.reference]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying
    )
  }

  /// Reads, learns or loads, denoises, writes, in this order.
  mutating func run() async throws -> DenoiseOutcome {
    let files = command.files
    let model = try files.model.map { try FittedDenoiser(contentsOf: $0) }
    let data = try command.reading.load(command.data, limit: files.first)
    let learned = try files.learnFrom.map {
      try command.reading.loadToLearn($0, limit: files.first, quiet: command.saying.quiet)
    }
    let reference = try command.reference.map {
      try ImageSet.load(contentsOf: $0, limit: files.first)
    }
    try check(data)
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedDenoiser
    if let model {
      fitted = model
    } else {
      let source = learned ?? data
      let denoiser = Denoiser(noise: command.noise?.noise, learning: command.learning.settings)
      fitted = try await run.learn(unit: source.noun) {
        try await denoiser.fit(source, session: $0)
      }
    }
    let report = try await denoise(data, reference, with: fitted)
    try fitted.removeCheckpoint()
    run.clock.end(.encoding)
    return DenoiseOutcome(
      fitted,
      given: report,
      command,
      learnedFromData: model == nil && learned == nil && !command.addNoise,
      itemCount: data.count,
      seconds: run.clock.seconds
    )
  }

  private func check(_ data: Dataset) throws {
    if case .images(let images) = data {
      if command.files.output != nil, output == nil {
        throw Failure.usage("images are written to a picture file or to a folder")
      }
      try output?.prepare(count: images.count)
      return
    }
    for (option, isGiven) in [
      ("--add-noise", command.addNoise), ("--reference", command.reference != nil),
      ("--figure", command.figure != nil),
    ] where isGiven {
      throw Failure.usage("\(option) needs images, and \(data.name) has none")
    }
    if output != nil { throw Failure.usage("the result is a table: give a name that ends in .csv") }
  }

  private func denoise(
    _ data: Dataset,
    _ reference: ImageSet?,
    with fitted: FittedDenoiser
  ) async throws -> DenoisingReport? {
    let engine = run.engine
    switch data {
    case .images(let images):
      guard output != nil || command.figure != nil || command.addNoise || reference != nil else {
        return nil
      }
      let rows = PictureRows(["clean", "noisy", "denoised"])
      let noise = command.addNoise ? (command.noise?.noise ?? fitted.noise).typical : nil
      let (output, seed) = (output, command.learning.seed ?? 0)
      let report = try await StopSignals.run {
        try await fitted.trial(
          of: images,
          adding: noise,
          reference: reference,
          seed: seed,
          on: engine
        ) { name, index, trial in
          try output?.write(trial.denoised, name: name)
          if index < PictureRows.limit { rows.add([trial.clean, trial.noisy, trial.denoised]) }
        }
      }
      if let path = command.figure { try rows.write(to: path, title: images.name) }
      return report
    case .table(let table):
      guard run.paths.output != nil else { return nil }
      try write(try await StopSignals.run { try await fitted.denoised(table, on: engine) })
    case .largeTable(let table):
      return try await denoise(.table(try table.whole()), reference, with: fitted)
    case .series(let series):
      guard run.paths.output != nil else { return nil }
      try write(try await StopSignals.run { try await fitted.denoised(series, on: engine) })
    case .sounds:
      throw Failure.usage("denoise takes images, tables and time series, and no sounds yet")
    }
    return nil
  }

  private func write(_ table: Table) throws {
    guard let path = run.paths.output else { return }
    let writer = try CSVWriter(replacing: path, columns: table.columns.map(\.name))
    try writer.append(table)
    try writer.commit()
  }
}

extension Dataset {
  /// What an item is called.
  var noun: String {
    switch self {
    case .table, .largeTable: "row"
    case .images: "image"
    case .sounds: "sound"
    case .series: "window"
    }
  }
}
