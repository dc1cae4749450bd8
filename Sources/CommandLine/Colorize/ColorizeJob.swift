import HourglassColorize
import HourglassData
import HourglassMedia
import HourglassModelFiles
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// One run of `colorize`, from the files that it reads to those that it writes.
struct ColorizeJob {
  private let command: Colorize
  private let output: ImageOutput?
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Colorize) throws {
    self.command = command
    let samples = command.files.output.map { path in
      (1...(command.samples ?? 1)).prefix(command.samples ?? 0).map(ImageOutput(path).numbered)
    }
    let places = try ImageOutput.paths(
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

  /// Reads, learns or loads, colors, writes, in this order.
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
    let report = try await color(images, with: fitted, isEvaluated: isOther)
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
  private var outputs: [ImageOutput] {
    guard let output else { return [] }
    return command.samples.map { (1...$0).map(output.numbered) } ?? [output]
  }

  private func checkHints(_ images: ImageSet) throws {
    guard !command.hints.isEmpty else { return }
    guard images.count == 1 else {
      throw Failure.usage(
        "--hint tells of the pixels of one image; \(command.data) holds \(images.count)"
      )
    }
    let shape = images.shape(of: 0)
    for hint in command.hints.map(\.hint) {
      guard (0..<shape[2]).contains(hint.x), (0..<shape[1]).contains(hint.y) else {
        throw Failure.usage(
          "--hint must be within the image, from 0,0 to \(shape[2] - 1),\(shape[1] - 1), "
            + "found \(hint.x),\(hint.y)"
        )
      }
    }
  }

  private func color(
    _ images: ImageSet,
    with fitted: FittedColorizer,
    isEvaluated: Bool
  ) async throws -> ColorizationReport? {
    guard output != nil || command.figure != nil || isEvaluated else { return nil }
    let samples = command.samples
    let names = samples.map { (1...min($0, Self.drawnSamples)).map { "sample \($0)" } }
    let rows = ImageRows(["gray"] + (names ?? ["colored"]) + ["true"])
    let (outputs, engine, seed) = (outputs, run.engine, command.learning.seed ?? 0)
    let (choice, saturation) = (command.colors.choice, command.saturation)
    let hints = command.hints.map(\.hint)
    let report = try await StopSignals.run {
      if let samples {
        for index in 0..<images.count {
          try Task.checkCancellation()
          let given = try images.image(index)
          var shown: [Image] = []
          var places = outputs[...]
          try await fitted.drawSamples(
            of: given,
            count: samples,
            seed: seed,
            saturation: saturation,
            hints: hints,
            on: engine
          ) { image in
            try places.popFirst()?.write(image, name: images.names[index])
            if shown.count < Self.drawnSamples { shown.append(image) }
          }
          if index < ImageRows.limit { rows.add(given, shown) }
        }
      }
      guard isEvaluated || samples == nil else { return ColorizationReport?.none }
      return try await fitted.evaluation(
        of: images,
        colors: choice,
        saturation: saturation,
        hints: hints,
        on: engine
      ) { name, index, given, colored in
        guard samples == nil else { return }
        for output in outputs { try output.write(colored, name: name) }
        if index < ImageRows.limit { rows.add(given, [colored]) }
      }
    }
    if let path = command.figure { try rows.write(to: path, title: images.name) }
    return report
  }

  /// The samples that a figure shows of each image.
  private static let drawnSamples = 6
}

extension ImageRows {
  /// Keeps an image without its colors, the results, and the image itself where it has colors.
  fileprivate func add(_ given: Image, _ results: some Sequence<Image>) {
    add([given.gray()] + results.map(\.self) + [given.channels >= 3 ? given : nil])
  }
}
