internal import HourglassTensors

/// A table of mixed columns that is read from its bytes as they arrive.
///
/// The parser is given the unread bytes again and again, and says how many it is done with: whole
/// cells. A cell that is simply a number, and one without quotes, are read where they stand
/// (`readPlainCells`). Cells are gathered in a block, which is then dealt out to the columns.
struct TableParser {
  /// How the cells of a column are read.
  enum Mode: UInt8, Sendable {
    /// They are stepped over.
    case skipped
    /// As numbers; another text is noted.
    case number
    /// As texts.
    case text
  }

  let plan: Plan
  let columnCount: Int
  /// For each column 1 where its cells are read as numbers, and a 0 behind the last one.
  let areNumbers: [UInt8]

  /// The columns of numbers and of codes as far as they are read.
  var columns: [ParsedColumn]
  /// The rows that the columns hold.
  private(set) var rowCount = 0
  /// The rows that were taken away.
  private(set) var takenRows = 0
  /// The rows to stop after; the parser can go on when they are taken away.
  var rowLimit: Int?

  /// The cells that are not dealt out yet, `[columns][largestBlock]`; NaN is a missing cell, and a
  /// text its number in the pool.
  var block: [Double]
  /// The whole rows of the block.
  var blockRows = 0
  let largestBlock: Int
  /// The digits behind the point that the numbers of each column in the block have.
  var decimalCounts: [DecimalCounts]

  var cellIndex = 0
  private var isHeaderRow: Bool
  var isAfterSeparator = false
  /// Whether a cell behind the last column is not empty.
  private var endsWithCell = false
  private var isAfterCarriageReturn = false
  /// The line at the position of the parser, and the one that this row began at.
  var line = 1
  var rowLine = 1
  /// The lines of the rows that were not taken away.
  private(set) var lines = RowLines()
  /// The cells that were seen last, and the position that they were first seen at.
  var progress = (cells: 0, position: 0)

  init(_ plan: Plan, columns: [ParsedColumn]) {
    self.plan = plan
    self.columns = columns
    columnCount = plan.modes.count
    areNumbers = plan.modes.map { $0 == .number ? 1 : 0 } + [0]
    isHeaderRow = plan.hasHeader
    line = plan.firstLine
    rowLine = plan.firstLine
    largestBlock = max(1, 1 << 15 / max(columnCount, 1))
    block = [Double](repeating: .nan, count: largestBlock * columnCount)
    decimalCounts = [DecimalCounts](repeating: DecimalCounts(), count: columnCount)
  }

  /// The rows that were read, with those that are not dealt out yet.
  var pendingRows: Int { rowCount + blockRows }

  /// Whether as many rows are read as are wanted for now.
  var isFull: Bool { rowLimit.map { pendingRows >= $0 } ?? false }

  /// Reads the whole cells at the beginning of some bytes, and says how many bytes they take.
  ///
  /// With the last bytes of the file it reads them all, and `finish()` must follow.
  mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int {
    var position = 0
    let count = bytes.count
    while position < count && !isFull {
      if !isHeaderRow && !isAfterCarriageReturn {
        position = try readPlainCells(bytes, from: position)
        if blockRows == largestBlock { try deal() }
        if isFull || position == count { break }
      }
      if cellIndex == 0 {
        if skipsLineEnd(bytes[position]) {
          position += 1
          continue
        }
        if bytes[position] == CSVDialect.hash, rowsBegun > 0, plan.remarks != .none {
          guard let end = endOfLine(bytes, from: position, isLast: isLast) else { break }
          if plan.isRemark(bytes, position..<end) {
            position = end
            continue
          }
        }
      }
      guard let end = try readCell(bytes, from: position, isLast: isLast) else { break }
      position = end
      cellIndex += 1
      guard position < count else {
        isAfterSeparator = false
        break
      }
      let byte = bytes[position]
      position += 1
      isAfterSeparator = byte == plan.separator
      if !isAfterSeparator {
        try endRow()
        isAfterCarriageReturn = byte == CSVDialect.carriageReturn
        line += 1
      }
    }
    return position
  }

  /// Ends the last row, which needs no line end.
  mutating func finish() throws(DatasetError) {
    if isAfterSeparator && !isFull {
      let none: [UInt8] = []
      try keep(none.span, 0..<0)
      cellIndex += 1
      isAfterSeparator = false
    }
    if cellIndex > 0 { try endRow() }
    try deal()
  }

  /// The rows that ended so far, with the header.
  private var rowsBegun: Int { takenRows + pendingRows + (plan.hasHeader && !isHeaderRow ? 1 : 0) }

  /// The place of the end of a line; nil where the bytes end before it.
  private func endOfLine(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var end = start
    while end < bytes.count && !CSVDialect.endsLine(bytes[end]) { end += 1 }
    return end < bytes.count || isLast ? end : nil
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
    beginRow()
    return false
  }

  /// Notes the line that a row begins at.
  mutating func beginRow() {
    rowLine = line
    lines.note(row: pendingRows, line: line)
  }

  /// Reads a cell and says where it ends; nil where the bytes end before it is known to end.
  private mutating func readCell(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    let count = bytes.count
    var position = start
    while position < count && bytes[position] == CSVDialect.space { position += 1 }
    if cellIndex < columnCount && plan.modes[cellIndex] == .number && !isHeaderRow,
      let number = TableNumber(bytes, from: position)
    {
      var end = number.end
      while end < count && bytes[end] == CSVDialect.space { end += 1 }
      let isWhole = end < count ? CSVCell.isEnd(bytes[end], plan.separator) : isLast
      if isWhole && number.value.isFinite {
        put(number.value)
        decimalCounts[cellIndex].note(number, bytes, from: position)
        return end
      }
    }
    return try readText(bytes, from: start, isLast: isLast)
  }

  /// Puts a cell of this row into the block.
  private mutating func put(_ value: Double) {
    block[cellIndex * largestBlock + blockRows] = value
  }

  /// Reads a cell that is not simply a number.
  private mutating func readText(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    let separator = plan.separator
    var first = start
    while first < bytes.count && CSVCell.isBlank(bytes[first], separator) { first += 1 }
    if first < bytes.count && bytes[first] == CSVDialect.quote {
      return try readQuoted(bytes, from: start, isLast: isLast)
    }
    var end = first
    while end < bytes.count && !CSVCell.isEnd(bytes[end], separator) {
      if CSVCell.isControl(bytes[end]) {
        throw .controlByte(path: plan.path, line: line, byte: bytes[end])
      }
      end += 1
    }
    if end == bytes.count && !isLast { return nil }
    var last = end
    while last > first && CSVCell.isBlank(bytes[last - 1], separator) { last -= 1 }
    try keep(bytes, first..<last)
    return end
  }

  private mutating func readQuoted(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    let cell: CSVCell?
    do throws(CSVCell.Failure) {
      cell = try CSVCell(bytes, from: start, separator: plan.separator, isLast: isLast)
    } catch {
      switch error {
      case .unterminatedQuote:
        throw .unterminatedQuote(path: plan.path, line: line, limit: bytes.count - start)
      case .textAfterQuote: throw .textAfterQuote(path: plan.path, line: line)
      }
    }
    guard let cell else { return nil }
    if let byte = cell.text.first(where: CSVCell.isControl) {
      throw .controlByte(path: plan.path, line: line, byte: byte)
    }
    try keep(cell.text.span, 0..<cell.text.count, isQuoted: true)
    if !plan.format.isJSONLines { line += cell.lineEnds }
    return cell.end
  }

  /// The error of a cell that does not fit into the window.
  func longCell(startsWithQuote: Bool) -> DatasetError {
    startsWithQuote
      ? .unterminatedQuote(path: plan.path, line: line, limit: plan.cellLimit)
      : .cellTooLong(path: plan.path, line: line, limit: plan.cellLimit)
  }

  /// The cells that were read so far, with those of rows that were taken away.
  var cellsSeen: Int { (takenRows + pendingRows + (plan.hasHeader ? 1 : 0)) * columnCount }

  /// Keeps a cell of this row that is not simply a number.
  private mutating func keep(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    isQuoted: Bool = false
  ) throws(DatasetError) {
    // Cells beyond the last column are counted alone, for the message; of a separator that ends the row comes an
    // empty one.
    guard !isHeaderRow, cellIndex < columnCount else {
      if cellIndex == columnCount && !range.isEmpty { endsWithCell = true }
      return
    }
    let mode = plan.modes[cellIndex]
    if mode == .skipped {
      put(.nan)
    } else if let word = plan.missingWord(bytes, range, column: cellIndex, isQuoted: isQuoted) {
      columns[cellIndex].noteMissing(word)
      put(.nan)
    } else if mode == .text {
      let code = columns[cellIndex].code(bytes, range)
      if columns[cellIndex].pool.holdsOtherBytes {
        throw .notUTF8(path: plan.path, line: rowLine)
      }
      put(Double(code))
    } else {
      put(try number(bytes, range))
    }
  }

  /// A cell of a column of numbers; NaN, and a note, where it is something else.
  private mutating func number(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
  ) throws(DatasetError) -> Double {
    var isNumber = false
    if let number = TableNumber(cell: bytes, range) {
      var counts = DecimalCounts()
      counts.note(number, bytes, from: range.lowerBound)
      if number.value.isFinite {
        decimalCounts[cellIndex].formUnion(counts)
        return number.value
      }
      // Such as 0047583311587E590003, which is a code.
      isNumber = !counts.has(.bareExponent)
    }
    var raw: [UInt8] = []
    for index in range { raw.append(bytes[index]) }
    let text = String(decoding: raw, as: UTF8.self)
    let name = plan.hasHeader ? plan.names[cellIndex] : nil
    let place = CellPlace(line: rowLine, column: cellIndex + 1, name: name)
    let isInfinite = isNumber || Self.isInfinity(text)
    let error: DatasetError =
      isInfinite
      ? .cellNotFinite(path: plan.path, cell: place, text: text)
      : .textCell(path: plan.path, cell: place, text: text)
    if plan.isStrict[cellIndex] { throw error }
    columns[cellIndex].note(error, isText: !isInfinite)
    return .nan
  }

  /// Whether a text is a word for infinity.
  static func isInfinity(_ text: String) -> Bool {
    guard text.utf8.count <= 9 else { return false }
    let word = text.lowercased().drop { $0 == "-" || $0 == "+" }
    return word == "inf" || word == "infinity"
  }

  private mutating func endRow() throws(DatasetError) {
    defer { (cellIndex, endsWithCell) = (0, false) }
    if isHeaderRow {
      isHeaderRow = false
      return
    }
    let isTrailing =
      plan.format.hasTrailingSeparators && cellIndex == columnCount + 1 && !endsWithCell
    if cellIndex != columnCount && !isTrailing {
      throw .raggedRow(path: plan.path, line: rowLine, expected: columnCount, found: cellIndex)
    }
    blockRows += 1
    if blockRows == largestBlock { try deal() }
  }

  /// Deals the rows of the block out to the columns.
  mutating func deal() throws(DatasetError) {
    guard blockRows > 0 else { return }
    let block = block
    for column in 0..<columnCount {
      let start = column * largestBlock
      var cells = block[start..<start + blockRows]
      if plan.modes[column] == .number, plan.columnMissing[column].holdNumbers {
        for row in cells.indices {
          guard let word = plan.columnMissing[column].place(of: cells[row]) else { continue }
          columns[column].noteMissing(word)
          cells[row] = .nan
        }
      }
      columns[column].append(cells, mode: plan.modes[column], decimals: decimalCounts[column])
    }
    // Cells of a row that is not whole yet go on with the next block.
    if blockRows < largestBlock {
      for column in 0..<cellIndex where column < columnCount {
        self.block[column * largestBlock] = block[column * largestBlock + blockRows]
      }
    }
    rowCount += blockRows
    blockRows = 0
    let bytes = columns.reduce(0) { $0 + $1.byteCount }
    if bytes > plan.memoryLimit {
      throw .tooLarge(path: plan.path, bytes: bytes, limit: plan.memoryLimit)
    }
  }

  /// Makes room for so many rows.
  mutating func reserve(_ rows: Int) {
    for column in 0..<columnCount { columns[column].reserve(rows, mode: plan.modes[column]) }
  }

  /// Takes the rows that the columns hold away, so that others can follow.
  ///
  /// A row of which only the first cells have arrived stays, as a pipe may be cut anywhere.
  mutating func takeRows() throws(DatasetError) -> [ParsedColumn] {
    try deal()
    let taken = columns
    for column in 0..<columnCount {
      let place = column * largestBlock
      let isWaiting = column < cellIndex && plan.modes[column] == .text && !block[place].isNaN
      let code = columns[column].removeRows(keeping: isWaiting ? Int(block[place]) : nil)
      if let code { block[place] = Double(code) }
    }
    lines.removeRows(before: rowCount)
    takenRows += rowCount
    rowCount = 0
    return taken
  }
}
