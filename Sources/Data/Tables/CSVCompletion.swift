internal import HourglassSystem
internal import HourglassTensors

/// Writes a file of separated values again with its missing cells filled, block by block.
///
/// Every other byte stays as it is: the header, the separators, the quotes, the line ends, and the way
/// each number is written. Runs of blanks between cells alone become tabs.
public final class CSVCompletion {
  private static let pieceSize = 1 << 18

  private let path: String
  private let bytes: ByteSource
  private let file: AtomicFile
  private var copy: Copy

  /// Whether a file holds separated values, and no array or images.
  ///
  /// - Throws: Why the file cannot be read.
  public static func applies(to path: String) throws(DatasetError) -> Bool {
    let beginning = try ByteSource(path: path).firstUnread(12)
    return !NPYHeader.isBeginning(beginning) && !ZipArchive.isBeginning(beginning)
      && !IDXFile.isBeginning(beginning) && !TSFile.isBeginning(beginning, path: path)
  }

  /// Opens both files.
  ///
  /// - Parameters:
  ///   - path: The file that is made or replaced, whole or not at all.
  ///   - source: The file that the rows were read from; it is read once more.
  ///   - columns: The names of the columns.
  ///   - options: As the rows were read.
  /// - Throws: What is wrong with the file, such as that it has changed since.
  public init(
    replacing path: String,
    from source: String,
    columns: [String],
    options: TableOptions = TableOptions()
  ) throws(DatasetError) {
    self.path = source
    bytes = try ByteSource(path: source)
    let hasMark = bytes.firstUnread(3) == [0xef, 0xbb, 0xbf]
    let plan = try TableParser.Plan(bytes, options: options, memoryLimit: MemoryLimit.standard)
    guard plan.names == columns else {
      throw .table(
        .missingColumn(
          path: source,
          name: columns.first { !plan.names.contains($0) } ?? "",
          found: plan.names
        )
      )
    }
    do throws(FileError) {
      file = try AtomicFile(replacing: path)
    } catch {
      throw .file(error)
    }
    copy = Copy(plan: plan)
    if hasMark { copy.output = [0xef, 0xbb, 0xbf] }
  }

  /// Writes the next rows of the file with the cells of a table where they have none.
  ///
  /// - Parameter table: The same rows and columns in their order, with missing cells filled.
  /// - Throws: What is wrong with the file, such as that it has fewer rows by now.
  public func append(_ table: Table) throws(DatasetError) {
    copy.begin(table)
    while !copy.isFinished {
      let isLast = bytes.isAtEnd
      let used = try bytes.withUnread { (unread) throws(DatasetError) in
        try copy.consume(unread, isLast: isLast)
      }
      bytes.discard(used)
      if copy.output.count >= Self.pieceSize { try flush() }
      if isLast {
        copy.finish()
        break
      }
      if used == 0 && bytes.isFull {
        throw DatasetError.cellTooLong(path: path, line: copy.line, limit: bytes.windowSize)
      }
      if !copy.isFinished { try bytes.fill() }
    }
    guard copy.row == table.rowCount else {
      throw DatasetError.noRows(path: path, columns: table.columns.count)
    }
  }

  /// Puts the file in its place; rows behind the last one that was appended are left out.
  public func commit() throws(DatasetError) {
    try flush()
    do throws(FileError) {
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  private func flush() throws(DatasetError) {
    do throws(FileError) {
      try file.write(copy.output)
    } catch {
      throw .file(error)
    }
    copy.output.removeAll(keepingCapacity: true)
  }

  /// A copy that is made from the bytes as they arrive.
  private struct Copy {
    let plan: TableParser.Plan
    private var table: Table?
    var output: [UInt8] = []
    var row = 0
    var line = 1

    private var cell = 0
    private var isHeader: Bool
    private var endsWithSeparator = false

    init(plan: TableParser.Plan) {
      self.plan = plan
      isHeader = plan.hasHeader
    }

    /// Goes on with the rows of a table.
    mutating func begin(_ table: Table) {
      self.table = table
      row = 0
    }

    private var rowCount: Int { table?.rowCount ?? 0 }

    var isFinished: Bool { row >= rowCount && cell == 0 }

    /// Copies the whole cells at the beginning of some bytes, and says how many bytes they take.
    mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int {
      var position = 0
      while position < bytes.count {
        let byte = bytes[position]
        if cell == 0 && (byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn) {
          output.append(byte)
          position += 1
          continue
        }
        // The line end of the last row belongs to it.
        if isFinished { break }
        guard let end = try copyCell(bytes, from: position, isLast: isLast) else { break }
        position = end
        cell += 1
        endsWithSeparator = false
        guard position < bytes.count else { break }
        output.append(bytes[position])
        endsWithSeparator = bytes[position] == plan.separator
        if !endsWithSeparator { endRow() }
        position += 1
      }
      return position
    }

    /// Ends the last row, which needs no line end.
    mutating func finish() {
      if endsWithSeparator { fill(cell) }
      if cell > 0 { endRow() }
    }

    private mutating func endRow() {
      if isHeader { isHeader = false } else { row += 1 }
      cell = 0
      line += 1
    }

    private mutating func copyCell(
      _ bytes: Span<UInt8>,
      from start: Int,
      isLast: Bool
    ) throws(DatasetError) -> Int? {
      let found: CSVCell?
      do throws(CSVCell.Failure) {
        found = try CSVCell(bytes, from: start, separator: plan.separator, isLast: isLast)
      } catch {
        throw .textAfterQuote(path: plan.path, line: line)
      }
      guard let found else { return nil }
      line += found.lineEnds
      let isMissing = plan.missing.contains(found.text.span, 0..<found.text.count)
      if isHeader || !isMissing || !fill(cell) {
        for index in start..<found.end { output.append(bytes[index]) }
      }
      return found.end
    }

    /// Appends the table's cell in place of a missing one; false where the table has none either.
    @discardableResult
    private mutating func fill(_ column: Int) -> Bool {
      guard let table, !isHeader, column < table.columns.count, row < table.rowCount,
        var text = table.columns[column].text(row)
      else { return false }
      if plan.hasDecimalComma, case .numbers = table.columns[column].cells,
        table.columns[column].dateFormat == nil
      {
        text = String(text.map { $0 == "." ? "," : $0 })
      }
      let special = [
        CSVDialect.quote, CSVDialect.lineFeed, CSVDialect.carriageReturn, plan.separator,
      ]
      let bytes = Array(text.utf8)
      let isPlain =
        !bytes.isEmpty && !bytes.contains { special.contains($0) }
        && bytes.first != CSVDialect.space && bytes.last != CSVDialect.space
      if isPlain {
        output += bytes
        return true
      }
      output.append(CSVDialect.quote)
      for byte in bytes {
        if byte == CSVDialect.quote { output.append(byte) }
        output.append(byte)
      }
      output.append(CSVDialect.quote)
      return true
    }
  }
}
