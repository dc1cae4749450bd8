internal import HourglassData
internal import HourglassDenoise
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassTasksCommon

/// One run of `denoise`, from the files that it reads to those that it writes.
struct DenoiseJob {
  private let options: DenoiseOptions
  /// The file or the folder of images or sounds; none for tables.
  private let media: String?
  private let levels = NoiseLevels()
  private var run: JobRun

  /// Checks what can be checked before anything is read.
  init(_ options: DenoiseOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    var files = run.request.files
    var checkpoint = run.request.training.checkpoint
    var folder: String?
    // A name with the extension of a table is a file; what else is no image and no sound file is a
    // folder.
    let isTable = files.output.map { $0 == "-" || TextFormat.isNamed($0) }
    if isTable == true {
      media = nil
    } else {
      media = files.output
      if let media {
        if files.save == nil { checkpoint = checkpoint ?? ImageOutput(media).checkpoint }
        let isFile = ImageOutput(media).isFile || SoundOutput(media).isFile
        if !isFile {
          files.output = nil
          folder = media
        }
      }
    }
    self.run.paths = try JobPaths(
      files,
      checkpoint: checkpoint,
      others: [options.figure],
      folder: folder,
      read: [run.data, options.reference]
    )
  }

  /// Reads, trains or loads, denoises, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedDenoiser? = try files.model.map { try run.model(at: $0) }
    let (given, data) = try run.loadBoth(for: model?.fields)
    let learned = given.map { run.learnable($0) }
    let reference = try options.reference.map {
      try run.request.reading.load($0, limit: files.first)
    }
    try check(data, reference)
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedDenoiser
    if let model {
      fitted = model
    } else {
      let source = learned ?? run.learnable(data)
      let denoiser = Denoiser(
        noise: options.noise?.noise,
        learned: options.noisyOnly ? .noisy : .clean,
        learning: run.request.training.settings
      )
      fitted = try await run.learn(unit: source.kind.nouns.one) {
        try await denoiser.fit(source, session: $0)
      }
    }
    try run.compare(data, with: fitted.fields)
    let report = try await denoise(data, reference, with: fitted)
    let preview = try await preview(of: data, with: fitted)
    try fitted.removeCheckpoint()
    run.end(.encoding)
    let isClean = model == nil && learned == nil && !options.addNoise && !options.noisyOnly
    var result = DenoiseResult(
      fitted: fitted,
      given: report,
      levels: levels.all,
      learnedFromData: isClean,
      itemCount: data.count
    ).result(run, options)
    result.add(try await run.unknownLevels(of: data, in: fitted.fields.map { .table($0) }))
    result.preview = preview
    return result
  }

  private func check(_ data: Dataset, _ reference: Dataset?) throws {
    if let reference, reference.kind != data.kind, [.images, .sounds].contains(data.kind) {
      throw Failure.usage(
        "--reference of \(data.kind.nouns.many) are \(data.kind.nouns.many), and \(reference.name) "
          + "holds \(reference.kind.nouns.many)"
      )
    }
    switch data {
    case .images(let images):
      if run.request.files.output != nil,
        media == nil || media.map(SoundOutput.init)?.isFile == true
      {
        throw Failure.usage("images are written to an image file or to a folder")
      }
      try media.map { try ImageOutput($0).prepare(count: images.count) }
    case .sounds(let sounds):
      if run.request.files.output != nil,
        media == nil || media.map(ImageOutput.init)?.isFile == true
      {
        throw Failure.usage("sounds are written to a .wav, .flac or .ogg file or to a folder")
      }
      try media.map { try SoundOutput($0).prepare(count: sounds.count) }
    case .table, .series:
      for (option, isGiven) in [
        ("--add-noise", options.addNoise), ("--reference", options.reference != nil),
        ("--figure", options.figure != nil),
      ] where isGiven {
        throw Failure.usage("\(option) needs images or sounds, and \(data.name) has none")
      }
      if media != nil {
        throw Failure.usage("the result is a table: give a name that ends in .csv")
      }
    }
  }

  private func denoise(
    _ data: Dataset,
    _ reference: Dataset?,
    with fitted: FittedDenoiser
  ) async throws -> Evaluation? {
    let engine = run.engine
    switch data {
    case .images(let images): return try await denoise(images, reference, with: fitted)
    case .sounds(let sounds): return try await denoise(sounds, reference, with: fitted)
    case .table, .series:
      guard let path = run.paths.output else { return nil }
      let (source, options) = (run.data, run.request.reading.options(limit: nil).table)
      try await run.stoppable {
        try await Self.write(data, from: source, options, to: path, with: fitted, on: engine)
      }
    }
    return nil
  }

  /// Whether anything is asked for beyond the model.
  private func wantsResults(_ reference: Dataset?) -> Bool {
    media != nil || options.figure != nil || run.figures != nil || options.addNoise
      || reference != nil
  }

  private func addedNoise(_ fitted: FittedDenoiser) -> Noise? {
    options.addNoise ? (options.noise?.noise ?? fitted.noise).typical : nil
  }

  private static let figureCaption = "The first items before and after"

  private func denoise(
    _ images: ImageSet,
    _ reference: Dataset?,
    with fitted: FittedDenoiser
  ) async throws -> Evaluation? {
    guard wantsResults(reference) else { return nil }
    var clean: ImageSet?
    if case .images(let set) = reference { clean = set }
    let rows = ImageRows(["clean", "noisy", "denoised"])
    let (engine, noise, seed) = (run.engine, addedNoise(fitted), run.seed)
    let output = media.map { ImageOutput($0) }
    let levels = fitted.noise.hasLevel ? levels : nil
    let report = try await run.stoppable {
      try await fitted.evaluation(
        of: images,
        adding: noise,
        reference: clean,
        seed: seed,
        on: engine
      ) {
        name,
        index,
        evaluation in
        try output?.write(evaluation.denoised, name: name)
        levels?.add(evaluation.noiseLevel)
        if index < ImageRows.limit {
          rows.add([evaluation.clean, evaluation.noisy, evaluation.denoised])
        }
      }
    }
    if let path = options.figure { try rows.write(to: path, title: images.name) }
    run.figures?.add(rows.grid(title: images.name), caption: Self.figureCaption)
    return report
  }

  private func denoise(
    _ sounds: SoundSet,
    _ reference: Dataset?,
    with fitted: FittedDenoiser
  ) async throws -> Evaluation? {
    guard wantsResults(reference) else { return nil }
    var clean: SoundSet?
    if case .sounds(let set) = reference { clean = set }
    let rows = ImageRows(["clean", "noisy", "denoised"])
    let (engine, noise, seed) = (run.engine, addedNoise(fitted), run.seed)
    let output = media.map { SoundOutput($0) }
    let isDrawn = options.figure != nil || run.figures != nil
    let report = try await run.stoppable {
      try await fitted.evaluation(
        of: sounds,
        adding: noise,
        reference: clean,
        seed: seed,
        on: engine
      ) {
        name,
        index,
        evaluation in
        try output?.write(evaluation.denoised, name: name, as: sounds.storage(index))
        if isDrawn, index < ImageRows.limit {
          rows.add(
            SpectrogramImages.images(of: [evaluation.clean, evaluation.noisy, evaluation.denoised])
          )
        }
      }
    }
    if let path = options.figure { try rows.write(to: path, title: sounds.name) }
    run.figures?.add(rows.grid(title: sounds.name), caption: Self.figureCaption)
    return report
  }

  /// The first rows of the result, where it is a table and goes to no file.
  private func preview(
    of data: Dataset,
    with fitted: FittedDenoiser
  ) async throws -> TablePreview? {
    guard run.paths.output == nil, [.table, .series].contains(data.kind) else { return nil }
    let (engine, some) = (run.engine, try await data.firstPart())
    var preview: TablePreview?
    try await run.stoppable {
      try await fitted.denoised(some, on: engine) { _, table in
        preview = preview ?? TablePreview(table)
      }
    }
    return preview
  }

  /// Writes the rows of a table or series without their noise, batch by batch.
  private static func write(
    _ data: Dataset,
    from source: String,
    _ options: TableOptions,
    to path: String,
    with fitted: FittedDenoiser,
    on engine: ComputeEngine
  ) async throws {
    var file: RevisedTable?
    try await fitted.denoised(data, on: engine) { batch, table in
      let given: Table? =
        switch batch.data {
        case .table(let table): table.sample
        case .series(let series):
          batch.wanted(series.sample.table.rows(series.sample.rowsOfOriginals))
        case .images, .sounds: nil
        }
      let names = table.columns.map(\.name)
      let current =
        try file ?? RevisedTable(path, from: source, columns: names, options: options)
      file = current
      try current.append(table, given: given)
    }
    try file?.commit()
  }
}
