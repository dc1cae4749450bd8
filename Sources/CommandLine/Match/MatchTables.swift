import ArgumentParser
import HourglassData
import HourglassEngines
import HourglassMatch
import HourglassModelFiles
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTensors

/// Prints the names and coordinates of a database.
struct MatchList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the stored items: names and coordinates.",
    usage: "hourglass match list --database <database> [<options>]",
    discussion: "The coordinates of a sound are the mean of its signatures."
  )

  @OptionGroup
  var library: DatabaseOption

  @Option(help: ArgumentHelp("The most coordinates to print (default: 4).", valueName: "n"))
  var coordinates: Int = 4

  @OptionGroup
  var saying: ReportOptions

  func validate() throws { try requireAtLeastOne(coordinates, "--coordinates") }

  func run() throws {
    let database = try SignatureDatabase(contentsOf: library.database, readOnly: true)
    let items = try database.items()
    if saying.json {
      let list = MatchListOutcome(
        database: library.database,
        dimensions: try database.dimension,
        items: items.map {
          MatchListOutcome.Item(
            name: $0.name,
            signatures: $0.signatureCount,
            coordinates: $0.coordinates,
            metadata: $0.metadata
          )
        },
        approximation: database.keptApproximation()
      )
      return try Console.print(try list.jsonLine())
    }
    guard !saying.quiet else { return }
    let width = try database.dimension ?? 0
    let shown = min(width, coordinates)
    var titles = ["name", "signatures"] + (0..<shown).map { "z\($0 + 1)" }
    if shown < width { titles.append("... z\(width)") }
    var table = TextTable(titles)
    for item in items {
      var row = [item.name, "\(item.signatureCount)"]
      row += item.coordinates.prefix(shown).map { NumberText.plain(Double($0)) }
      table.append(row)
    }
    for line in table.lines { try Console.print(line) }
    try Console.print(
      NumberText.counted(items.count, "item") + " of " + NumberText.counted(width, "coordinate")
    )
    guard let approximation = database.keptApproximation() else { return }
    try Console.print("along the graph beside it " + approximation.text)
  }
}

/// What `match list` prints with `--json`.
struct MatchListOutcome: Encodable {
  /// An item.
  struct Item: Encodable {
    var name: String
    var signatures: Int
    var coordinates: [Float]
    var metadata: [String: String]
  }

  var database: String
  var dimensions: Int?
  var items: [Item]
  /// What is known of the search along the graph that is kept beside the database, if one is.
  var approximation: ApproximateSearch?
}

/// Removes items.
struct MatchRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove stored items, all that are named or none."
  )

  @Argument(help: "The names of the items, as `list` prints them.")
  var names: [String]

  @OptionGroup
  var library: DatabaseOption

  @OptionGroup
  var saying: ReportOptions

  func run() throws {
    let database = try SignatureDatabase(contentsOf: library.database)
    try database.remove(names)
    let left = try database.count
    try MatchChange(database: library.database, changed: names.count, items: left)
      .say("removed", saying)
  }
}

/// Stores ready coordinates.
struct MatchImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store names with ready coordinates from a table.",
    discussion: """
      The column `name`, or else the first one, names the items; all others are coordinates.

      EXAMPLE
        hourglass match import coordinates.csv --database map.db
      """
  )

  @Argument(help: "A table with a column of names and columns of numbers.")
  var table: String

  @OptionGroup
  var library: DatabaseOption

  @OptionGroup
  var stored: StorageOptions

  @OptionGroup(title: "Names")
  var names: ReplacementOptions

  @OptionGroup
  var saying: ReportOptions

  func run() throws {
    guard case .table(let table) = try Dataset.load(contentsOf: self.table) else {
      throw Failure(
        "cannot import \(self.table): expected a table of names and coordinates, found other data.",
        exitCode: .data
      )
    }
    let rows = try Self.rows(of: table, path: self.table)
    let database = try SignatureDatabase(openingOrCreating: library.database)
    if try database.model() != nil {
      throw Failure(
        "cannot import into \(library.database): its signatures come from a model, and "
          + "coordinates from elsewhere would lie among them by chance. Name another database.",
        exitCode: .data
      )
    }
    if let storage = stored.storage { try database.setPrecision(storage.precision) }
    let policy: ReplacementPolicy = names.replace ? .replace : names.keep ? .keep : .refuse
    let stored = try database.importCoordinates(rows, ifPresent: policy)
    let items = try database.count
    if items > 1 {
      let distances = try database.index().distancesBetweenItems(limit: 2_000)
      try database.setCalibration(try FalseAcceptCalibration(distances: distances))
    }
    try MatchChange(database: library.database, changed: stored, items: items)
      .say("added", saying)
  }

  private static func rows(
    of table: Table,
    path: String
  ) throws -> [(name: String, coordinates: [Float])] {
    let names = table[column: "name"] ?? table.columns[0]
    let others = table.columns.filter { $0.name != names.name }
    func failure(_ found: String) -> Failure {
      Failure(
        "cannot import \(path): expected names and numbers in every row, found \(found).",
        exitCode: .data
      )
    }
    var columns: [[Double]] = []
    for column in others {
      if column.missingCount > 0 {
        throw failure("a missing number in the column \"\(column.name)\"")
      }
      // A column of two numbers may have been taken for one of yes and no.
      let values = (0..<column.count).compactMap { row in
        column.number(row) ?? column.text(row).flatMap { Double($0) }
      }
      guard values.count == column.count, !column.kind.isDate else {
        throw failure("texts in the column \"\(column.name)\"")
      }
      columns.append(values)
    }
    if columns.isEmpty { throw failure("no column of numbers") }
    return try (0..<table.rowCount).map { row in
      guard let name = names.text(row) else { throw failure("a missing name") }
      return (name, columns.map { Float($0[row]) })
    }
  }
}

/// What a change of a database came to.
struct MatchChange: Encodable {
  var database: String
  var changed: Int
  var items: Int

  /// Prints it as it was asked for.
  func say(_ word: String, _ options: ReportOptions) throws {
    if options.json { return try Console.print(try jsonLine()) }
    guard !options.quiet else { return }
    try Console.print(
      "\(word) \(NumberText.counted(changed, "item")); \(database) holds "
        + NumberText.counted(items, "item")
    )
  }
}

/// Writes the signatures of a database to a file.
struct MatchExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the signatures as a table, or as an array of numbers (.npy).",
    discussion: """
      The table has the columns name, position (the second of a sound, else 0) and z1, z2, ...; \
      the array has the numbers alone, in the same order.

      EXAMPLE
        hourglass match export --database songs.db -o codes.csv
      """
  )

  @OptionGroup
  var library: DatabaseOption

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup
  var saying: ReportOptions

  func run() throws {
    try VerbPaths.check(written: [output], read: [library.database])
    let database = try SignatureDatabase(contentsOf: library.database, readOnly: true)
    let signatures = try database.signatures()
    guard let width = try database.dimension, !signatures.isEmpty else {
      throw Failure("cannot export \(library.database): it holds no items.", exitCode: .data)
    }
    if output.hasSuffix(".npy") {
      let values = signatures.flatMap(\.vector)
      try NPYFile.write(Tensor(values, shape: [signatures.count, width]), to: output)
    } else {
      var columns = [
        Table.Column(name: "name", kind: .identifier, cells: .texts(signatures.map(\.name))),
        Table.Column(
          name: "position",
          kind: .number,
          cells: .numbers(signatures.map(\.position), missing: [])
        ),
      ]
      for place in 0..<width {
        // The shortest text that gives the same number back.
        let texts = signatures.map { "\($0.vector[place])" }
        columns.append(
          Table.Column(name: "z\(place + 1)", kind: .identifier, cells: .texts(texts))
        )
      }
      let table = Table(name: output, columns: columns)
      let path = writesToOutput ? "/dev/stdout" : output
      let writer = try CSVWriter(replacing: path, columns: columns.map(\.name))
      try writer.append(table)
      try writer.commit()
    }
    let written = MatchExportOutcome(
      database: library.database,
      output: writesToOutput ? "/dev/stdout" : output,
      signatures: signatures.count,
      items: try database.count
    )
    try written.say(saying)
  }

  private var writesToOutput: Bool { ["-", "/dev/stdout"].contains(output) }
}

/// What a run of `match export` came to.
struct MatchExportOutcome: RunOutcome {
  var database: String
  var output: String
  var signatures: Int
  var items: Int

  var resultTakesOutput: Bool { output == "/dev/stdout" }

  /// The outcome for people.
  var text: String {
    "wrote \(NumberText.counted(signatures, "signature")) of "
      + "\(NumberText.counted(items, "item")) to \(output)"
  }
}
