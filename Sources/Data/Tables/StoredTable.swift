internal import HourglassSystem
internal import HourglassTensors

/// A table, a text or an array, that stays in its file: its columns, some of its rows drawn at random,
/// and all of them block by block.
///
/// One pass over the file finds what the columns are, by the rules of `ColumnInference` applied to
/// all cells, and draws the sample, in memory that does not grow with the length of the file.
package struct StoredTable: Sendable {
  /// What is known of the cells of a column.
  package struct Facts: Hashable, Sendable {
    /// The number of missing cells.
    package let missingCount: Int
    /// The least number; none in a column of texts.
    package let minimum: Double?
    /// The greatest number.
    package let maximum: Double?
    /// The mean of the numbers.
    package let mean: Double
    /// The standard deviation of the numbers.
    package let standardDeviation: Double
  }

  /// The file.
  package let path: String
  /// How it is read.
  package let options: TableOptions
  /// The number of rows.
  package let rowCount: Int
  /// The columns.
  package let schema: TableSchema
  /// Rows drawn at random without repetition, each as likely as any other, in their order.
  package let sample: Table
  /// The numbers of these rows from 0.
  package let sampleRows: [Int]
  /// What is known of each column from all its cells.
  package let facts: [Facts]
  /// The number of bytes of the text, or of the values of an array.
  package let byteCount: Int

  private let source: Source

  /// What the rows are read from.
  private enum Source: Sendable {
    case text
    case array(ArrayTable)
  }

  /// The name of the file without its folders.
  package var name: String { sample.name }

  /// A hash of the sample, the number of rows and the size of the file, sixteen hexadecimal digits.
  package var fingerprint: String {
    let words = [UInt64(rowCount), UInt64(byteCount), UInt64(sample.fingerprint, radix: 16) ?? 0]
    return Fingerprint.hexadecimal(Fingerprint.hash(words.span.bytes))
  }

  /// Goes once over a file.
  ///
  /// - Parameters:
  ///   - path: The file, comma-, semicolon- or tab-separated, plain or compressed by gzip.
  ///   - options: As for a table; there is no limit of rows.
  ///   - sampleBytes: About how much memory the drawn rows may take.
  ///   - progress: Called now and then with the part of the file that was read, from 0 to 1.
  /// - Throws: What is wrong with the file, and in which line and column.
  package init(
    contentsOf path: String,
    options: TableOptions = TableOptions(),
    sampleBytes: Int = 32 << 20,
    progress: (Double) -> Void = { _ in }
  ) throws(DatasetError) {
    let source = try ByteSource(path: path)
    do {
      try self.init(source, options, sampleBytes: sampleBytes, progress: progress)
    } catch {
      throw error.placed(in: source.partLines)
    }
  }

  private init(
    _ source: ByteSource,
    _ options: TableOptions,
    sampleBytes: Int,
    progress: (Double) -> Void
  ) throws(DatasetError) {
    let path = source.path
    var own = options
    own.limit = nil
    var plan = try TableParser.Plan(
      source,
      options: own,
      memoryLimit: MemoryLimit.standard
    )
    var scan = try TableScan(source, plan, sampleBytes: sampleBytes, progress: progress)
    // As in a table that is read whole: a late text makes a column one of texts from its start.
    while true {
      let late = try plan.columnsToReadAsTexts(
        scan.parsed,
        scan.evidence,
        options,
        days: { scan.columns[$0].mayBeDays },
        isOneNumber: { scan.columns[$0].isOneNumber },
        canBeReadAgain: source.storedSize != nil
      )
      if late.isEmpty { break }
      for column in late { plan.modes[column] = .text }
      scan = try TableScan(plan.source(), plan, sampleBytes: sampleBytes, progress: progress)
    }
    if scan.rowCount == 0 { throw .noRows(path: path, columns: plan.names.count) }
    let inferences = plan.inferences(scan.parsed, scan.evidence, options)
    try self.init(path, own, .text, scan, inferences, plan)
  }

  /// Goes once over an array.
  ///
  /// - Parameters:
  ///   - array: The array, with its labels.
  ///   - options: As for a text; those that are of texts alone do not matter.
  ///   - sampleBytes: About how much memory the drawn rows may take.
  ///   - progress: Called now and then with the part of the rows that was read, from 0 to 1.
  /// - Throws: What is wrong with the file.
  init(
    _ array: ArrayTable,
    options: TableOptions,
    sampleBytes: Int = 32 << 20,
    progress: (Double) -> Void = { _ in }
  ) throws(DatasetError) {
    let inferences = array.inferences(options)
    let scan = try TableScan(array, inferences, sampleBytes: sampleBytes, progress: progress)
    try self.init(array.path, options, .array(array), scan, inferences)
  }

  /// Makes a table of what a pass kept; there is an inference for each column.
  private init(
    _ path: String,
    _ options: TableOptions,
    _ source: Source,
    _ scan: TableScan,
    _ inferences: [ColumnInference],
    _ plan: TableParser.Plan? = nil
  ) throws(DatasetError) {
    let order = scan.drawnRows.indices.sorted { scan.drawnRows[$0] < scan.drawnRows[$1] }
    var columns: [Table.Column] = []
    var readings: [ColumnReading] = []
    var unreadCounts: [Int] = []
    for (index, inference) in inferences.enumerated() {
      let (scanned, parsed) = (scan.columns[index], scan.parsed[index])
      if !scanned.isText, let error = parsed.firstNotFinite { throw error }
      let words = plan?.columnMissing[index] ?? MissingWords()
      let meaning = try scanned.meaning(inference, parsed, words: words, order: order)
      columns.append(meaning.column)
      unreadCounts.append(meaning.unreadCount)
      readings.append(
        plan?.reading(index, meaning, parsed, missingCount: scanned.missingCount)
          ?? meaning.reading(inference.name)
      )
    }
    self.path = path
    self.options = options
    self.source = source
    rowCount = scan.rowCount
    byteCount = scan.byteCount
    sample = Table(name: lastPart(of: path), columns: columns).reporting(readings)
    sampleRows = order.map { scan.drawnRows[$0] }
    schema = sample.schema
    facts = zip(scan.columns, unreadCounts).map { column, unread in
      Facts(
        missingCount: column.missingCount + unread,
        minimum: column.minimum,
        maximum: column.maximum,
        mean: column.mean,
        standardDeviation: column.standardDeviation
      )
    }
  }

  private init(_ other: StoredTable, without names: Set<String>) {
    path = other.path
    options = other.options
    source = other.source
    rowCount = other.rowCount
    byteCount = other.byteCount
    let kept = other.schema.columns.indices.filter {
      !names.contains(other.schema.columns[$0].name)
    }
    schema = TableSchema(columns: kept.map { other.schema.columns[$0] })
    facts = kept.map { other.facts[$0] }
    sample = other.sample.removing(names)
    sampleRows = other.sampleRows
  }

  /// The table without the columns of some names; at least one must be left.
  package func removing(_ names: Set<String>) -> StoredTable { StoredTable(self, without: names) }

  /// All rows in memory.
  ///
  /// - Throws: What is wrong with the file, such as that its values do not fit.
  package func whole() throws(DatasetError) -> Table {
    var blocks: [Table] = []
    let reader = try reader()
    var cells = 0
    while let block = try reader.next() {
      blocks.append(block)
      cells += block.rowCount * block.columns.count
      if 16 * cells > MemoryLimit.standard {
        throw .tooLarge(path: path, bytes: 16 * cells, limit: MemoryLimit.standard)
      }
    }
    return Table(
      name: name,
      columns: schema.columns.indices.map { index in
        Table.Column(joining: blocks.map { $0.columns[index] })
      }
    )
  }

  /// A reader of the blocks, from the first row on.
  package func reader() throws(DatasetError) -> TableReader { try reader(of: schema) }

  /// A reader of some of the columns.
  func reader(of schema: TableSchema) throws(DatasetError) -> TableReader {
    let rows = TableReader.blockRows(columns: schema.columns.count)
    if case .array(let array) = source {
      return try TableReader(array, schema: schema, blockRows: rows)
    }
    return try TableReader(contentsOf: path, schema: schema, blockRows: rows, options: options)
  }
}

extension Table.Column {
  /// Makes a column of the cells of several in their order, all of one kind and with one list of
  /// levels.
  init(joining parts: [Table.Column]) {
    let cells: Table.Cells
    switch parts[0].cells {
    case .numbers:
      var (all, marks): ([Double], [Bool]) = ([], [])
      for case .numbers(let values, let missing) in parts.map(\.cells) {
        all += values
        marks += missing.isEmpty ? values.map { _ in false } : missing
      }
      cells = .numbers(all, missing: marks)
    case .codes(_, let levels):
      var all: [Int32] = []
      for case .codes(let codes, _) in parts.map(\.cells) { all += codes }
      cells = .codes(all, levels: levels)
    case .texts:
      var all: [String?] = []
      for case .texts(let texts) in parts.map(\.cells) { all += texts }
      cells = .texts(all)
    }
    var originals: [Int: String] = [:]
    var start = 0
    for part in parts {
      for (row, text) in part.originals { originals[start + row] = text }
      start += part.count
    }
    self = parts[0].replacing(cells: cells).written(parts[0].writing, originals: originals)
  }
}
