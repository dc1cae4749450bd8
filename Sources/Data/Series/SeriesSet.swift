internal import HourglassSystem
internal import HourglassTensors

/// How a table is cut into windows of time.
public struct SeriesOptions: Codable, Hashable, Sendable {
  /// The column of times, texts or numbers, in order.
  public var timeColumn: String
  /// The column that identifies several series; none where the table is one series.
  public var group: String?
  /// The number of rows of a window; chosen by the length of the series when it is left out.
  public var window: Int?
  /// The rows from the start of a window to that of the next; half a window when it is left out.
  public var stride: Int?

  /// Makes options.
  public init(timeColumn: String, group: String? = nil, window: Int? = nil, stride: Int? = nil) {
    self.timeColumn = timeColumn
    self.group = group
    self.window = window
    self.stride = stride
  }

  /// The rows of a window of series that are long enough, where none are given.
  package static let standardWindow = 128

  /// The rows of a window.
  var windowRows: Int { window ?? Self.standardWindow }

  /// The rows from the start of a window to that of the next.
  var windowStride: Int { stride ?? max(1, windowRows / 2) }

  /// The options with a window that suits series of some lengths: 128 rows, or about half of the median
  /// length where that is less, a multiple of four from 8 rows on.
  func choosingWindow(_ lengths: [Int]) -> SeriesOptions {
    guard window == nil, !lengths.isEmpty else { return self }
    let half = lengths.sorted()[lengths.count / 2] / 2
    var options = self
    options.window = min(Self.standardWindow, half >= 8 ? half / 4 * 4 : max(half, 2))
    return options
  }

  /// The most rows of a window.
  static let longestWindow = 1 << 20

  /// Checks the window and the stride.
  func validate(for path: String) throws(DatasetError) {
    guard (1...Self.longestWindow).contains(windowRows), windowStride > 0 else {
      throw .series(.badWindow(path: path, window: windowRows, stride: windowStride))
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
  /// The number of rows that have the time of the row before them in their series.
  package let repeatedCount: Int
  /// The level and the spread of the channels of each series.
  package let scales: SeriesScales

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
    var times = try SeriesTimes(time, of: table.name)
    if time.kind == .time { times.unwrapDays(groups: groups, order: order) }
    let unorderedCount = Self.sort(&order, times.values, groups: groups)
    var sorted = options.group == nil && unorderedCount == 0 ? table : table.rows(order)
    var rows: [Int?] = order
    var spacing = SeriesSpacing.unknown
    if times.hasDistances {
      let steps = SeriesSteps(time.dateFormat, times.values)
      let placed = order.map { times.values[$0] }
      let grid = SeriesGrid(
        times: placed.map(steps.place),
        groups: groups,
        clock: placed,
        steps: steps
      )
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
      options: options.choosingWindow(groups.map(\.count))
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
  ///   - scales: The scales of the series; by the rows where they are left out.
  init(
    _ table: Table,
    originalRows: [Int?],
    groups: [Range<Int>],
    spacing: SeriesSpacing,
    unorderedCount: Int,
    options: SeriesOptions,
    scales: SeriesScales? = nil
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
    window = options.windowRows
    self.stride = stride
    self.groups = groups
    ranges = groups.flatMap { Self.windows($0, options.windowRows, stride) }
    let values = columns.map { column in (0..<column.count).map { Self.value(column, $0) } }
    self.values = values
    let texts = timeStamps
    repeatedCount = groups.reduce(0) { count, rows in
      count + rows.dropFirst().count { texts[$0] == texts[$0 - 1] }
    }
    if let scales {
      self.scales = scales
    } else {
      let keys = options.group.flatMap { table[column: $0] }
      var tally = SeriesScales.Tally(channels: columns.count)
      for rows in groups where !rows.isEmpty {
        tally.take(keys?.text(rows.lowerBound) ?? "", rows) { channel, row in
          values[channel][row].isNaN ? nil : columns[channel].clampedNumber(row)
        }
      }
      self.scales = tally.scales
    }
  }

  /// The key of each series of `groups`; empty where the table is one series.
  package func keys() -> [String] {
    let column = groupColumn.flatMap { table[column: $0] }
    return groups.map { rows in
      rows.isEmpty ? "" : column.flatMap { $0.text(rows.lowerBound) } ?? ""
    }
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

  /// Puts the rows of each series in the order of their times, and gives the number of those that were not;
  /// rows of one time stay in their order.
  private static func sort(
    _ order: inout [Int],
    _ times: [Double],
    groups: [Range<Int>]
  ) -> Int {
    let count = groups.reduce(0) { count, rows in
      count + rows.dropFirst().count { times[order[$0]] < times[order[$0 - 1]] }
    }
    guard count > 0 else { return 0 }
    for rows in groups { order[rows].sort { (times[$0], $0) < (times[$1], $1) } }
    return count
  }
}

extension Table.Column {
  /// A number as it is computed with in single precision, 0 and 1 for no and yes; none where it is missing.
  package func clampedNumber(_ row: Int) -> Double? {
    if case .codes(let codes, _) = cells { return codes[row] < 0 ? nil : Double(codes[row]) }
    let largest = Double(Float.greatestFiniteMagnitude) / 4
    return number(row).map { min(max($0, -largest), largest) }
  }
}

extension SeriesSet {
  /// What should be known of how the rows were taken, a line each.
  package var remarks: [String] {
    var lines: [String] = []
    if unorderedCount > 0 {
      lines.append(
        "\(NumberText.counted(unorderedCount, "row")) before the row above; taken in the order of time"
      )
    }
    if repeatedCount > 0 {
      lines.append(
        "\(NumberText.counted(repeatedCount, "row")) with the time of the row before"
          + (groupColumn == nil
            ? "; where they are of several series, give their column by --by" : "")
      )
    }
    let longest = groups.map(\.count).max() ?? 0
    if window > longest {
      lines.append(
        "the window of \(NumberText.counted(window, "row")) is longer than the "
          + (groups.count == 1 ? "series" : "longest series")
          + " of \(NumberText.counted(longest, "row")); leave out --window to have it chosen by the data"
      )
    }
    return lines
  }
}
