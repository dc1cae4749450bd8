internal import HourglassSystem
package import HourglassTensors

/// A table that is written to a file as separated values, by commas unless another format is given, or as JSON
/// lines.
///
/// The file takes its place when it is whole: nothing has changed at its path before `commit()`,
/// and a writer that is given up leaves no trace. Numbers are written with the fewest digits that
/// give back the same single-precision number.
///
///     let writer = try CSVWriter(replacing: "codes.csv", columns: ["x", "y"])
///     try writer.append(codes)  // [rows, 2]
///     try writer.commit()
///
/// Reference: Shafranovich, 2005, RFC 4180, section 2.
package final class CSVWriter {
  private static let pieceSize = 1 << 18

  private let path: String
  private let file: AtomicFile
  private let format: TextFormat
  private let columns: [String]
  /// For each column whether its cells stand in quotes.
  private let areQuoted: [Bool]
  private var piece: [UInt8] = []
  /// The bytes that were handed on to the file.
  package private(set) var byteCount = 0

  private var columnCount: Int { columns.count }

  /// Begins a table that will replace a file.
  ///
  /// - Parameters:
  ///   - path: The file, which is made or replaced by `commit()`: JSON lines where it ends in `.jsonl` or
  ///     `.ndjson`, and separated by tabs where it ends in `.tsv`.
  ///   - columns: The names of the columns, at least one.
  /// - Throws: Why the file cannot be written.
  package convenience init(replacing path: String, columns: [String]) throws(DatasetError) {
    try self.init(replacing: path, columns: columns, like: TextFormat())
  }

  /// Begins a table that will replace a file, and is written as another one.
  ///
  /// - Parameters:
  ///   - path: The file; what its ending says goes before the format.
  ///   - columns: The names of the columns, at least one.
  ///   - format: How the other file is written.
  /// - Throws: Why the file cannot be written.
  package init(
    replacing path: String,
    columns: [String],
    like format: TextFormat
  ) throws(DatasetError) {
    precondition(!columns.isEmpty, "a table has at least one column")
    self.path = path
    self.columns = columns
    let format = format.adapted(to: path)
    self.format = format
    let places = columns.map { format.names.firstIndex(of: $0) }
    areQuoted = places.map { place in
      place.map { format.areQuoted.indices.contains($0) && format.areQuoted[$0] } ?? false
    }
    do throws(FileError) {
      file = try AtomicFile(replacing: path)
      if format.hasByteOrderMark { try file.write(format.encoding.byteOrderMark) }
    } catch {
      throw .file(error)
    }
    piece.reserveCapacity(Self.pieceSize + 1 << 12)
    if !format.isJSONLines { appendHeader(places) }
  }

  /// Appends what stands before the first row.
  private func appendHeader(_ places: [Int?]) {
    if format.namesSeparator {
      piece += Array("sep=".utf8) + [format.separator] + format.lineEnd
    }
    guard format.hasHeader else { return }
    let hasNoFirst = format.hasRowNames && places[0] == 0
    for (index, column) in columns.enumerated() where index > 0 || !hasNoFirst {
      if index > (hasNoFirst ? 1 : 0) { appendSeparator(to: &piece) }
      let place = places[index].flatMap { format.writtenNames.indices.contains($0) ? $0 : nil }
      let name = place.map { format.writtenNames[$0] } ?? column
      let isQuoted = place.map { format.areNamesQuoted[$0] } ?? false
      // An empty name of the file needs no quotes but where it would be no cell.
      let isEmpty = place != nil && name.isEmpty && !isQuoted
      if isEmpty && columnCount > 1 && !format.isSeparatedByBlanks { continue }
      append(name, quoted: isQuoted, to: &piece)
    }
    if format.hasTrailingHeader { appendSeparator(to: &piece) }
    piece += format.lineEnd
  }

  /// Appends rows, `[rows, columns]`.
  ///
  /// - Throws: Why the file cannot be written.
  package func append(_ rows: Tensor) throws(DatasetError) {
    precondition(
      rows.shape.rank == 2 && rows.shape[1] == columnCount,
      "rows of \(columnCount) columns were expected, found \(rows.shape)"
    )
    try append(rows.scalars)
  }

  /// Appends the numbers of one or more whole rows, one row after the other.
  ///
  /// - Throws: Why the file cannot be written.
  package func append(_ numbers: [Float]) throws(DatasetError) {
    precondition(
      numbers.count.isMultiple(of: columnCount),
      "rows of \(columnCount) numbers were expected, found \(numbers.count) numbers"
    )
    // The piece is moved out of the object while it is filled: an access to a property of an object
    // is checked each time, and there would be several for each number.
    var piece: [UInt8] = []
    swap(&piece, &self.piece)
    defer { swap(&piece, &self.piece) }
    let isJSONLines = format.isJSONLines
    var column = 0
    for number in numbers {
      if isJSONLines { appendKey(column, to: &piece) }
      piece.append(contentsOf: number.description.utf8)
      column += 1
      if column == columnCount {
        column = 0
        endRow(&piece)
        if piece.count >= Self.pieceSize { try flush(&piece) }
      } else if !isJSONLines {
        piece.append(format.separator)
      }
    }
  }

  /// Appends the rows of a table, whose columns are those of the file in their order.
  ///
  /// Numbers have the decimals of their column; a missing cell is empty.
  ///
  /// - Throws: Why the file cannot be written.
  package func append(_ table: Table) throws(DatasetError) {
    precondition(
      table.columns.count == columnCount,
      "rows of \(columnCount) columns were expected, found \(table.columns.count)"
    )
    let formats = table.columns.map(\.numberFormat)
    // Plain numbers are written without a text in between.
    let arePlain = table.columns.indices.map { index in
      let column = table.columns[index]
      guard case .numbers = column.cells, !format.isJSONLines else { return false }
      return column.dateFormat == nil && column.writing == nil && column.originals.isEmpty
        && !areQuoted[index] && !format.hasDecimalComma
    }
    var piece: [UInt8] = []
    swap(&piece, &self.piece)
    defer { swap(&piece, &self.piece) }
    for row in 0..<table.rowCount {
      for (index, column) in table.columns.enumerated() {
        if format.isJSONLines {
          appendKey(index, to: &piece)
          appendValue(value(of: column, row, index), index, to: &piece)
          continue
        }
        if index > 0 { appendSeparator(to: &piece) }
        let original = column.originals[row]
        if column.isMissing(row), original == nil {
          // An empty line would be no row, and between blanks nothing is no cell.
          if format.isSeparatedByBlanks {
            piece += Array("NA".utf8)
          } else if columnCount == 1 {
            piece += [CSVDialect.quote, CSVDialect.quote]
          }
        } else if arePlain[index], case .numbers(let values, _) = column.cells {
          formats[index].append(values[row], to: &piece)
        } else {
          append(
            original ?? format.decimals(column.text(row) ?? "", of: column),
            quoted: areQuoted[index],
            to: &piece
          )
        }
      }
      endRow(&piece)
      if piece.count >= Self.pieceSize { try flush(&piece) }
    }
  }

  /// Hands on what was appended so far, for a pipe that somebody reads from.
  ///
  /// - Throws: Why it cannot be written.
  package func flush() throws(DatasetError) { try flush(&piece) }

  /// Puts the table in its place.
  ///
  /// - Throws: Why the file cannot be written; the former file is whole then.
  package func commit() throws(DatasetError) {
    try flush(&piece)
    do throws(FileError) {
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  private func flush(_ piece: inout [UInt8]) throws(DatasetError) {
    var encoded: [UInt8] = []
    if format.encoding != .utf8, let other = format.encoding.encode(piece, to: &encoded) {
      throw .notInEncoding(path: path, encoding: format.encoding, text: String(other))
    }
    do throws(FileError) {
      try file.write(format.encoding == .utf8 ? piece : encoded)
    } catch {
      throw .file(error)
    }
    byteCount += format.encoding == .utf8 ? piece.count : encoded.count
    piece.removeAll(keepingCapacity: true)
  }

  private func appendSeparator(to piece: inout [UInt8]) {
    piece.append(format.isSeparatedByBlanks ? CSVDialect.space : format.separator)
  }

  private func endRow(_ piece: inout [UInt8]) {
    if format.isJSONLines { piece.append(UInt8(ascii: "}")) }
    if format.hasTrailingSeparators && !format.isJSONLines { appendSeparator(to: &piece) }
    piece += format.lineEnd
  }

  /// Appends a text, in quotes where it needs them: readers of other programs take each usual separator for one.
  private func append(_ text: String, quoted: Bool, to piece: inout [UInt8]) {
    let holdsSeparator = text.utf8.contains {
      $0 == CSVDialect.comma || $0 == UInt8(ascii: ";") || $0 == CSVDialect.tab
    }
    let isPlain = !holdsSeparator || format.separator != CSVDialect.comma
    format.append(text, quoted: quoted || !isPlain, to: &piece)
  }

  /// Appends the key of a column of JSON lines.
  private func appendKey(_ column: Int, to piece: inout [UInt8]) {
    piece += Array((column == 0 ? "{" : ", ").utf8)
    let place = format.names.firstIndex(of: columns[column])
    let name = place.map { format.writtenNames[$0] } ?? columns[column]
    JSONLine.append(name, to: &piece)
    piece += Array(": ".utf8)
  }

  /// The text of a value of JSON lines, where a number has a point and no marks between thousands unless the values
  /// of its column are strings.
  private func value(of column: Table.Column, _ row: Int, _ index: Int) -> String? {
    guard case .numbers(let numbers, _) = column.cells, !column.isMissing(row), !areQuoted[index],
      let writing = column.writing, writing.hasMarksAlone
    else { return column.written(row) }
    return column.numberFormat.text(numbers[row])
  }

  /// Appends a value of JSON lines.
  private func appendValue(_ text: String?, _ column: Int, to piece: inout [UInt8]) {
    guard let text else {
      piece += Array("null".utf8)
      return
    }
    if !areQuoted[column] && JSONLine.isBare(text) {
      piece.append(contentsOf: text.utf8)
    } else {
      JSONLine.append(text, to: &piece)
    }
  }
}
