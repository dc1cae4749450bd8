internal import HourglassData
internal import HourglassEncodings
internal import HourglassTensors

extension EncodingOptions {
  /// Numbers are standardized, so that the least squared error is that of their own units; what is filled in
  /// a date is its time alone, and times of day are places on a circle.
  static let imputation = EncodingOptions(
    scaling: .standard,
    datesHaveParts: false,
    timesAreCircles: true,
    channelScaling: .standard,
    takesBooleans: false
  )
}

/// How the data of an imputer become cells: kept in the model.
struct ImputedFields: Codable, Hashable, Sendable {
  /// A column with one value, which its missing cells get too.
  struct Constant: Codable, Hashable, Sendable {
    let name: String
    let text: String
  }

  /// How a table or the windows of a series are encoded.
  let encoding: ItemEncoding
  /// The columns that never vary.
  let constants: [Constant]
  /// The columns of remarks, whose missing cells stay missing: found by evaluating.
  var unfilled: [String] = []

  /// Fits to all items.
  init(_ data: ImputationData) throws {
    if case .series(let series) = data.items {
      let hasNumbers = series.channels.contains { name in
        if case .numbers? = series.table[column: name]?.cells { true } else { false }
      }
      guard hasNumbers else {
        throw TaskError.unsuitedKind(
          name: series.name,
          job: "fill in the gaps of",
          expected: "a time series with a column of numbers",
          found: "columns of yes and no alone"
        )
      }
    }
    let encoding = try ItemEncoding(
      data.items,
      training: Array(0..<data.items.count),
      .imputation
    )
    if let fields = encoding.fields, fields.fields.allSatisfy(\.isText) {
      throw DatasetError.table(
        .nothingToLearn(path: data.name, ignoredColumns: data.table.columns.map(\.name))
      )
    }
    constants = data.table.columns.compactMap { column in
      guard column.missingCount > 0, encoding.ignoredColumns.contains(column.name),
        let row = (0..<column.count).first(where: { !column.isMissing($0) }),
        let text = column.text(row),
        (0..<column.count).allSatisfy({ column.isMissing($0) || column.text($0) == text })
      else { return nil }
      return Constant(name: column.name, text: text)
    }
    self.encoding = encoding
  }

  /// The columns of a table, or the channels of a series.
  var columns: TableEncoding {
    guard let columns = encoding.fields else {
      preconditionFailure("cells are of tables and series")
    }
    return columns
  }

  /// Whether missing cells of a column that is trained on are filled.
  func fills(_ column: String) -> Bool {
    !unfilled.contains(column) && !columns.fields.contains { $0.name == column && $0.isText }
  }

  /// The rows of a window; `nil` for a table.
  var window: Int? { if case .series(let series) = encoding { series.window } else { nil } }

  /// The cells of data of the same kind.
  func rows(of data: ImputationData) throws -> EncodedTable {
    guard case (.series(let encoding), .series(let series)) = (self.encoding, data.items)
    else {
      return try columns.encoded(data.table)
    }
    return try encoding.rows(of: series)
  }

  /// What is wrong with fields that were read from a file, if anything.
  var problem: String? {
    guard encoding.kind == .table || encoding.kind == .series else {
      return "it should be of a table or a time series"
    }
    if let window, !(2...1 << 16).contains(window) {
      return "its windows should have 2 to 65536 rows"
    }
    return encoding.problem
  }
}

/// A table or series as an imputer takes it: its rows in their order, and the parts of a series.
struct ImputationData: Sendable {
  /// The rows, or the windows of a series.
  let items: RawItems
  /// The table; the rows of one series stand together.
  let table: Table
  /// For each row of `table` its row in what was given.
  let originalRows: [Int?]
  /// The rows of each series; `nil` for a table.
  let groups: [Range<Int>]?

  /// - Parameter encoding: That of the model, which must be of the kind of the data; none in training.
  init(_ dataset: Dataset, for encoding: ItemEncoding? = nil) throws {
    guard encoding != nil || dataset.kind == .table || dataset.kind == .series else {
      throw TaskError.otherKind(
        name: dataset.name,
        expected: "a table or time series",
        found: dataset.kind.phrase
      )
    }
    items = try RawItems(dataset, for: encoding)
    switch items {
    case .table(let table):
      self.table = table
      originalRows = Array(0..<table.rowCount)
      groups = nil
    case .series(let set):
      table = set.table
      originalRows = set.originalRows
      groups = set.groups
    case .images, .sounds: preconditionFailure("cells are of tables and series")
    }
  }

  /// The name and the hash of what was given.
  var name: String { table.name }
  var fingerprint: String { table.fingerprint }

  /// A table of filled rows in the order of what was given.
  func reconstructed(_ filled: Table) -> Table {
    guard groups != nil else { return filled }
    let places = originalRows.indices.filter { originalRows[$0] != nil }
    return filled.rows(places.sorted { (originalRows[$0] ?? 0) < (originalRows[$1] ?? 0) })
  }
}

/// Windows every so many rows of each series, the last of which ends with it.
struct CellWindows: Sendable {
  /// The rows of each window.
  let ranges: [Range<Int>]
  /// The number of rows of a window.
  let window: Int

  init(groups: [Range<Int>], window: Int, stride: Int) {
    self.window = window
    ranges = groups.flatMap { group -> [Range<Int>] in
      guard group.count > window else { return [group] }
      let last = group.upperBound - window
      let starts = Swift.stride(from: group.lowerBound, to: last, by: max(stride, 1))
      return (Array(starts) + [last]).map { $0..<$0 + window }
    }
  }

  /// The windows of some rows as items of a network.
  func items(of rows: EncodedTable) -> EncodedRows {
    EncodedRows(windowsOf: rows, ranges, window: window)
  }

  /// The means over windows of their predictions of each row, `[rows, channels]`.
  func merged(_ outputs: Tensor, rows: Int, channels: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: rows * channels)
    var counts = [Float](repeating: 0, count: rows)
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
    for row in 0..<rows where counts[row] > 0 {
      for channel in 0..<channels { sums[row * channels + channel] /= counts[row] }
    }
    return sums
  }
}
