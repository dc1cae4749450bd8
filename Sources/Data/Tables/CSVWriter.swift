internal import HourglassSystem
public import HourglassTensors

/// A table of numbers that is written to a file as comma-separated values.
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
public final class CSVWriter {
  private static let pieceSize = 1 << 18

  private let file: AtomicFile
  private let columnCount: Int
  private var piece: [UInt8] = []

  /// Begins a table that will replace a file.
  ///
  /// - Parameters:
  ///   - path: The file, which is made or replaced by `commit()`.
  ///   - columns: The names of the columns, at least one.
  /// - Throws: Why the file cannot be written.
  public init(replacing path: String, columns: [String]) throws(DatasetError) {
    precondition(!columns.isEmpty, "a table has at least one column")
    columnCount = columns.count
    do throws(FileError) {
      file = try AtomicFile(replacing: path)
    } catch {
      throw .file(error)
    }
    piece.reserveCapacity(Self.pieceSize + 1 << 12)
    for (index, column) in columns.enumerated() {
      if index > 0 { piece.append(UInt8(ascii: ",")) }
      Self.append(column, to: &piece)
    }
    piece.append(CSVDialect.lineFeed)
  }

  /// Appends rows, `[rows, columns]`.
  ///
  /// - Throws: Why the file cannot be written.
  public func append(_ rows: Tensor) throws(DatasetError) {
    precondition(
      rows.shape.rank == 2 && rows.shape[1] == columnCount,
      "rows of \(columnCount) columns were expected, found \(rows.shape)"
    )
    try append(rows.scalars)
  }

  /// Appends the numbers of one or more whole rows, one row after the other.
  ///
  /// - Throws: Why the file cannot be written.
  public func append(_ numbers: [Float]) throws(DatasetError) {
    precondition(
      numbers.count.isMultiple(of: columnCount),
      "rows of \(columnCount) numbers were expected, found \(numbers.count) numbers"
    )
    // The piece is moved out of the object while it is filled: an access to a property of an object
    // is checked each time, and there would be several for each number.
    var piece: [UInt8] = []
    swap(&piece, &self.piece)
    defer { swap(&piece, &self.piece) }
    var column = 0
    for number in numbers {
      piece.append(contentsOf: number.description.utf8)
      column += 1
      if column == columnCount {
        column = 0
        piece.append(CSVDialect.lineFeed)
        if piece.count >= Self.pieceSize { try flush(&piece) }
      } else {
        piece.append(UInt8(ascii: ","))
      }
    }
  }

  /// Appends the rows of a table, whose columns are those of the file in their order.
  ///
  /// Numbers have the decimals of their column; a missing cell is empty.
  ///
  /// - Throws: Why the file cannot be written.
  public func append(_ table: Table) throws(DatasetError) {
    precondition(
      table.columns.count == columnCount,
      "rows of \(columnCount) columns were expected, found \(table.columns.count)"
    )
    let formats = table.columns.map {
      NumberFormat(decimals: $0.decimals, isFixed: $0.hasFixedDecimals)
    }
    var piece: [UInt8] = []
    swap(&piece, &self.piece)
    defer { swap(&piece, &self.piece) }
    for row in 0..<table.rowCount {
      for (index, column) in table.columns.enumerated() {
        if index > 0 { piece.append(UInt8(ascii: ",")) }
        if column.isMissing(row) {
          // An empty line would be no row.
          if columnCount == 1 { piece += [CSVDialect.quote, CSVDialect.quote] }
        } else if case .numbers(let values, _) = column.cells, column.dateFormat == nil {
          formats[index].append(values[row], to: &piece)
        } else {
          Self.append(column.text(row) ?? "", to: &piece)
        }
      }
      piece.append(CSVDialect.lineFeed)
      if piece.count >= Self.pieceSize { try flush(&piece) }
    }
  }

  /// Hands on what was appended so far, for a pipe that somebody reads from.
  ///
  /// - Throws: Why it cannot be written.
  public func flush() throws(DatasetError) { try flush(&piece) }

  /// Puts the table in its place.
  ///
  /// - Throws: Why the file cannot be written; the former file is whole then.
  public func commit() throws(DatasetError) {
    try flush(&piece)
    do throws(FileError) {
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  private func flush(_ piece: inout [UInt8]) throws(DatasetError) {
    do throws(FileError) {
      try file.write(piece)
    } catch {
      throw .file(error)
    }
    piece.removeAll(keepingCapacity: true)
  }

  /// Appends a text, in quotes where it needs them.
  private static func append(_ text: String, to piece: inout [UInt8]) {
    let special = [CSVDialect.quote, CSVDialect.lineFeed, CSVDialect.carriageReturn]
    let needsQuotes =
      text.isEmpty || text.first == " " || text.last == " "
      || text.utf8.contains { [0x2c, 0x3b, 0x09].contains($0) || special.contains($0) }
    guard needsQuotes else { return piece.append(contentsOf: text.utf8) }
    piece.append(CSVDialect.quote)
    for byte in text.utf8 {
      if byte == CSVDialect.quote { piece.append(byte) }
      piece.append(byte)
    }
    piece.append(CSVDialect.quote)
  }
}
