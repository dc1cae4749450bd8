internal import HourglassData
internal import HourglassEncodings

extension SeriesEncoding {
  /// The table of generated windows: their numbers, the step within each, and the channels.
  ///
  /// - Parameters:
  ///   - values: The encoded values, `[count, channels, window]`.
  ///   - first: How many windows come before.
  func table(_ values: [Float], after first: Int = 0) -> Table {
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
    let decoded = channels.decoded(values: rows, count: count * window)
    let places = 0..<count * window
    var columns = [
      Table.Column(
        name: Self.free("window", among: decoded),
        kind: .integer,
        cells: .numbers(places.map { Double(first + $0 / window + 1) }, missing: []),
        decimals: 0
      ),
      Table.Column(
        name: Self.free("step", among: decoded),
        kind: .integer,
        cells: .numbers(places.map { Double($0 % window + 1) }, missing: []),
        decimals: 0
      ),
    ]
    columns += decoded.columns
    return Table(name: "generated", columns: columns)
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
