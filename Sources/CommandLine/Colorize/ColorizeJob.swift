import HourglassApplications
import HourglassDatasets
import HourglassTensors

/// One run of `colorize`, from the files that it reads to those that it writes.
struct ColorizeJob {
  private let command: Colorize
  private let output: PictureOutput?
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Colorize) throws {
    self.command = command
    let samples = command.files.output.map { path in
      (1...(command.samples ?? 1)).prefix(command.samples ?? 0).map(PictureOutput(path).numbered)
    }
    let places = try PictureOutput.paths(
      command.files,
      checkpoint: command.learning.checkpoint,
      others: [command.figure] + (samples ?? []).filter(\.isFile).map(\.path),
      read: [command.data]
    )
    output = places.output
    run = VerbRun(
      paths: places.paths,
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns or loads, colours, writes, in this order.
  mutating func run() async throws -> ColorizeOutcome {
    let files = command.files
    let model = try files.model.map { try FittedColorizer(contentsOf: $0) }
    let images = try load(command.data)
    let learned = try files.learnFrom.map { try load($0) }
    try checkHints(images)
    for output in outputs { try output.prepare(count: images.count) }
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedColorizer
    if let model {
      fitted = model
    } else {
      let colorizer = Colorizer(learning: command.learning.settings)
      let source = learned ?? images
      fitted = try await run.learn(unit: "image") {
        try await colorizer.fit(source, session: $0)
      }
    }
    let isOther = model != nil || learned != nil
    let report = try await colour(images, with: fitted, isJudged: isOther)
    try fitted.removeCheckpoint()
    run.clock.end(.encoding)
    return ColorizeOutcome(
      fitted,
      given: isOther ? report : nil,
      command,
      itemCount: images.count,
      seconds: run.clock.seconds
    )
  }

  private func load(_ path: String) throws(DatasetError) -> ImageSet {
    try ImageSet.load(
      contentsOf: path,
      limit: command.files.first,
      skipsUnreadable: command.folders.skipUnreadable,
      cacheFolder: command.folders.cacheFolder
    )
  }

  /// Where results go: as many places as there are samples.
  private var outputs: [PictureOutput] {
    guard let output else { return [] }
    return command.samples.map { (1...$0).map(output.numbered) } ?? [output]
  }

  private func checkHints(_ images: ImageSet) throws {
    guard !command.hints.isEmpty else { return }
    guard images.count == 1 else {
      throw Failure.usage(
        "--hint tells of the pixels of one picture; \(command.data) holds \(images.count)"
      )
    }
    let shape = images.shape(of: 0)
    for hint in command.hints.map(\.hint) {
      guard (0..<shape[2]).contains(hint.x), (0..<shape[1]).contains(hint.y) else {
        throw Failure.usage(
          "--hint must be within the picture, from 0,0 to \(shape[2] - 1),\(shape[1] - 1), "
            + "found \(hint.x),\(hint.y)"
        )
      }
    }
  }

  private func colour(
    _ images: ImageSet,
    with fitted: FittedColorizer,
    isJudged: Bool
  ) async throws -> ColorizationReport? {
    guard output != nil || command.figure != nil || isJudged else { return nil }
    let samples = command.samples
    let names = samples.map { (1...min($0, Self.drawnSamples)).map { "sample \($0)" } }
    let rows = PictureRows(["grey"] + (names ?? ["coloured"]) + ["true"])
    let (outputs, engine, seed) = (outputs, run.engine, command.learning.seed ?? 0)
    let (choice, saturation) = (command.colors.choice, command.saturation)
    let hints = command.hints.map(\.hint)
    let report = try await StopSignals.run {
      if let samples {
        for index in 0..<images.count {
          try Task.checkCancellation()
          let given = try images.picture(index)
          var shown: [Picture] = []
          var places = outputs[...]
          try await fitted.drawSamples(
            of: given,
            count: samples,
            seed: seed,
            saturation: saturation,
            hints: hints,
            on: engine
          ) { picture in
            try places.popFirst()?.write(picture, name: images.names[index])
            if shown.count < Self.drawnSamples { shown.append(picture) }
          }
          if index < PictureRows.limit { rows.add(given, shown) }
        }
      }
      guard isJudged || samples == nil else { return ColorizationReport?.none }
      return try await fitted.trial(
        of: images,
        colours: choice,
        saturation: saturation,
        hints: hints,
        on: engine
      ) { name, index, given, coloured in
        guard samples == nil else { return }
        for output in outputs { try output.write(coloured, name: name) }
        if index < PictureRows.limit { rows.add(given, [coloured]) }
      }
    }
    if let path = command.figure { try rows.write(to: path, title: images.name) }
    return report
  }

  /// The samples that a figure shows of each image.
  private static let drawnSamples = 6
}

extension PictureRows {
  /// Keeps a picture without its colours, the results, and the picture itself where it has colours.
  fileprivate func add(_ given: Picture, _ results: some Sequence<Picture>) {
    add([given.grey()] + results.map(\.self) + [given.channels >= 3 ? given : nil])
  }
}
