import HourglassApplications
import HourglassDatasets

/// One run of `colorize`, from the files that it reads to those that it writes.
struct ColorizeJob {
  private let command: Colorize
  private let output: PictureOutput?
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Colorize) throws {
    self.command = command
    let places = try PictureOutput.paths(
      command.files,
      checkpoint: command.learning.checkpoint,
      others: [command.figure],
      read: [command.data]
    )
    output = places.output
    run = VerbRun(
      paths: places.paths,
      learning: command.learning,
      computing: command.computing,
      saying: command.saying
    )
  }

  /// Reads, learns or loads, colours, writes, in this order.
  mutating func run() async throws -> ColorizeOutcome {
    let files = command.files
    let model = try files.model.map { try FittedColorizer(contentsOf: $0) }
    let images = try load(command.data)
    let learned = try files.learnFrom.map { try load($0) }
    try output?.prepare(count: images.count)
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
      skipsUnreadable: command.skipUnreadable
    )
  }

  private func colour(
    _ images: ImageSet,
    with fitted: FittedColorizer,
    isJudged: Bool
  ) async throws -> ColorizationReport? {
    guard output != nil || command.figure != nil || isJudged else { return nil }
    let rows = PictureRows(["grey", "coloured", "true"])
    let (output, engine, saturation) = (output, run.engine, command.saturation)
    let report = try await StopSignals.run {
      try await fitted.trial(of: images, saturation: saturation, on: engine) {
        name,
        index,
        given,
        coloured in
        try output?.write(coloured, name: name)
        if index < PictureRows.limit {
          rows.add([given.grey(), coloured, given.channels >= 3 ? given : nil])
        }
      }
    }
    if let path = command.figure { try rows.write(to: path, title: images.name) }
    return report
  }
}
