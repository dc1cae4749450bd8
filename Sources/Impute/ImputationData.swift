internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassTensors

/// How the data of an imputer become cells: kept in the model.
struct ImputedFields: Codable, Hashable, Sendable {
  /// A column with one value, which its missing cells get too.
  struct Constant: Codable, Hashable, Sendable {
    let name: String
    let text: String
  }

  /// How columns become values.
  let encoding: TableEncoding
  /// How a time series is cut into windows; `nil` for a table.
  let series: SeriesOptions?
  /// The columns that never vary.
  let constants: [Constant]

  /// What is wrong with fields that were read from a file, if anything.
  var problem: String? {
    if let series, !(2...1 << 16).contains(series.window) {
      return "its windows should have 2 to 65536 rows"
    }
    return encoding.problem
  }
}

extension ImputedFields {
  /// Fits how a table's columns become values; numbers are standardized, so that the least squared
  /// error is that of their own units.
  init(_ table: Table, series: SeriesOptions?) throws(DatasetError) {
    encoding = try TableEncoding(
      learning: table,
      rows: Array(0..<table.rowCount),
      scaling: .standard,
      datesHaveParts: false
    )
    self.series = series
    let encoding = encoding
    constants = table.columns.compactMap { column in
      guard column.missingCount > 0, encoding.ignoredColumns.contains(column.name),
        let row = (0..<column.count).first(where: { !column.isMissing($0) }),
        let text = column.text(row),
        (0..<column.count).allSatisfy({ column.isMissing($0) || column.text($0) == text })
      else { return nil }
      return Constant(name: column.name, text: text)
    }
  }
}

/// A table or series as an imputer takes it: its rows in their order, and the parts of a series.
struct ImputationData: Sendable {
  /// The table; the rows of one series stand together.
  let table: Table
  /// For each row of `table` its row in what was given.
  let originalRows: [Int?]
  /// The rows of each series; `nil` for a table.
  let groups: [Range<Int>]?
  /// How the series was cut.
  let series: SeriesOptions?
  /// The columns of values of a series.
  private let channels: [String]
  /// The name and the hash of what was given.
  let name: String
  let fingerprint: String

  init(_ table: Table) {
    self.table = table
    originalRows = Array(0..<table.rowCount)
    groups = nil
    series = nil
    channels = []
    name = table.name
    fingerprint = table.fingerprint
  }

  init(_ set: SeriesSet) {
    table = set.table
    originalRows = set.originalRows
    groups = set.groups
    series = SeriesOptions(
      timeColumn: set.timeColumn,
      group: set.groupColumn,
      window: set.window,
      stride: set.stride
    )
    channels = set.channels
    name = set.name
    fingerprint = set.fingerprint
  }

  init(_ dataset: Dataset) throws {
    switch dataset {
    case .table(let table): self.init(try table.whole())
    case .series(let series): self.init(try series.whole())
    case .images(let images):
      throw TaskError.otherKind(
        name: images.name,
        expected: "a table or time series",
        found: "images"
      )
    case .sounds(let sounds):
      throw TaskError.otherKind(
        name: sounds.name,
        expected: "a table or time series",
        found: "sounds"
      )
    }
  }

  /// The columns that take part in training: of a series the numbers.
  ///
  /// - Throws: `unsuitedKind` where a series has none.
  func learnedColumns() throws(TaskError) -> Table {
    guard groups != nil else { return table }
    let names = Set(channels)
    let columns = table.columns.filter { column in
      if case .numbers = column.cells { names.contains(column.name) } else { false }
    }
    guard !columns.isEmpty else {
      throw .unsuitedKind(
        name: name,
        job: "fill in the gaps of",
        expected: "a time series with a column of numbers",
        found: "columns of yes and no alone"
      )
    }
    return Table(name: table.name, columns: columns)
  }

  /// A table of filled rows in the order of what was given.
  func reconstructed(_ filled: Table) -> Table {
    guard groups != nil else { return filled }
    let places = originalRows.indices.filter { originalRows[$0] != nil }
    return filled.rows(places.sorted { (originalRows[$0] ?? 0) < (originalRows[$1] ?? 0) })
  }
}

/// The windows of series as items `[2 · channels · window]` of a network with fields: values, then
/// observed masks.
struct CellWindows: BatchSource {
  let rows: CellRows
  let ranges: [Range<Int>]
  let window: Int
  let itemShape: Shape

  /// Windows every so many rows of each series, the last of which ends with it.
  init(_ rows: CellRows, groups: [Range<Int>], window: Int, stride: Int) {
    self.rows = rows
    self.window = window
    itemShape = [2 * rows.width * window]
    ranges = groups.flatMap { group -> [Range<Int>] in
      guard group.count > window else { return [group] }
      let last = group.upperBound - window
      let starts = Swift.stride(from: group.lowerBound, to: last, by: max(stride, 1))
      return (Array(starts) + [last]).map { $0..<$0 + window }
    }
  }

  var count: Int { ranges.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let channels = rows.width
    let half = channels * window
    for index in indices.indices {
      let range = ranges[indices[index]]
      let start = index * 2 * half
      for channel in 0..<channels {
        for step in 0..<window {
          let place = start + channel * window + step
          let row = range.lowerBound + step
          let isThere = row < range.upperBound
          destination[place] = isThere ? rows.values[row * channels + channel] : 0
          destination[place + half] = isThere ? rows.observed[row * channels + channel] : 0
        }
      }
    }
  }

  /// The means over windows of their predictions of each row, `[rows, channels]`.
  func merged(_ outputs: Tensor) -> [Float] {
    let channels = rows.width
    var sums = [Float](repeating: 0, count: rows.count * channels)
    var counts = [Float](repeating: 0, count: rows.count)
    let scalars = outputs.scalars
    for (index, range) in ranges.enumerated() {
      let start = index * channels * window
      for (step, row) in range.enumerated() {
        // The middle of a window has neighbors on both sides and counts for more than its ends.
        let weight = Float(1 + min(step, range.count - 1 - step))
        counts[row] += weight
        for channel in 0..<channels {
          sums[row * channels + channel] += weight * scalars[start + channel * window + step]
        }
      }
    }
    for row in 0..<rows.count where counts[row] > 0 {
      for channel in 0..<channels { sums[row * channels + channel] /= counts[row] }
    }
    return sums
  }
}
