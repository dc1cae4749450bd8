import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassGenerate
import HourglassGraphs
import HourglassNetworks
import HourglassReports
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// One run of `generate`, from the files that it reads to those that it writes.
struct GenerateJob {
  private let command: Generate
  private var run: VerbRun

  /// Checks what can be checked before anything is read.
  init(_ command: Generate) throws {
    self.command = command
    run = VerbRun(
      paths: try VerbPaths(
        command.files,
        checkpoint: command.learning.checkpoint,
        others: [command.generating.neighbors, command.generating.reconstructions],
        read: [command.generating.evaluateOn, command.shape.labels]
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns or loads, generates, writes, in this order.
  mutating func run() async throws -> GenerateOutcome {
    let (files, options) = (command.files, command.generating)
    let model = try files.model.map { try FittedSynthesizer(contentsOf: $0) }
    if let path = files.learnFrom, options.interpolate != nil, options.evaluateOn == nil,
      try command.data.optionsForAny(limit: files.first).isLarge(path)
    {
      throw Failure.usage("--interpolate needs data that are held in memory: see --in-memory")
    }
    let learned = try files.learnFrom.map {
      try command.data.loadToLearn($0, limit: files.first, quiet: command.saying.quiet)
    }
    let evaluated = try options.evaluateOn.map { try command.data.load($0, limit: files.first) }
    if let model { try check(model.kind, classes: model.classes) }
    var classes: ItemClasses?
    if let learned {
      classes = try itemClasses(of: learned)
      try check(learned.kind, classes: classes?.names ?? [])
    }
    try run.paths.checkWritable()
    run.clock.end(.reading)
    let fitted: FittedSynthesizer
    if let model {
      fitted = model
    } else if let learned {
      let synthesizer = try synthesizer(for: learned)
      fitted = try await run.learn(unit: Self.kind(learned).nouns.one) {
        [classes] in
        try await synthesizer.fit(learned, classes: classes, session: $0)
      }
    } else {
      throw Failure.usage("give data to learn from with --learn-from, or a model with --model")
    }
    let generated = try await generate(with: fitted, from: evaluated ?? learned)
    try write(generated, fitted)
    if let path = options.neighbors, let learned, let generated {
      try await drawNeighbors(generated, learned, fitted, path)
    }
    if let path = options.reconstructions, let data = evaluated ?? learned {
      try await drawReconstructions(data, fitted, path)
    }
    try fitted.removeCheckpoint()
    run.clock.end(.encoding)
    var given: SynthesisReport?
    if let evaluated {
      let engine = run.engine
      let samples = options.boundSamples
      given = try await StopSignals.run {
        try await fitted.evaluate(evaluated, boundSamples: samples, on: engine)
      }
    }
    run.clock.end(.evaluating)
    return GenerateOutcome(
      fitted,
      generated: generated,
      given: given,
      command,
      run.paths,
      run.clock.seconds
    )
  }

  /// The classes of images, by --labels or those that come with them.
  private func itemClasses(of data: Dataset) throws -> ItemClasses? {
    guard let path = command.shape.labels else {
      if case .images(let images) = data { return ItemClasses(images) }
      return nil
    }
    guard case .images = data else {
      throw Failure.usage("--labels needs images, found \(data.kind.nouns.many)")
    }
    try PlotLabels.check(data)
    let labels = try PlotLabels(
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
    let shape = command.shape
    return Synthesizer(
      latent: shape.latent,
      architecture: try architecture(for: data),
      beta: shape.beta,
      codes: shape.codes?.value,
      boundSamples: command.generating.boundSamples,
      learning: command.learning.settings
    )
  }

  private func architecture(for data: Dataset) throws -> Architecture? {
    let widths = command.shape.hidden?.widths
    guard command.shape.architecture == .convolutional else {
      if let widths { return .dense(hidden: widths, activation: .silu) }
      // Else what is chosen by the data is fully connected as it is.
      guard command.shape.architecture == .dense, case .images = data else { return nil }
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

  /// Generates what was asked for; nothing where no file wants it.
  private func generate(
    with fitted: FittedSynthesizer,
    from data: Dataset?
  ) async throws -> Dataset? {
    let options = command.generating
    guard run.paths.output != nil || options.neighbors != nil else { return nil }
    let (engine, seed) = (run.engine, command.learning.seed ?? 0)
    let count = options.count
    return try await StopSignals.run {
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
      let automatic = fitted.kind == .images ? 100 : fitted.kind == .series ? 10 : 1_000
      if fitted.kind == .images, let labels = try options.labels(among: fitted.classes) {
        return try await fitted.generated(
          count ?? automatic,
          of: labels,
          seed: seed,
          on: engine
        )
      }
      guard options.demands == nil else {
        return .table(
          try await fitted.table(
            count ?? automatic,
            where: options.conditions.map(\.condition),
            keeping: options.constraint.map(\.constraint),
            balancing: options.balance,
            seed: seed,
            on: engine
          )
        )
      }
      return try await fitted.generated(count ?? automatic, seed: seed, on: engine)
    }
  }

  private func write(_ generated: Dataset?, _ fitted: FittedSynthesizer) throws {
    guard let path = run.paths.output, let generated else { return }
    switch generated {
    case .table(let table):
      let writer = try CSVWriter(replacing: path, columns: table.columns.map(\.name))
      try writer.append(table)
      try writer.commit()
    case .images(let images):
      let options = command.generating
      let count = images.count
      // Where several labels were asked for, the images of each go in a row of their own.
      let labels = try options.labels(among: fitted.classes)?.count ?? 1
      let rows = labels > 1 ? evenShares(of: count, among: labels) : nil
      let columns =
        options.interpolate != nil
        ? count : rows?.first ?? Int(Double(count).squareRoot().rounded(.up))
      let images = try GeneratedImages(images)
      try AtomicFile.replace(path, with: images.mosaic(columns: columns, rows: rows).png)
    case .sounds, .series, .largeTable, .largeSeries: break
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
    let nearest = try await StopSignals.run {
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
    let reconstructed = try await StopSignals.run {
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
    let options = command.generating
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

  private static func kind(_ data: Dataset) -> DataKind {
    data.kind
  }
}
