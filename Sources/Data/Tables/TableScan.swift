internal import HourglassSystem
internal import HourglassTensors

/// One pass over a table: what is kept of each column, and which rows were drawn.
struct TableScan {
  private(set) var rowCount = 0
  /// The bytes of the text, or of the values.
  var byteCount = 0
  private(set) var columns: [ScannedColumn]
  /// For each place of the sample the number of its row.
  private(set) var drawnRows: [Int] = []
  /// The columns as they were read last, for the digits behind the points and for their errors.
  private(set) var parsed: [ParsedColumn] = []

  private var sampleLimit: Int
  private let sampleBytes: Int
  private var generator = SeededGenerator.named("rows of a sample", seed: 0)

  private static let fewestRows = 1_000

  /// Begins a pass.
  ///
  /// - Parameters:
  ///   - columns: What is to be kept of each column.
  ///   - sampleBytes: About how much memory the drawn rows may take.
  private init(_ columns: [ScannedColumn], sampleBytes: Int) {
    self.columns = columns
    self.sampleBytes = sampleBytes
    // A number takes eight bytes; a text sixteen and, beyond fifteen letters, more, which is seen when it
    // is there.
    let rowBytes = columns.reduce(0) { $0 + ($1.isText ? 24 : 8) }
    sampleLimit = max(Self.fewestRows, min(sampleBytes / max(rowBytes, 1), 1 << 20))
  }

  /// The rows to read together of a table of so many columns.
  static func blockRows(_ columnCount: Int) -> Int {
    max(64, min(1 << 14, 1 << 20 / max(columnCount, 1)))
  }

  /// Takes a block of rows.
  ///
  /// - Parameters:
  ///   - lines: The lines of the file that they begin at.
  ///   - words: The words for missing cells of each column.
  private mutating func take(
    _ block: [ParsedColumn],
    rows: Int,
    lines: RowLines,
    words: [MissingWords]
  ) {
    parsed = block
    let drawn = draw(rows)
    for column in columns.indices {
      columns[column].take(block[column], drawn: drawn, lines: lines, words: words[column])
    }
    rowCount += rows
    fit()
  }

  /// Leaves rows of the sample out, drawn at random, while its texts take too much memory.
  private mutating func fit() {
    let bytes = columns.reduce(0) { $0 + $1.textBytes }
    guard bytes > sampleBytes, drawnRows.count > Self.fewestRows else { return }
    // Three quarters of what there is room for, so that the next few rows do not lead here again.
    let share = 0.75 * Double(sampleBytes) / Double(bytes)
    sampleLimit = max(Self.fewestRows, Int(share * Double(drawnRows.count)))
    var places = Array(drawnRows.indices)
    for place in 0..<sampleLimit {
      let left = UInt64(places.count - place)
      let other = place + Int(generator.next().multipliedFullWidth(by: left).high)
      places.swapAt(place, other)
    }
    let kept = places.prefix(sampleLimit).sorted()
    drawnRows = kept.map { drawnRows[$0] }
    for column in columns.indices { columns[column].keep(kept) }
  }

  /// Which rows of a block take which places of the sample (Vitter, 1985, "Random sampling with a
  /// reservoir", doi:10.1145/3147.3165, algorithm R).
  private mutating func draw(_ rows: Int) -> [(place: Int, row: Int)] {
    var drawn: [(place: Int, row: Int)] = []
    for row in 0..<rows {
      let number = rowCount + row
      if drawnRows.count < sampleLimit {
        drawn.append((drawnRows.count, row))
        drawnRows.append(number)
        continue
      }
      let place = Int(generator.next().multipliedFullWidth(by: UInt64(number + 1)).high)
      guard place < sampleLimit else { continue }
      drawn.append((place, row))
      drawnRows[place] = number
    }
    return drawn
  }
}

extension TableScan {
  /// Goes over a text.
  init(
    _ source: ByteSource,
    _ plan: TableParser.Plan,
    sampleBytes: Int,
    progress: (Double) -> Void
  ) throws(DatasetError) {
    let columns = plan.modes.indices.map {
      ScannedColumn(isText: plan.modes[$0] == .text, levels: plan.levels[$0])
    }
    self.init(columns, sampleBytes: sampleBytes)
    var parser = TableParser(
      plan,
      columns: plan.modes.map { ParsedColumn(forgets: $0 == .text) }
    )
    let blockRows = Self.blockRows(plan.modes.count)
    var isAtEnd = false
    while !isAtEnd {
      parser.rowLimit = blockRows
      while try parser.advance(source) {}
      if !parser.isFull {
        isAtEnd = true
        try parser.finish()
      }
      let lines = parser.lines
      let block = try parser.takeRows()
      take(block, rows: parser.takenRows - rowCount, lines: lines, words: plan.columnMissing)
      progress(source.storedPart)
    }
    byteCount = source.position
  }

  /// What the texts of each column show; nothing for a column of numbers.
  var evidence: [TextEvidence?] { columns.map { $0.isText ? $0.evidence : nil } }

  /// Goes over an array.
  init(
    _ table: ArrayTable,
    _ inferences: [ColumnInference],
    sampleBytes: Int,
    progress: (Double) -> Void
  ) throws(DatasetError) {
    // Even few rows can be too many where they are long.
    let bytes = 8 * Self.fewestRows * inferences.count
    if bytes > MemoryLimit.standard {
      throw .tooLarge(path: table.path, bytes: bytes, limit: MemoryLimit.standard)
    }
    self.init(
      inferences.map { ScannedColumn(isText: false, keepsLevels: $0.declared?.hasLevels == true) },
      sampleBytes: sampleBytes
    )
    let words = inferences.map { _ in MissingWords() }
    let reader = try ArrayRows(table, places: Array(table.names.indices))
    let blockRows = Self.blockRows(table.names.count)
    while rowCount < table.rowCount {
      let block = try reader.next(blockRows)
      take(block.columns, rows: block.rows, lines: RowLines(), words: words)
      progress(Double(rowCount) / Double(table.rowCount))
    }
    byteCount = table.byteCount
  }
}
