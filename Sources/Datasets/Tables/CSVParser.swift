/// A table of numbers that is read from its bytes as they arrive.
///
/// The parser is given the unread bytes again and again, and says how many it is done with: whole
/// cells. It keeps the numbers, and never more of the text than one cell.
struct CSVParser {
  /// The most columns that a table may have.
  static let columnLimit = 1_000_000
  /// The most bytes that the cells of the first row may take, which are kept as texts.
  static let firstRowLimit = 1 << 26

  let path: String
  let separator: UInt8
  let header: CSVFile.Header
  let rowLimit: Int?
  let memoryLimit: Int
  let cellLimit: Int

  /// The names of the columns, once the first row is read.
  private(set) var columns: [String] = []
  private(set) var hasHeader = false
  /// The numbers in row-major order.
  private(set) var values: [Float] = []
  private(set) var rowCount = 0
  /// Whether as many rows are read as are wanted.
  private(set) var isFinished = false

  /// The cells of the first row until it is known whether it is a header, and none afterwards.
  private var firstRow: [CSVCell]? = []
  private var firstRowBytes = 0
  private var columnCount = 0
  /// The number of cells of this row that are read.
  private var cellIndex = 0
  private var isAfterSeparator = false
  private var isAfterCarriageReturn = false
  /// The line at the position of the parser, and the one that this row began at.
  private var line = 1
  private var rowLine = 1

  init(
    path: String,
    separator: UInt8,
    header: CSVFile.Header,
    rowLimit: Int?,
    memoryLimit: Int,
    cellLimit: Int
  ) {
    self.path = path
    self.separator = separator
    self.header = header
    self.rowLimit = rowLimit
    self.memoryLimit = memoryLimit
    self.cellLimit = cellLimit
  }

  /// The cells that were read so far, with those of the header.
  var cellCount: Int { values.count + (firstRow?.count ?? columnCount) }

  /// Reads the whole cells at the beginning of some bytes, and says how many bytes they take.
  ///
  /// With the last bytes of the file it reads them all, and `finish()` must follow.
  mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int {
    var position = 0
    while position < bytes.count && !isFinished {
      if cellIndex == 0 && skipsLineEnd(bytes[position]) {
        position += 1
        continue
      }
      if let end = try readNumber(bytes, from: position, isLast: isLast) {
        position = end
      } else {
        guard let cell = try readCell(bytes, from: position, isLast: isLast) else { break }
        try keep(cell)
        position = cell.end
      }
      position += try step(over: bytes, at: position)
    }
    return position
  }

  /// Ends the last row, which needs no line end, and checks that there are rows.
  mutating func finish() throws(DatasetError) {
    if isAfterSeparator && !isFinished { try keep(CSVCell()) }
    if cellIndex > 0 { try endRow() }
    if rowCount == 0 {
      if columns.isEmpty { throw .emptyFile(path: path) }
      throw .noRows(path: path, columns: columns.count)
    }
  }

  /// The error of a cell that does not fit into the window.
  func longCell(startsWithQuote: Bool) -> DatasetError {
    startsWithQuote
      ? .unterminatedQuote(path: path, line: line, limit: cellLimit)
      : .cellTooLong(path: path, line: line, limit: cellLimit)
  }

  /// Steps over line ends before a row; blank lines are no rows.
  private mutating func skipsLineEnd(_ byte: UInt8) -> Bool {
    let isSecondByte = isAfterCarriageReturn && byte == CSVDialect.lineFeed
    isAfterCarriageReturn = byte == CSVDialect.carriageReturn
    if isSecondByte { return true }
    if byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn {
      line += 1
      return true
    }
    rowLine = line
    return false
  }

  /// Reads a cell that is simply a number, and says where it ends; nil for any other cell.
  private mutating func readNumber(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    guard cellIndex < columnCount else { return nil }
    var position = start
    while position < bytes.count && bytes[position] == CSVDialect.space { position += 1 }
    guard let number = DecimalNumber(bytes, from: position), number.value.isFinite else {
      return nil
    }
    position = number.end
    while position < bytes.count && bytes[position] == CSVDialect.space { position += 1 }
    let isWhole = position < bytes.count ? CSVCell.isEnd(bytes[position], separator) : isLast
    guard isWhole else { return nil }
    values.append(number.value)
    cellIndex += 1
    return position
  }

  private func readCell(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> CSVCell? {
    do throws(CSVCell.Failure) {
      return try CSVCell(bytes, from: start, separator: separator, isLast: isLast)
    } catch {
      switch error {
      case .unterminatedQuote:
        throw .unterminatedQuote(path: path, line: line, limit: bytes.count - start)
      case .textAfterQuote: throw .textAfterQuote(path: path, line: line)
      }
    }
  }

  /// Steps over what ends a cell, and ends the row at a line end; the result is 0 or 1 byte.
  private mutating func step(over bytes: Span<UInt8>, at position: Int) throws(DatasetError) -> Int
  {
    guard position < bytes.count else {
      isAfterSeparator = false
      return 0
    }
    let byte = bytes[position]
    isAfterSeparator = byte == separator
    if !isAfterSeparator {
      try endRow()
      isAfterCarriageReturn = byte == CSVDialect.carriageReturn
      line += 1
    }
    return 1
  }

  private mutating func keep(_ cell: CSVCell) throws(DatasetError) {
    if let byte = cell.text.first(where: CSVCell.isControl) {
      throw .controlByte(path: path, line: line, byte: byte)
    }
    line += cell.lineEnds
    if firstRow != nil {
      firstRow?.append(cell)
      try checkFirstRow(adding: cell.text.count)
    } else if cellIndex < columnCount {
      values.append(try number(cell, column: cellIndex))
    }
    // Further cells are counted alone, for the message.
    cellIndex += 1
  }

  private mutating func checkFirstRow(adding bytes: Int) throws(DatasetError) {
    firstRowBytes += bytes
    let limit = min(memoryLimit, Self.firstRowLimit)
    if firstRowBytes > limit {
      throw .tooLarge(path: path, bytes: firstRowBytes, limit: limit)
    }
    if cellIndex >= Self.columnLimit {
      throw .tooManyColumns(path: path, limit: Self.columnLimit)
    }
  }

  private mutating func endRow() throws(DatasetError) {
    defer { cellIndex = 0 }
    if let cells = firstRow {
      firstRow = nil
      try endFirstRow(cells)
      if hasHeader { return }
    } else if cellIndex != columnCount {
      throw .raggedRow(path: path, line: rowLine, expected: columnCount, found: cellIndex)
    }
    rowCount += 1
    isFinished = rowCount == rowLimit
    let bytes = values.count * 4
    if bytes > memoryLimit { throw .tooLarge(path: path, bytes: bytes, limit: memoryLimit) }
  }

  private mutating func endFirstRow(_ cells: [CSVCell]) throws(DatasetError) {
    columnCount = cells.count
    hasHeader =
      switch header {
      case .present: true
      case .absent: false
      case .automatic:
        cells.contains { cell in
          if case .text = cell.meaning { true } else { false }
        }
      }
    for (index, cell) in cells.enumerated() {
      let isNamed = hasHeader && !cell.text.isEmpty
      columns.append(isNamed ? cell.string : "column \(index + 1)")
    }
    if !hasHeader {
      for (index, cell) in cells.enumerated() { values.append(try number(cell, column: index)) }
    }
  }

  private func number(_ cell: CSVCell, column: Int) throws(DatasetError) -> Float {
    let name = hasHeader ? columns[column] : nil
    let place = CellPlace(line: rowLine, column: column + 1, name: name)
    switch cell.meaning {
    case .number(let value): return value
    case .missing: throw .missingCell(path: path, cell: place, text: cell.string)
    case .notFinite: throw .cellNotFinite(path: path, cell: place, text: cell.string)
    case .text: throw .textCell(path: path, cell: place, text: cell.string)
    }
  }
}
