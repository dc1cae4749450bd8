import ArgumentParser
import HourglassData
import HourglassDetect
import HourglassEncodings
import HourglassEngines
import HourglassMatch
import HourglassModelFiles
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// Stores items with their signatures.
struct MatchAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store items; a new database learns from them how to make signatures.",
    discussion: """
      Where there is no database yet, an encoder is trained on the first ITEMS, or from \
      --learn-from, or taken from --model. The report tells how many items are found again from \
      distorted copies, beside PCA of the same size and beside the values themselves.

      Items are named after their files; items of one file by the name of the file and a number. \
      A table that is larger than --in-memory is stored block by block; --keep goes on with one that \
      was interrupted.

      EXAMPLES
        hourglass match add songs/ --database songs.db
        hourglass match add more-songs/ --database songs.db
        hourglass match add images.idx.gz --database images.db --dimensions 16 --minutes 2
      """
  )

  @Argument(help: "Images, sounds, or a table: files or folders.")
  var items: [String]

  @OptionGroup
  var library: DatabaseOption

  @Option(
    help: ArgumentHelp("How many numbers a signature has (default: 32).", valueName: "n")
  )
  var dimensions: Int?

  @OptionGroup
  var stored: StorageOptions

  @OptionGroup(title: "Names")
  var names: ReplacementOptions

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Learning (for a new database)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var comparing: ComparisonOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    if files.output != nil {
      throw ValidationError("add writes to --database, and has no --output")
    }
    try requireAtLeastOne(dimensions, "--dimensions")
    try files.checkModel(given: learningGiven)
  }

  /// The options that only a database without an encoder has a use for.
  var learningGiven: [String] {
    (dimensions == nil ? [] : ["--dimensions"]) + learning.given
  }

  func run() async throws {
    var job = try MatchAddJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}

/// One run of `match add`.
struct MatchAddJob {
  private let command: MatchAdd
  private var run: VerbRun

  init(_ command: MatchAdd) throws {
    self.command = command
    let path = command.library.database
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    run = VerbRun(
      paths: try VerbPaths(
        command.files,
        checkpoint: command.learning.checkpoint ?? "\(path[..<slash]).\(path[slash...]).checkpoint",
        read: command.items.map { $0 }
      ),
      learning: command.learning,
      computing: command.computing,
      saying: command.saying,
      comparing: command.comparing
    )
  }

  /// Reads, learns where that is needed, stores, in this order.
  mutating func run() async throws -> MatchAddOutcome {
    let limit = command.files.first
    let quiet = command.saying.quiet
    let data = try command.items.map {
      try command.reading.loadAny($0, limit: limit, quiet: quiet)
    }
    let learned = try command.files.learnFrom.map {
      try command.reading.loadAny($0, limit: limit, quiet: quiet)
    }
    run.clock.end(.reading)
    let path = command.library.database
    let policy: ReplacementPolicy =
      command.names.replace ? .replace : command.names.keep ? .keep : .refuse
    var fitted: FittedMatcher?
    let library: MatchLibrary
    if let known = try storedLibrary() {
      library = known
    } else {
      let found = try await encoder(for: learned ?? data[0], quiet: quiet)
      library = try MatchLibrary(creating: path, found)
      fitted = found
    }
    if let storage = command.stored.storage {
      try library.database.setPrecision(storage.precision)
    }
    let engine = run.engine
    var added = 0
    for part in data {
      added += try await StopSignals.run {
        try await library.add(part, ifPresent: policy, on: engine)
      }
    }
    try fitted?.removeCheckpoint()
    run.clock.end(.encoding)
    return MatchAddOutcome(
      database: path,
      added: added,
      items: try library.database.count,
      dimensions: library.matcher?.dimensions ?? 0,
      kind: data[0].kind.nouns.many,
      learned: command.files.model == nil ? command.comparing.shown(fitted?.report) : nil,
      seconds: Dictionary(
        uniqueKeysWithValues: run.clock.seconds.map { ($0.key.rawValue, $0.value) }
      )
    )
  }

  /// The database that is there with its encoder; none where one must be made.
  private func storedLibrary() throws -> MatchLibrary? {
    let path = command.library.database
    guard FileKind.exists(path) else { return nil }
    guard let library = try Self.library(at: path) else { return nil }
    if library.matcher == nil, try library.database.count == 0 { return nil }
    if command.files.model != nil || command.files.learnFrom != nil || command.files.save != nil
      || !command.learningGiven.isEmpty
    {
      throw Failure.usage(
        "\(path) has its encoder already, and nothing is learned; leave out --model, --save and the "
          + "options of learning, or name another database"
      )
    }
    return library
  }

  /// The database at a path; none where making it was interrupted.
  private static func library(at path: String) throws -> MatchLibrary? {
    MatchLibrary.isUnfinished(path) ? nil : try MatchLibrary(contentsOf: path)
  }

  private mutating func encoder(for data: Dataset, quiet: Bool) async throws -> FittedMatcher {
    if let path = command.files.model { return try FittedMatcher(contentsOf: path) }
    let data = command.reading.learnable(data, quiet: quiet)
    let matcher = Matcher(
      dimensions: command.dimensions ?? 32,
      learning: command.learning.settings
    )
    try run.paths.checkWritable()
    return try await run.learn(unit: data.kind == .sounds ? "patch" : data.kind.nouns.one) {
      try await matcher.fit(data, session: $0)
    }
  }
}

/// What a run of `match add` came to.
struct MatchAddOutcome: RunOutcome {
  var database: String
  var added: Int
  var items: Int
  var dimensions: Int
  var kind: String
  /// The report, where an encoder was learned.
  var learned: MatchReport?
  var seconds: [String: Double]

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if let learned {
      let time = seconds["learning"].map { " in \(NumberText.seconds($0))" } ?? ""
      lines += ["learned signatures of \(dimensions) numbers\(time)", learned.description, ""]
    }
    lines.append(
      "added \(NumberText.grouped(added)) \(kind) to \(database), which holds "
        + NumberText.counted(items, "item")
    )
    return lines.joined(separator: "\n")
  }
}
