internal import HourglassSystem

/// The columns of a schema in a text, block by block as they are parsed.
final class TextRows {
  /// The columns that the text has.
  let schema: TableSchema
  /// Whether a comma stands before decimals.
  let hasDecimalComma: Bool
  /// Whether the text is JSON lines.
  let isJSONLines: Bool
  /// Whether all rows were given.
  private(set) var isFinished = false

  private let source: ByteSource
  private var parser: TableParser
  private var lines = RowLines()
  /// What is wrong with the next row.
  private var failure: DatasetError?
  /// For each column of the schema its place in the file.
  private let places: [Int]

  /// Finds the columns of a schema in a text.
  ///
  /// - Throws: What is wrong with the file, or which column it does not have.
  init(
    _ source: ByteSource,
    schema: TableSchema,
    options: TableOptions,
    optional: Set<String>
  ) throws(DatasetError) {
    self.source = source
    var own = options
    own.columnKinds = [:]
    // A table need not have all columns that something was said of.
    own.columnMissingWords = [:]
    own.columnOnlyMissingWords = [:]
    if own.header == .automatic { own.header = Self.header(schema.columns.map(\.name)) }
    var plan = try TableParser.Plan(
      source,
      options: own,
      memoryLimit: MemoryLimit.standard,
      expected: own.header == .present
        ? schema.columns.map(\.name).filter { !optional.contains($0) } : [],
      wanted: schema.columns.map(\.name)
    )
    let schema = schema.without(optional.subtracting(plan.names))
    self.schema = schema
    places = try schema.places(in: plan.names, of: source.path)
    // The numbers of JSON have a point.
    isJSONLines = plan.format.isJSONLines
    hasDecimalComma = options.hasDecimalComma && !isJSONLines
    plan.columnMissing = options.missing(of: plan.names)
    plan.modes = plan.modes.map { _ in .skipped }
    plan.isStrict = plan.modes.map { _ in true }
    var columns = plan.modes.map { _ in ParsedColumn() }
    for (column, place) in zip(schema.columns, places) {
      switch column.content {
      case .numbers
      where column.dateFormat != nil || column.writing != nil || hasDecimalComma:
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

  /// The number of columns of the text.
  var columnCount: Int { parser.columnCount }

  /// Where the lines of several files are.
  var parts: PartLines? { source.partLines }

  /// Whether the cells of a column of the schema are given as texts.
  func isText(_ column: Int) -> Bool { parser.plan.modes[places[column]] == .text }

  /// The words for missing cells of a column of the schema.
  func words(_ column: Int) -> MissingWords { parser.plan.columnMissing[places[column]] }

  /// The words that were taken as missing so far in a column of the schema.
  func missingWords(_ column: Int) -> [ColumnReading.MissingWord] {
    parser.plan.missingWords(places[column], parser.columns[places[column]])
  }

  /// The place of a cell of the rows that were given last.
  func place(row: Int, column: Int) -> CellPlace {
    CellPlace(
      line: lines.line(of: row),
      column: places[column] + 1,
      name: parser.plan.hasHeader ? schema.columns[column].name : nil
    )
  }

  /// The columns of the schema of the next rows, at most as many as wanted.
  ///
  /// Of a live source the rows before one that is wrong are given, and the error comes with the next ones.
  func next(_ wanted: Int) throws(DatasetError) -> [ParsedColumn] {
    if let failure { throw failure }
    parser.rowLimit = wanted
    do throws(DatasetError) {
      while try parser.advance(source) {}
      let isWaiting = source.isLive && !source.isAtEnd
      if !parser.isFull && !isWaiting {
        isFinished = true
        try parser.finish()
      }
    } catch {
      guard source.isLive, parser.pendingRows > 0 else { throw error }
      failure = error
      isFinished = false
    }
    lines = parser.lines
    let parsed = try parser.takeRows()
    return places.map { parsed[$0] }
  }
}
