internal import HourglassData
internal import HourglassEncodings
internal import HourglassMatch
internal import HourglassSignatures
internal import HourglassSystem

/// What `match find` is asked for: the stored items nearest to others.
package struct MatchFindOptions: DatabaseOptions {
  package static let task = "match find"
  package static let inputs = 0...Int.max

  /// The signature database.
  package var database = ""
  /// The coordinates to find items near to, in place of data.
  package var at: Coordinates?
  /// The most items for each.
  package var count = 5
  /// How often an item that is not in the database may be taken for one that is.
  package var falseAccepts: Double?
  /// The metadata that items must have, as in `key=value`.
  package var conditions: [String] = []
  /// Whether every signature is compared, however many there are.
  package var exact = false
  /// Whether the search is along a graph, however few signatures there are.
  package var approximate = false

  package init() {}

  package func validate(_ request: JobRequest) throws {
    guard request.data.isEmpty == (at != nil) else {
      throw Failure.usage("give items to find, or coordinates with --at")
    }
    if exact, approximate {
      throw Failure.usage("--exact and --approximate exclude each other")
    }
    try requireAtLeastOne(count, "--count")
    if let rate = falseAccepts {
      try requireOption(rate > 0 && rate < 1, "--false-accepts", "between 0 and 1, found \(rate)")
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    let library = try MatchLibrary(contentsOf: database, readOnly: true)
    let filter = try SignatureFilter(conditions: conditions)
    let index = try await loadedIndex(of: library.database, run)
    var answers: [MatchAnswer] = []
    if let at {
      answers = [
        try library.find(
          at: at.values,
          count: count,
          falseAcceptRate: falseAccepts,
          filter: filter,
          in: index
        )
      ]
    }
    var run = run
    if try library.database.count == 0 {
      run.warn("\(database) has no items: add some with hourglass match add")
    }
    run.read(like: library.matcher?.encoding.fields?.schema)
    for item in run.request.data {
      let data = try run.load(item).inMemory()
      try run.compare(data, item, with: library.matcher?.encoding.fields)
      answers += try await run.stoppable {
        try await library.find(
          data,
          count: count,
          falseAcceptRate: falseAccepts,
          filter: filter,
          in: index,
          on: run.engine
        )
      }
    }
    let found = MatchAnswers(
      database: database,
      answers: answers,
      approximation: filter.isEmpty ? index.approximation : nil,
      calibration: try library.promise()
    )
    var result = run.result
    result.value = found
    result.sentences = [found.text]
    return result
  }

  /// Loads the signatures, once for all that is to be found.
  private func loadedIndex(
    of database: SignatureDatabase,
    _ run: JobRun
  ) async throws -> SignatureIndex {
    let method: SearchMethod = exact ? .exact : approximate ? .approximate : .automatic
    return try await run.stoppable {
      try database.index(for: method) { fraction in
        try Task.checkCancellation()
        if fraction == 0 {
          run.note("making the graph of the search; it is kept in \(database.path).index")
        }
        run.work("making the graph of the search", fraction: fraction)
      }
    }
  }
}

extension ApproximateSearch {
  /// What was measured, for people.
  var text: String {
    "the search is approximate: it finds \(NumberText.fixed(100 * recall, places: 1))% of the ten "
      + "nearest (measured on \(NumberText.counted(queries, "signature")) of the database)"
  }
}

/// The result of `match find`.
private struct MatchAnswers: Encodable {
  var database: String
  var answers: [MatchAnswer]
  /// What is known of the search; none where it was exact.
  var approximation: ApproximateSearch?
  /// Which false-accept rates can be asked.
  var calibration: FalseAcceptPromise

  /// The answers for people.
  var text: String {
    let lines =
      answers.map(\.text)
      + [approximation.map { $0.text + "; --exact compares all signatures" }].compactMap(\.self)
    return lines.joined(separator: "\n")
  }
}

extension MatchAnswer {
  /// The answer for people.
  var text: String {
    let hasOffsets = matches.contains { $0.offset != nil }
    var table = TextTable(["  name", "distance"] + (hasOffsets ? ["begins at"] : []))
    for match in matches {
      var row = ["  " + match.name, NumberText.significant(match.distance)]
      // A clip that begins before the stored sound does shares it from its beginning on.
      if let offset = match.offset {
        row.append(NumberText.fixed(max(offset, 0), places: 2) + " s")
      }
      table.append(row)
    }
    let lines = matches.isEmpty ? ["  nothing is near it"] : table.lines
    return ([query + verdict] + lines).joined(separator: "\n")
  }

  private var verdict: String {
    if isSilent == true { return ": silent; nothing is looked for" }
    let chance = pValue.map { " (p \(NumberText.significant($0, digits: 2)))" } ?? ""
    return switch isInDatabase {
    case true?: ": in the database\(chance)"
    case false? where matches.isEmpty: ": not in the database\(chance)"
    case false?: ": not in the database\(chance); the nearest are"
    case nil: ""
    }
  }
}
