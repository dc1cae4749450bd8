import ArgumentParser
import HourglassAutoencoders
import HourglassData
import HourglassEngines
import HourglassMatch
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// Asks a database for items.
struct MatchFind: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find the stored items nearest to an image, a sound, a row, or to coordinates.",
    discussion: """
      For a query clip of a sound the answer also tells where in the stored sound it begins. With \
      --false-accepts an item that is not in the database is called so; the rate says how often \
      such an item may be taken for a stored one.

      A large database is searched along a graph, which is made once, in minutes, and kept beside it \
      (NAME.index); the answer then says which share of the nearest signatures such a search finds. \
      With --exact all are compared.

      EXAMPLES
        hourglass match find query clip.wav --database songs.db
        hourglass match find damaged.png --database images.db --count 3 --false-accepts 0.01
        hourglass match find --at 0.45,0.97 --database map.db
      """
  )

  @Argument(help: "What to find: files or folders.")
  var items: [String] = []

  @OptionGroup
  var library: DatabaseOption

  @Option(help: ArgumentHelp("Find the items nearest to these coordinates.", valueName: "x,y"))
  var at: Coordinates?

  @Option(help: ArgumentHelp("The most items to print for each (default: 5).", valueName: "n"))
  var count: Int = 5

  @Option(
    help: ArgumentHelp(
      "How often an item that is not in the database may be taken for one that is.",
      valueName: "rate"
    )
  )
  var falseAccepts: Double?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Find only items with this metadata; may be repeated.",
      valueName: "key=value"
    )
  )
  var conditions: [String] = []

  @Flag(help: "Compare every signature, however many there are.")
  var exact = false

  @Flag(help: "Search along a graph, however few signatures there are.")
  var approximate = false

  @Option(help: ArgumentHelp("Take only the first items of each data file.", valueName: "n"))
  var first: Int?

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    guard items.isEmpty == (at != nil) else {
      throw ValidationError("give items to find, or coordinates with --at")
    }
    if exact, approximate {
      throw ValidationError("--exact and --approximate exclude each other")
    }
    try requireAtLeastOne(count, "--count")
    try requireAtLeastOne(first, "--first")
    if let rate = falseAccepts {
      try requireOption(rate > 0 && rate < 1, "--false-accepts", "between 0 and 1, found \(rate)")
    }
  }

  func run() async throws {
    try await VerbRun.perform {
      let path = library.database
      let library = try MatchLibrary(contentsOf: path, readOnly: true)
      let filter = try SignatureFilter(conditions: conditions)
      let (count, rate, engine) = (count, falseAccepts, computing.engine)
      let index = try await loadedIndex(of: library.database)
      var answers: [MatchAnswer] = []
      if let at {
        answers = [
          try library.find(
            at: at.values,
            count: count,
            falseAcceptRate: rate,
            filter: filter,
            in: index
          )
        ]
      }
      for item in items {
        let data = try reading.loadAny(item, limit: first, quiet: saying.quiet).inMemory()
        answers += try await StopSignals.run {
          try await library.find(
            data,
            count: count,
            falseAcceptRate: rate,
            filter: filter,
            in: index,
            on: engine
          )
        }
      }
      try MatchFindOutcome(
        database: path,
        answers: answers,
        approximation: filter.isEmpty ? index.approximation : nil
      ).say(saying)
    }
  }

  /// Loads the signatures, once for all that is to be found.
  private func loadedIndex(of database: SignatureDatabase) async throws -> SignatureIndex {
    let method: SearchMethod = exact ? .exact : approximate ? .approximate : .automatic
    let display = ProgressDisplay(unit: "signature", isQuiet: saying.quiet)
    defer { display.end() }
    return try await StopSignals.run {
      try database.index(for: method) { fraction in
        try Task.checkCancellation()
        if fraction == 0 {
          display.note("making the graph of the search; it is kept in \(database.path).index")
        }
        display.work("making the graph of the search", fraction: fraction)
      }
    }
  }
}

/// Coordinates such as `0.45,0.97`.
struct Coordinates: ExpressibleByArgument, Hashable {
  let values: [Float]

  init?(argument: String) {
    var values: [Float] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Float(part), value.isFinite else { return nil }
      values.append(value)
    }
    self.values = values
  }
}

extension ApproximateSearch {
  /// What was measured, for people.
  var text: String {
    "the search is approximate: it finds \(NumberText.fixed(100 * recall, places: 1))% of the ten "
      + "nearest (measured on \(NumberText.counted(queries, "signature")) of the database)"
  }
}

/// What a run of `match find` came to.
struct MatchFindOutcome: RunOutcome {
  var database: String
  var answers: [MatchAnswer]
  /// What is known of the search; none where it was exact.
  var approximation: ApproximateSearch?

  /// The answers for people.
  var text: String {
    let lines =
      answers.map(Self.text)
      + [approximation.map { $0.text + "; --exact compares all signatures" }].compactMap(\.self)
    return lines.joined(separator: "\n")
  }

  private static func text(_ answer: MatchAnswer) -> String {
    var lines = [answer.query + verdict(answer)]
    var table = TextTable(["  name", "distance"])
    if answer.matches.contains(where: { $0.offset != nil }) {
      table = TextTable(["  name", "distance", "begins at"])
    }
    for match in answer.matches {
      var row = ["  " + match.name, NumberText.significant(match.distance)]
      if let offset = match.offset { row.append(NumberText.fixed(offset, places: 2) + " s") }
      table.append(row)
    }
    lines += answer.matches.isEmpty ? ["  nothing is near it"] : table.lines
    return lines.joined(separator: "\n")
  }

  private static func verdict(_ answer: MatchAnswer) -> String {
    let chance = answer.pValue.map { " (p \(NumberText.significant($0, digits: 2)))" } ?? ""
    return switch answer.isInDatabase {
    case true?: ": in the database\(chance)"
    case false? where answer.matches.isEmpty: ": not in the database\(chance)"
    case false?: ": not in the database\(chance); the nearest are"
    case nil: ""
    }
  }
}
