internal import HourglassSystem

/// What the beginning of a table shows: its separator, its names, and which columns hold texts.
struct TableSample {
  let separator: UInt8
  let hasHeader: Bool
  /// The names of the columns, all different.
  let names: [String]
  /// For each column whether one of the first rows holds a text.
  let holdsText: [Bool]

  /// The most columns that a table may have.
  static let columnLimit = 1_000_000

  /// Looks at the first bytes of a file.
  ///
  /// - Parameters:
  ///   - isWhole: Whether these are all bytes of the file.
  ///   - expected: Names that the first row has. Where they determine the separator, no other row is
  ///     read, so that a pipe of which one row has arrived is read as its whole is.
  /// - Throws: What is wrong with the first row.
  init(
    _ bytes: Span<UInt8>,
    path: String,
    isWhole: Bool,
    header: TableOptions.Header,
    hasDecimalComma: Bool,
    missing: MissingWords,
    memoryLimit: Int,
    expected: [String] = []
  ) throws(DatasetError) {
    let separator =
      CSVDialect.candidates.first { candidate in
        guard !expected.isEmpty else { return false }
        var rows = SampleRows(separator: candidate, isWhole: isWhole, missing: missing)
        let row = try? rows.firstRow(bytes, path: path, memoryLimit: memoryLimit)
        let names = Set(row?.map(\.string) ?? [])
        return names.count > 1 && names.isSuperset(of: expected)
      } ?? CSVDialect.separator(in: bytes, isWhole: isWhole)
    var rows = SampleRows(separator: separator, isWhole: isWhole, missing: missing)
    rows.hasDecimalComma = hasDecimalComma
    let first = try rows.firstRow(bytes, path: path, memoryLimit: memoryLimit)
    rows.scan(bytes, columnCount: first.count)
    let firstKinds = first.map { rows.kind($0) }
    let hasHeader =
      switch header {
      case .present: true
      case .absent: false
      case .automatic: rows.isHeader(firstKinds)
      }
    self.separator = separator
    self.hasHeader = hasHeader
    holdsText = firstKinds.indices.map {
      rows.hasText[$0] || (!hasHeader && firstKinds[$0] == .text)
    }
    names = Self.names(first, areHeader: hasHeader)
  }

  /// The names of the columns by the cells of the first row.
  static func names(_ cells: [CSVCell], areHeader: Bool) -> [String] {
    unique(
      cells.enumerated().map { index, cell in
        areHeader && !cell.text.isEmpty ? cell.string : "column \(index + 1)"
      }
    )
  }

  /// The cells of the first row and where it ends with its line end; nil where there are blank lines alone.
  static func firstRow(
    _ bytes: Span<UInt8>,
    path: String,
    isWhole: Bool,
    separator: UInt8
  ) throws(DatasetError) -> (cells: [CSVCell], end: Int)? {
    var rows = SampleRows(separator: separator, isWhole: isWhole, missing: MissingWords(adding: []))
    do throws(DatasetError) {
      let cells = try rows.firstRow(bytes, path: path, memoryLimit: MemoryLimit.standard)
      let end = rows.position
      let isAfterReturn = end > 0 && bytes[end - 1] == CSVDialect.carriageReturn
      let takesTwo = isAfterReturn && end < bytes.count && bytes[end] == CSVDialect.lineFeed
      return (cells, takesTwo ? end + 1 : end)
    } catch .emptyFile {
      return nil
    }
  }

  /// The names with a number behind those that were there before, as in "x" and "x (2)".
  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    let all = Set(names)
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var count = 2
      while all.contains("\(name) (\(count))") || seen.contains("\(name) (\(count))") { count += 1 }
      seen.insert("\(name) (\(count))")
      return "\(name) (\(count))"
    }
  }
}

/// The rows in the first bytes of a file, of which only what they show is kept.
private struct SampleRows {
  enum CellKind { case missing, number, text }

  /// The most bytes that the cells of the first row may take, which are kept as texts.
  private static let firstRowLimit = 1 << 26

  let separator: UInt8
  let isWhole: Bool
  let missing: MissingWords
  /// Where the rows go on that are not scanned yet.
  var position = 0
  var line = 1
  var hasDecimalComma = false
  var hasText: [Bool] = []
  var hasNumber: [Bool] = []

  init(separator: UInt8, isWhole: Bool, missing: MissingWords) {
    self.separator = separator
    self.isWhole = isWhole
    self.missing = missing
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
      cells.append(cell)
      size += cell.text.count + 64
      if size > limit { throw .tooLarge(path: path, bytes: size, limit: limit) }
      if cells.count > TableSample.columnLimit {
        throw .tooManyColumns(path: path, limit: TableSample.columnLimit)
      }
      position = cell.end
      guard position < bytes.count else { return cells }
      let byte = bytes[position]
      position += 1
      if byte != separator { return cells }
    }
  }

  /// Notes what each column holds in the rows that follow, as far as they are whole and in order.
  mutating func scan(_ bytes: Span<UInt8>, columnCount: Int) {
    hasText = Array(repeating: false, count: columnCount)
    hasNumber = hasText
    var column = 0
    skipLineEnds(bytes)
    while position < bytes.count, column < columnCount,
      let cell = try? CSVCell(bytes, from: position, separator: separator, isLast: isWhole)
    {
      switch kind(cell) {
      case .text: hasText[column] = true
      case .number: hasNumber[column] = true
      case .missing: break
      }
      position = cell.end
      guard position < bytes.count else { return }
      column = bytes[position] == separator ? column + 1 : 0
      position += 1
      if column == 0 { skipLineEnds(bytes) }
    }
  }

  /// What a cell is beside the others of its column.
  func kind(_ cell: CSVCell) -> CellKind {
    let text = cell.text
    if TableNumber(cell: text.span, 0..<text.count, hasDecimalComma: hasDecimalComma) != nil {
      return .number
    }
    if missing.contains(text.span, 0..<text.count) { return .missing }
    // Infinity is a number that is refused, and no reason to read its column as texts.
    return text.count <= 9 && TableParser.isInfinity(cell.string) ? .number : .text
  }

  /// Whether the first row names the columns.
  ///
  /// It does where it has a text above a column of numbers. It does not where it has a number
  /// otherwise. Where there are only texts, it does.
  func isHeader(_ firstRow: [CellKind]) -> Bool {
    let isAboveNumbers = firstRow.indices.contains {
      firstRow[$0] == .text && hasNumber[$0] && !hasText[$0]
    }
    return isAboveNumbers || (firstRow.contains(.text) && !firstRow.contains(.number))
  }

  private mutating func skipLineEnds(_ bytes: Span<UInt8>) {
    while position < bytes.count,
      bytes[position] == CSVDialect.lineFeed || bytes[position] == CSVDialect.carriageReturn
    {
      if bytes[position] == CSVDialect.lineFeed { line += 1 }
      position += 1
    }
  }
}
