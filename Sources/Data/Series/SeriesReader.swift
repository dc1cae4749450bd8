/// A part of series that fits into memory.
package struct SeriesChunk: Sendable {
  /// The rows of the chunk, and as many before and behind it as windows reach that cover it; the
  /// rows that were given are numbered from 0.
  package let series: SeriesSet
  /// Which of the rows that were given are those of the chunk: no other chunk has these.
  package let rows: Range<Int>
  /// The number of rows of the file that are before row 0.
  package let firstRow: Int
  /// The place of the first row of `series.table` in its series.
  package let firstPlace: Int
  /// The windows of `series` that begin in the chunk: no other chunk has these.
  package let windows: Range<Int>
  /// Whether the series ends with it.
  package let endsGroup: Bool

  /// The rows of `series.table` that are those of the chunk, with those of times left out.
  let core: Range<Int>
}

extension SeriesChunk {
  /// Takes series in memory as one chunk.
  package init(_ series: SeriesSet) {
    self.init(
      series: series,
      rows: 0..<series.originalRows.count { $0 != nil },
      firstRow: 0,
      firstPlace: 0,
      windows: 0..<series.count,
      endsGroup: true,
      core: 0..<series.table.rowCount
    )
  }
}

/// Reads series in a file chunk by chunk, in memory that their length does not matter to.
package final class SeriesReader {
  /// The number of rows that were read so far.
  package private(set) var rowCount = 0

  private let reader: TableReader
  private let options: SeriesOptions
  private let spacing: SeriesSpacing
  private let steps: SeriesSteps
  private let scales: SeriesScales
  /// The rows of a chunk, and of what goes before and behind it: both are whole numbers of strides.
  private let length: Int
  private let margin: Int

  /// Rows that were read and are not of the current series yet.
  private var block: Table?
  /// The rows of the current series from `bufferStart` on, with those of times that were left out.
  private var buffer = Buffer()
  /// Where the buffer and the next chunk begin in the current series.
  private var bufferStart = 0
  private var nextStart = 0
  /// Whether all rows of the current series are in the buffer.
  private var isWhole = false
  private var isFinished = false

  /// Rows with the number of each in the file, or nil.
  private struct Buffer {
    var table: Table?
    var rows: [Int?] = []
  }

  /// The most rows that are added where times are left out: a series with a longer gap is two.
  private static let longestGap = 1 << 16

  init(
    _ table: StoredTable,
    options: SeriesOptions,
    spacing: SeriesSpacing,
    steps: SeriesSteps,
    scales: SeriesScales,
    cells: Int
  ) throws(DatasetError) {
    reader = try table.reader()
    self.options = options
    self.spacing = spacing
    self.steps = steps
    self.scales = scales
    let window = options.windowRows
    // Windows begin at multiples of the stride, those of some networks at quarters of a window.
    let stride = min(options.windowStride, max(table.rowCount, 1))
    let quarter = max(window / 4, 1)
    let turns = stride / Self.commonDivisor(stride, quarter)
    let unit = turns <= 64 ? turns * quarter : stride
    func whole(_ rows: Int) -> Int { (rows + unit - 1) / unit * unit }
    margin = whole(4 * window)
    length = whole(max(16 * window, cells / max(table.schema.columns.count, 1)))
  }

  private static func commonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : commonDivisor(second, first % second)
  }

  /// The next chunk, or nil behind the last one.
  ///
  /// - Throws: What is wrong with the file.
  package func next() throws(DatasetError) -> SeriesChunk? {
    while !isFinished {
      let end = bufferStart + buffer.rows.count
      if end >= nextStart + length + margin || isWhole {
        if let table = buffer.table, end > nextStart { return try chunk(of: table, end: end) }
        // The series ended with the chunk before.
        buffer = Buffer()
        (bufferStart, nextStart, isWhole) = (0, 0, false)
        if block == nil { isFinished = try !read() }
        continue
      }
      if block == nil, try !read() {
        isWhole = true
        continue
      }
      takeBlock()
    }
    return nil
  }

  /// Reads a block; false where there is none.
  private func read() throws(DatasetError) -> Bool {
    block = try reader.next()
    return block != nil
  }

  /// Moves the rows of the current series from the block to the buffer.
  private func takeBlock() {
    guard let rows = block else { return }
    let times: [Double]? =
      if case .numbers(let times, _)? = rows[column: options.timeColumn]?.cells { times } else {
        nil
      }
    let groups = options.group.flatMap { rows[column: $0] }
    let last = buffer.table.map { $0.rows([$0.rowCount - 1]) }
    let lastTime = last?[column: options.timeColumn]?.number(0)
    let lastGroup = options.group.flatMap { last?[column: $0]?.text(0) }
    var count = 0
    while count < rows.rowCount {
      let isFirst = count == 0
      if isFirst, last == nil {
        count += 1
        continue
      }
      let before = isFirst ? lastGroup : groups?.text(count - 1)
      if groups?.text(count) != before { break }
      if let times, let time = isFirst ? lastTime : times[count - 1],
        missing(between: time, and: times[count]) > Self.longestGap
      {
        break
      }
      count += 1
    }
    if count < rows.rowCount { isWhole = true }
    append(rows.rows(Array(0..<count)), behind: last)
    rowCount += count
    block = count < rows.rowCount ? rows.rows(Array(count..<rows.rowCount)) : nil
  }

  private func missing(between first: Double, and second: Double) -> Int {
    guard case .withGaps(let step, _) = spacing else { return 0 }
    let distance = steps.place(of: second) - steps.place(of: first)
    return SeriesDistances.missing(distance, step: step) ?? 0
  }

  /// Appends rows to the buffer, and rows of missing cells for the times that are left out.
  private func append(_ rows: Table, behind last: Table?) {
    guard rows.rowCount > 0 else { return }
    // The last row is there once more: the times between it and the first new one are seen.
    let joined = last.map { Table(joining: [$0, rows]) } ?? rows
    var gridded = joined
    var places: [Int?] = Array(0..<joined.rowCount)
    let group = [0..<joined.rowCount]
    if case .numbers(let times, _)? = joined[column: options.timeColumn]?.cells {
      let grid = SeriesGrid(
        times: times.map(steps.place),
        groups: group,
        clock: times,
        steps: steps,
        spacing: spacing
      )
      let added = joined.adding(
        grid,
        groups: group,
        time: options.timeColumn,
        group: options.group
      )
      (gridded, places) = (added.table, added.rows)
    }
    let skipped = last == nil ? 0 : 1
    if skipped > 0 { gridded = gridded.rows(Array(skipped..<gridded.rowCount)) }
    buffer.rows += places.dropFirst(skipped).map { $0.map { rowCount + $0 - skipped } }
    buffer.table = buffer.table.map { Table(joining: [$0, gridded]) } ?? gridded
  }

  /// The chunk that begins at `nextStart`, of a series whose rows are there up to `end`.
  private func chunk(of rows: Table, end: Int) throws(DatasetError) -> SeriesChunk {
    let core = nextStart..<min(nextStart + length, end)
    let all = max(nextStart - margin, 0)..<min(core.upperBound + margin, end)
    let places = all.lowerBound - bufferStart..<all.upperBound - bufferStart
    let given = Array(buffer.rows[places])
    let firstRow = given.lazy.compactMap(\.self).first ?? 0
    let series = try SeriesSet(
      rows.rows(Array(places)),
      originalRows: given.map { $0.map { $0 - firstRow } },
      groups: [0..<given.count],
      spacing: spacing,
      unorderedCount: 0,
      options: options,
      scales: scales
    )
    let inside = core.lowerBound - all.lowerBound..<core.upperBound - all.lowerBound
    let windows = (0..<series.count).filter { inside.contains(series.range(of: $0).lowerBound) }
    let before = given[..<inside.lowerBound].count { $0 != nil }
    let within = given[inside].count { $0 != nil }
    nextStart = core.upperBound
    let kept = max(nextStart - margin, 0)
    if kept > bufferStart {
      buffer.rows.removeFirst(kept - bufferStart)
      buffer.table = rows.rows(Array(kept - bufferStart..<rows.rowCount))
      bufferStart = kept
    }
    return SeriesChunk(
      series: series,
      rows: before..<before + within,
      firstRow: firstRow,
      firstPlace: all.lowerBound,
      windows: (windows.first ?? 0)..<(windows.last.map { $0 + 1 } ?? 0),
      endsGroup: isWhole && core.upperBound == end,
      core: inside
    )
  }
}

extension Table {
  /// The rows of several tables of the same columns one after the other; there is at least one.
  init(joining tables: [Table]) {
    self.init(
      name: tables[0].name,
      columns: tables[0].columns.indices.map { index in
        Column(joining: tables.map { $0.columns[index] })
      }
    )
  }
}
