internal import HourglassSystem

extension Table {
  /// Reads a table, or its first rows, from comma-, semicolon- or tab-separated values in UTF-8.
  ///
  /// Cells may stand in quotes; the file may be compressed by gzip. What each column is, is inferred
  /// from all its cells (`ColumnInference` has the rules) unless it is declared.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - options: The rows to read, the kinds of columns, the words for missing cells, the header.
  /// - Throws: What is wrong with the file, and in which line and column.
  public init(
    contentsOf path: String,
    options: TableOptions = TableOptions()
  ) throws(DatasetError) {
    try self.init(ByteSource(path: path), options: options, memoryLimit: MemoryLimit.standard)
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
    let path = source.path
    if let limit = options.limit, limit < 1 { throw .limitNotPositive(path: path, limit: limit) }
    var plan = try TableParser.Plan(source, options: options, memoryLimit: memoryLimit)
    var parser = TableParser(plan, columns: plan.modes.map { _ in ParsedColumn() })
    parser.rowLimit = options.limit
    try parser.read(source)

    // A text far behind the beginning turns a column of numbers into one of texts, from its start.
    let late = parser.columns.indices.filter { parser.columns[$0].firstText != nil }
    if !late.isEmpty {
      guard source.storedSize != nil else { throw Self.lateText(parser.columns[late[0]], path) }
      for column in late { plan.modes[column] = .text }
      parser = TableParser(plan, columns: plan.modes.map { _ in ParsedColumn() })
      parser.rowLimit = options.limit
      try parser.read(plan.source(windowSize: source.windowSize))
    }
    if parser.rowCount == 0 { throw .noRows(path: path, columns: plan.names.count) }
    self.init(
      name: lastPart(of: path),
      columns: try Self.inferred(parser.columns, plan, options)
    )
  }

  private static func inferred(
    _ parsed: [ParsedColumn],
    _ plan: TableParser.Plan,
    _ options: TableOptions
  ) throws(DatasetError) -> [Column] {
    var columns: [Column] = []
    for (index, column) in parsed.enumerated() {
      let inference = options.inference(of: plan.names[index], in: plan.path)
      if plan.modes[index] == .text {
        columns.append(try inference.column(codes: column.codes, pool: column.pool))
      } else if let error = column.firstNotFinite {
        throw error
      } else {
        columns.append(
          try inference.column(
            numbers: column.numbers,
            missing: column.missing,
            decimals: column.decimals,
            isFixed: column.hasFixedDecimals
          )
        )
      }
    }
    return columns
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
      levels: ordinalLevels[name],
      dateOrder: dateOrders[name]
    )
  }
}

extension TableParser.Plan {
  /// Looks at the beginning of a file and sets how its columns are read.
  ///
  /// - Parameter expected: Names of columns that the file has.
  init(
    _ source: ByteSource,
    options: TableOptions,
    memoryLimit: Int,
    expected: [String] = []
  ) throws(DatasetError) {
    path = source.path
    missing = MissingWords(adding: options.missingWords)
    try source.skipByteOrderMark()
    if source.unreadCount == 0 { throw .emptyFile(path: path) }
    let (isWhole, words) = (source.isAtEnd, missing)
    isSeparatedByBlanks = try source.withUnread { (bytes) throws(DatasetError) in
      CSVDialect.isSeparatedByBlanks(bytes, isWhole: isWhole, missing: words)
    }
    if isSeparatedByBlanks { source.giveBlanksAsTabs() }
    let sample = try source.withUnread { (bytes) throws(DatasetError) in
      try TableSample(
        bytes,
        path: source.path,
        isWhole: isWhole,
        header: options.header,
        hasDecimalComma: options.hasDecimalComma,
        missing: words,
        memoryLimit: memoryLimit,
        expected: expected
      )
    }
    separator = sample.separator
    hasDecimalComma = options.hasDecimalComma
    hasHeader = sample.hasHeader
    names = sample.names
    self.memoryLimit = memoryLimit
    cellLimit = source.windowSize
    modes = []
    isStrict = []
    for (index, name) in sample.names.enumerated() {
      let kind = options.columnKinds[name]
      let isNumber = kind == .number || kind == .integer
      let isText = kind != nil && !isNumber && kind != .constant
      modes.append(isNumber || (!isText && !sample.holdsText[index]) ? .number : .text)
      isStrict.append(isNumber)
    }
    for name in options.columnKinds.keys.sorted() where !sample.names.contains(name) {
      throw .table(.missingColumn(path: path, name: name, found: sample.names))
    }
    try source.readOtherParts(partFormat)
  }
}

extension TableParser.Plan {
  /// How each file begins, where several are one table.
  private var partFormat: PartFormat {
    PartFormat(
      names: hasHeader ? names : nil,
      columnCount: names.count,
      isSeparatedByBlanks: isSeparatedByBlanks
    ) { [separator, hasHeader] (bytes, path, isWhole) throws(DatasetError) in
      let row = try TableSample.firstRow(
        bytes,
        path: path,
        isWhole: isWhole,
        separator: separator
      )
      return row.map { (TableSample.names($0.cells, areHeader: hasHeader), $0.end) }
    }
  }

  /// Opens the file once more.
  func source(windowSize: Int = ByteSource.standardWindowSize) throws(DatasetError) -> ByteSource {
    let source = try ByteSource(path: path, windowSize: windowSize)
    try source.skipByteOrderMark()
    if isSeparatedByBlanks { source.giveBlanksAsTabs() }
    try source.readOtherParts(partFormat)
    return source
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
    guard let size = source.storedSize, !source.isCompressed, source.position > 0 else { return }
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

extension ByteSource {
  /// Steps over the mark that may stand before a text in UTF-8.
  func skipByteOrderMark() throws(DatasetError) {
    let beginning = firstUnread(3)
    if beginning == [0xef, 0xbb, 0xbf] { discard(3) }
    if beginning.prefix(2) == [0xff, 0xfe] || beginning.prefix(2) == [0xfe, 0xff] {
      throw .utf16(path: path)
    }
  }
}
