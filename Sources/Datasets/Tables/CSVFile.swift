/// A table of numbers in text: comma-, semicolon- or tab-separated values, in UTF-8.
///
/// Cells may stand in quotes, a quote inside them written twice; lines end with LF, CR LF or CR;
/// blank lines count for nothing. Decimals are written with a point. The separator is recognised,
/// and so is a header: the first row is one where it has a cell that is no number. The file may be
/// compressed by gzip.
///
/// Reference: Shafranovich, 2005, RFC 4180, section 2.
public struct CSVFile: Sendable {
  /// Whether the first row holds the names of the columns.
  public enum Header: Hashable, Sendable {
    /// It does where one of its cells is neither a number nor missing.
    case automatic
    /// It does.
    case present
    /// It does not; the columns are called "column 1", "column 2" and so on.
    case absent
  }

  /// The path that the file was read from.
  public let path: String

  /// The names of the columns.
  public let columns: [String]

  /// Whether the names come from the file.
  public let hasHeader: Bool

  /// The character between cells: a comma, a semicolon or a tab.
  public let separator: Character

  /// The number of rows that were read, without the header.
  public let rowCount: Int

  /// The numbers in row-major order, `rowCount` times the number of columns.
  public let values: [Float]

  /// Reads a file, or only its first rows, from a path.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed by gzip.
  ///   - limit: The number of rows to read at most; all of them when it is left out.
  ///   - header: Whether the first row holds the names of the columns.
  /// - Throws: What is wrong with the file, and in which line and column.
  public init(
    contentsOf path: String,
    limit: Int? = nil,
    header: Header = .automatic
  ) throws(DatasetError) {
    let source = try ByteSource(path: path)
    try self.init(source, limit: limit, header: header, memoryLimit: MemoryLimit.standard)
  }

  package init(
    contentsOf path: String,
    limit: Int? = nil,
    header: Header = .automatic,
    memoryLimit: Int,
    windowSize: Int
  ) throws(DatasetError) {
    let source = try ByteSource(path: path, windowSize: windowSize)
    try self.init(source, limit: limit, header: header, memoryLimit: memoryLimit)
  }

  init(
    _ source: ByteSource,
    limit: Int?,
    header: Header,
    memoryLimit: Int
  ) throws(DatasetError) {
    if let limit, limit < 1 { throw .limitNotPositive(path: source.path, limit: limit) }
    try source.skipByteOrderMark()
    if source.unreadCount == 0 { throw .emptyFile(path: source.path) }
    let isWhole = source.isAtEnd
    let separator = try source.withUnread { (bytes) throws(DatasetError) in
      CSVDialect.separator(in: bytes, isWhole: isWhole)
    }
    var parser = CSVParser(
      path: source.path,
      separator: separator,
      header: header,
      rowLimit: limit,
      memoryLimit: memoryLimit,
      cellLimit: source.windowSize
    )
    try Self.read(source, by: &parser)
    path = source.path
    columns = parser.columns
    hasHeader = parser.hasHeader
    self.separator = Character(UnicodeScalar(separator))
    rowCount = parser.rowCount
    values = parser.values
  }

  private static func read(
    _ source: ByteSource,
    by parser: inout CSVParser
  ) throws(DatasetError) {
    while true {
      let isLast = source.isAtEnd
      let used = try source.withUnread { (bytes) throws(DatasetError) in
        try parser.consume(bytes, isLast: isLast)
      }
      source.discard(used)
      if parser.isFinished || isLast { break }
      if used == 0 && source.isFull {
        throw parser.longCell(startsWithQuote: source.firstUnread(1) == [CSVDialect.quote])
      }
      // A compressed file can hold any number of blank lines, and would be read for ever.
      if source.position > 1 << 24 && source.position / 4096 > parser.cellCount {
        throw .mostlyBlank(path: source.path, bytes: source.position, cells: parser.cellCount)
      }
      try source.fill()
    }
    try parser.finish()
  }
}
