internal import HourglassSystem

/// A table of known columns, a text or an array, that is read block by block, in memory that its
/// length does not matter to.
///
///     let reader = try TableReader(contentsOf: "new.csv", schema: table.schema)
///     while let block = try reader.next() { ... }
///
/// The columns are found by their names, in any order and among others, which are stepped over.
package final class TableReader {
  /// The rows of a block unless another number is asked for.
  package static let standardBlockRows = 8192

  /// The rows of a block of a table of some columns: fewer where it is wide.
  static func blockRows(columns: Int) -> Int {
    max(256, min(standardBlockRows, 1 << 20 / max(columns, 1)))
  }

  /// The path that the rows are read from.
  package let path: String

  /// The columns that each block has, in their order.
  package let schema: TableSchema

  /// The number of rows that were given so far.
  package private(set) var rowCount = 0

  /// For each column of codes or dates the cells that are none of its levels, or no dates, so far by
  /// name: they count as missing.
  package private(set) var unknownCounts: [String: Int] = [:]

  /// Whether a cell whose level is not one of its column has one further level, in place of none.
  package var keepsUnknownLevels = false

  /// The further level.
  private static let unknownLevel = "(not in the training data)"

  /// The cells so far that were taken as missing, by the columns of the schema.
  private var missingCounts: [Int] = []

  /// How the numbers of each column are read that are not plain.
  private var cells: [NumberCellReader] = []

  private let rows: Rows
  private let blockRows: Int
  private let limit: Int?
  private var isFinished = false

  /// Where the blocks come from.
  private enum Rows {
    case text(TextRows)
    /// An array, with the codes that the numbers of each column of levels stand for.
    case array(ArrayRows, codes: [[Double: Int32]])
  }

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
  package convenience init(
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
    let text = try TextRows(source, schema: schema, options: options, optional: optional)
    path = source.path
    self.schema = text.schema
    self.blockRows = blockRows
    self.limit = limit
    rows = .text(text)
    cells = text.schema.columns.map { column in
      let writing = column.writing ?? NumberWriting(decimal: text.hasDecimalComma ? .comma : .point)
      return NumberCellReader(writing, arePlain: text.isJSONLines)
    }
  }

  /// Finds columns in an array.
  init(
    _ array: ArrayTable,
    schema: TableSchema,
    blockRows: Int = standardBlockRows,
    limit: Int? = nil,
    optional: Set<String> = []
  ) throws(DatasetError) {
    let found = array.names
    let schema = schema.without(optional.subtracting(found))
    rows = .array(
      try ArrayRows(array, places: try schema.places(in: found, of: array.path)),
      codes: schema.columns.map(\.codesOfNumbers)
    )
    path = array.path
    self.schema = schema
    self.blockRows = blockRows
    self.limit = limit
  }

  /// The next rows, or nil behind the last one.
  ///
  /// - Throws: What is wrong with the file, and in which line and column: a text in a column of
  ///   numbers, a row of another length, or no rows at all.
  package func next() throws(DatasetError) -> Table? {
    if isFinished { return nil }
    let wanted = min(blockRows, limit.map { $0 - rowCount } ?? blockRows)
    if wanted == 0 { return nil }
    var columns: [Table.Column] = []
    switch rows {
    case .text(let text):
      let block: [ParsedColumn]
      do { block = try text.next(wanted) } catch { throw error.placed(in: text.parts) }
      isFinished = text.isFinished
      for (index, column) in schema.columns.enumerated() {
        columns.append(try table(column, block[index], index, text))
      }
    case .array(let array, let codes):
      let block = try array.next(wanted).columns
      for (index, column) in schema.columns.enumerated() {
        columns.append(table(column, block[index], codes[index]))
      }
    }
    let count = columns.first?.count ?? 0
    if count == 0 {
      if rowCount == 0, case .text(let text) = rows {
        throw .noRows(path: path, columns: text.columnCount)
      }
      return nil
    }
    rowCount += count
    if missingCounts.isEmpty { missingCounts = columns.map { _ in 0 } }
    for (index, column) in columns.enumerated() { missingCounts[index] += column.missingCount }
    return Table(name: lastPart(of: path), columns: columns)
  }

  /// What was taken as missing so far in each column that has some.
  package var missingWords: [(column: String, words: [ColumnReading.MissingWord])] {
    zip(schema.columns, missingCounts).enumerated().compactMap { index, entry in
      let (column, missing) = entry
      var words: [ColumnReading.MissingWord] = []
      if case .text(let text) = rows { words = text.missingWords(index) }
      let named = words.reduce(unknownCounts[column.name] ?? 0) { $0 + $1.count }
      if missing > named {
        words.insert(ColumnReading.MissingWord(word: "", count: missing - named), at: 0)
      }
      return words.isEmpty ? nil : (column.name, words)
    }
  }

  private func table(
    _ column: TableSchema.Column,
    _ parsed: ParsedColumn,
    _ index: Int,
    _ text: TextRows
  ) throws(DatasetError) -> Table.Column {
    let cells: Table.Cells
    switch column.content {
    case .numbers where text.isText(index):
      let values = column.values(parsed, &self.cells[index], words: text.words(index))
      // What is no date counts as missing; what is no number is an error, as among plain numbers.
      if let row = values.unread.first, let code = values.originals[row], !column.mayHoldOthers {
        let place = text.place(row: row, column: index)
        throw DatasetError.textCell(path: path, cell: place, text: code).placed(in: text.parts)
      }
      if !values.unread.isEmpty { unknownCounts[column.name, default: 0] += values.unread.count }
      return column.column(
        .numbers(values.numbers, missing: values.missing),
        originals: values.originals
      )
    case .numbers:
      let missing = parsed.missing.contains(true) ? parsed.missing : []
      cells = .numbers(parsed.numbers, missing: missing)
    case .codes(let levels):
      if parsed.unknownCount > 0 { unknownCounts[column.name, default: 0] += parsed.unknownCount }
      cells = codes(parsed.codes, levels) { parsed.codes[$0] == TextPool.unknown }
    case .texts:
      let texts = parsed.pool.texts
      cells = .texts(parsed.codes.map { $0 < 0 ? nil : texts[Int($0)] })
    }
    return column.column(cells)
  }

  /// Cells of levels, those of unknown ones with the further level where it is kept.
  private func codes(
    _ codes: [Int32],
    _ levels: [String],
    isUnknown: (Int) -> Bool
  ) -> Table.Cells {
    let further = keepsUnknownLevels ? Int32(levels.count) : -1
    let codes = codes.indices.map { isUnknown($0) ? further : codes[$0] }
    let isUsed = keepsUnknownLevels && codes.contains(further)
    return .codes(codes, levels: isUsed ? levels + [Self.unknownLevel] : levels)
  }

  /// The column of the schema that numbers of an array make.
  private func table(
    _ column: TableSchema.Column,
    _ parsed: ParsedColumn,
    _ codeOf: [Double: Int32]
  ) -> Table.Column {
    let (numbers, missing) = (parsed.numbers, parsed.missing)
    let isMissing = { (row: Int) -> Bool in missing.isEmpty ? false : missing[row] }
    switch column.content {
    case .numbers:
      guard let format = column.dateFormat else {
        return column.column(.numbers(numbers, missing: missing))
      }
      let times = numbers.map { format.seconds(of: $0) }
      let unread = times.indices.map { times[$0] == nil || isMissing($0) }
      let unknown = unread.indices.count { unread[$0] && !isMissing($0) }
      if unknown > 0 { unknownCounts[column.name, default: 0] += unknown }
      return column.column(.numbers(times.map { $0 ?? 0 }, missing: unread))
    case .codes(let levels):
      let codes = numbers.indices.map { isMissing($0) ? -1 : codeOf[numbers[$0]] ?? -1 }
      let unknown = codes.indices.count { codes[$0] < 0 && !isMissing($0) }
      if unknown > 0 { unknownCounts[column.name, default: 0] += unknown }
      return column.column(self.codes(codes, levels) { codes[$0] < 0 && !isMissing($0) })
    case .texts:
      let format = NumberFormat(decimals: column.decimals, isFixed: column.hasFixedDecimals)
      return column.column(
        .texts(numbers.indices.map { isMissing($0) ? nil : format.text(numbers[$0]) })
      )
    }
  }
}

extension TableSchema.Column {
  /// The column with cells.
  fileprivate func column(
    _ cells: Table.Cells,
    originals: [Int: String] = [:]
  ) -> Table.Column {
    Table.Column(
      name: name,
      kind: kind,
      cells: cells,
      decimals: decimals,
      hasFixedDecimals: hasFixedDecimals,
      dateFormat: dateFormat,
      writing: writing,
      originals: originals
    )
  }

  /// Whether cells that are no values of the column are counted, and are no error.
  fileprivate var mayHoldOthers: Bool { dateFormat != nil || writing?.duration != nil }

  /// The numbers of cells that are written as dates or as people write numbers.
  ///
  /// - Parameter cells: How those that are no dates are read.
  fileprivate func values(
    _ parsed: ParsedColumn,
    _ cells: inout NumberCellReader,
    words: MissingWords
  ) -> TextValues {
    if let dateFormat {
      return TextValues(
        parsed.codes,
        parsed.pool,
        words: words,
        read: { dateFormat.seconds(ofCell: $0) },
        write: dateFormat.isMixed == true ? { Array(dateFormat.text($0).utf8) } : nil
      )
    }
    let format = NumberFormat(decimals: decimals, isFixed: hasFixedDecimals)
    return TextValues(
      parsed.codes,
      parsed.pool,
      words: words,
      takesStandIns: true,
      read: { cells.number(of: $0) },
      write: cells.writing.writer(format)
    )
  }

  /// The code of each number that one of the levels is the text of.
  fileprivate var codesOfNumbers: [Double: Int32] {
    guard case .codes(let levels) = content else { return [:] }
    let format = NumberFormat(decimals: decimals, isFixed: hasFixedDecimals)
    var codes: [Double: Int32] = [:]
    for (code, level) in levels.enumerated() {
      guard let number = TableNumber.level(of: level) else { continue }
      // Of two texts of one number the one counts that it is written as.
      if codes[number] == nil || format.text(number) == level { codes[number] = Int32(code) }
    }
    return codes
  }
}

extension TableSchema {
  /// The columns but for those of some names.
  func without(_ names: Set<String>) -> TableSchema {
    TableSchema(columns: columns.filter { !names.contains($0.name) })
  }

  /// For each column its place among the names of a file.
  ///
  /// - Throws: `missingColumn` for one that the file does not have.
  func places(in names: [String], of path: String) throws(DatasetError) -> [Int] {
    var places: [Int] = []
    for column in columns {
      guard let place = names.firstIndex(of: column.name) else {
        throw .table(.missingColumn(path: path, name: column.name, found: names))
      }
      places.append(place)
    }
    return places
  }
}
