internal import HourglassSystem

/// What the beginning of a table shows: its separator, its names, and which columns hold texts.
struct TableSample {
  let separator: UInt8
  let hasHeader: Bool
  /// The names of the columns, all different.
  let names: [String]
  /// For each column whether one of the first rows holds a text, a number that is not plain, or a code.
  let holdsText: [Bool]
  /// For each column whether numbers have a decimal point as plain ones do.
  let havePoints: [Bool]
  /// Whether a column shows that decimals are written with a comma.
  let showsDecimalComma: Bool
  /// What stands before the first row.
  let preamble: TextPreamble
  /// Which lines among the rows are remarks.
  let remarks: RemarkRule
  /// Whether the header has no name for the first column.
  let hasRowNames: Bool
  /// Whether a separator ends each row.
  let hasTrailingSeparators: Bool
  /// Whether one ends the header too.
  let hasTrailingHeader: Bool
  /// The cells of the header as they are written.
  let header: [CSVCell]
  /// Whether the header is a line that begins as remarks do.
  let isHeaderMarked: Bool
  /// For each column whether all its cells stand in quotes.
  let areQuoted: [Bool]

  /// What is known before the bytes are looked at.
  struct Hints {
    var header = TableOptions.Header.automatic
    /// Whether 1,234 is a number with decimals.
    var hasDecimalComma = false
    var missing = MissingWords()
    var memoryLimit = MemoryLimit.standard
    /// Names that the first row has.
    ///
    /// Where they determine the separator, no other row is read, so that a pipe
    /// of which one row has arrived is read as its whole is.
    var expected: [String] = []
    /// Names of columns that are looked for, which a last column without any cell may have.
    var wanted: Set<String> = []
    /// Whether texts are in quotes, and numbers never.
    var quotesTexts = false
  }

  /// Looks at the first bytes of a file.
  ///
  /// - Parameter isWhole: Whether these are all bytes of the file.
  /// - Throws: What is wrong with the first row.
  init(
    _ bytes: Span<UInt8>,
    path: String,
    isWhole: Bool,
    _ hints: Hints
  ) throws(DatasetError) {
    var preamble = TextPreamble(bytes, isWhole: isWhole)
    let remarkCount = preamble.remarks.count
    var isMarked = false
    if remarkCount > 0, preamble.count == bytes.count {
      // Lines of remarks alone: the last one is taken for the names of a table without rows.
      preamble.giveUpLastRemark()
      isMarked = true
    }
    var found = try Self.rows(bytes, behind: preamble, path: path, isWhole: isWhole, hints)
    if remarkCount > 0, !isMarked, hints.header != .absent {
      let fits = preamble.remarks.indices.map {
        Self.fits(bytes, preamble, line: $0, found, hints)
      }
      if fits.count > 1, !fits.contains(false), !found.isAboveNumbers {
        // So many lines of the length of a row are rows.
        preamble.giveUpRemarks(from: 0)
        found = try Self.rows(bytes, behind: preamble, path: path, isWhole: isWhole, hints)
      } else if fits.last == true, Self.isHeader(bytes, preamble, of: found, hints) {
        preamble.giveUpLastRemark()
        isMarked = true
        found = try Self.rows(bytes, behind: preamble, path: path, isWhole: isWhole, hints)
        found.header = true
      }
    }
    self.preamble = preamble
    isHeaderMarked = isMarked
    separator = found.separator
    hasHeader = found.header
    hasRowNames = found.hasRowNames
    hasTrailingSeparators = found.hasTrailingSeparators
    hasTrailingHeader = found.hasTrailingSeparators && found.first.count > found.columnCount
    header = found.header ? Array(found.first.prefix(found.columnCount)) : []
    holdsText = found.holdsText
    havePoints = found.columns.map(\.hasPoint)
    showsDecimalComma = found.columns.contains(where: \.showsDecimalComma)
    areQuoted = found.areQuoted
    remarks = found.remarks
    names = Self.names(
      found.first,
      areHeader: found.header,
      hasRowNames: found.hasRowNames,
      count: found.columnCount
    )
  }

  /// Reads the rows behind what stands before them.
  private static func rows(
    _ bytes: Span<UInt8>,
    behind preamble: TextPreamble,
    path: String,
    isWhole: Bool,
    _ hints: Hints
  ) throws(DatasetError) -> SampleRows {
    let rest = bytes.extracting(preamble.count..<bytes.count)
    let separator =
      preamble.separator ?? Self.separator(rest, isWhole: isWhole, expected: hints.expected)
    var rows = SampleRows(separator: separator, isWhole: isWhole, hints)
    rows.line += preamble.lines
    try rows.read(rest, path: path, hints, hasRemarks: !preamble.remarks.isEmpty)
    return rows
  }

  /// Whether a line of remarks has as many cells as the first row, two or more.
  private static func fits(
    _ bytes: Span<UInt8>,
    _ preamble: TextPreamble,
    line: Int,
    _ rows: SampleRows,
    _ hints: Hints
  ) -> Bool {
    let line = bytes.extracting(preamble.remarks[line].count..<preamble.count)
    var header = SampleRows(separator: rows.separator, isWhole: true, hints)
    let cells = try? header.firstRow(line, path: "", memoryLimit: hints.memoryLimit)
    return rows.first.count > 1 && cells?.count == rows.first.count
  }

  /// Whether the last line of remarks, which has as many cells as the first row, names the columns: the first row
  /// is no header.
  private static func isHeader(
    _ bytes: Span<UInt8>,
    _ preamble: TextPreamble,
    of rows: SampleRows,
    _ hints: Hints
  ) -> Bool {
    guard let last = preamble.remarks.last else { return false }
    let isAttached = last.count + 1 < bytes.count && bytes[last.count + 1] != CSVDialect.space
    return !rows.looksLikeHeader || (isAttached && !rows.isAboveNumbers)
  }

  private static func separator(
    _ bytes: Span<UInt8>,
    isWhole: Bool,
    expected: [String]
  ) -> UInt8 {
    let named = CSVDialect.candidates.first { candidate in
      guard !expected.isEmpty else { return false }
      var rows = SampleRows(separator: candidate, isWhole: isWhole, Hints())
      let row = try? rows.firstRow(bytes, path: "", memoryLimit: MemoryLimit.standard)
      let names = Set(row?.map(\.string) ?? [])
      return names.count > 1 && names.isSuperset(of: expected)
    }
    return named ?? CSVDialect.separator(in: bytes, isWhole: isWhole)
  }

  /// The names of the columns by the cells of the first row.
  ///
  /// - Parameters:
  ///   - hasRowNames: Whether the first column has no cell there.
  ///   - count: The number of columns.
  static func names(
    _ cells: [CSVCell],
    areHeader: Bool,
    hasRowNames: Bool,
    count: Int
  ) -> [String] {
    unique(
      (0..<count).map { index in
        let place = hasRowNames ? index - 1 : index
        guard areHeader, cells.indices.contains(place), !cells[place].text.isEmpty else {
          return "column \(index + 1)"
        }
        return cells[place].string
      }
    )
  }

  /// The names with a number behind those that were there before, as in "x" and "x (2)".
  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    let all = Set(names)
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var count = 2
      while all.contains("\(name) (\(count))") || seen.contains("\(name) (\(count))") { count += 1 }
      seen.insert("\(name) (\(count))")
      return "\(name) (\(count))"
    }
  }
}
