internal import HourglassData
internal import HourglassEncodings
internal import HourglassMatch
internal import HourglassSignatures
internal import HourglassSystem
internal import HourglassTasksCommon

/// What `match add` is asked for: to store items with their signatures.
package struct MatchAddOptions: DatabaseOptions {
  package static let task = "match add"
  package static let inputs = 1...Int.max

  /// The signature database.
  package var database = ""
  /// How many numbers a signature has.
  package var dimensions: Int?
  /// How a new database stores signatures.
  package var storage: StoredNumber?
  /// What is done with names that are stored already.
  package var names = NameOptions()

  package init() {}

  /// The options that only a database without an encoder has a use for.
  func learningGiven(_ training: TrainingOptions) -> [String] {
    namesGiven(["--dimensions": dimensions != nil]) + training.given
  }

  package func validate(_ request: JobRequest) throws {
    try names.validate()
    if request.files.output != nil {
      throw Failure.usage("add writes to --database, and has no --output")
    }
    try requireAtLeastOne(dimensions, "--dimensions")
    try request.files.refuseStart("match add", "--model makes signatures with a trained one")
    try request.files.checkModel(given: learningGiven(request.training))
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try MatchAddJob(self, run)
    return try await job.run()
  }
}

/// One run of `match add`.
struct MatchAddJob {
  private let options: MatchAddOptions
  private var run: JobRun

  init(_ options: MatchAddOptions, _ run: JobRun) throws {
    self.options = options
    self.run = run
    let path = options.database
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    self.run.paths = try JobPaths(
      run.request.files,
      checkpoint: run.request.training.checkpoint
        ?? "\(path[..<slash]).\(path[slash...]).checkpoint",
      read: run.request.data
    )
  }

  /// Reads, trains where that is needed, stores, in this order.
  mutating func run() async throws -> JobResult {
    let known = try storedLibrary()
    run.read(like: known?.matcher?.encoding.fields?.schema)
    let data = try run.request.data.map { try run.load($0) }
    let learned = try files.learnFrom.map { try run.load($0) }
    run.end(.reading)
    let path = options.database
    let spectrograms = SoundSpectrograms()
    var fitted: FittedMatcher?
    let library: MatchLibrary
    if let known {
      library = known
    } else {
      let found = try await encoder(
        for: learned ?? data[0],
        keeping: learned == nil ? spectrograms : nil
      )
      library = try MatchLibrary(creating: path, found)
      fitted = found
    }
    if let storage = options.storage {
      try library.database.setPrecision(storage.precision)
    }
    let engine = run.engine
    var added = 0
    var silent: [String] = []
    for (path, part) in zip(run.request.data, data) {
      if known != nil || files.model != nil || path != run.data {
        try run.compare(part, path, with: library.matcher?.encoding.fields)
      }
      let new = try await run.stoppable {
        try await library.add(
          part,
          ifPresent: options.names.policy,
          keeping: spectrograms,
          on: engine
        )
      }
      added += new.stored
      silent += new.silent
    }
    try fitted?.removeCheckpoint()
    run.end(.encoding)
    var result = run.result
    let items = try library.database.count
    let dimensions = library.matcher?.dimensions ?? 0
    let kind = data[0].kind.nouns.many
    result.add("database", path)
    result.add("added", added)
    result.add("silent", silent.isEmpty ? nil : silent)
    if !silent.isEmpty {
      let names = silent.prefix(4).map { clipped($0) }.joined(separator: ", ")
      run.warn(
        "\(NumberText.counted(silent.count, "sound")) not stored, for silence is in all sounds: \(names)"
          + (silent.count > 4 ? ", …" : "")
      )
    }
    result.add("items", items)
    result.add("dimensions", dimensions)
    result.add("kind", kind)
    let promise = try library.promise()
    result.add("calibration", promise)
    if let fitted {
      result.model(
        fitted,
        noun: data[0].kind == .sounds ? "patch" : data[0].kind.nouns.one,
        what: "signatures of \(NumberText.counted(dimensions, "dimension"))",
        evaluation: run.request.shown(fitted.evaluation)
      )
    }
    result.sentences = [
      "added \(NumberText.grouped(added)) \(kind) to \(path), which holds "
        + NumberText.counted(items, "item"),
      promise.text,
    ]
    return result
  }

  private var files: FileOptions { run.request.files }

  /// The database that is there with its encoder; none where one must be made.
  private func storedLibrary() throws -> MatchLibrary? {
    let path = options.database
    guard FileKind.exists(path) else { return nil }
    guard let library = try Self.library(at: path) else { return nil }
    if library.matcher == nil, try library.database.count == 0 { return nil }
    if files.model != nil || files.learnFrom != nil || files.save != nil
      || !options.learningGiven(run.request.training).isEmpty
    {
      throw Failure.usage(
        "\(path) has its encoder already, and nothing is trained; leave out --model, --save and the "
          + "options of training, or name another database"
      )
    }
    return library
  }

  /// The database at a path; none where making it was interrupted.
  private static func library(at path: String) throws -> MatchLibrary? {
    MatchLibrary.isUnfinished(path) ? nil : try MatchLibrary(contentsOf: path)
  }

  private mutating func encoder(
    for data: Dataset,
    keeping spectrograms: SoundSpectrograms?
  ) async throws -> FittedMatcher {
    if let path = files.model { return try run.model(at: path) }
    let data = run.learnable(data)
    let matcher = Matcher(
      dimensions: options.dimensions ?? 32,
      learning: run.request.training.settings
    )
    try run.paths.checkWritable()
    return try await run.learn(unit: data.kind == .sounds ? "patch" : data.kind.nouns.one) {
      try await matcher.fit(data, session: $0, keeping: spectrograms)
    }
  }
}
