internal import HourglassTensors

/// How a table is cut into windows of time.
public struct SeriesOptions: Codable, Hashable, Sendable {
  /// The column of times, texts or numbers, in order.
  public var timeColumn: String
  /// The column that identifies several series; none where the table is one series.
  public var group: String?
  /// The number of rows of a window.
  public var window: Int
  /// The rows from the start of a window to that of the next; half a window when it is left out.
  public var stride: Int?

  /// Makes options.
  public init(timeColumn: String, group: String? = nil, window: Int = 128, stride: Int? = nil) {
    self.timeColumn = timeColumn
    self.group = group
    self.window = window
    self.stride = stride
  }

  /// The rows from the start of a window to that of the next.
  var windowStride: Int { stride ?? max(1, window / 2) }

  /// The most rows of a window.
  static let longestWindow = 1 << 20

  /// Checks the window and the stride.
  func validate(for path: String) throws(DatasetError) {
    guard (1...Self.longestWindow).contains(window), windowStride > 0 else {
      throw .series(.badWindow(path: path, window: window, stride: windowStride))
    }
  }
}

/// One or more time series: the rows of a table in the order of their times, cut into windows.
///
/// Windows begin every `stride` rows of a series, and the last one ends with it, so that they cover
/// each row. A series shorter than a window is one window, whose end is missing. Times that are left
/// out of a regular series are rows of missing cells (`SeriesSpacing`).
public struct SeriesSet: Sendable {
  /// The table, the rows of a group together.
  public let table: Table
  /// For each row of `table` the row of the table that was given; nil for a time that was left out
  /// there, whose cells are missing.
  public let originalRows: [Int?]
  /// How the times follow each other.
  package let spacing: SeriesSpacing
  /// The number of rows of the table that was given that are before the row above them, and were put
  /// in the order of their times.
  public let unorderedCount: Int
  /// The name of the column of times.
  public let timeColumn: String
  /// The name of the column that identifies several series; none where the table is one series.
  public let groupColumn: String?
  /// The times, as they are written.
  public let timeStamps: [String]
  /// The names of the columns of values: those that hold numbers, or booleans, which are 0 and 1.
  public let channels: [String]
  /// The number of rows of a window.
  public let window: Int
  /// The rows from the start of a window to that of the next.
  public let stride: Int
  /// The rows of each series.
  public let groups: [Range<Int>]

  private let ranges: [Range<Int>]
  /// The values of each channel; NaN where they are missing.
  private let values: [[Float]]

  /// The name of the table.
  public var name: String { table.name }
  /// The number of windows.
  public var count: Int { ranges.count }
  /// A hash of the table.
  public var fingerprint: String { table.fingerprint }

  /// Cuts a table into windows.
  ///
  /// - Throws: `missingColumn`, `valueNotFinite`, or a `SeriesError` for what is no time series.
  public init(_ table: Table, options: SeriesOptions) throws(DatasetError) {
    try options.validate(for: table.name)
    let time = try table.required(options.timeColumn)
    var order: [Int] = []
    var sizes: [Int] = []
    if let group = options.group {
      let column = try table.required(group)
      let keys = (0..<table.rowCount).map { column.text($0) ?? "" }
      var places: [String: Int] = [:]
      var members: [[Int]] = []
      for (row, key) in keys.enumerated() {
        let place = places[key] ?? members.count
        if place == members.count {
          places[key] = place
          members.append([])
        }
        members[place].append(row)
      }
      order = members.flatMap(\.self)
      sizes = members.map(\.count)
    } else {
      order = Array(0..<table.rowCount)
      sizes = [table.rowCount]
    }
    var groups: [Range<Int>] = []
    for size in sizes {
      let start = groups.last?.upperBound ?? 0
      groups.append(start..<start + size)
    }
    let unorderedCount = try Self.sort(&order, time, table.name, groups: groups)
    var sorted = options.group == nil && unorderedCount == 0 ? table : table.rows(order)
    var rows: [Int?] = order
    var spacing = SeriesSpacing.unknown
    if case .numbers(let times, _) = time.cells {
      let grid = SeriesGrid(times: order.map { times[$0] }, groups: groups)
      spacing = grid.spacing
      let added = sorted.adding(
        grid,
        groups: groups,
        time: options.timeColumn,
        group: options.group
      )
      sorted = added.table
      groups = added.groups
      rows = added.rows.map { $0.map { order[$0] } }
    }
    try self.init(
      sorted,
      originalRows: rows,
      groups: groups,
      spacing: spacing,
      unorderedCount: unorderedCount,
      options: options
    )
  }

  /// Cuts a table into windows whose rows are in order, with rows for the times that are left out.
  ///
  /// - Parameters:
  ///   - table: The rows, those of a series together.
  ///   - originalRows: For each row the number of the one that was given, or nil: all numbers below
  ///     that of the rows that were given.
  ///   - groups: The rows of each series.
  ///   - spacing: How the times follow each other.
  ///   - unorderedCount: The number of rows that were put into the order of their times.
  ///   - options: How the windows are cut.
  init(
    _ table: Table,
    originalRows: [Int?],
    groups: [Range<Int>],
    spacing: SeriesSpacing,
    unorderedCount: Int,
    options: SeriesOptions
  ) throws(DatasetError) {
    let stride = options.windowStride
    let stamps = try table.required(options.timeColumn)
    let columns = table.columns.filter {
      $0.name != options.timeColumn && $0.name != options.group && Self.holdsValues($0)
    }
    if columns.isEmpty {
      throw .series(.noValues(path: table.name, columns: table.columns.map(\.name)))
    }
    for column in columns {
      guard let row = (0..<column.count).first(where: { column.number($0)?.isFinite == false })
      else { continue }
      throw .valueNotFinite(
        name: "\(table.name), column \(column.name)",
        item: (originalRows[row] ?? 0) + 1
      )
    }
    self.table = table
    self.originalRows = originalRows
    self.spacing = spacing
    self.unorderedCount = unorderedCount
    timeColumn = options.timeColumn
    groupColumn = options.group
    timeStamps = (0..<stamps.count).map { stamps.text($0) ?? "" }
    channels = columns.map(\.name)
    window = options.window
    self.stride = stride
    self.groups = groups
    ranges = groups.flatMap { Self.windows($0, options.window, stride) }
    values = columns.map { column in (0..<column.count).map { Self.value(column, $0) } }
  }

  /// The same series without a column of values.
  ///
  /// - Throws: `missingColumn` where there is no such column, and a `SeriesError` where there is no other
  ///   one of values.
  public func removing(_ column: String) throws(DatasetError) -> SeriesSet {
    _ = try table.required(column)
    return try SeriesSet(
      table.removing([column]),
      originalRows: originalRows,
      groups: groups,
      spacing: spacing,
      unorderedCount: unorderedCount,
      options: SeriesOptions(
        timeColumn: timeColumn,
        group: groupColumn,
        window: window,
        stride: stride
      )
    )
  }

  /// For each row of the table that was given its row in `table`.
  public var rowsOfOriginals: [Int] {
    let rows = originalRows.indices.filter { originalRows[$0] != nil }
    return rows.sorted { (originalRows[$0] ?? 0) < (originalRows[$1] ?? 0) }
  }

  /// The rows of `table` that a window covers; fewer than `window` where the series is shorter.
  public func range(of window: Int) -> Range<Int> { ranges[window] }

  /// The values of a window and which of them are there, each `[channels, window]`.
  public func window(_ index: Int) -> (values: [Float], observed: [Float]) {
    var result = [Float](repeating: 0, count: channels.count * window)
    var observed = result
    for (channel, column) in values.enumerated() {
      for (step, row) in ranges[index].enumerated() {
        let value = column[row]
        guard !value.isNaN else { continue }
        result[channel * window + step] = value
        observed[channel * window + step] = 1
      }
    }
    return (result, observed)
  }

  /// For each channel the average over the windows that cover a row, `[channels][rows]`.
  ///
  /// - Parameter windows: The values of all windows, each `[channels, window]`.
  public func merged(windows: [[Float]]) -> [[Double]] {
    precondition(windows.count == count, "\(count) windows were expected, found \(windows.count)")
    let none = [Double](repeating: 0, count: table.rowCount)
    var sums = [[Double]](repeating: none, count: channels.count)
    var counts = none
    for (index, values) in windows.enumerated() {
      for (step, row) in ranges[index].enumerated() {
        counts[row] += 1
        for channel in channels.indices {
          sums[channel][row] += Double(values[channel * window + step])
        }
      }
    }
    return sums.map { sum in zip(sum, counts).map { $0 / max($1, 1) } }
  }

  private static func windows(_ rows: Range<Int>, _ window: Int, _ stride: Int) -> [Range<Int>] {
    guard rows.count > window else { return [rows] }
    let last = rows.upperBound - window
    var starts: [Int] = []
    var start = rows.lowerBound
    while start < last {
      starts.append(start)
      start += min(stride, rows.count)
    }
    return (starts + [last]).map { $0..<$0 + window }
  }

  private static func holdsValues(_ column: Table.Column) -> Bool {
    if case .numbers = column.cells { return !column.kind.isDate }
    return column.kind == .boolean
  }

  private static func value(_ column: Table.Column, _ row: Int) -> Float {
    if case .codes(let codes, _) = column.cells { return codes[row] < 0 ? .nan : Float(codes[row]) }
    return column.number(row).map { Float(min(max($0, -largest), largest)) } ?? .nan
  }

  /// The largest magnitude of a value: beyond it there is no arithmetic in single precision.
  private static let largest = Double(Float.greatestFiniteMagnitude) / 4

  /// Puts the rows of each series in the order of their times where these are numbers or dates, and
  /// gives the number of those that were not; texts of one length that begin with a year are checked.
  private static func sort(
    _ order: inout [Int],
    _ time: Table.Column,
    _ name: String,
    groups: [Range<Int>]
  ) throws(DatasetError) -> Int {
    if let row = order.first(where: { time.isMissing($0) }) {
      throw .series(.missingTime(path: name, column: time.name, row: row + 1))
    }
    let isBefore: (Int, Int) -> Bool
    if case .numbers(let times, _) = time.cells {
      let count = groups.reduce(0) { count, rows in
        count + rows.dropFirst().count { times[order[$0]] < times[order[$0 - 1]] }
      }
      guard count > 0 else { return 0 }
      for rows in groups {
        // Rows of one time stay in their order.
        order[rows].sort { (times[$0], $0) < (times[$1], $1) }
      }
      return count
    } else {
      let stamps = (0..<time.count).map { time.text($0) ?? "" }
      let length = stamps.first?.utf8.count
      let numbers = stamps.map { TableNumber.value(of: $0) }
      if numbers.allSatisfy({ $0 != nil }) {
        isBefore = { (numbers[$0] ?? 0) < (numbers[$1] ?? 0) }
      } else if stamps.allSatisfy({
        $0.utf8.count == length && $0.utf8.prefix(4).allSatisfy { 48...57 ~= $0 }
      }) {
        isBefore = { stamps[$0] < stamps[$1] }
      } else {
        return 0
      }
    }
    for rows in groups {
      for row in rows.dropFirst() where isBefore(order[row], order[row - 1]) {
        throw .series(
          .notInOrder(
            path: name,
            column: time.name,
            row: order[row] + 1,
            time: time.text(order[row]) ?? "",
            before: time.text(order[row - 1]) ?? ""
          )
        )
      }
    }
    return 0
  }
}
