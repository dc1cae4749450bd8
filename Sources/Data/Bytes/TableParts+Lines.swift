internal import HourglassSystem
import Synchronization

/// Where the lines of a table of several files are: what was seen of them as they were read.
final class PartLines: Sendable {
  /// The beginning of a file: the line of the table that its first line would be, and the lines of the file
  /// that were stepped over before it, such as a header.
  private struct Start {
    var file: String
    var line: Int
    var skipped: Int
  }

  /// The pattern or the folder of the files.
  private let path: String
  private let starts: Mutex<[Start]>

  /// Makes it for a first file, none of which is stepped over.
  init(path: String, first: String) {
    self.path = path
    starts = Mutex([Start(file: first, line: 1, skipped: 0)])
  }

  /// Notes where the rows of a file begin; files are noted in their order, as often as they are read.
  func note(_ file: String, line: Int, skipped: Int) {
    starts.withLock {
      $0.removeAll { $0.file == file }
      $0.append(Start(file: file, line: line, skipped: skipped))
    }
  }

  /// The file and its line that a line of the table is, which was read.
  func place(ofLine line: Int) -> (file: String, line: Int) {
    starts.withLock { starts in
      let start = starts.filter { $0.line <= line }.max { $0.line < $1.line } ?? starts[0]
      return (start.file, line - start.line + 1 + start.skipped)
    }
  }

  /// The place of a line in a file that a message names; that of another path is as it is.
  fileprivate func place(_ path: String, _ line: Int) -> (path: String, line: Int) {
    guard path == self.path else { return (path, line) }
    let (file, line) = place(ofLine: line)
    return (file, line)
  }

  fileprivate func place(_ path: String, _ cell: CellPlace) -> (path: String, cell: CellPlace) {
    let (path, line) = place(path, cell.line)
    return (path, CellPlace(line: line, column: cell.column, name: cell.name))
  }
}

/// Counts the lines of bytes that come in parts: a carriage return and a line feed behind it end one line.
struct LineEnds {
  private(set) var count = 0
  /// The last byte so far.
  private(set) var last: UInt8?

  /// Whether the last byte ends a line, or there is none.
  var isAtLineStart: Bool { last.map { CSVDialect.endsLine($0) } ?? true }

  mutating func take(_ bytes: Span<UInt8>) {
    var previous = last ?? 0
    for index in bytes.indices {
      let byte = bytes[index]
      let isSecond = byte == CSVDialect.lineFeed && previous == CSVDialect.carriageReturn
      count &+= CSVDialect.endsLine(byte) && !isSecond ? 1 : 0
      previous = byte
    }
    if !bytes.isEmpty { last = previous }
  }
}

extension DatasetError {
  /// The same error where a table of one file is read; of several, with the file and its line in place of the
  /// pattern or folder and the line of the whole table.
  func placed(in parts: PartLines?) -> DatasetError {
    guard let parts else { return self }
    switch self {
    case .notUTF8(let path, let line):
      let place = parts.place(path, line)
      return .notUTF8(path: place.path, line: place.line)
    case .raggedRow(let path, let line, let expected, let found):
      let place = parts.place(path, line)
      return .raggedRow(path: place.path, line: place.line, expected: expected, found: found)
    case .textCell(let path, let cell, let text):
      let place = parts.place(path, cell)
      return .textCell(path: place.path, cell: place.cell, text: text)
    case .cellNotFinite(let path, let cell, let text):
      let place = parts.place(path, cell)
      return .cellNotFinite(path: place.path, cell: place.cell, text: text)
    case .controlByte(let path, let line, let byte):
      let place = parts.place(path, line)
      return .controlByte(path: place.path, line: place.line, byte: byte)
    case .unterminatedQuote(let path, let line, let limit):
      let place = parts.place(path, line)
      return .unterminatedQuote(path: place.path, line: place.line, limit: limit)
    case .textAfterQuote(let path, let line):
      let place = parts.place(path, line)
      return .textAfterQuote(path: place.path, line: place.line)
    case .cellTooLong(let path, let line, let limit):
      let place = parts.place(path, line)
      return .cellTooLong(path: place.path, line: place.line, limit: limit)
    case .notJSON(let path, let line, let found):
      let place = parts.place(path, line)
      return .notJSON(path: place.path, line: place.line, found: found)
    case .table(.lateText(let path, let cell, let text)):
      let place = parts.place(path, cell)
      return .table(.lateText(path: place.path, cell: place.cell, text: text))
    default: return self
    }
  }
}
