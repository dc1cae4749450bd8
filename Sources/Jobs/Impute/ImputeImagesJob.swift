internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassImpute
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTasksCommon
internal import Synchronization

/// One run of `impute` with images, from the files that it reads to those that it writes.
struct ImputeImagesJob {
  private let options: ImputeOptions
  private let output: ImageOutput?
  private var run: JobRun

  /// Checks what can be checked before anything is read.
  init(_ options: ImputeOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    for option in options.ofTables {
      throw Failure.usage("\(option) is for tables and time series; \(run.data) holds images")
    }
    let places = try ImageOutput.paths(
      run.request.files,
      checkpoint: run.request.training.checkpoint,
      others: [options.figure],
      read: [run.data, options.mask]
    )
    output = places.output
    self.run.paths = places.paths
  }

  /// Reads, trains or loads, fills, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedImageImputer? = try files.model.map { try run.model(at: $0) }
    let images = try load(run.data)
    let learned = try files.learnFrom.map { try load($0) }
    let masks = try options.mask.map { try load($0) }
    try output?.prepare(count: images.count)
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedImageImputer
    if let model {
      fitted = model
    } else {
      let imputer = ImageImputer(learning: run.request.training.settings)
      let source = learned ?? images
      let own = learned == nil ? masks : nil
      fitted = try await run.learn(unit: "image") {
        try await imputer.fit(source, masks: own, session: $0)
      }
    }
    let (engine, output, seed) = (run.engine, output, run.seed)
    let rows = ImageRows(["missing", "filled", "true"])
    let share = options.maskRate ?? 0
    let counter = PixelCounter()
    var report: Evaluation?
    if output != nil || options.figure != nil || run.figures != nil || share > 0 {
      report = try await run.stoppable {
        try await fitted.evaluation(
          of: images,
          masks: masks,
          deleting: share,
          as: files.learnFrom == nil && files.model == nil ? .trainedOn : .given,
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
      if let path = options.figure { try rows.write(to: path, title: images.name) }
      run.figures?.add(
        rows.grid(title: images.name),
        caption: "The first images before and after"
      )
    }
    try fitted.removeCheckpoint()
    run.end(.encoding)
    if output != nil, counter.total == 0 {
      run.warn(
        "no pixel of \(run.data) is missing: --mask says where they are, or make them transparent"
      )
    }
    return result(fitted, report, images: images.count, pixels: counter.total)
  }

  private func result(
    _ fitted: FittedImageImputer,
    _ report: Evaluation?,
    images: Int,
    pixels: Int
  ) -> JobResult {
    var result = run.result
    result.add("data", run.data)
    result.add("images", images)
    result.add("pixels", pixels)
    result.model(fitted, noun: "image", evaluation: run.request.shown(fitted.evaluation))
    result.evaluated(run.request.shown(report))
    let size =
      "\(NumberText.counted(pixels, "pixel")) of \(NumberText.counted(images, "image"))"
    result.wrote("filled", to: run.request.files.output, note: size)
    result.wrote("model", to: run.paths.model)
    result.wrote("figure", to: options.figure)
    if report == nil { result.hint = "--output keeps the images, --save the model" }
    return result
  }

  private func load(_ path: String) throws -> ImageSet {
    let data = try run.load(path)
    guard case .images(let images) = data else {
      throw Failure.usage(
        "\(path) holds \(data.kind.nouns.many), and \(run.data) images; give images"
      )
    }
    return images
  }
}

/// The pixels that were filled so far.
private final class PixelCounter: Sendable {
  private let value = Atomic<Int>(0)

  var total: Int { value.load(ordering: .relaxed) }

  func add(_ count: Int) { value.add(count, ordering: .relaxed) }
}
