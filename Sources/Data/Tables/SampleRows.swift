internal import HourglassSystem

/// The rows in the first bytes of a file, of which only what they show is kept.
struct SampleRows {
  /// `written` is a number that is not plain, or a code such as 007.
  enum CellKind {
    case missing, number, written, text

    /// Whether it is a number in whatever writing.
    var isNumber: Bool { self == .number || self == .written }
  }

  /// The most bytes that the cells of the first row may take, which are kept as texts.
  private static let firstRowLimit = 1 << 26
  /// The rows that must have as many cells as one another.
  private static let widthRows = 20

  let separator: UInt8
  let isWhole: Bool
  let missing: MissingWords
  let hasDecimalComma: Bool
  let quotesTexts: Bool
  /// Where the rows go on that are not scanned yet.
  private(set) var position = 0
  var line = 1

  /// The cells of the first row.
  private(set) var first: [CSVCell] = []
  /// Whether the first row names the columns, as it looks or as it was said.
  var header = false
  /// Whether the first row looks as if it did.
  private(set) var looksLikeHeader = false
  private(set) var columnCount = 0
  private(set) var hasRowNames = false
  private(set) var hasTrailingSeparators = false
  private(set) var remarks = RemarkRule.whereNoRowFits
  /// What each column shows below the first row.
  private(set) var columns: [ColumnEvidence] = []

  init(separator: UInt8, isWhole: Bool, _ hints: TableSample.Hints) {
    self.separator = separator
    self.isWhole = isWhole
    missing = hints.missing
    hasDecimalComma = hints.hasDecimalComma
    quotesTexts = hints.quotesTexts
  }

  /// Reads the first row and scans the others.
  ///
  /// - Parameter hasRemarks: Whether lines of remarks stand before the first row.
  mutating func read(
    _ bytes: Span<UInt8>,
    path: String,
    _ hints: TableSample.Hints,
    hasRemarks: Bool
  ) throws(DatasetError) {
    first = try firstRow(bytes, path: path, memoryLimit: hints.memoryLimit)
    findColumns(bytes, hints, hasRemarks: hasRemarks)
    scan(bytes)
    let kinds = first.map { kind($0) }
    looksLikeHeader = isHeader(kinds)
    switch hints.header {
    case .present: header = true
    case .absent: header = false
    case .automatic: header = looksLikeHeader || hasRowNames
    }
    guard !header else { return }
    for column in 0..<min(columnCount, kinds.count) {
      if kinds[column] == .text { columns[column].hasText = true }
      if kinds[column] == .written { columns[column].needsText = true }
    }
  }

  /// For each column whether one of the first rows holds a text, a number that is not plain, or a code.
  var holdsText: [Bool] { columns.map { $0.hasText || $0.needsText } }

  /// For each column whether all its cells stand in quotes.
  var areQuoted: [Bool] { columns.map { $0.hasQuotes && !$0.hasPlain } }

  /// Whether a text of the first row stands above a column of numbers.
  var isAboveNumbers: Bool {
    let offset = hasRowNames ? 1 : 0
    return first.indices.contains { index in
      guard index + offset < columnCount else { return false }
      let column = columns[index + offset]
      return kind(first[index]) == .text && column.hasNumber && !column.hasText
    }
  }

  /// The cells of the first row, which must end within the bytes.
  mutating func firstRow(
    _ bytes: Span<UInt8>,
    path: String,
    memoryLimit: Int
  ) throws(DatasetError) -> [CSVCell] {
    skipLineEnds(bytes)
    if position == bytes.count {
      throw isWhole ? .emptyFile(path: path) : .mostlyBlank(path: path, bytes: position, cells: 0)
    }
    var cells: [CSVCell] = []
    var size = 0
    let limit = min(memoryLimit, Self.firstRowLimit)
    while true {
      let cell: CSVCell?
      do throws(CSVCell.Failure) {
        cell = try CSVCell(bytes, from: position, separator: separator, isLast: isWhole)
      } catch {
        throw error == .textAfterQuote
          ? .textAfterQuote(path: path, line: line)
          : .unterminatedQuote(path: path, line: line, limit: bytes.count - position)
      }
      guard let cell else { throw .cellTooLong(path: path, line: line, limit: bytes.count) }
      if let byte = cell.text.first(where: CSVCell.isControl) {
        throw .controlByte(path: path, line: line, byte: byte)
      }
      if String(validating: cell.text, as: UTF8.self) == nil {
        throw .notUTF8(path: path, line: line)
      }
      if cell.text.count > ByteSource.standardWindowSize {
        throw .cellTooLong(path: path, line: line, limit: ByteSource.standardWindowSize)
      }
      cells.append(cell)
      size += cell.text.count + 64
      if size > limit { throw .tooLarge(path: path, bytes: size, limit: limit) }
      if cells.count > CSVDialect.columnLimit {
        throw .tooManyColumns(path: path, limit: CSVDialect.columnLimit)
      }
      position = cell.end
      guard position < bytes.count else { return cells }
      let byte = bytes[position]
      position += 1
      if byte != separator { return cells }
    }
  }

  /// Finds the number of columns: that of the cells of the first row, but for the last one where it and those of
  /// all rows are empty, and with one more where all rows have one more, which names them or is empty.
  private mutating func findColumns(
    _ bytes: Span<UInt8>,
    _ hints: TableSample.Hints,
    hasRemarks: Bool
  ) {
    var (widths, endEmpty): (Set<Int>, Bool) = ([], true)
    var firstCells: [[UInt8]] = []
    var (rows, marked) = (0, 0)
    forEachRow(bytes, from: position, limit: Self.widthRows) { cells, startsWithSign in
      if startsWithSign {
        marked += 1
        // A line of another length is a remark.
        if hasRemarks || cells.count != first.count { return }
      }
      rows += 1
      widths.insert(cells.count)
      firstCells.append(cells[0].text)
      if cells.last?.text.isEmpty != true || cells.last?.isQuoted == true { endEmpty = false }
    }
    if hasRemarks { remarks = 2 * marked <= marked + rows ? .all : .whereNoRowFits }
    columnCount = first.count
    let last = first[first.count - 1]
    let hasNoLastName = last.text.isEmpty && !last.isQuoted
    if rows > 0, endEmpty, widths == [first.count], hasNoLastName, first.count > 2,
      !hints.wanted.contains("column \(first.count)")
    {
      hasTrailingSeparators = true
      columnCount -= 1
    } else if rows > 0, widths == [first.count + 1], hints.header != .absent {
      hasTrailingSeparators = endEmpty
      let isNamed = !first.contains { kind($0).isNumber } || hints.header == .present
      // The names of rows are all different.
      hasRowNames =
        !endEmpty && first.count > 1 && isNamed && Set(firstCells).count == firstCells.count
      if hasRowNames { columnCount += 1 }
    }
    if rows == 0, !hints.expected.isEmpty {
      // Of a pipe the header alone has arrived.
      hasTrailingSeparators = true
      hasRowNames =
        hints.expected.contains("column 1") && !first.contains { $0.string == "column 1" }
      if hasRowNames { columnCount += 1 }
    }
    if columnCount < 2 && remarks == .whereNoRowFits { remarks = .none }
  }

  /// Gives the cells of the next rows, as far as they are whole and in order.
  private func forEachRow(
    _ bytes: Span<UInt8>,
    from start: Int,
    limit: Int,
    _ body: ([CSVCell], _ startsWithSign: Bool) -> Void
  ) {
    var other = self
    other.position = start
    for _ in 0..<limit {
      other.skipLineEnds(bytes)
      guard other.position < bytes.count else { return }
      let startsWithSign = bytes[other.position] == CSVDialect.hash
      var cells: [CSVCell] = []
      while true {
        guard
          let cell = try? CSVCell(
            bytes,
            from: other.position,
            separator: separator,
            isLast: isWhole
          )
        else { return }
        cells.append(cell)
        other.position = cell.end
        guard other.position < bytes.count else { break }
        other.position += 1
        if bytes[other.position - 1] != separator { break }
      }
      body(cells, startsWithSign)
    }
  }

  /// Notes what each column holds in the rows that follow, as far as they are whole and in order.
  private mutating func scan(_ bytes: Span<UInt8>) {
    columns = first.indices.map { _ in ColumnEvidence() }
    while columns.count < columnCount { columns.append(ColumnEvidence()) }
    let offset = hasRowNames ? 1 : 0
    let fits = columnCount...(hasTrailingSeparators ? columnCount + 1 : columnCount)
    var (column, row) = (0, 0)
    skipLineEnds(bytes)
    while position < bytes.count, column < fits.upperBound {
      if column == 0, bytes[position] == CSVDialect.hash, skipsRemark(bytes, fits) { continue }
      guard let cell = try? CSVCell(bytes, from: position, separator: separator, isLast: isWhole)
      else { break }
      if column < columnCount {
        let above = column >= offset && column - offset < first.count ? first[column - offset] : nil
        let kind = kind(cell)
        let number = kind.isNumber ? number(cell) : nil
        columns[column].take(cell, kind, row: row, above: above, number)
      }
      position = cell.end
      guard position < bytes.count else { break }
      column = bytes[position] == separator ? column + 1 : 0
      position += 1
      if column == 0 {
        row += 1
        skipLineEnds(bytes)
      }
    }
    columns.removeLast(columns.count - columnCount)
  }

  /// Steps over a line of remarks; false where the line is a row.
  private mutating func skipsRemark(_ bytes: Span<UInt8>, _ fits: ClosedRange<Int>) -> Bool {
    var end = position
    while end < bytes.count && !CSVDialect.endsLine(bytes[end]) { end += 1 }
    guard
      TextPreamble.isRemark(
        bytes,
        position..<end,
        rule: remarks,
        separator: separator,
        fits: fits
      )
    else { return false }
    position = end
    skipLineEnds(bytes)
    return true
  }

  /// What a cell is beside the others of its column.
  func kind(_ cell: CSVCell) -> CellKind {
    let text = cell.text
    if quotesTexts && cell.isQuoted { return .text }
    if let number = TableNumber(cell: text.span, 0..<text.count) {
      var counts = DecimalCounts()
      counts.note(number, text.span, from: 0)
      let isPlain =
        number.value.isFinite && !counts.needTexts && !NumberFacts.mayBeDate(number.value)
      return isPlain ? .number : .written
    }
    if missing.contains(text.span, 0..<text.count) || missing.isStandIn(text) { return .missing }
    // Infinity is a number that is refused, and no reason to read its column as texts.
    if text.count <= 9 && TableParser.isInfinity(cell.string) { return .number }
    // A column of 1h and 2h may be one of numbers, but a first row of them has names.
    return NumberCell(text).map { !$0.affix.isLetterUnit } == true ? .written : .text
  }

  /// The number that a cell is.
  private func number(_ cell: CSVCell) -> Double? {
    let text = cell.text
    if let number = TableNumber(cell: text.span, 0..<text.count) { return number.value }
    let number = NumberCell(text)
    let decimal: NumberCell.Mark = hasDecimalComma ? .comma : .point
    return number?.value(decimal) ?? number?.value(decimal == .comma ? .point : .comma)
  }

  /// Whether the first row names the columns.
  ///
  /// It does where it has a text above a column of numbers. It does where it has texts alone. Where it has numbers,
  /// it does if these look like names beside the numbers below them (`HeaderNumbers`).
  private func isHeader(_ firstRow: [CellKind]) -> Bool {
    if isAboveNumbers { return true }
    guard firstRow.contains(where: \.isNumber) else {
      // Texts that all come again below them are values.
      let areValues =
        columnCount > 1 && firstRow.count == columnCount
        && columns.allSatisfy { $0.repeatsFirst }
      return firstRow.contains(.text) && !areValues
    }
    guard !hasRowNames, firstRow.count >= columnCount else { return false }
    let places = (0..<columnCount).filter { firstRow[$0].isNumber }
    let texts = (0..<columnCount).filter { firstRow[$0] == .text }
    if texts.contains(where: { columns[$0].repeatsFirst }) { return false }
    let numbers = HeaderNumbers(
      values: places.map { number(first[$0]) ?? .nan },
      columns: places.map { columns[$0] },
      hasTexts: !texts.isEmpty
    )
    return numbers.areNames
  }

  private mutating func skipLineEnds(_ bytes: Span<UInt8>) {
    while position < bytes.count, CSVDialect.endsLine(bytes[position]) {
      if bytes[position] == CSVDialect.lineFeed { line += 1 }
      position += 1
    }
  }
}
