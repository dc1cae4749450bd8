internal import HourglassSystem

extension TableParts {
  /// The file and its line that a line of the table is, counted over all files without the headers but the
  /// first; `nil` where there is none.
  ///
  /// The files are read again up to it.
  fileprivate func place(ofLine line: Int) -> (path: String, line: Int)? {
    var (rest, header) = (line, [UInt8]())
    for (number, file) in files.enumerated() {
      guard let lines = try? LineCount(of: file) else { return nil }
      if number == 0 { header = lines.first }
      // Where the first line of a file is that of the first file, it is the header, which was stepped over.
      let skipped = number > 0 && lines.first == header ? 1 : 0
      if rest <= lines.count - skipped { return (file, rest + skipped) }
      rest -= lines.count - skipped
    }
    return nil
  }
}

/// How many lines a file has, and its first one.
private struct LineCount {
  private(set) var count = 0
  private(set) var first: [UInt8] = []

  init(of path: String) throws(DatasetError) {
    let source = try ByteSource(
      FileStream(path: path),
      path: path,
      windowSize: ByteSource.standardWindowSize
    )
    try source.beginText()
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var last: UInt8?
    while case let read = try source.read(into: &bytes, from: 0), read > 0 {
      for byte in bytes[..<read] {
        let endsLine = byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn
        let isSecond = byte == CSVDialect.lineFeed && last == CSVDialect.carriageReturn
        if endsLine, !isSecond { count += 1 }
        if !endsLine, count == 0 { first.append(byte) }
        last = byte
      }
    }
    if let last, last != CSVDialect.lineFeed, last != CSVDialect.carriageReturn { count += 1 }
  }
}

extension DatasetError {
  /// The same error where a table of one file is read; of several, with the file and its line in place of the
  /// pattern or folder and the line of the whole table.
  func withLineOfPart(_ pattern: String) -> DatasetError {
    guard let parts = try? TableParts(path: pattern) else { return self }
    func place(_ path: String, _ line: Int) -> (path: String, line: Int) {
      path == pattern ? parts.place(ofLine: line) ?? (path, line) : (path, line)
    }
    func place(_ path: String, _ cell: CellPlace) -> (path: String, cell: CellPlace) {
      let (path, line) = place(path, cell.line)
      return (path, CellPlace(line: line, column: cell.column, name: cell.name))
    }
    switch self {
    case .notUTF8(let path, let line):
      let place = place(path, line)
      return .notUTF8(path: place.path, line: place.line)
    case .raggedRow(let path, let line, let expected, let found):
      let place = place(path, line)
      return .raggedRow(path: place.path, line: place.line, expected: expected, found: found)
    case .textCell(let path, let cell, let text):
      let place = place(path, cell)
      return .textCell(path: place.path, cell: place.cell, text: text)
    case .cellNotFinite(let path, let cell, let text):
      let place = place(path, cell)
      return .cellNotFinite(path: place.path, cell: place.cell, text: text)
    case .controlByte(let path, let line, let byte):
      let place = place(path, line)
      return .controlByte(path: place.path, line: place.line, byte: byte)
    case .unterminatedQuote(let path, let line, let limit):
      let place = place(path, line)
      return .unterminatedQuote(path: place.path, line: place.line, limit: limit)
    case .textAfterQuote(let path, let line):
      let place = place(path, line)
      return .textAfterQuote(path: place.path, line: place.line)
    case .cellTooLong(let path, let line, let limit):
      let place = place(path, line)
      return .cellTooLong(path: place.path, line: place.line, limit: limit)
    case .table(.lateText(let path, let cell, let text)):
      let place = place(path, cell)
      return .table(.lateText(path: place.path, cell: place.cell, text: text))
    default: return self
    }
  }
}
