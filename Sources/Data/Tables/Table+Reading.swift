internal import HourglassSystem

extension Table {
  /// Reads a table, or its first rows, from separated values or JSON lines.
  ///
  /// Separators are commas, semicolons, tabs, bars or runs of blanks, as the first rows show. Cells may stand in
  /// quotes; the file may be compressed by gzip or Zstandard, and be written in UTF-8, UTF-16 or Windows-1252. What
  /// each column is, is inferred from all its cells (`ColumnRule` has the rules) unless it is declared.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - options: The rows to read, the kinds of columns, the words for missing cells, the header.
  /// - Throws: What is wrong with the file, and in which line and column.
  public init(
    contentsOf path: String,
    options: TableOptions = TableOptions()
  ) throws(DatasetError) {
    try self.init(
      contentsOf: path,
      options: options,
      memoryLimit: MemoryLimit.standard,
      windowSize: ByteSource.standardWindowSize
    )
  }

  package init(
    contentsOf path: String,
    options: TableOptions = TableOptions(),
    memoryLimit: Int,
    windowSize: Int
  ) throws(DatasetError) {
    let source = try ByteSource(path: path, windowSize: windowSize)
    try self.init(source, options: options, memoryLimit: memoryLimit)
  }

  init(
    _ source: ByteSource,
    options: TableOptions,
    memoryLimit: Int
  ) throws(DatasetError) {
    do {
      try self.init(reading: source, options: options, memoryLimit: memoryLimit)
    } catch {
      throw error.placed(in: source.partLines)
    }
  }

  private init(
    reading source: ByteSource,
    options: TableOptions,
    memoryLimit: Int
  ) throws(DatasetError) {
    let path = source.path
    if let limit = options.limit, limit < 1 { throw .limitNotPositive(path: path, limit: limit) }
    var plan = try TableParser.Plan(source, options: options, memoryLimit: memoryLimit)
    var parser = TableParser(plan, columns: plan.modes.map { _ in ParsedColumn() })
    parser.rowLimit = options.limit
    try parser.read(source)
    var evidence = parser.evidence
    // A text far behind the beginning turns a column of numbers into one of texts, from its start; so does a
    // code such as 007.
    while true {
      let late = try plan.columnsToReadAsTexts(
        parser.columns,
        evidence,
        options,
        days: { parser.columns[$0].mayBeDays },
        isOneNumber: { parser.columns[$0].isOneNumber },
        canBeReadAgain: source.storedSize != nil
      )
      if late.isEmpty { break }
      for column in late { plan.modes[column] = .text }
      parser = TableParser(plan, columns: plan.modes.map { _ in ParsedColumn() })
      parser.rowLimit = options.limit
      try parser.read(plan.source(windowSize: source.windowSize))
      evidence = parser.evidence
    }
    if parser.rowCount == 0 { throw .noRows(path: path, columns: plan.names.count) }
    let meanings = try Self.meanings(parser.columns, evidence, plan, options)
    let table = Table(name: lastPart(of: path), columns: meanings.map(\.column))
    self = table.reporting(
      meanings.indices.map { index in
        let parsed = parser.columns[index]
        return plan.reading(index, meanings[index], parsed, missingCount: parsed.missingCount)
      }
    )
  }

  private static func meanings(
    _ parsed: [ParsedColumn],
    _ evidence: [TextEvidence?],
    _ plan: TableParser.Plan,
    _ options: TableOptions
  ) throws(DatasetError) -> [ColumnInference.Meaning] {
    let inferences = plan.inferences(parsed, evidence, options)
    var meanings: [ColumnInference.Meaning] = []
    for (index, column) in parsed.enumerated() {
      let inference = inferences[index]
      if let evidence = evidence[index] {
        meanings.append(
          try inference.meaning(
            codes: column.codes,
            pool: column.pool,
            evidence: evidence,
            words: plan.columnMissing[index]
          )
        )
      } else if let error = column.firstNotFinite {
        throw error
      } else {
        meanings.append(
          try inference.meaning(
            numbers: column.numbers,
            missing: column.missing,
            decimals: column.decimals,
            isFixed: column.hasFixedDecimals
          )
        )
      }
    }
    return meanings
  }

  /// The error of a text that came too late in what cannot be read again.
  static func lateText(_ column: ParsedColumn, _ path: String) -> DatasetError {
    guard case .textCell(_, let cell, let text) = column.firstText else {
      return .emptyFile(path: path)
    }
    return .table(.lateText(path: path, cell: cell, text: text))
  }
}

extension TableOptions {
  /// How the kind of a column is found.
  func inference(of name: String, in path: String) -> ColumnInference {
    ColumnInference(
      path: path,
      name: name,
      declared: columnKinds[name],
      expected: expectedKinds[name],
      levels: ordinalLevels[name],
      dateOrder: dateOrders[name],
      epoch: epochs[name]
    )
  }
}

extension TableParser {
  /// Reads a source until its end, or until as many rows are read as are wanted.
  mutating func read(_ source: ByteSource) throws(DatasetError) {
    if try advance(source) {
      reserve(source)
      while try advance(source) {}
    }
    try finish()
  }

  /// Makes room for the rows that a file probably has, by those at its beginning.
  private mutating func reserve(_ source: ByteSource) {
    guard let size = source.storedSize, source.isAsStored, source.position > 0 else { return }
    let most = plan.memoryLimit / (8 * columnCount)
    let rows = Double(pendingRows) * Double(size) / Double(source.position) * 1.02
    reserve(min(Int(min(rows, 1e12)), rowLimit ?? most, most))
  }

  /// Reads what the window holds and fills it again; false at the end, or when enough is read: of a
  /// live source a row.
  mutating func advance(_ source: ByteSource) throws(DatasetError) -> Bool {
    let isLast = source.isAtEnd
    let used = try consume(source, isLast: isLast)
    if isFull || isLast || (source.isLive && pendingRows > 0) { return false }
    if used == 0 && source.isFull {
      throw longCell(startsWithQuote: source.firstUnread(1) == [CSVDialect.quote])
    }
    // A compressed file can hold any number of blank lines, and would be read for ever; a cell is much
    // shorter than this.
    let cells = cellsSeen + cellIndex
    if cells != progress.cells {
      progress = (cells, source.position)
    } else if source.position - progress.position > 1 << 24 {
      throw .mostlyBlank(path: plan.path, bytes: source.position, cells: cells)
    }
    try source.fill()
    return true
  }

  private mutating func consume(_ source: ByteSource, isLast: Bool) throws(DatasetError) -> Int {
    let used = try source.withUnread { (bytes) throws(DatasetError) in
      try consume(bytes, isLast: isLast)
    }
    source.discard(used)
    return used
  }
}
