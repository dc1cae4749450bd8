package import HourglassData

/// The scale of each row of series, channel by channel.
package struct RowScales: Hashable, Sendable {
  /// The number of the series of each row.
  package let series: [Int]
  /// The scales of the channels of each series.
  private let scales: [[SeriesScales.Scale]]
  /// What distances from a level are divided by, also where a channel never varies.
  private let divisors: [[Double]]

  private init(
    series: [Int],
    scales: [[SeriesScales.Scale]],
    divisors: [[Double]]
  ) {
    self.series = series
    self.scales = scales
    self.divisors = divisors
  }

  /// Finds the scales of the series of a table.
  init(_ known: SeriesScales, _ set: SeriesSet, _ channels: [String]) {
    var keys = [String](repeating: "", count: set.table.rowCount)
    for (key, rows) in zip(set.keys(), set.groups) { for row in rows { keys[row] = key } }
    self.init(known, keys: keys, channels: channels.count)
  }

  /// Finds the scales of rows by the keys of their series; a channel without a value has a typical one.
  package init(_ known: SeriesScales, keys: [String], channels: Int) {
    let typical = (0..<channels).map(known.typical)
    var numbers: [String: Int] = [:]
    var scales: [[SeriesScales.Scale]] = []
    let series = keys.map { key in
      if let number = numbers[key] { return number }
      let own = known.scales[key]
      scales.append((0..<channels).map { own?[$0] ?? typical[$0] })
      numbers[key] = scales.count - 1
      return scales.count - 1
    }
    self.init(
      series: series,
      scales: scales,
      divisors: scales.map { scales in
        scales.indices.map { scales[$0].spread > 0 ? scales[$0].spread : typical[$0].spread }
      }
    )
  }

  /// The scale of a channel in a row.
  package func scale(_ row: Int, _ channel: Int) -> SeriesScales.Scale {
    scales[series[row]][channel]
  }

  /// What some rows count for, 1 in the mean, so that each series counts alike.
  package func weights(_ rows: [Int]) -> [Double] {
    var counts: [Int: Double] = [:]
    for row in rows { counts[series[row], default: 0] += 1 }
    let share = Double(rows.count) / Double(max(counts.count, 1))
    return rows.map { share / (counts[series[$0]] ?? 1) }
  }

  /// Some rows in the order of their indices.
  package func rows(_ indices: [Int]) -> RowScales {
    RowScales(series: indices.map { series[$0] }, scales: scales, divisors: divisors)
  }

  /// A table of the channels with each number as a distance from its level, in parts of its spread.
  func relative(_ table: Table) -> Table {
    Table(
      name: table.name,
      columns: table.columns.enumerated().map { channel, column in
        guard case .numbers(let values, let missing) = column.cells else { return column }
        let relative = values.indices.map { row in
          if !missing.isEmpty, missing[row] { return 0.0 }
          let number = column.clampedNumber(row) ?? 0
          let level = scales[series[row]][channel].level
          return (number - level) / divisors[series[row]][channel]
        }
        return column.replacing(cells: .numbers(relative, missing: missing))
      }
    )
  }
}

extension SeriesScales {
  /// The scales of some channels of all.
  func selecting(_ names: [String], of channels: [String]) -> SeriesScales {
    names == channels ? self : selecting(names.compactMap(channels.firstIndex))
  }
}
