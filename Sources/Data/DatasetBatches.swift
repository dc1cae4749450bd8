/// Items of data that fit into memory.
public struct DatasetBatch: Sendable {
  /// The items, in memory; those of a chunk of a series with the rows before and behind it that
  /// windows reach.
  public let data: Dataset
  /// The items of `data` whose results are wanted: no other batch has these.
  public let items: Range<Int>
  /// The rows that `data` were given in whose results are wanted, of a table or series.
  public let rows: Range<Int>
  /// The number of rows, images or sounds that are before the first one of `data`.
  public let firstRow: Int
  /// The chunk of the series that it is; none for other kinds.
  package let chunk: SeriesChunk?

  /// The table of the batch; none for other kinds.
  public var table: Table? { if case .table(let table) = data { table.sample } else { nil } }

  /// The wanted rows of a result for all rows of `data`.
  package func wanted(_ table: Table) -> Table {
    rows == 0..<table.rowCount ? table : table.rows(Array(rows))
  }

  init(_ data: Dataset, firstRow: Int = 0) {
    self.data = data
    items = 0..<data.count
    self.firstRow = firstRow
    if case .series(let series) = data {
      let chunk = SeriesChunk(series.sample)
      (rows, self.chunk) = (chunk.rows, chunk)
    } else {
      (rows, chunk) = (items, nil)
    }
  }

  init(_ chunk: SeriesChunk) {
    data = .series(chunk.series)
    items = chunk.windows
    rows = chunk.rows
    firstRow = chunk.firstRow
    self.chunk = chunk
  }
}

/// Goes once through data, batch by batch, each of which is read when it is asked for.
///
///     let batches = try data.batches()
///     while let batch = try await batches.next() { ... }
///
/// Tables come in blocks of rows, series in a file in chunks, and anything else at once. What is
/// computed for an item does not depend on the batch that it is in.
public actor DatasetBatches {
  private enum Source {
    case whole(Dataset?)
    case rows(Table, first: Int)
    case table(TableReader)
    case series(SeriesReader)
  }

  private var source: Source
  /// The columns of the table; none for other kinds.
  package nonisolated let schema: TableSchema?

  /// Begins at the first item.
  ///
  /// - Throws: Why a file cannot be opened.
  init(_ data: Dataset) throws(DatasetError) {
    switch data {
    case .table(let table):
      schema = table.schema
      source =
        if let stored = table.stored { .table(try stored.reader()) } else {
          .rows(table.sample, first: 0)
        }
    case .series(let series):
      schema = nil
      source = if let stored = series.stored { .series(try stored.reader()) } else { .whole(data) }
    case .images, .sounds:
      schema = nil
      source = .whole(data)
    }
  }

  /// Opens a file of a table whose columns are known: a text or an array of rows is read once, and in
  /// memory that its length does not matter to; anything else is loaded by its own columns.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed by gzip, or a pipe.
  ///   - schema: The columns to read, which are found by their names among others.
  ///   - options: How the file is written; the kinds of columns are those of the schema.
  ///   - optional: The names of columns that are left out of the schema where the file has none.
  ///   - isLive: Whether rows are given as soon as their lines are there.
  /// - Throws: What is wrong with the file, or which column it does not have.
  package init(
    contentsOf path: String,
    schema: TableSchema,
    options: DatasetOptions = DatasetOptions(),
    optional: Set<String> = [],
    isLive: Bool = false,
    keepsUnknownLevels: Bool = false
  ) throws(DatasetError) {
    guard
      let reader = try Self.reader(
        of: path,
        schema,
        options,
        optional: optional,
        isLive: isLive
      )
    else {
      try self.init(Dataset.load(contentsOf: path, options: options))
      return
    }
    self.init(reader, keepsUnknownLevels: keepsUnknownLevels)
  }

  private init(_ reader: sending TableReader, keepsUnknownLevels: Bool) {
    reader.keepsUnknownLevels = keepsUnknownLevels
    schema = reader.schema
    source = .table(reader)
  }

  /// A reader of the columns; none for what is neither a text nor an array of rows.
  private static func reader(
    of path: String,
    _ schema: TableSchema,
    _ options: DatasetOptions,
    optional: Set<String>,
    isLive: Bool
  ) throws(DatasetError) -> TableReader? {
    if !isLive {
      guard options.series == nil, case .nothing = try MediaRecognition(path: path),
        case .file = try FolderListing.kind(of: path)
      else { return nil }
    }
    let bytes = try ByteSource(path: path, isLive: isLive)
    let beginning = bytes.firstUnread(12)
    if let array = try ArrayItems(bytes, options) {
      guard array.isRowMajor else { return nil }
      return try array.rows().map { table throws(DatasetError) in
        try TableReader(table, schema: schema, limit: options.limit, optional: optional)
      }
    }
    if bytes.unreadCount == 0 || IDXFile.isBeginning(beginning)
      || TSFile.isBeginning(beginning, path: path)
      || NumericDataset.foreignFormat(beginning) != nil
    {
      return nil
    }
    return try TableReader(
      bytes,
      schema: schema,
      blockRows: TableReader.standardBlockRows,
      limit: options.limit,
      options: options.table,
      optional: optional
    )
  }

  /// The next items; none behind the last ones.
  ///
  /// - Throws: What is wrong with the file.
  public func next() throws(DatasetError) -> DatasetBatch? {
    switch source {
    case .whole(let data):
      source = .whole(nil)
      return data.map { DatasetBatch($0) }
    case .rows(let table, let first):
      let rows = TableReader.blockRows(columns: table.columns.count)
      let end = min(first + rows, table.rowCount)
      source = end == table.rowCount ? .whole(nil) : .rows(table, first: end)
      let block = first == 0 && end == table.rowCount ? table : table.rows(Array(first..<end))
      return DatasetBatch(.table(block), firstRow: first)
    case .table(let reader):
      let first = reader.rowCount
      return try reader.next().map { DatasetBatch(.table($0), firstRow: first) }
    case .series(let reader): return try reader.next().map { DatasetBatch($0) }
    }
  }

  /// What was taken as missing so far in the columns of a table that is read block by block.
  package var missingWords: [(column: String, words: [ColumnReading.MissingWord])] {
    if case .table(let reader) = source { reader.missingWords } else { [] }
  }

  /// For each column of codes or dates the cells so far that are none of its levels, or no dates.
  package var unknownCounts: [String: Int] {
    if case .table(let reader) = source { reader.unknownCounts } else { [:] }
  }
}

extension Dataset {
  /// All items from the first one on, batch by batch.
  ///
  /// - Throws: Why a file cannot be opened.
  public func batches() throws(DatasetError) -> DatasetBatches { try DatasetBatches(self) }
}
