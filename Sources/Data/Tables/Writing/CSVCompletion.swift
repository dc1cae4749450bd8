internal import HourglassSystem

/// Writes a file of separated values or JSON lines again with some of its cells replaced, block by block.
///
/// Every other byte stays as it is: what stands before the header, the header, the separators, the quotes, the line
/// ends, remarks, and the way each number is written. The encoding and a byte-order mark stay too.
package final class CSVCompletion {
  private static let pieceSize = 1 << 18

  private let path: String
  private let source: String
  private let bytes: ByteSource
  private let file: AtomicFile
  private var copy: any RowCopy

  /// Whether a file holds separated values or JSON lines, and no array or images.
  ///
  /// - Throws: Why the file cannot be read.
  package static func applies(to path: String) throws(DatasetError) -> Bool {
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
  package init(
    replacing path: String,
    from source: String,
    columns: [String],
    options: TableOptions = TableOptions()
  ) throws(DatasetError) {
    self.path = path
    self.source = source
    var plan = try TableParser.Plan(
      ByteSource(path: source),
      options: options,
      memoryLimit: MemoryLimit.standard
    )
    guard plan.names == columns else {
      throw .table(
        .missingColumn(
          path: source,
          name: columns.first { !plan.names.contains($0) } ?? "",
          found: plan.names
        )
      )
    }
    bytes = try plan.writtenSource()
    // Of several files the blanks come as tabs.
    if bytes.isOfParts { plan.format.isSeparatedByBlanks = false }
    let whole = plan
    do throws(FileError) {
      file = try AtomicFile(replacing: path)
    } catch {
      throw .file(error)
    }
    copy = plan.format.isJSONLines ? JSONCopy(plan: plan) : CSVCopy(plan: plan)
    if plan.format.hasByteOrderMark { try write(bytes.encoding.byteOrderMark) }
    let isWhole = bytes.isAtEnd
    let preamble = try bytes.withUnread { whole.preamble(of: $0, isWhole: isWhole) }
    copy.output = bytes.firstUnread(preamble)
    bytes.discard(preamble)
  }

  /// Writes the next rows of the file with the cells of a table where they have none.
  ///
  /// - Parameters:
  ///   - table: The same rows and columns in their order.
  ///   - given: The rows as they were read: the cells in which the table differs are replaced. Without them the
  ///     cells are that are missing in the file and not in the table.
  /// - Throws: What is wrong with the file, such as that it has fewer rows by now.
  package func append(_ table: Table, given: Table? = nil) throws(DatasetError) {
    copy.begin(table, given: given)
    while !copy.isFinished {
      let isLast = bytes.isAtEnd
      let used = try bytes.withUnread { (unread) throws(DatasetError) in
        try copy.consume(unread, isLast: isLast)
      }
      bytes.discard(used)
      if copy.output.count >= Self.pieceSize { try flush() }
      if isLast {
        try copy.finish()
        break
      }
      if used == 0 && bytes.isFull {
        throw DatasetError.cellTooLong(path: source, line: copy.line, limit: bytes.windowSize)
      }
      if !copy.isFinished { try bytes.fill() }
    }
    guard copy.row == table.rowCount else {
      throw DatasetError.noRows(path: source, columns: table.columns.count)
    }
  }

  /// Puts the file in its place; rows behind the last one that was appended are left out.
  package func commit() throws(DatasetError) {
    try copyEnd()
    try flush()
    do throws(FileError) {
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  /// Copies blank lines and remarks that stand behind the last row of the file.
  private func copyEnd() throws(DatasetError) {
    while true {
      let isLast = bytes.isAtEnd
      let used = try bytes.withUnread { (unread) throws(DatasetError) in
        try copy.consume(unread, isLast: isLast)
      }
      bytes.discard(used)
      if copy.output.count >= Self.pieceSize { try flush() }
      // A further row is not asked for; a remark may be cut by the end of the window.
      if isLast || (used == 0 && bytes.isFull) { return }
      try bytes.fill()
    }
  }

  private func flush() throws(DatasetError) {
    var encoded: [UInt8] = []
    if let other = bytes.encoding.encode(copy.output, to: &encoded) {
      throw .notInEncoding(path: path, encoding: bytes.encoding, text: String(other))
    }
    try write(encoded)
    copy.output.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(DatasetError) {
    do throws(FileError) {
      try file.write(bytes)
    } catch {
      throw .file(error)
    }
  }
}

/// A copy of rows that is made from the bytes as they arrive.
protocol RowCopy {
  /// What is written so far and not taken away.
  var output: [UInt8] { get set }
  /// The rows of the table at hand that are written.
  var row: Int { get }
  /// The line of the file that is read now.
  var line: Int { get }
  /// Whether all rows of the table are written.
  var isFinished: Bool { get }

  /// Goes on with the rows of a table.
  mutating func begin(_ table: Table, given: Table?)

  /// Copies what is whole at the beginning of some bytes, and says how many bytes they take.
  mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int

  /// Ends the last row, which needs no line end.
  mutating func finish() throws(DatasetError)
}

/// The cells of a table that are written in place of those that the file has.
struct CellChanges {
  private let table: Table
  private let given: Table?

  init(_ table: Table, given: Table?) {
    precondition(
      given == nil || given?.rowCount == table.rowCount,
      "the rows as they were given are as many as the new ones"
    )
    self.table = table
    self.given = given
  }

  /// The number of rows.
  var rowCount: Int { table.rowCount }

  /// The column of a place.
  func column(_ column: Int) -> Table.Column { table.columns[column] }

  /// The text of a cell that replaces another one; nil where that stays.
  ///
  /// - Parameter isMissing: Whether the file has no cell there.
  func text(_ column: Int, _ row: Int, isMissing: Bool) -> String? {
    guard column < table.columns.count, row < table.rowCount else { return nil }
    guard let given else { return isMissing ? table.columns[column].text(row) : nil }
    let (new, old) = (table.columns[column], given.columns[column])
    // What is no value of its column stays as it is, and so does a number that is written in another way.
    if old.isMissing(row) && old.originals[row] != nil { return nil }
    if case .numbers(let numbers, _) = new.cells, case .numbers(let others, _) = old.cells,
      !new.isMissing(row), !old.isMissing(row), numbers[row] == others[row]
    {
      return nil
    }
    let text = new.text(row)
    return text == old.text(row) ? nil : text ?? ""
  }

  /// Whether a cell of the file was read as a missing one.
  func isMissing(_ column: Int, _ text: [UInt8], isQuoted: Bool, _ plan: TableParser.Plan) -> Bool {
    guard column < plan.columnMissing.count, column < table.columns.count else { return false }
    let words = plan.columnMissing[column]
    if case .numbers = table.columns[column].cells {
      let number = TableNumber(cell: text.span, 0..<text.count)
      return words.contains(text) || words.isStandIn(text)
        || number.map { words.place(of: $0.value) != nil } ?? false
    }
    // Quotes make such a word a text.
    return words.place(of: text.span, 0..<text.count)
      .map { !isQuoted || words.holdsInQuotes($0) } ?? false
  }
}
