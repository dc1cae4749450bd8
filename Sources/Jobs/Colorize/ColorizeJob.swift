internal import HourglassColorize
internal import HourglassData
internal import HourglassEvaluation
internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// One run of `colorize`, from the files that it reads to those that it writes.
struct ColorizeJob {
  private let options: ColorizeOptions
  private let output: ImageOutput?
  private var run: JobRun

  /// Checks what can be checked before anything is read.
  init(_ options: ColorizeOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    let samples = run.request.files.output.map { path in
      (1...(options.samples ?? 1)).prefix(options.samples ?? 0).map(ImageOutput(path).numbered)
    }
    let places = try ImageOutput.paths(
      run.request.files,
      checkpoint: run.request.training.checkpoint,
      others: [options.figure] + (samples ?? []).filter(\.isFile).map(\.path),
      read: [run.data]
    )
    output = places.output
    self.run.paths = places.paths
  }

  /// Reads, trains or loads, colors, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedColorizer? = try files.model.map { try run.model(at: $0) }
    let images = try load(run.data)
    let learned = try files.learnFrom.map { try load($0) }
    try checkHints(images)
    for output in outputs { try output.prepare(count: images.count) }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedColorizer
    if let model {
      fitted = model
    } else {
      let colorizer = Colorizer(learning: run.request.training.settings)
      let source = learned ?? images
      fitted = try await run.learn(unit: "image") {
        try await colorizer.fit(source, session: $0)
      }
    }
    let isOther = model != nil || learned != nil
    let report = try await color(images, with: fitted, isEvaluated: isOther)
    try fitted.removeCheckpoint()
    run.end(.encoding)
    return result(fitted, isOther ? report : nil, itemCount: images.count)
  }

  private func result(
    _ fitted: FittedColorizer,
    _ given: Evaluation?,
    itemCount: Int
  ) -> JobResult {
    var result = run.result
    result.add("data", run.data)
    result.add("items", itemCount)
    result.add("colors", options.samples == nil ? options.colors : nil)
    result.add("samples", options.samples)
    result.model(fitted, noun: "image", evaluation: run.request.shown(fitted.evaluation))
    result.evaluated(run.request.shown(given))
    let each = options.samples.map { ", \(NumberText.counted($0, "sample")) of each" } ?? ""
    result.wrote(
      "output",
      "colored",
      to: run.request.files.output,
      note: NumberText.counted(itemCount, "image") + each
    )
    result.wrote("model", to: run.paths.model)
    result.wrote("figure", to: options.figure)
    if given == nil { result.hint = "--output keeps the result, --save the model" }
    return result
  }

  private func load(_ path: String) throws(DatasetError) -> ImageSet {
    let images = try ImageSet.load(
      contentsOf: path,
      limit: run.request.files.first,
      skipsUnreadable: run.request.reading.skipUnreadable,
      cacheFolder: run.request.reading.cacheFolder
    )
    run.report(.images(images), path)
    return images
  }

  /// Where results go: as many places as there are samples.
  private var outputs: [ImageOutput] {
    guard let output else { return [] }
    return options.samples.map { (1...$0).map(output.numbered) } ?? [output]
  }

  private func checkHints(_ images: ImageSet) throws {
    guard !options.hints.isEmpty else { return }
    guard images.count == 1 else {
      throw Failure.usage(
        "--hint sets colors of one image; \(run.data) has \(images.count)"
      )
    }
    let shape = images.shape(of: 0)
    for hint in options.hints.map(\.hint) {
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
  ) async throws -> Evaluation? {
    let isDrawn = options.figure != nil || run.figures != nil
    guard output != nil || isDrawn || isEvaluated else { return nil }
    let samples = options.samples
    let names = samples.map { (1...min($0, Self.drawnSamples)).map { "sample \($0)" } }
    let rows = ImageRows(["gray"] + (names ?? ["colored"]) + ["true"])
    let (outputs, engine, seed) = (outputs, run.engine, run.seed)
    let (choice, saturation) = (options.colors, options.saturation)
    let hints = options.hints.map(\.hint)
    let report = try await run.stoppable {
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
      guard isEvaluated || samples == nil else { return Evaluation?.none }
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
    if let path = options.figure { try rows.write(to: path, title: images.name) }
    run.figures?.add(rows.grid(title: images.name), caption: "The first images before and after")
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
