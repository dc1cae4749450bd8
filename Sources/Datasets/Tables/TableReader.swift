/// A table of known columns that is read block by block, in memory that its length does not matter
/// to.
///
///     let reader = try TableReader(contentsOf: "new.csv", schema: table.schema)
///     while let block = try reader.next() { ... }
///
/// The columns are found by their names, in any order and among others, which are stepped over.
public final class TableReader {
  /// The rows of a block unless another number is asked for.
  public static let standardBlockRows = 8192

  /// The path that the rows are read from.
  public let path: String

  /// The columns that each block has, in their order.
  public let schema: TableSchema

  /// The number of rows that were given so far.
  public private(set) var rowCount = 0

  /// For each column of codes or dates the cells that are none of its levels, or no dates, so far by
  /// name: they count as missing.
  public private(set) var unknownCounts: [String: Int] = [:]

  private let source: ByteSource
  private var parser: TableParser
  /// For each column of the schema its place in the file.
  private let places: [Int]
  private let blockRows: Int
  private var limit: Int?
  private var isFinished = false

  /// Opens a file and finds the columns in it.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed by gzip.
  ///   - schema: The columns to read.
  ///   - blockRows: The most rows of a block.
  ///   - limit: The number of rows to read at most; all of them when it is left out.
  ///   - options: How it is written: words for missing cells, decimal commas, and whether it has a
  ///     header; the kinds of columns are those of the schema.
  ///   - optional: The names of columns that are left out of the schema where the file has none.
  ///   - isLive: Whether rows are given as soon as their lines are there, for a pipe that somebody
  ///     writes to now and then.
  /// - Throws: What is wrong with the file, or which column it does not have.
  public convenience init(
    contentsOf path: String,
    schema: TableSchema,
    blockRows: Int = standardBlockRows,
    limit: Int? = nil,
    options: TableOptions = TableOptions(),
    optional: Set<String> = [],
    isLive: Bool = false
  ) throws(DatasetError) {
    try self.init(
      ByteSource(path: path, isLive: isLive),
      schema: schema,
      blockRows: blockRows,
      limit: limit,
      options: options,
      optional: optional
    )
  }

  init(
    _ source: ByteSource,
    schema: TableSchema,
    blockRows: Int,
    limit: Int?,
    options: TableOptions,
    optional: Set<String> = []
  ) throws(DatasetError) {
    precondition(blockRows > 0, "a block has at least one row, found \(blockRows)")
    if let limit, limit < 1 { throw .limitNotPositive(path: source.path, limit: limit) }
    path = source.path
    self.source = source
    self.blockRows = blockRows
    self.limit = limit
    let names = schema.columns.map(\.name)
    var own = options
    own.columnKinds = [:]
    if own.header == .automatic { own.header = Self.header(names) }
    var plan = try TableParser.Plan(
      source,
      options: own,
      memoryLimit: MemoryLimit.standard
    )
    let found = Set(plan.names)
    let schema = TableSchema(
      columns: schema.columns.filter { !optional.contains($0.name) || found.contains($0.name) }
    )
    self.schema = schema
    var places: [Int] = []
    for name in schema.columns.map(\.name) {
      guard let place = plan.names.firstIndex(of: name) else {
        throw .table(.missingColumn(path: source.path, name: name, found: plan.names))
      }
      places.append(place)
    }
    self.places = places
    plan.modes = plan.modes.map { _ in .skipped }
    plan.isStrict = plan.modes.map { _ in true }
    var columns = plan.modes.map { _ in ParsedColumn() }
    for (column, place) in zip(schema.columns, places) {
      switch column.content {
      case .numbers where column.dateFormat != nil:
        plan.modes[place] = .text
        columns[place] = ParsedColumn(forgets: true)
      case .numbers: plan.modes[place] = .number
      case .codes(let levels):
        plan.modes[place] = .text
        columns[place] = ParsedColumn(levels: levels)
      case .texts:
        plan.modes[place] = .text
        columns[place] = ParsedColumn(forgets: true)
      }
    }
    parser = TableParser(plan, columns: columns)
  }

  /// Names that only a table without a header gets need none.
  private static func header(_ names: [String]) -> TableOptions.Header {
    names.allSatisfy { $0.hasPrefix("column ") } ? .automatic : .present
  }

  /// The next rows, or nil behind the last one.
  ///
  /// - Throws: What is wrong with the file, and in which line and column: a text in a column of
  ///   numbers, a row of another length, or no rows at all.
  public func next() throws(DatasetError) -> Table? {
    if isFinished { return nil }
    let wanted = min(blockRows, limit.map { $0 - rowCount } ?? blockRows)
    if wanted == 0 { return nil }
    parser.rowLimit = wanted
    while try parser.advance(source) {}
    let isWaiting = source.isLive && !source.isAtEnd
    if !parser.isFull && !isWaiting {
      isFinished = true
      try parser.finish()
    }
    let parsed = try parser.takeRows()
    let columns = zip(schema.columns, places).map { column, place in
      table(column, parsed[place])
    }
    let count = columns.first?.count ?? 0
    if count == 0 {
      if rowCount == 0 { throw .noRows(path: path, columns: parser.columnCount) }
      return nil
    }
    rowCount += count
    return Table(name: lastPart(of: path), columns: columns)
  }

  private func table(_ column: TableSchema.Column, _ parsed: ParsedColumn) -> Table.Column {
    let cells: Table.Cells
    switch column.content {
    case .numbers where column.dateFormat != nil:
      let dates = parsed.pool.seconds(column.dateFormat)
      let values = parsed.codes.map { $0 < 0 ? nil : dates[Int($0)] }
      cells = .numbers(values.map { $0 ?? 0 }, missing: values.map { $0 == nil })
      let unknown = zip(parsed.codes, values).count { $0 >= 0 && $1 == nil }
      if unknown > 0 { unknownCounts[column.name, default: 0] += unknown }
    case .numbers:
      let missing = parsed.missing.contains(true) ? parsed.missing : []
      cells = .numbers(parsed.numbers, missing: missing)
    case .codes(let levels):
      cells = .codes(parsed.codes, levels: levels)
      if parsed.unknownCount > 0 { unknownCounts[column.name, default: 0] += parsed.unknownCount }
    case .texts:
      let texts = parsed.pool.texts
      cells = .texts(parsed.codes.map { $0 < 0 ? nil : texts[Int($0)] })
    }
    return Table.Column(
      name: column.name,
      kind: column.kind,
      cells: cells,
      decimals: column.decimals,
      hasFixedDecimals: column.hasFixedDecimals,
      dateFormat: column.dateFormat
    )
  }
}
