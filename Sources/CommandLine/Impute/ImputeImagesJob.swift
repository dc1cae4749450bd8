import ArgumentParser
import HourglassData
import HourglassImpute
import HourglassModelFiles
import HourglassReports
import HourglassTasksCommon
import HourglassTensors
import Synchronization

/// One run of `impute` with images, from the files that it reads to those that it writes.
struct ImputeImagesJob {
  private let command: Impute
  private let output: ImageOutput?
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Impute) throws {
    self.command = command
    for (option, isGiven) in [
      ("--draws", command.filling.draws != nil), ("--intervals", command.filling.intervals != nil),
      ("--members", command.filling.members != nil),
      ("--no-neighbors", command.filling.noNeighbors),
      ("--no-regression", command.filling.noRegression),
    ] where isGiven {
      throw Failure.usage("\(option) is for tables and time series; \(command.data) holds images")
    }
    let places = try ImageOutput.paths(
      command.files,
      checkpoint: command.learning.checkpoint,
      others: [command.holes.figure],
      read: [command.data, command.holes.mask]
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

  /// Reads, learns or loads, fills, writes, in this order.
  mutating func run() async throws -> ImputeImagesOutcome {
    let files = command.files
    let model = try files.model.map { try FittedImageImputer(contentsOf: $0) }
    let images = try load(command.data)
    let learned = try files.learnFrom.map { try load($0) }
    let masks = try command.holes.mask.map {
      PixelMasks.images(try load($0))
    }
    try output?.prepare(count: images.count)
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedImageImputer
    if let model {
      fitted = model
    } else {
      let imputer = ImageImputer(learning: command.learning.settings)
      let source = learned ?? images
      let own = learned == nil ? masks ?? .transparent : .transparent
      fitted = try await run.learn(unit: "image") {
        try await imputer.fit(source, masks: own, session: $0)
      }
    }
    let (engine, output, seed) = (run.engine, output, command.learning.seed ?? 0)
    let rows = ImageRows(["missing", "filled", "true"])
    let share = command.holes.maskRate ?? 0
    let counter = PixelCounter()
    var report: ImageImputationReport?
    if output != nil || command.holes.figure != nil || share > 0 {
      report = try await StopSignals.run {
        try await fitted.evaluation(
          of: images,
          masks: masks ?? .transparent,
          deleting: share,
          seed: seed,
          on: engine
        ) { name, index, filling in
          try output?.write(filling.filled, name: name)
          counter.add(filling.count)
          guard index < ImageRows.limit else { return }
          let truth = share > 0 ? try images.image(index) : nil
          rows.add([filling.masked, filling.filled, truth])
        }
      }
      if let path = command.holes.figure { try rows.write(to: path, title: images.name) }
    }
    try fitted.removeCheckpoint()
    run.clock.end(.encoding)
    if output != nil, counter.total == 0 {
      Console.note(
        "no pixel of \(command.data) is missing: --mask says where they are, or make them transparent"
      )
    }
    return ImputeImagesOutcome(
      fitted,
      given: report,
      command,
      images: images.count,
      pixels: counter.total,
      seconds: run.clock.named
    )
  }

  private func load(_ path: String) throws -> ImageSet {
    let data = try command.reading.loadAny(
      path,
      limit: command.files.first,
      quiet: command.saying.quiet
    )
    guard case .images(let images) = data else {
      throw Failure.usage("\(path) holds \(data.noun)s, and \(command.data) images; give images")
    }
    return images
  }
}

/// Where the missing pixels of images are.
struct HoleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An image, or a folder with one of the name of each image, that is white where pixels are "
        + "missing (default: where an image is transparent).",
      valueName: "images"
    )
  )
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "Try it: delete this share of the pixels, fill them, and compare; 0.01 to 0.7.",
      valueName: "share"
    )
  )
  var maskRate: Float?

  @Option(
    help: ArgumentHelp(
      "Draw the first images in rows (missing, filled, true) to this PNG or SVG file.",
      valueName: "file"
    )
  )
  var figure: String?

  /// The options that were given, by their names.
  var given: [String] {
    var names: [String] = []
    if mask != nil { names.append("--mask") }
    if maskRate != nil { names.append("--mask-rate") }
    if figure != nil { names.append("--figure") }
    return names
  }

  func validate() throws {
    guard let maskRate else { return }
    try requireOption(
      (0.01...0.7).contains(maskRate),
      "--mask-rate",
      "from 0.01 to 0.7, found \(maskRate)"
    )
  }
}

/// The pixels that were filled so far.
private final class PixelCounter: Sendable {
  private let value = Atomic<Int>(0)

  var total: Int { value.load(ordering: .relaxed) }

  func add(_ count: Int) { value.add(count, ordering: .relaxed) }
}
