internal import HourglassSystem

extension TableParser {
  /// What is set before the first row.
  struct Plan: Sendable {
    var path: String
    var separator: UInt8
    var hasHeader: Bool
    /// The names of the columns; "column 1" and so on without a header.
    var names: [String]
    var modes: [Mode]
    /// Whether a text in a column of numbers is an error at once.
    var isStrict: [Bool]
    var missing: MissingWords
    /// The words for missing cells of each column.
    var columnMissing: [MissingWords]
    /// The levels that each column was declared to have.
    var levels: [[String]?] = []
    /// Where the lines of several files are.
    private(set) var partLines: PartLines?
    var memoryLimit: Int
    var cellLimit: Int
    /// How the text is written.
    var format = TextFormat()
    /// Which lines among the rows are remarks.
    var remarks = RemarkRule.none
    /// The line of the first row, which is the header where there is one.
    var firstLine = 1
    /// The encoding that was declared.
    var encoding: TextEncoding?
    /// The bytes before the first row: a line that names the separator, and remarks.
    var preambleSize = 0
    /// Whether the header is a line that begins as remarks do.
    private var isHeaderMarked = false
    /// The keys of JSON lines.
    private(set) var keys: JSONKeys?
  }
}

extension TableParser.Plan {
  /// Whether a line is a remark, and no row.
  func isRemark(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    let most = format.hasTrailingSeparators ? names.count + 1 : names.count
    return TextPreamble.isRemark(
      bytes,
      line,
      rule: remarks,
      separator: separator,
      fits: names.count...most
    )
  }

  /// Looks at the beginning of a file and sets how its columns are read.
  ///
  /// - Parameters:
  ///   - expected: Names of columns that the header has.
  ///   - wanted: Names of columns that are looked for.
  init(
    _ source: ByteSource,
    options: TableOptions,
    memoryLimit: Int,
    expected: [String] = [],
    wanted: [String] = []
  ) throws(DatasetError) {
    path = source.path
    encoding = options.encoding
    format.hasByteOrderMark = try source.beginText(encoding)
    if source.unreadCount == 0 { throw .emptyFile(path: path) }
    try Self.awaitRow(source)
    try Self.widen(source)
    var hints = TableSample.Hints()
    hints.header = options.header
    hints.hasDecimalComma = options.hasDecimalComma
    hints.missing = options.missing(of: nil)
    hints.memoryLimit = memoryLimit
    hints.expected = expected
    hints.wanted = Set(wanted)
    missing = hints.missing
    let words = hints.missing
    let lineEnd = try source.withUnread { bytes in Self.lineEnd(bytes) }
    if try source.withUnread({ JSONKeys.areLines($0, isWhole: source.isAtEnd) }) {
      let found = try Self.keys(source, encoding, wanted)
      keys = found
      format.isJSONLines = true
      try source.filter { upstream in JSONLinesStream(upstream, keys: found, path: source.path) }
      (hints.header, hints.quotesTexts, hints.expected) = (.present, true, [])
      hints.hasDecimalComma = false
    } else {
      let isBlank = try source.withUnread { bytes in
        let preamble = TextPreamble(bytes, isWhole: source.isAtEnd)
        let rows = bytes.extracting(preamble.count..<bytes.count)
        return preamble.separator == nil
          && (CSVDialect.isSeparatedByBlanks(rows, isWhole: source.isAtEnd, missing: words)
            || Self.hasBlanks(rows, between: expected, wanted))
      }
      if isBlank { try source.filter { BlankStream($0) } }
      format.isSeparatedByBlanks = isBlank
    }
    if format.isJSONLines || format.isSeparatedByBlanks { try Self.widen(source) }
    let isWhole = source.isAtEnd
    let sample = try source.withUnread { (bytes) throws(DatasetError) in
      try TableSample(bytes, path: source.path, isWhole: isWhole, hints)
    }
    separator = sample.separator
    hasHeader = sample.hasHeader
    names = sample.names
    self.memoryLimit = memoryLimit
    cellLimit = source.windowSize
    columnMissing = options.missing(of: sample.names)
    levels = sample.names.map { options.ordinalLevels[$0] }
    partLines = source.partLines
    modes = []
    isStrict = []
    for (index, name) in sample.names.enumerated() {
      let kind = options.columnKinds[name]
      let isNumber = kind == .number || kind == .integer
      let isText = kind != nil && !isNumber && kind != .constant
      // A declared number may be written as people write it, which its texts show.
      modes.append(!isText && !sample.holdsText[index] ? .number : .text)
      isStrict.append(false)
    }
    for name in options.namedColumns.sorted() where !sample.names.contains(name) {
      throw .table(.missingColumn(path: path, name: name, found: sample.names))
    }
    describe(sample, lineEnd: lineEnd)
    format.hasDecimalComma =
      !format.isJSONLines && (hints.hasDecimalComma || sample.showsDecimalComma)
    format.encoding = source.encoding
    source.discard(preambleSize)
    try source.readOtherParts(partFormat)
  }

  /// Keeps how the text is written.
  private mutating func describe(_ sample: TableSample, lineEnd: [UInt8]) {
    remarks = format.isJSONLines ? .none : sample.remarks
    preambleSize = sample.preamble.count
    isHeaderMarked = sample.hasHeader && sample.isHeaderMarked
    // The header of JSON lines is on none of the lines.
    firstLine = format.isJSONLines ? 0 : 1 + sample.preamble.lines
    format.separator = sample.separator
    format.namesSeparator = sample.preamble.separator != nil
    format.titleLines = sample.preamble.titles
    format.lineEnd = lineEnd
    format.hasHeader = sample.hasHeader
    format.hasRowNames = sample.hasRowNames
    format.hasTrailingSeparators = sample.hasTrailingSeparators
    format.hasTrailingHeader = sample.hasTrailingHeader
    format.havePoints = sample.havePoints
    format.names = sample.names
    format.areQuoted = sample.areQuoted
    format.writtenNames = sample.header.map(\.string)
    format.areNamesQuoted = sample.header.map(\.isQuoted)
    if sample.hasRowNames {
      format.writtenNames.insert("", at: 0)
      format.areNamesQuoted.insert(false, at: 0)
    }
  }

  /// Whether the first row has some names with blanks between them, and no separator; or as many words as columns
  /// without names are looked for.
  ///
  /// Of a pipe this row may be all that is there.
  private static func hasBlanks(
    _ bytes: Span<UInt8>,
    between expected: [String],
    _ wanted: [String]
  ) -> Bool {
    let names = Set(expected.filter { $0 != "column 1" })
    let places = wanted.compactMap { $0.hasPrefix("column ") ? Int($0.dropFirst(7)) : nil }
    let areNameless = places.count > 1 && places.count == wanted.count
    guard names.count > 1 || areNameless else { return false }
    var end = 0
    while end < bytes.count && !CSVDialect.endsLine(bytes[end]) { end += 1 }
    let line = (0..<end).map { bytes[$0] }
    guard line.contains(CSVDialect.space), !line.contains(where: CSVDialect.candidates.contains)
    else { return false }
    let words = BlankStream.compacted(line)
    var rows = SampleRows(separator: CSVDialect.tab, isWhole: true, TableSample.Hints())
    let cells = try? rows.firstRow(words.span, path: "", memoryLimit: MemoryLimit.standard)
    if areNameless && cells?.count == places.max() { return true }
    return names.count > 1 && names.isSubset(of: Set(cells?.map(\.string) ?? []))
  }

  /// Waits until the first row of a live source has arrived, behind what may stand before it.
  private static func awaitRow(_ source: ByteSource) throws(DatasetError) {
    while source.isLive && !source.isAtEnd && !source.isFull {
      let hasRow = try source.withUnread { bytes in
        let preamble = TextPreamble(bytes, isWhole: false)
        return (preamble.count..<bytes.count).contains { CSVDialect.endsLine(bytes[$0]) }
          && preamble.count < bytes.count
      }
      if hasRow { return }
      try source.fill()
    }
  }

  /// The most bytes of a first line.
  private static let longestFirstLine = 1 << 25

  /// Makes room for the first line of a wide table.
  private static func widen(_ source: ByteSource) throws(DatasetError) {
    // A window of another size was asked for.
    guard !source.isLive, source.windowSize == ByteSource.standardWindowSize else { return }
    while source.isFull, !source.isAtEnd, source.unreadCount < longestFirstLine {
      let hasLine = try source.withUnread { bytes in
        bytes.indices.contains { bytes[$0] == CSVDialect.lineFeed }
      }
      if hasLine { return }
      try source.widen()
    }
  }

  /// The bytes that end the first line.
  private static func lineEnd(_ bytes: Span<UInt8>) -> [UInt8] {
    for index in bytes.indices where CSVDialect.endsLine(bytes[index]) {
      guard bytes[index] == CSVDialect.carriageReturn else { break }
      let isPair = index + 1 < bytes.count && bytes[index + 1] == CSVDialect.lineFeed
      return isPair
        ? [CSVDialect.carriageReturn, CSVDialect.lineFeed] : [CSVDialect.carriageReturn]
    }
    return [CSVDialect.lineFeed]
  }

  /// The keys of JSON lines: those of all lines, or, of what can be read only once, those that are looked for or
  /// that the first lines have.
  private static func keys(
    _ source: ByteSource,
    _ encoding: TextEncoding?,
    _ wanted: [String]
  ) throws(DatasetError) -> JSONKeys {
    if source.storedSize != nil, !source.isLive {
      let again = try ByteSource(path: source.path)
      try again.beginText(encoding)
      try again.readOtherParts(PartFormat())
      return try JSONKeys(again)
    }
    if !wanted.isEmpty { return JSONKeys(wanted) }
    var keys = JSONKeys()
    let isLast = source.isAtEnd
    _ = try source.withUnread { bytes in keys.take(bytes, isLast: isLast) }
    keys.refusesOthers = !isLast
    return keys
  }

  /// How each file begins, where several are one table.
  private var partFormat: PartFormat {
    var part = PartFormat(lines: partLines)
    if format.isJSONLines { return part }
    (part.names, part.columnCount) = (hasHeader ? names : nil, names.count)
    part.isSeparatedByBlanks = format.isSeparatedByBlanks
    let (isMarked, hasHeader, hasRowNames) = (isHeaderMarked, hasHeader, format.hasRowNames)
    let (separator, isTrailing, count) = (separator, format.hasTrailingSeparators, names.count)
    part.firstRow = { (bytes, path, isWhole) throws(DatasetError) in
      var preamble = TextPreamble(bytes, isWhole: isWhole)
      if isMarked { preamble.giveUpLastRemark() }
      let rest = bytes.extracting(preamble.count..<bytes.count)
      var rows = SampleRows(separator: separator, isWhole: isWhole, TableSample.Hints())
      rows.line += preamble.lines
      var cells: [CSVCell]
      do throws(DatasetError) {
        cells = try rows.firstRow(rest, path: path, memoryLimit: MemoryLimit.standard)
      } catch .emptyFile {
        return nil
      }
      if isTrailing, cells.count == count + 1, cells.last?.text.isEmpty == true {
        cells.removeLast()
      }
      let end = rows.position
      let isAfterReturn = end > 0 && rest[end - 1] == CSVDialect.carriageReturn
      let takesTwo = isAfterReturn && end < rest.count && rest[end] == CSVDialect.lineFeed
      let width = hasHeader && hasRowNames ? cells.count + 1 : cells.count
      let names = TableSample.names(
        cells,
        areHeader: hasHeader,
        hasRowNames: hasHeader && hasRowNames,
        count: width
      )
      return (names, preamble.count, preamble.count + end + (takesTwo ? 1 : 0))
    }
    return part
  }

  /// Opens the file once more as it is written, at its beginning.
  func writtenSource() throws(DatasetError) -> ByteSource {
    let source = try ByteSource(path: path)
    try source.beginText(encoding)
    var part = partFormat
    if source.isOfParts && format.isSeparatedByBlanks { try source.filter { BlankStream($0) } }
    if !source.isOfParts { part.isSeparatedByBlanks = false }
    try source.readOtherParts(part)
    return source
  }

  /// What stands before the first row of a text as it is written.
  func preamble(of bytes: Span<UInt8>, isWhole: Bool) -> Int {
    if format.isJSONLines { return 0 }
    var preamble = TextPreamble(bytes, isWhole: isWhole)
    if isHeaderMarked { preamble.giveUpLastRemark() }
    return preamble.count
  }

  /// Opens the file once more, up to its first row.
  func source(windowSize: Int = ByteSource.standardWindowSize) throws(DatasetError) -> ByteSource {
    let source = try ByteSource(path: path, windowSize: windowSize)
    try source.beginText(encoding)
    if let keys { try source.filter { JSONLinesStream($0, keys: keys, path: path) } }
    if format.isSeparatedByBlanks { try source.filter { BlankStream($0) } }
    try source.skip(preambleSize)
    try source.readOtherParts(partFormat)
    return source
  }
}
