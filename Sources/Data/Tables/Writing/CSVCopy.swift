/// A copy of separated values with some of their cells replaced.
struct CSVCopy: RowCopy {
  private let plan: TableParser.Plan
  private var changes: CellChanges?
  var output: [UInt8] = []
  private(set) var row = 0
  private(set) var line: Int

  private var cell = 0
  private var rowsBegun = 0
  private var isHeader: Bool
  private var endsWithSeparator = false

  init(plan: TableParser.Plan) {
    self.plan = plan
    line = plan.firstLine
    isHeader = plan.hasHeader
  }

  mutating func begin(_ table: Table, given: Table?) {
    changes = CellChanges(table, given: given)
    row = 0
  }

  var isFinished: Bool { row >= (changes?.rowCount ?? 0) && cell == 0 }

  mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if cell == 0 && CSVDialect.endsLine(byte) {
        output.append(byte)
        position += 1
        continue
      }
      if cell == 0, byte == CSVDialect.hash, rowsBegun > 0, plan.remarks != .none {
        guard let end = remarkEnd(bytes, from: position, isLast: isLast) else { break }
        if end > position {
          append(bytes, position..<end)
          position = end
          line += 1
          continue
        }
      }
      // The line end of the last row belongs to it.
      if isFinished { break }
      let end =
        plan.format.isSeparatedByBlanks
        ? try copyWord(bytes, from: position, isLast: isLast)
        : try copyCell(bytes, from: position, isLast: isLast)
      guard let end else { break }
      position = end
    }
    return position
  }

  mutating func finish() {
    if endsWithSeparator { fill(quoted: false) }
    if cell > 0 || endsWithSeparator { endRow() }
  }

  private mutating func endRow() {
    if isHeader { isHeader = false } else { row += 1 }
    rowsBegun += 1
    (cell, endsWithSeparator) = (0, false)
    line += 1
  }

  private mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    for index in range { output.append(bytes[index]) }
  }

  /// The end of a line that is a remark, and its beginning where it is a row; nil where the bytes end within.
  private func remarkEnd(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var end = start
    while end < bytes.count && !CSVDialect.endsLine(bytes[end]) { end += 1 }
    guard end < bytes.count || isLast else { return nil }
    if plan.format.isSeparatedByBlanks {
      let line = BlankStream.compacted((start..<end).map { bytes[$0] })
      return plan.isRemark(line.span, 0..<line.count) ? end : start
    }
    return plan.isRemark(bytes, start..<end) ? end : start
  }

  /// Copies a cell with the separator or the line end behind it.
  private mutating func copyCell(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    let found: CSVCell?
    do throws(CSVCell.Failure) {
      found = try CSVCell(bytes, from: start, separator: plan.separator, isLast: isLast)
    } catch {
      throw failure(error, bytes.count - start)
    }
    guard let found else { return nil }
    keep(bytes, start..<found.end, found)
    endsWithSeparator = false
    guard found.end < bytes.count else { return found.end }
    output.append(bytes[found.end])
    endsWithSeparator = bytes[found.end] == plan.separator
    if !endsWithSeparator { endRow() }
    return found.end + 1
  }

  /// Copies a word with the blanks before it and those behind it, and with the line end that follows.
  private mutating func copyWord(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> Int? {
    var first = start
    while first < bytes.count && bytes[first] == CSVDialect.space { first += 1 }
    guard first < bytes.count else { return isLast ? copyBlanks(bytes, start..<first) : nil }
    // A line of blanks is no row.
    if CSVDialect.endsLine(bytes[first]) { return copyBlanks(bytes, start..<first) }
    let found =
      bytes[first] == CSVDialect.quote
      ? try quotedWord(bytes, from: first, isLast: isLast)
      : wordEnd(bytes, from: first, isLast: isLast).map { CSVCell(word: bytes, first..<$0) }
    guard let found else { return nil }
    var end = found.end
    while end < bytes.count && bytes[end] == CSVDialect.space { end += 1 }
    guard end < bytes.count || isLast else { return nil }
    append(bytes, start..<first)
    keep(bytes, first..<found.end, found)
    append(bytes, found.end..<end)
    guard end < bytes.count, CSVDialect.endsLine(bytes[end]) else { return end }
    output.append(bytes[end])
    endRow()
    return end + 1
  }

  private mutating func copyBlanks(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    append(bytes, range)
    return range.upperBound
  }

  private func wordEnd(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var end = start
    while end < bytes.count, bytes[end] != CSVDialect.space, !CSVDialect.endsLine(bytes[end]) {
      end += 1
    }
    return end < bytes.count || isLast ? end : nil
  }

  /// Reads a word in quotes, which may hold blanks and doubled quotes.
  private func quotedWord(
    _ bytes: Span<UInt8>,
    from start: Int,
    isLast: Bool
  ) throws(DatasetError) -> CSVCell? {
    var word = CSVCell()
    word.isQuoted = true
    var position = start + 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == CSVDialect.quote {
        guard position < bytes.count || isLast else { return nil }
        guard position < bytes.count, bytes[position] == CSVDialect.quote else {
          let ends =
            position == bytes.count || bytes[position] == CSVDialect.space
            || CSVDialect.endsLine(bytes[position])
          if !ends { throw failure(.textAfterQuote, 0) }
          word.end = position
          return word
        }
        position += 1
      } else if byte == CSVDialect.lineFeed {
        word.lineEnds += 1
      }
      word.text.append(byte)
    }
    if isLast { throw failure(.unterminatedQuote, bytes.count - start) }
    return nil
  }

  private func failure(_ failure: CSVCell.Failure, _ limit: Int) -> DatasetError {
    switch failure {
    case .textAfterQuote: .textAfterQuote(path: plan.path, line: line)
    case .unterminatedQuote: .unterminatedQuote(path: plan.path, line: line, limit: limit)
    }
  }

  /// Copies a cell, or writes the one that replaces it.
  private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>, _ found: CSVCell) {
    line += found.lineEnds
    let isMissing =
      changes?.isMissing(cell, found.text, isQuoted: found.isQuoted, plan) ?? false
    let isWritten = !isHeader && replace(isMissing: isMissing, quoted: found.isQuoted)
    if !isWritten { append(bytes, range) }
    cell += 1
  }

  /// Writes a missing cell at the end of the bytes.
  private mutating func fill(quoted: Bool) {
    if !isHeader { _ = replace(isMissing: true, quoted: quoted) }
    cell += 1
  }

  /// Writes the cell that replaces that of the file; false where that stays.
  private mutating func replace(isMissing: Bool, quoted: Bool) -> Bool {
    guard let changes, let text = changes.text(cell, row, isMissing: isMissing) else {
      return false
    }
    let isQuoted = quoted && !isMissing || plan.format.areQuoted[cell]
    if text.isEmpty && !plan.format.isSeparatedByBlanks && plan.names.count > 1 && !isQuoted {
      return true
    }
    // Between blanks a missing cell has a word.
    let isGone = text.isEmpty && plan.format.isSeparatedByBlanks
    plan.format.append(
      isGone ? "NA" : plan.format.decimals(text, of: changes.column(cell)),
      quoted: isQuoted,
      to: &output
    )
    return true
  }
}

extension CSVCell {
  /// A word that stands without quotes.
  fileprivate init(word bytes: Span<UInt8>, _ range: Range<Int>) {
    text = range.map { bytes[$0] }
    end = range.upperBound
  }
}
