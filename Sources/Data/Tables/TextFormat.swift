internal import HourglassSystem

/// How the text of a table is written, so that another one can be written alike.
package struct TextFormat: Hashable, Sendable {
  /// The encoding, as far as the text was read; text of ASCII alone is UTF-8.
  package var encoding = TextEncoding.utf8
  /// Whether a byte-order mark stands before the text.
  package var hasByteOrderMark = false
  /// Whether each line is a JSON object.
  package var isJSONLines = false
  /// The byte between cells; a tab where runs of blanks stand between them.
  package var separator = CSVDialect.comma
  /// Whether runs of blanks stand between cells.
  package var isSeparatedByBlanks = false
  /// Whether a first line names the separator (`sep=;`).
  package var namesSeparator = false
  /// The lines of titles before the first row, which are no rows.
  package var titleLines = 0
  /// The bytes at the ends of lines.
  package var lineEnd = [CSVDialect.lineFeed]
  /// Whether the first row names the columns.
  package var hasHeader = true
  /// Whether the first column has no name in the header.
  package var hasRowNames = false
  /// Whether a separator ends each row.
  package var hasTrailingSeparators = false
  /// Whether one ends the header then.
  package var hasTrailingHeader = false
  /// Whether decimals are written with a comma.
  package var hasDecimalComma = false
  /// Whether the numbers of each column have a decimal point all the same.
  package var havePoints: [Bool] = []
  /// The names of the columns, all different.
  package var names: [String] = []
  /// The names as they are written: empty, and alike, where they are so.
  package var writtenNames: [String] = []
  /// Whether each name stands in quotes.
  package var areNamesQuoted: [Bool] = []
  /// Whether all cells of each column stand in quotes.
  package var areQuoted: [Bool] = []

  /// That of comma-separated values as they are written where nothing else is known.
  package init() {}

  /// Whether the name of a file says that it holds a table of text.
  package static func isNamed(_ path: String) -> Bool {
    [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson"].contains { path.hasSuffix($0) }
  }

  /// Whether the beginning of a file is text in UTF-16.
  package static func isUTF16(_ beginning: [UInt8]) -> Bool {
    (TextEncoding.marked(beginning) ?? TextEncoding.unmarkedUTF16(beginning))?.isUTF16 == true
  }

  /// Finds how a file is written.
  ///
  /// - Parameter readsWhole: Whether the encoding is that of all bytes; else, where the beginning is ASCII, it may
  ///   be another one further on.
  /// - Returns: `nil` for what holds no separated values and no JSON lines.
  /// - Throws: What is wrong with its beginning.
  package init?(
    contentsOf path: String,
    options: TableOptions = TableOptions(),
    readsWhole: Bool = false
  ) throws(DatasetError) {
    let source = try ByteSource(path: path)
    let beginning = source.firstUnread(12)
    if NPYHeader.isBeginning(beginning) || ZipArchive.isBeginning(beginning)
      || IDXFile.isBeginning(beginning) || TSFile.isBeginning(beginning, path: path)
    {
      return nil
    }
    let plan = try TableParser.Plan(source, options: options, memoryLimit: MemoryLimit.standard)
    self = plan.format
    // Pure ASCII at the beginning leaves the encoding to what follows.
    while readsWhole && source.isEncodingOpen {
      source.discard(source.unreadCount)
      try source.fill()
    }
    encoding = source.encoding
  }

  /// How a table is written to a file, where the ending of its name says more than the input.
  ///
  /// `.jsonl` and `.ndjson` are JSON lines, `.csv` separated values and `.tsv` those with tabs.
  package func adapted(to path: String) -> TextFormat {
    var format = self
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    switch ending {
    case "jsonl", "ndjson":
      if !isJSONLines { format = TextFormat() }
      format.isJSONLines = true
    case "csv", "tsv", "tab":
      if isJSONLines { format = TextFormat() }
      if ending != "csv" { format.separator = CSVDialect.tab }
      if ending != "csv" { (format.isSeparatedByBlanks, format.namesSeparator) = (false, false) }
    default: break
    }
    return format
  }

  /// A number of a column without a writing of its own in that of the file: with a comma where its decimals have
  /// one.
  func decimals(_ text: String, of column: Table.Column) -> String {
    guard hasDecimalComma, case .numbers = column.cells, column.dateFormat == nil,
      column.writing == nil
    else { return text }
    let place = names.firstIndex(of: column.name)
    if let place, havePoints.indices.contains(place), havePoints[place] { return text }
    return String(text.map { $0 == "." ? "," : $0 })
  }

  /// Appends a cell, in quotes where it needs them or the column has them.
  func append(_ text: String, quoted: Bool, to bytes: inout [UInt8]) {
    let utf8 = text.utf8
    let isPlain =
      !quoted && !utf8.isEmpty && utf8.first != CSVDialect.space && utf8.last != CSVDialect.space
      && !utf8.contains {
        $0 == CSVDialect.quote || CSVDialect.endsLine($0) || $0 == separator
          || (isSeparatedByBlanks && ($0 == CSVDialect.space || CSVDialect.candidates.contains($0)))
      }
    if isPlain { return bytes.append(contentsOf: utf8) }
    bytes.append(CSVDialect.quote)
    for byte in utf8 {
      if byte == CSVDialect.quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(CSVDialect.quote)
  }
}
