internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassGenerate
internal import HourglassNetworks
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTasksCommon

/// One run of `generate`, from the files that it reads to those that it writes.
struct GenerateJob {
  private let options: GenerateOptions
  private var run: JobRun

  /// Checks what can be checked before anything is read.
  init(_ options: GenerateOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    try self.run.name(
      writing: [options.neighbors, options.reconstructions],
      reading: [options.evaluateOn, options.labels]
    )
  }

  /// Reads, trains or loads, generates, writes, in this order.
  mutating func run() async throws -> JobResult {
    let files = run.request.files
    let model: FittedSynthesizer? = try files.model.map { try run.model(at: $0) }
    if let path = files.learnFrom, options.interpolate != nil, options.evaluateOn == nil,
      try run.request.reading.optionsForAny(limit: files.first).isLarge(path)
    {
      throw Failure.usage("--interpolate needs data that are held in memory: see --in-memory")
    }
    let learned = try files.learnFrom.map {
      try run.loadToLearn($0)
    }
    if case .table(let table)? = learned { run.read(like: table.schema) }
    if let model { run.read(like: model.fields?.schema) }
    let evaluated = try options.evaluateOn.map { try run.load($0) }
    if let model { try check(model.kind, classes: model.classes) }
    var classes: ItemClasses?
    if let learned {
      classes = try itemClasses(of: learned)
      try check(learned.kind, classes: classes?.names ?? [])
    }
    try run.paths.checkWritable()
    run.end(.reading)
    let fitted: FittedSynthesizer
    if let model {
      fitted = model
    } else if let learned {
      let synthesizer = try synthesizer(for: learned)
      fitted = try await run.learn(unit: learned.kind.nouns.one) {
        [classes] in
        try await synthesizer.fit(learned, classes: classes, session: $0)
      }
    } else {
      throw Failure.usage("give training data with --learn-from, or a model with --model")
    }
    if model == nil, fitted.modelType == .trees, run.request.computing.precision != .auto {
      run.warn("--precision had no effect: trees are grown, no network is trained")
    }
    let written = try await writeRows(with: fitted)
    let generated =
      written == nil
      ? try await generate(with: fitted, from: evaluated ?? learned, learned: learned) : nil
    try write(generated, fitted)
    if let path = options.neighbors, let learned, let generated {
      try await drawNeighbors(generated, learned, fitted, path)
    }
    if let path = options.reconstructions, let data = evaluated ?? learned {
      try await drawReconstructions(data, fitted, path)
    }
    try fitted.removeCheckpoint()
    run.end(.encoding)
    var given: Evaluation?
    if let evaluated {
      let engine = run.engine
      let samples = options.boundSamples
      given = try await run.stoppable {
        try await fitted.evaluate(evaluated, boundSamples: samples, on: engine)
      }
    }
    run.end(.evaluating)
    let count = written ?? generated?.count ?? 0
    var result = result(fitted, count, given)
    if fitted.kind == .table {
      let lengthened = fitted.lengthenedTexts(count, seed: run.seed)
      result.add("lengthenedTexts", lengthened)
      for (column, count) in lengthened.sorted(by: { $0.key < $1.key }) {
        run.warn(
          "\(NumberText.counted(count, "text")) of \(column) \(count == 1 ? "is" : "are") longer than those of the "
            + "data: the form has too few different ones"
        )
      }
    }
    if let data = evaluated ?? (run.request.files.from == nil ? nil : learned) {
      result.add(try await run.unknownLevels(of: data, in: fitted.encoding))
    }
    if run.paths.output == nil, case .table(let table)? = generated {
      result.preview = TablePreview(table.sample)
    }
    return result
  }

  private func result(
    _ fitted: FittedSynthesizer,
    _ generated: Int,
    _ given: Evaluation?
  ) -> JobResult {
    var result = run.result
    let isKept = run.paths.output != nil || options.neighbors != nil
    let (count, noun) = (isKept ? generated : 0, fitted.kind.nouns.one)
    result.add("kind", fitted.kind)
    result.add("generated", count)
    result.add("modelType", fitted.modelType.rawValue)
    result.add("latent", fitted.latent)
    result.model(fitted, noun: noun, evaluation: run.request.shown(fitted.evaluation))
    result.evaluated(run.request.shown(given))
    result.wrote(
      "output",
      "generated",
      to: run.paths.output,
      note: NumberText.counted(count, fitted.kind == .series ? "row" : noun)
    )
    result.wrote("model", to: run.paths.model)
    result.wrote("neighbors", to: options.neighbors)
    result.wrote("reconstructions", "reconstructed", to: options.reconstructions)
    result.hint = "--output keeps new items, --save the model"
    return result
  }

  /// The classes of images, by --labels or those that come with them.
  private func itemClasses(of data: Dataset) throws -> ItemClasses? {
    guard let path = options.labels else {
      if case .images(let images) = data { return ItemClasses(images) }
      return nil
    }
    guard case .images = data else {
      throw Failure.usage("--labels needs images, found \(data.kind.nouns.many)")
    }
    try ItemLabels.check(data)
    let labels = try ItemLabels(
      contentsOf: path,
      count: data.count,
      known: [],
      limit: Self.mostLabels
    )
    return ItemClasses(names: labels.names, places: labels.classes)
  }

  /// The most different labels.
  private static let mostLabels = 1_000

  private func synthesizer(for data: Dataset) throws -> Synthesizer {
    return Synthesizer(
      modelType: options.modelType ?? (options.interpolate == nil ? nil : .vae),
      latent: options.latent,
      architecture: try architecture(for: data),
      beta: options.beta,
      codes: options.codes,
      boundSamples: options.boundSamples,
      learning: run.request.training.settings
    )
  }

  private func architecture(for data: Dataset) throws -> Architecture? {
    let widths = options.hidden?.widths
    guard options.architecture == .convolutional else {
      if let widths { return .dense(hidden: widths, activation: .silu) }
      // Else what is chosen by the data is fully connected as it is.
      guard options.architecture == .dense, case .images = data else { return nil }
      return Defaults.synthesisDenseArchitecture
    }
    guard case .images(let images) = data,
      case .convolutional(let channels, let hidden, let activation) =
        Defaults.convolutionalArchitecture(for: try images.uniform())
    else {
      throw Failure.usage("--architecture convolutional needs images, found \(data.name)")
    }
    return .convolutional(channels: channels, hidden: widths ?? hidden, activation: activation)
  }

  /// Generates what was asked for; no images where no file wants them, for only tables are previewed.
  private func generate(
    with fitted: FittedSynthesizer,
    from data: Dataset?,
    learned: Dataset?
  ) async throws -> Dataset? {
    guard run.paths.output != nil || options.neighbors != nil || fitted.kind != .images else {
      return nil
    }
    let (engine, seed) = (run.engine, run.seed)
    let count = options.count
    return try await run.stoppable {
      if options.lattice {
        let side = Int(Double(count ?? 400).squareRoot())
        return try await fitted.lattice(max(side, 1), on: engine)
      }
      if let pair = options.interpolate, let data {
        return try await fitted.interpolation(
          from: pair.first - 1,
          to: pair.second - 1,
          in: data,
          steps: count ?? 10,
          on: engine
        )
      }
      let automatic = Self.standardCount(of: fitted.kind)
      if fitted.kind == .images, let labels = try options.labels(among: fitted.classes) {
        return try await fitted.generated(
          count ?? automatic,
          of: labels,
          seed: seed,
          on: engine
        )
      }
      guard options.demands == nil else {
        let demanded = try await fitted.demanded(
          count ?? automatic,
          where: options.conditions.map(\.condition),
          keeping: options.constraints.map(\.constraint),
          balancing: options.balance,
          seed: seed,
          on: engine
        )
        warn(about: demanded, learned)
        return .table(demanded.table)
      }
      return try await fitted.generated(count ?? automatic, seed: seed, on: engine)
    }
  }

  /// How many items are made where nothing was said of it.
  private static func standardCount(of kind: DataKind) -> Int {
    switch kind {
    case .images: 100
    case .series: 10
    case .table, .sounds: 1_000
    }
  }

  /// Says what should be known of rows that were asked for: whether training rows have the values is looked up where
  /// these are at hand, and else as the model has it.
  private func warn(about demanded: FittedSynthesizer.DemandedTable, _ learned: Dataset?) {
    var improbable = demanded.improbable
    let conditions = options.conditions.map(\.condition)
    if options.balance == nil, !conditions.isEmpty, case .table(let table)? = learned,
      table.isInMemory
    {
      let rows = table.sample
      let isMet = (0..<rows.rowCount).contains { row in
        conditions.allSatisfy { $0.holds(in: rows, row) }
      }
      let words = conditions.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
      improbable = isMet ? [] : ["no training row has \(words)"]
    }
    for line in improbable + demanded.warnings { run.warn(line) }
  }

  /// Writes rows of a table, or of windows, as they are made, where nothing but the file needs them.
  ///
  /// - Returns: The number of rows; `nil` where they are made at once.
  private func writeRows(with fitted: FittedSynthesizer) async throws -> Int? {
    guard let path = run.paths.output, fitted.kind != .images, options.demands == nil,
      !options.lattice, options.interpolate == nil
    else { return nil }
    let (format, run) = (try trainingFormat, run)
    let count = options.count ?? Self.standardCount(of: fitted.kind)
    var file = GeneratedRows(path, like: format, count: count)
    try await run.stoppable {
      try await fitted.forEachBlock(count, seed: run.seed, on: run.engine) { rows, made in
        try file.append(rows, made: made) { run.work("generating", fraction: $0) }
      }
    }
    try file.commit()
    return file.rowCount
  }

  /// How the training data are written, where they are at hand as text.
  private var trainingFormat: TextFormat {
    get throws {
      guard let path = run.request.files.learnFrom else { return TextFormat() }
      let options = run.request.reading.options(limit: nil).table
      return try TextFormat(contentsOf: path, options: options, readsWhole: true) ?? TextFormat()
    }
  }

  private func write(_ generated: Dataset?, _ fitted: FittedSynthesizer) throws {
    guard let path = run.paths.output, let generated else { return }
    switch generated {
    case .table(let table): try table.sample.write(to: path, like: try trainingFormat)
    case .images(let images):
      let count = images.count
      // Where several labels were asked for, the images of each go in a row of their own.
      let labels = try options.labels(among: fitted.classes)?.count ?? 1
      let rows = labels > 1 ? evenShares(of: count, among: labels) : nil
      let columns =
        options.interpolate != nil
        ? count : rows?.first ?? Int(Double(count).squareRoot().rounded(.up))
      let images = try GeneratedImages(images)
      try AtomicFile.replace(path, with: images.mosaic(columns: columns, rows: rows).png)
    case .sounds, .series: break
    }
  }

  private func drawNeighbors(
    _ generated: Dataset,
    _ learned: Dataset,
    _ fitted: FittedSynthesizer,
    _ path: String
  ) async throws {
    guard case .images(let made) = generated, case .images(let real) = learned else { return }
    let engine = run.engine
    let few = made.prefix(GeneratedImages.mostNeighbors)
    let nearest = try await run.stoppable {
      try await fitted.nearest(to: few, in: real, on: engine)
    }
    let figure = try GeneratedImages(few).neighbors(nearest, in: real)
    try AtomicFile.replace(path, with: Array(figure.drawing.svgFile.utf8))
  }

  private func drawReconstructions(
    _ data: Dataset,
    _ fitted: FittedSynthesizer,
    _ path: String
  ) async throws {
    guard case .images(let real) = data else { return }
    let engine = run.engine
    let few = real.prefix(GeneratedImages.mostNeighbors)
    let reconstructed = try await run.stoppable {
      try await fitted.reconstruction(of: .images(few), on: engine)
    }
    guard case .images(let made) = reconstructed else { return }
    let figure = try GeneratedImages(made).reconstructions(of: few)
    try AtomicFile.replace(path, with: Array(figure.drawing.svgFile.utf8))
  }

  /// Checks that what was asked for can be made of data of a kind.
  ///
  /// - Parameter classes: The names of the classes of images.
  private func check(_ kind: DataKind, classes: [String]) throws {
    if kind == .images, let asked = try options.labels(among: classes) {
      for label in asked where !classes.contains(label) {
        let known = classes.prefix(8).joined(separator: ", ") + (classes.count > 8 ? ", ..." : "")
        throw Failure.usage("there is no label \(label); there are \(known)")
      }
    }
    if let option = options.demands, kind != .table, kind != .images {
      throw Failure.usage("\(option) needs a table, found \(kind.nouns.many)")
    }
    let ofImages = [
      ("--neighbors", options.neighbors != nil),
      ("--reconstructions", options.reconstructions != nil),
      ("--bound-samples", options.boundSamples != nil),
    ]
    for (name, isGiven) in ofImages where isGiven && kind != .images {
      throw Failure.usage("\(name) needs images, found \(kind.nouns.many)")
    }
  }
}
