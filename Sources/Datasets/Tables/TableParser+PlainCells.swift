extension TableParser {
  /// Reads cells for as long as they are plain: numbers, texts without quotes or with simple ones,
  /// empty cells.
  ///
  /// It stops before any other cell, before blank lines, near the end of the bytes, and where enough
  /// is read, and says where; nothing is kept of the cell that it stops before.
  ///
  /// Nearly all cells are read here, so that each costs little: a number is read without a call, and
  /// what is kept of it goes to a place that is known before.
  mutating func readPlainCells(
    _ bytes: Span<UInt8>,
    from start: Int
  ) throws(DatasetError) -> Int {
    let plan = plan
    guard !plan.hasDecimalComma else { return start }
    let separator = EightBytes.Repeated(plan.separator)
    let limit = bytes.count - PlainCell.margin
    let lastRow = min(largestBlock, rowLimit.map { $0 - rowCount } ?? largestBlock)
    var position = start
    var (column, row) = (cellIndex, blockRows)
    if column == 0 { rowLine = line }
    let powers = exactPowersOfTen.span
    let modes = plan.modes.span
    // Both are taken out of the parser meanwhile, so that they are known to be apart from it.
    var (block, decimalCounts): ([Double], [DecimalCounts]) = ([], [])
    swap(&block, &self.block)
    swap(&decimalCounts, &self.decimalCounts)
    defer {
      swap(&block, &self.block)
      swap(&decimalCounts, &self.decimalCounts)
    }
    var cells = block.mutableSpan
    var counts = decimalCounts.mutableSpan
    reading: while position < limit && column < columnCount && row < lastRow {
      var end = position
      if bytes[end] == CSVDialect.space { end &+= 1 }
      var value = Double.nan
      var decimals = -1
      if modes[column] == .number {
        if let number = PlainCell.number(bytes, at: end, powers: powers) {
          (value, end, decimals) = number
        }
      } else if !CSVCell.isEnd(bytes[end], separator.byte) {
        guard let text = PlainCell.text(bytes, at: end, separator: separator) else { break }
        end = text.end
        if modes[column] == .text && !plan.missing.contains(bytes, text.range) {
          let code = columns[column].code(bytes, text.range)
          if code >= 0 { value = Double(code) }
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
          column > 0 || end > position
        else { break reading }
      }
      cells[column &* largestBlock &+ row] = value
      if decimals >= 0 { counts[column].note(decimals) }
      position = end &+ 1
      column &+= 1
      guard endsRow else { continue }
      if stop == CSVDialect.carriageReturn && bytes[position] == CSVDialect.lineFeed {
        position &+= 1
      }
      column = 0
      row &+= 1
      line &+= 1
      rowLine = line
    }
    if position > start { isAfterSeparator = column > 0 }
    (cellIndex, blockRows) = (column, row)
    return position
  }
}
