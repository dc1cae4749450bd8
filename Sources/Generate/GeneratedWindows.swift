internal import HourglassData
internal import HourglassEncodings

extension SeriesEncoding {
  /// The table of generated windows: their numbers, the step within each, the key of the series and the
  /// time where the data have these, and the channels.
  ///
  /// The keys, the first times and the lengths are those of windows that were trained on.
  ///
  /// - Parameters:
  ///   - values: The encoded values, `[count, channels, window]`.
  ///   - first: How many windows come before.
  ///   - places: For each window the place of the one that it has these of; empty where none are kept.
  ///   - isWhole: Whether windows of series that are shorter are not cut to their length.
  func table(_ values: [Float], after first: Int, like places: [Int], isWhole: Bool) -> Table {
    let count = values.count / (channels.width * window)
    let width = channels.width
    var rows = [Float](repeating: 0, count: values.count)
    for item in 0..<count {
      for channel in 0..<width {
        for step in 0..<window {
          rows[(item * window + step) * width + channel] =
            values[(item * width + channel) * window + step]
        }
      }
    }
    let known = beginnings
    let drawn = (0..<count).map { item -> SeriesBeginnings.Window? in
      guard let windows = known?.windows, item < places.count else { return nil }
      return windows[places[item]]
    }
    let keys = drawn.flatMap { beginning in
      Array(repeating: beginning.flatMap { known?.keys[$0.key] } ?? "", count: window)
    }
    let decoded = channels.decoded(
      values: rows,
      count: count * window,
      scales: scales.map { RowScales($0, keys: keys, channels: width) }
    )
    var own: [Table.Column] = []
    if let name = known?.keyName {
      let names = known?.keys ?? []
      let codes = drawn.flatMap { Array(repeating: Int32($0?.key ?? 0), count: window) }
      own.append(Table.Column(name: name, kind: .category, cells: .codes(codes, levels: names)))
    }
    if let known, let time = known.time {
      let times = drawn.flatMap { beginning -> [Double] in
        let times = beginning.map(known.times) ?? []
        return times + Array(repeating: times.last ?? 0, count: window - times.count)
      }
      own.append(time.column(.numbers(times, missing: [])))
    }
    let named = Table(name: "generated", columns: own + decoded.columns)
    let steps = 0..<count * window
    func counted(_ name: String, _ number: (Int) -> Int) -> Table.Column {
      Table.Column(
        name: Self.free(name, among: named),
        kind: .integer,
        cells: .numbers(steps.map { Double(number($0)) }, missing: []),
        decimals: 0
      )
    }
    let table = Table(
      name: "generated",
      columns: [
        counted("window") { first + $0 / window + 1 }, counted("step") { $0 % window + 1 },
      ] + named.columns
    )
    guard !isWhole, drawn.contains(where: { $0.map { $0.length < window } ?? false }) else {
      return table
    }
    return table.rows(steps.filter { $0 % window < drawn[$0 / window]?.length ?? window })
  }

  private static func free(_ name: String, among table: Table) -> String {
    table[column: name] == nil ? name : free("generated " + name, among: table)
  }

  /// Windows as rows of a table to evaluate them by: each row a step, with the values of the channels
  /// then and some steps later.
  ///
  /// - Parameter windows: The table of windows one after another, of the channels alone.
  func lagged(_ windows: Table, count: Int) -> Table {
    var columns: [Table.Column] = []
    let lags = [0, 1, max(window / 8, 2), window / 2].filter { $0 < window }
    for lag in Array(Set(lags)).sorted() {
      let rows = (0..<count).flatMap { item in
        (0..<window).filter { $0 + (lags.max() ?? 0) < window }.map { item * window + $0 + lag }
      }
      columns += windows.columns.map { column in
        column.rows(rows).renamed(lag == 0 ? column.name : "\(column.name), \(lag) later")
      }
    }
    return Table(name: windows.name, columns: columns)
  }
}
