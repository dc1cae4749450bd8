internal import HourglassSystem

/// The columns of a schema in a text, block by block as they are parsed.
final class TextRows {
  /// The columns that the text has.
  let schema: TableSchema
  /// Whether all rows were given.
  private(set) var isFinished = false

  private let source: ByteSource
  private var parser: TableParser
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
    if own.header == .automatic { own.header = Self.header(schema.columns.map(\.name)) }
    var plan = try TableParser.Plan(
      source,
      options: own,
      memoryLimit: MemoryLimit.standard,
      expected: own.header == .present
        ? schema.columns.map(\.name).filter { !optional.contains($0) } : []
    )
    let schema = schema.without(optional.subtracting(plan.names))
    self.schema = schema
    places = try schema.places(in: plan.names, of: source.path)
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

  /// The number of columns of the text.
  var columnCount: Int { parser.columnCount }

  /// The columns of the schema of the next rows, at most as many as wanted.
  func next(_ wanted: Int) throws(DatasetError) -> [ParsedColumn] {
    parser.rowLimit = wanted
    while try parser.advance(source) {}
    let isWaiting = source.isLive && !source.isAtEnd
    if !parser.isFull && !isWaiting {
      isFinished = true
      try parser.finish()
    }
    let parsed = try parser.takeRows()
    return places.map { parsed[$0] }
  }
}
