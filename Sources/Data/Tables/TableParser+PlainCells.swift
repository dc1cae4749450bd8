extension TableParser {
  /// Reads cells for as long as they are plain: numbers, texts without quotes or with simple ones,
  /// empty cells.
  ///
  /// It stops before any other cell, before blank lines, near the end of the bytes, and where enough
  /// is read, and says where; nothing is kept of the cell that it stops before.
  ///
  /// Nearly all cells are read here, so that each costs little: numbers are read by one call for many
  /// of them, and texts where they stand.
  mutating func readPlainCells(
    _ bytes: Span<UInt8>,
    from start: Int
  ) throws(DatasetError) -> Int {
    let separator = EightBytes.Repeated(plan.separator)
    let limit = bytes.count - NumberCells.margin
    let lastRow = min(largestBlock, rowLimit.map { $0 - rowCount } ?? largestBlock)
    var place = NumberCells.Place(position: start, column: cellIndex, row: blockRows)
    if cellIndex == 0 { beginRow() }
    while place.position < limit && place.column < columnCount && place.row < lastRow {
      let before = place
      // A line may be a remark.
      if place.column == 0, bytes[place.position] == CSVDialect.hash { break }
      if plan.modes[place.column] == .number {
        NumberCells.read(
          bytes,
          at: &place,
          lastRow: lastRow,
          separator: separator.byte,
          areNumbers: areNumbers,
          block: &block,
          decimals: &decimalCounts
        )
      } else {
        try readPlainText(bytes, at: &place, separator)
      }
      if place.position == before.position { break }
      if place.row > before.row {
        line += place.row - before.row
        rowLine = line
      }
    }
    if place.position > start { isAfterSeparator = place.column > 0 }
    (cellIndex, blockRows) = (place.column, place.row)
    return place.position
  }

  /// Reads one cell of a column of texts, or of one that is stepped over, where it is plain.
  private mutating func readPlainText(
    _ bytes: Span<UInt8>,
    at place: inout NumberCells.Place,
    _ separator: EightBytes.Repeated
  ) throws(DatasetError) {
    let column = place.column
    var end = place.position
    if bytes[end] == CSVDialect.space { end &+= 1 }
    let isQuoted = bytes[end] == CSVDialect.quote
    var value = Double.nan
    if !CSVCell.isEnd(bytes[end], separator.byte) {
      // Whether a line feed follows a carriage return is seen where there are further bytes.
      guard let text = PlainCell.text(bytes, at: end, separator: separator),
        text.end &+ 1 < bytes.count
      else { return }
      end = text.end
      let isText = plan.modes[column] == .text
      let word =
        isText ? plan.missingWord(bytes, text.range, column: column, isQuoted: isQuoted) : nil
      if let word {
        columns[column].noteMissing(word)
      } else if isText {
        let code = columns[column].code(bytes, text.range)
        value = Double(code)
        if columns[column].pool.holdsOtherBytes {
          throw .notUTF8(path: plan.path, line: rowLine)
        }
      }
    }
    let stop = bytes[end]
    let endsRow = stop != separator.byte
    if endsRow {
      // A row of one cell without a byte is a blank line, which is none.
      guard CSVCell.isEnd(stop, separator.byte), column &+ 1 == columnCount,
        column > 0 || end > place.position
      else { return }
    }
    block[column &* largestBlock &+ place.row] = value
    place.position = end &+ 1
    place.column &+= 1
    guard endsRow else { return }
    if stop == CSVDialect.carriageReturn && bytes[place.position] == CSVDialect.lineFeed {
      place.position &+= 1
    }
    place.column = 0
    place.row &+= 1
  }
}

extension TableParser.Plan {
  /// The number of the word for a missing cell that a cell holds, 0 for none in it; nil for another cell.
  ///
  /// In quotes stand texts: such a word is one in a column of texts. Among numbers it is missing.
  @inline(__always)
  func missingWord(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    column: Int,
    isQuoted: Bool
  ) -> Int? {
    guard let word = columnMissing[column].place(of: bytes, range) else {
      return modes[column] == .number ? columnMissing[column].standIn(bytes, range) : nil
    }
    if isQuoted, modes[column] == .text, !columnMissing[column].holdsInQuotes(word) { return nil }
    return word
  }
}
