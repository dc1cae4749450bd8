internal import HourglassSystem
internal import HourglassTensors

/// One or more time series that stay in their file: what they are, some chunks of them drawn at
/// random, and all of them chunk by chunk.
///
/// The rows of each series must stand together and in the order of their times. Stretches overlap as far
/// as windows do, so that what is said of a row is what would be said of it with all rows in memory.
package struct StoredSeries: Sendable {
  /// A channel, from all rows.
  package struct ChannelFacts: Hashable, Sendable {
    /// The rows without a value, those of times that were left out among them.
    package internal(set) var missingCount = 0
    /// The stretches of such rows.
    package internal(set) var gapCount = 0
    /// The rows of the longest of them.
    package internal(set) var longestGap = 0
    /// The least value; none where there is no value.
    package internal(set) var minimum: Double?
    /// The greatest value.
    package internal(set) var maximum: Double?

    /// The rows of the gap that has not ended yet.
    private var openGap = 0

    /// Takes the cell of the next row of a series.
    mutating func take(_ column: Table.Column, _ row: Int) {
      guard !column.isMissing(row) else {
        missingCount += 1
        if openGap == 0 { gapCount += 1 }
        openGap += 1
        longestGap = max(longestGap, openGap)
        return
      }
      openGap = 0
      guard let value = column.number(row) else { return }
      minimum = min(minimum ?? value, value)
      maximum = max(maximum ?? value, value)
    }

    /// Ends a series: a gap does not go on in the next one.
    mutating func endGroup() { openGap = 0 }
  }

  /// The rows.
  package let table: StoredTable
  /// How the series are cut into windows.
  package let options: SeriesOptions
  /// How the times follow each other.
  package let spacing: SeriesSpacing
  /// The number of windows.
  package let count: Int
  /// The number of series.
  package let groupCount: Int
  /// The first and the last time, as they are written.
  package let bounds: (first: String, last: String)
  /// What is known of the channels of `sample`, from all rows.
  package let facts: [ChannelFacts]
  /// Stretches drawn at random without repetition, each as a series of its own, in their order.
  package let sample: SeriesSet

  private let stretchCells: Int
  private let steps: SeriesSteps
  private let scales: SeriesScales

  /// The name of the file without its folders.
  package var name: String { table.name }
  /// The number of rows of the file.
  package var rowCount: Int { table.rowCount }
  /// A hash of the file's sample, size and number of rows, sixteen hexadecimal digits.
  package var fingerprint: String { table.fingerprint }

  /// Goes twice over the rows of a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - options: How it is cut into windows.
  ///   - sampleBytes: About how much memory the drawn stretches may take.
  ///   - stretchCells: About how many cells a stretch has; it has sixteen windows at least.
  ///   - progress: Called now and then with the part that was read, from 0 to 1.
  /// - Throws: `missingColumn`, `valueNotFinite`, or a `SeriesError` for what is no time series, or
  ///   whose rows are not in order.
  package init(
    _ table: StoredTable,
    options: SeriesOptions,
    sampleBytes: Int = 16 << 20,
    stretchCells: Int = 1 << 17,
    progress: (Double) -> Void = { _ in }
  ) throws(DatasetError) {
    try options.validate(for: table.name)
    let order = try SeriesOrder(table, options: options) { progress($0 / 2) }
    let options = options.choosingWindow(order.lengths)
    let spacing = order.distances.spacing(rowCount: table.rowCount)
    let reader = try SeriesReader(
      table,
      options: options,
      spacing: spacing,
      steps: order.steps,
      scales: SeriesScales(),
      cells: stretchCells
    )
    var draw = StretchDraw(
      window: options.windowRows,
      most: sampleBytes / (8 * max(table.schema.columns.count, 1))
    )
    var facts: [ChannelFacts] = []
    var windows = 0
    var tally: SeriesScales.Tally?
    while let stretch = try reader.next() {
      windows += stretch.windows.count
      let columns = stretch.series.channels.compactMap { stretch.series.table[column: $0] }
      if facts.isEmpty { facts = columns.map { _ in ChannelFacts() } }
      tally = tally ?? SeriesScales.Tally(channels: columns.count)
      tally?.take(stretch.series.keys().first ?? "", stretch.core) { channel, row in
        columns[channel].clampedNumber(row)
      }
      for (index, column) in columns.enumerated() {
        for row in stretch.core { facts[index].take(column, row) }
        if stretch.endsGroup { facts[index].endGroup() }
      }
      draw.take(stretch)
      progress(0.5 + Double(reader.rowCount) / Double(2 * max(table.rowCount, 1)))
    }
    self.table = table
    self.stretchCells = stretchCells
    self.options = options
    self.spacing = spacing
    self.facts = facts
    count = windows
    groupCount = order.groupCount
    bounds = (order.firstTime, order.lastTime)
    steps = order.steps
    let scales = tally?.scales ?? SeriesScales()
    self.scales = scales
    sample = try draw.series(spacing: spacing, options: options, scales: scales)
  }

  /// A reader of the stretches, from the first row on.
  package func reader() throws(DatasetError) -> SeriesReader {
    try SeriesReader(
      table,
      options: options,
      spacing: spacing,
      steps: steps,
      scales: scales,
      cells: stretchCells
    )
  }

  /// All rows in memory.
  ///
  /// - Throws: What is wrong with the file, such as that its values do not fit.
  package func whole() throws(DatasetError) -> SeriesSet {
    try SeriesSet(try table.whole(), options: options)
  }
}

/// Goes over the times of a large table: whether they are in order, and how far they are apart.
private struct SeriesOrder {
  private(set) var distances = SeriesDistances()
  private(set) var groupCount = 0
  /// The rows of each series.
  private(set) var lengths: [Int] = []
  let steps: SeriesSteps
  private(set) var firstTime = ""
  private(set) var lastTime = ""

  private let path: String
  private let timeName: String
  private var groups: Set<String> = []
  private var group: String?
  private var number: Double?
  private var text: String?
  /// The first text that is before the one above it, with its row: an error where all texts are of one
  /// length and begin with a year.
  private var late: (row: Int, text: String, before: String)?
  private var allBeginWithYear = true

  init(
    _ table: StoredTable,
    options: SeriesOptions,
    progress: (Double) -> Void
  ) throws(DatasetError) {
    path = table.name
    timeName = options.timeColumn
    let names = Set([options.timeColumn, options.group].compactMap(\.self))
    // The sample throws for a name that is not there.
    for name in names.sorted() { _ = try table.sample.required(name) }
    let columns = table.schema.columns.filter { names.contains($0.name) }
    steps = SeriesSteps(table.sample[column: options.timeColumn]?.dateFormat, [])
    let reader = try table.reader(of: TableSchema(columns: columns))
    var row = 0
    while let block = try reader.next() {
      let time = try block.required(options.timeColumn)
      let groups = options.group.flatMap { block[column: $0] }
      for index in 0..<block.rowCount {
        if let groups { try enter(groups.text(index) ?? "", row + index) }
        if lengths.isEmpty { lengths = [0] }
        lengths[lengths.count - 1] += 1
        try take(time, index, row + index)
      }
      row += block.rowCount
      lastTime = time.text(block.rowCount - 1) ?? ""
      progress(Double(row) / Double(max(table.rowCount, 1)))
    }
    groupCount = max(self.groups.count, 1)
    if allBeginWithYear, let late {
      throw .series(
        .notInOrder(
          path: path,
          column: timeName,
          row: late.row + 1,
          time: late.text,
          before: late.before
        )
      )
    }
  }

  /// Begins a series where the name of one is another than before.
  private mutating func enter(_ name: String, _ row: Int) throws(DatasetError) {
    guard name != group else { return }
    guard groups.insert(name).inserted else {
      throw .series(
        .tooLargeToSort(
          path: path,
          column: timeName,
          row: row + 1,
          found: "another row of series \(clipped(name)) behind those of others"
        )
      )
    }
    group = name
    number = nil
    text = nil
    lengths.append(0)
  }

  private mutating func take(
    _ time: Table.Column,
    _ index: Int,
    _ row: Int
  ) throws(DatasetError) {
    guard !time.isMissing(index) else {
      throw SeriesTimes.unreadable(time, index, of: path, after: row - index)
    }
    if firstTime.isEmpty { firstTime = time.text(index) ?? "" }
    if case .numbers(let times, _) = time.cells {
      if let number {
        guard times[index] >= number else {
          throw .series(
            .tooLargeToSort(
              path: path,
              column: timeName,
              row: row + 1,
              found: "\(clipped(time.text(index) ?? "")), which is before the time above it"
            )
          )
        }
        distances.add(steps.place(of: times[index]) - steps.place(of: number))
      }
      number = times[index]
      return
    }
    let stamp = time.text(index) ?? ""
    if text == nil, let value = SeriesTimes.value(of: stamp) {
      if let number, value < number {
        throw .series(
          .tooLargeToSort(
            path: path,
            column: timeName,
            row: row + 1,
            found: "\(clipped(stamp)), which is before the time above it"
          )
        )
      }
      number = value
      return
    }
    let length = text?.utf8.count ?? stamp.utf8.count
    allBeginWithYear =
      allBeginWithYear && stamp.utf8.count == length
      && stamp.utf8.prefix(4).allSatisfy { 48...57 ~= $0 }
    guard allBeginWithYear else {
      throw SeriesTimes.unreadable(time, index, of: path, after: row - index)
    }
    if let text, late == nil, stamp < text { late = (row, stamp, text) }
    text = stamp
  }
}

/// Draws pieces of series at random, each as likely as any other, from a stream of unknown length.
///
/// Reference: Vitter, 1985, "Random sampling with a reservoir", doi:10.1145/3147.3165, algorithm R.
private struct StretchDraw {
  /// The rows of a piece, and the number of pieces.
  private let length: Int
  private let most: Int
  private var pieces: [(number: Int, table: Table, isOriginal: [Bool])] = []
  private var seen = 0
  private var generator = SeededGenerator.named("stretches of a series", seed: 0)

  init(window: Int, most rows: Int) {
    length = max(8 * window, 1_024)
    most = max(rows / length, 16)
  }

  mutating func take(_ stretch: SeriesChunk) {
    for start in stride(from: stretch.core.lowerBound, to: stretch.core.upperBound, by: length) {
      let place = pieces.count < most ? seen : Int.random(in: 0...seen, using: &generator)
      seen += 1
      guard place < most else { continue }
      let rows = start..<min(start + length, stretch.core.upperBound)
      let piece = (
        number: seen,
        table: stretch.series.table.rows(Array(rows)),
        isOriginal: rows.map { stretch.series.originalRows[$0] != nil }
      )
      if place < pieces.count { pieces[place] = piece } else { pieces.append(piece) }
    }
  }

  /// The pieces as series, in the order in which they came.
  func series(
    spacing: SeriesSpacing,
    options: SeriesOptions,
    scales: SeriesScales
  ) throws(DatasetError) -> SeriesSet {
    let pieces = pieces.sorted { $0.number < $1.number }
    var groups: [Range<Int>] = []
    var originals: [Int?] = []
    var count = 0
    for piece in pieces {
      groups.append(originals.count..<originals.count + piece.isOriginal.count)
      for isOriginal in piece.isOriginal {
        originals.append(isOriginal ? count : nil)
        if isOriginal { count += 1 }
      }
    }
    return try SeriesSet(
      Table(joining: pieces.map(\.table)),
      originalRows: originals,
      groups: groups,
      spacing: spacing,
      unorderedCount: 0,
      options: options,
      scales: scales
    )
  }
}
