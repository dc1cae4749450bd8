internal import HourglassSystem

/// The files that are one table: those that a pattern such as `data/*.csv` matches, or the files of a folder
/// that are called `part-…`, as Spark writes them, plain or compressed.
///
/// Files without bytes, and those that begin with `.` or `_` or end in `.crc`, are none of them.
package struct TableParts {
  /// The files in the order of the bytes of their names, at least one.
  package let files: [String]
  /// The number of other files in the folder, or of matches of the pattern that are left out.
  let leftOutCount: Int

  /// Finds the files of a pattern or a folder; `nil` for a path of anything else.
  ///
  /// - Throws: Why a folder cannot be listed.
  package init?(path: String) throws(DatasetError) {
    let found: [String]
    let all: Int
    switch try? FolderListing.kind(of: path) {
    case .folder:
      let listed = try FolderListing.files(in: path)
      all = listed.count { !$0.name.hasPrefix(".") }
      found = listed.filter { $0.name.hasPrefix("part-") && $0.size > 0 }
        .map { path.hasSuffix("/") ? path + $0.name : "\(path)/\($0.name)" }
    case nil where path.contains { "*?[".contains($0) }:
      let matches = Folders.matches(of: path)
      all = matches.count
      found = matches.filter { file in
        guard case .file(let size)? = try? FolderListing.kind(of: file) else { return false }
        return size > 0
      }
    default: return nil
    }
    files = found.filter { file in
      let name = lastPart(of: file)
      return !name.hasPrefix("_") && !name.hasPrefix(".") && !name.hasSuffix(".crc")
    }
    leftOutCount = max(all - files.count, 0)
    if files.isEmpty { return nil }
  }

  /// The first bytes of a file or of several that are one table, inflated where they are gzip.
  ///
  /// - Throws: Why it cannot be read.
  package static func beginning(of path: String, count: Int) throws(DatasetError) -> [UInt8] {
    try ByteSource(path: path, windowSize: max(count, 1 << 16)).firstUnread(count)
  }
}

/// How the first file of a table begins.
struct PartFormat {
  /// The names of the columns; none where the file has no header.
  var names: [String]?
  /// Where the lines of the files are noted.
  var lines: PartLines?
  /// The number of columns; 0 where the first rows of files are not looked at, as those of JSON lines.
  var columnCount = 0
  /// Whether runs of blanks are between cells.
  var isSeparatedByBlanks = false
  /// Finds the names that the first row of a file gives its columns, and where the row begins and ends.
  ///
  /// It takes the bytes, the path, and whether these are all bytes of the file; it gives `nil` where there
  /// are blank lines alone.
  var firstRow:
    (Span<UInt8>, String, Bool) throws(DatasetError) -> (names: [String], start: Int, end: Int)? = {
      (_, _, _) throws(DatasetError) in nil
    }
}

/// The bytes of several files that are one table, inflated where they are gzip, with the header of the first
/// one alone.
///
/// It ends behind the first file as long as nobody has said how that begins.
final class PartStream: ByteStream {
  /// How the first file begins, which the others must begin alike.
  private var format: PartFormat?
  /// About how many bytes there are; compressed files are taken for a quarter of their contents.
  let byteCount: Int?

  private let files: [String]
  private let windowSize: Int
  private var current: ByteSource
  private var next = 1
  private var declared: TextEncoding?
  private var areTexts = false
  /// Whether a byte-order mark stands before the first file.
  private(set) var hasByteOrderMark = false
  /// The encoding of the first file.
  private(set) var encoding = TextEncoding.utf8
  /// The lines of the bytes that were given.
  private var lineEnds = LineEnds()
  /// Where they are.
  private(set) var lines: PartLines

  init(_ files: [String], path: String, windowSize: Int) throws(DatasetError) {
    self.files = files
    self.windowSize = windowSize
    lines = PartLines(path: path, first: files[0])
    current = try Self.source(files[0], windowSize)
    var count = 0
    for file in files {
      guard case .file(let size) = try FolderListing.kind(of: file) else { continue }
      // What a compressed file holds may be longer than any guess: the reader gets a whole window.
      count += file.hasSuffix(".gz") || current.isCompressed ? max(4 * size, windowSize) : size
    }
    byteCount = count
  }

  /// Begins again with the first file, and gives the texts of all in UTF-8.
  func beginText(_ declared: TextEncoding?) throws(DatasetError) {
    self.declared = declared
    areTexts = true
    current = try Self.source(files[0], windowSize)
    (next, lineEnds) = (1, LineEnds())
    hasByteOrderMark = try current.beginText(declared)
    encoding = current.encoding
  }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    while true {
      let count = try current.read(into: &bytes, from: offset)
      if next == 1 { encoding = current.encoding }
      if count > 0 {
        lineEnds.take(bytes.span.extracting(offset..<offset + count))
        return count
      }
      guard let format, next < files.count else { return 0 }
      current = try Self.source(files[next], windowSize)
      next += 1
      if areTexts { try current.beginText(declared) }
      if current.unreadCount == 0 { continue }
      let skipped = format.columnCount > 0 ? try skipHeader(format) : 0
      let isAtLineStart = lineEnds.isAtLineStart
      if !isAtLineStart {
        bytes[offset] = CSVDialect.lineFeed
        lineEnds.take(bytes.span.extracting(offset..<offset + 1))
      }
      lines.note(current.path, line: lineEnds.count + 1, skipped: skipped)
      if !isAtLineStart { return 1 }
    }
  }

  private static func source(_ path: String, _ windowSize: Int) throws(DatasetError) -> ByteSource {
    try ByteSource(FileStream(path: path), path: path, windowSize: windowSize)
  }

  /// Goes on behind the first file, which begins as a format says.
  func goOn(_ format: PartFormat) {
    self.format = format
    if let known = format.lines { lines = known }
  }

  /// Steps over the header of a file, and says how many lines it takes with what stands before it.
  ///
  /// - Throws: `differentColumns` where its columns are not those of the first file.
  private func skipHeader(_ format: PartFormat) throws(DatasetError) -> Int {
    if format.isSeparatedByBlanks { try current.filter { BlankStream($0) } }
    let (path, isWhole) = (current.path, current.isAtEnd)
    let first = try current.withUnread { (bytes) throws(DatasetError) in
      try format.firstRow(bytes, path, isWhole)
    }
    guard let (names, start, end) = first else { return 0 }
    func lines(_ count: Int) throws(DatasetError) -> Int {
      var ends = LineEnds()
      try current.withUnread { ends.take($0.extracting(0..<count)) }
      return ends.count
    }
    if let expected = format.names, names != expected {
      throw .table(.differentColumns(path: path, first: files[0], expected: expected, found: names))
    }
    if names.count != format.columnCount {
      let line = try lines(start) + 1
      throw .raggedRow(path: path, line: line, expected: format.columnCount, found: names.count)
    }
    let size = format.names != nil ? end : start
    let skipped = try lines(size)
    current.discard(size)
    return skipped
  }
}
