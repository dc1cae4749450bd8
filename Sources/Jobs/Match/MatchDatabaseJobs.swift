internal import HourglassData
internal import HourglassMatch
internal import HourglassSignatures
internal import HourglassSystem
internal import HourglassTensors

/// What `match list` is asked for: the names and coordinates of stored items.
package struct MatchListOptions: DatabaseOptions {
  package static let task = "match list"
  package static let inputs = 0...0

  /// The signature database.
  package var database = ""
  /// The most coordinates to show.
  package var coordinates = 4

  package init() {}

  /// What programs get.
  private struct Listed: Encodable {
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
    /// Which false-accept rates can be asked.
    var calibration: FalseAcceptPromise
  }

  package func validate(_ request: JobRequest) throws {
    try requireAtLeastOne(coordinates, "--coordinates")
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    let database = try SignatureDatabase(contentsOf: self.database, readOnly: true)
    let (items, width) = (try database.items(), try database.dimension)
    let promise = try MatchLibrary.promise(of: database)
    let listed = Listed(
      database: self.database,
      dimensions: width,
      items: items.map {
        Listed.Item(
          name: $0.name,
          signatures: $0.signatureCount,
          coordinates: $0.coordinates,
          metadata: $0.metadata
        )
      },
      approximation: database.keptApproximation(),
      calibration: promise
    )
    let shown = min(width ?? 0, coordinates)
    var titles = ["name", "signatures"] + (0..<shown).map { "z\($0 + 1)" }
    if let width, shown < width { titles.append("... z\(width)") }
    var table = TextTable(titles)
    for item in items {
      var row = [item.name, "\(item.signatureCount)"]
      row += item.coordinates.prefix(shown).map { NumberText.plain(Double($0)) }
      table.append(row)
    }
    var result = run.result
    result.value = listed
    result.sentences =
      table.lines + (items.isEmpty ? [] : [promise.text]) + [
        NumberText.counted(items.count, "item") + " of "
          + NumberText.counted(width ?? 0, "coordinate")
      ]
    if let approximation = listed.approximation {
      result.sentences.append("along the graph beside it " + approximation.text)
    }
    return result
  }
}

/// The result of a change of a database.
private struct DatabaseChange: Encodable {
  var database: String
  var changed: Int
  var items: Int

  func result(_ word: String, _ run: JobRun) -> JobResult {
    var result = run.result
    result.value = self
    result.sentences = [
      "\(word) \(NumberText.counted(changed, "item")); \(database) holds "
        + NumberText.counted(items, "item")
    ]
    return result
  }
}

/// What `match remove` is asked for: to remove the stored items that the data of the request name.
package struct MatchRemoveOptions: DatabaseOptions {
  package static let task = "match remove"
  package static let inputs = 1...Int.max
  package static let inputsAreFiles = false

  /// The signature database.
  package var database = ""

  package init() {}

  package func run(_ run: JobRun) async throws -> JobResult {
    let names = run.request.data
    let database = try SignatureDatabase(contentsOf: self.database)
    try database.remove(names)
    let left = try database.count
    return DatabaseChange(database: self.database, changed: names.count, items: left)
      .result("removed", run)
  }
}

/// What `match import` is asked for: to store names with ready coordinates.
package struct MatchImportOptions: DatabaseOptions {
  package static let task = "match import"

  /// The signature database.
  package var database = ""
  /// How a new database stores signatures.
  package var storage: StoredNumber?
  /// What is done with names that are stored already.
  package var names = NameOptions()

  package init() {}

  package func validate(_ request: JobRequest) throws { try names.validate() }

  package func run(_ run: JobRun) async throws -> JobResult {
    guard case .table(let table) = try Dataset.load(contentsOf: run.data) else {
      throw Failure(
        "cannot import \(run.data): expected a table of names and coordinates, found other data.",
        exitCode: .data
      )
    }
    let rows = try Self.rows(of: table.whole(), path: run.data)
    let database = try SignatureDatabase(openingOrCreating: self.database)
    if try database.model() != nil {
      throw Failure(
        "cannot import into \(self.database): its signatures come from a model, and "
          + "other coordinates cannot be compared with them. Name another database.",
        exitCode: .data
      )
    }
    if let storage { try database.setPrecision(storage.precision) }
    let stored = try database.importCoordinates(rows, ifPresent: names.policy)
    let items = try database.count
    if items > 1 {
      let distances = try database.index().distancesBetweenItems(limit: 2_000)
      try database.setCalibration(try FalseAcceptCalibration(distances: distances))
    }
    return DatabaseChange(database: self.database, changed: stored, items: items)
      .result("added", run)
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

/// What `match export` is asked for: to write the signatures of a database to a file.
package struct MatchExportOptions: DatabaseOptions {
  package static let task = "match export"
  package static let inputs = 0...0

  /// The signature database.
  package var database = ""

  package init() {}

  package func validate(_ request: JobRequest) throws {
    guard request.files.output != nil else {
      throw Failure.usage("export needs --output, the file to write")
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    let path = run.paths.output ?? JobPaths.standardOutput
    try JobPaths.check(written: [path], read: [self.database])
    let database = try SignatureDatabase(contentsOf: self.database, readOnly: true)
    let signatures = try database.signatures()
    guard let width = try database.dimension, !signatures.isEmpty else {
      throw Failure("cannot export \(self.database): it holds no items.", exitCode: .data)
    }
    if path.hasSuffix(".npy") {
      let values = signatures.flatMap(\.vector)
      try NPYFile.write(Tensor(values, shape: [signatures.count, width]), to: path)
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
      let writer = try CSVWriter(replacing: path, columns: columns.map(\.name))
      try writer.append(Table(name: path, columns: columns))
      try writer.commit()
    }
    let items = try database.count
    var result = run.result
    result.add("database", self.database)
    result.add("output", path)
    result.add("signatures", signatures.count)
    result.add("items", items)
    result.sentences = [
      "wrote \(NumberText.counted(signatures.count, "signature")) of "
        + "\(NumberText.counted(items, "item")) to \(path)"
    ]
    result.takesStandardOutput = path == JobPaths.standardOutput
    return result
  }
}
