package import HourglassData
internal import HourglassTensors

/// How windows of time series are encoded: the channels are columns of numbers, each with an observed
/// mask, and an item is `[2 channels, window]`.
///
/// Where a table holds several series, the numbers of each are taken on its own scale first: as distances
/// from its level, in parts of its spread. A series that was not trained on has the scale of its own values.
package struct SeriesEncoding: Hashable, Sendable, Codable {
  /// How the numbers of the channels are encoded.
  package var channels: TableEncoding
  /// The number of rows of a window.
  package var window: Int
  /// The scale of each series that was trained on; none where the table is one series.
  package var scales: SeriesScales?
  /// The channels that never vary in the windows that were trained on.
  package var constants: [String]
  /// What generated windows begin with; kept for these alone.
  package var beginnings: SeriesBeginnings?

  /// Fits to some windows.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - windows: The windows that are trained on.
  ///   - scaling: How numbers are scaled; `nil` brings each channel to mean 0 and standard deviation 1
  ///     over the windows, in single precision, and keeps channels that never vary.
  ///   - takesBooleans: Whether columns of yes and no are channels.
  ///   - keepsBeginnings: Whether the times and keys of some windows are kept, for new ones.
  /// - Throws: `nothingVaries`, or a `DatasetError` where no channel can be trained on.
  package init(
    _ series: SeriesSet,
    windows: [Int],
    scaling: NumberScaling? = nil,
    takesBooleans: Bool = true,
    keepsBeginnings: Bool = false
  ) throws {
    window = series.window
    beginnings = keepsBeginnings ? SeriesBeginnings(series, windows: windows) : nil
    let names = series.channels.filter { name in
      if takesBooleans { return true }
      if case .numbers? = series.table[column: name]?.cells { return true }
      return false
    }
    let table = try series.table.selecting(names).ofNumbers
    var isSeen = [Bool](repeating: false, count: table.rowCount)
    for window in windows {
      for row in series.range(of: window) { isSeen[row] = true }
    }
    constants = table.columns.filter { column in
      let seen = isSeen.indices.lazy.filter { isSeen[$0] }.compactMap { column.clampedNumber($0) }
      return seen.first.map { first in seen.allSatisfy { $0 == first } } ?? false
    }.map(\.name)
    var relative = table
    var own: SeriesScales?
    if series.groupColumn != nil {
      let found = Self.scales(of: table, series, isSeen)
      own = found
      relative = RowScales(found, series, names).relative(table)
    }
    if let scaling {
      let learned = try TableEncoding(
        learning: relative,
        rows: isSeen.indices.filter { isSeen[$0] },
        scaling: scaling,
        datesHaveParts: false
      )
      // What is constant in each series, but not the same in all, is encoded as the level that it has.
      var flat = Set(learned.ignoredColumns).subtracting(constants)
      if series.groupColumn == nil { flat = [] }
      let fields = table.columns.compactMap { column in
        learned.fields.first { $0.name == column.name }
          ?? (flat.contains(column.name) && column.missingCount < column.count
            ? TableEncoding.Field(column, .number(.identity)) : nil)
      }
      channels = TableEncoding(
        fields: fields,
        ignoredColumns: learned.ignoredColumns.filter { name in
          !fields.contains { $0.name == name }
        },
        schema: learned.schema
      )
    } else {
      channels = try Self.standardized(relative, series, windows)
    }
    scales = own?.selecting(channels.columns, of: names)
  }

  /// The same with the times and keys of windows of other series, whose scales are added.
  ///
  /// - Parameter windows: The windows that are trained on.
  package func beginning(in series: SeriesSet, windows: [Int]) throws -> SeriesEncoding {
    var result = self
    result.beginnings = SeriesBeginnings(series, windows: windows)
    guard series.groupColumn != nil, scales != nil else { return result }
    let table = try numbers(of: series)
    var isSeen = [Bool](repeating: false, count: table.rowCount)
    for window in windows {
      for row in series.range(of: window) { isSeen[row] = true }
    }
    result.scales?.merge(Self.scales(of: table, series, isSeen))
    return result
  }

  /// The scales of the series over the rows that are trained on; of series without any by all their rows.
  private static func scales(
    of table: Table,
    _ series: SeriesSet,
    _ isSeen: [Bool]
  ) -> SeriesScales {
    var tally = SeriesScales.Tally(channels: table.columns.count)
    for (key, rows) in zip(series.keys(), series.groups) {
      let seen = rows.filter { isSeen[$0] }
      if seen.isEmpty { continue }
      tally.take(key, seen) { channel, row in table.columns[channel].clampedNumber(row) }
    }
    var scales = tally.scales
    scales.merge(series.scales.selecting(table.columns.map(\.name), of: series.channels))
    return scales
  }

  /// The standardization of each channel over some windows, of which each counts its rows.
  private static func standardized(
    _ table: Table,
    _ series: SeriesSet,
    _ windows: [Int]
  ) throws(TaskError) -> TableEncoding {
    var varies = false
    let fields = table.columns.map { column in
      let numbers = (0..<column.count).map { column.number($0).map(Self.single) }
      var (sum, count, square) = (0.0, 0.0, 0.0)
      var (low, high) = (Double.infinity, -Double.infinity)
      for window in windows {
        for row in series.range(of: window) {
          guard let number = numbers[row] else { continue }
          sum += number
          count += 1
          low = min(low, number)
          high = max(high, number)
        }
      }
      let mean = sum / max(count, 1)
      // Once more through the windows: differences from the mean keep their digits.
      for window in windows {
        for row in series.range(of: window) {
          guard let number = numbers[row] else { continue }
          square += (number - mean) * (number - mean)
        }
      }
      let deviation = (square / max(count, 1)).squareRoot()
      if low < high { varies = true }
      let scale = low < high && deviation > 0 ? deviation : 1
      return TableEncoding.Field(column, .number(NumberMap(mean: mean, deviation: scale)))
    }
    guard varies else { throw .nothingVaries(name: series.name, rows: windows.count) }
    return TableEncoding(fields: fields, ignoredColumns: [], schema: table.schema)
  }

  /// The names of the channels.
  package var names: [String] { channels.columns }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    if let problem = channels.problem { return problem }
    let isGood =
      (1...1 << 20).contains(window) && channels.width == channels.fields.count
      && channels.width <= 1 << 16 && channels.width * window <= 1 << 26
      && scales?.isGood(channels: channels.width) != false
      && beginnings?.isGood(window: window) != false
    return isGood ? nil : "its windows should have steps and channels of numbers"
  }

  /// The rows of series whose windows are as long as those that were trained on.
  ///
  /// - Throws: `missingColumns` or `windowLength` where the series do not suit the model.
  package func encoded(_ series: SeriesSet) throws -> EncodedTable {
    guard series.window == window else {
      throw TaskError.windowLength(name: series.name, expected: window, found: series.window)
    }
    return try rows(of: series)
  }

  /// The rows of series, however these were cut: values `[rows, channels]`, 0 where missing.
  ///
  /// - Throws: `missingColumns` where the series do not suit the model.
  package func rows(of series: SeriesSet) throws -> EncodedTable {
    let missing = names.filter { !series.channels.contains($0) }
    guard missing.isEmpty else {
      throw TaskError.missingColumns(
        name: series.name,
        missing: missing,
        found: series.channels
      )
    }
    let table = try numbers(of: series)
    guard let scales = rowScales(of: series) else { return try channels.encoded(table) }
    return try channels.encoded(scales.relative(table)).scaled(by: scales)
  }

  /// The scale of each row of series, channel by channel; none where the numbers are taken as they are.
  package func rowScales(of series: SeriesSet) -> RowScales? {
    guard var known = scales else { return nil }
    known.merge(series.scales.selecting(names, of: series.channels))
    return RowScales(known, series, names)
  }

  /// The channels as columns of numbers.
  package func numbers(of series: SeriesSet) throws(DatasetError) -> Table {
    let table = try series.table.selecting(names).ofNumbers
    guard isSinglePrecision else { return table }
    return Table(
      name: table.name,
      columns: table.columns.map { column in
        guard case .numbers(let values, let missing) = column.cells else { return column }
        return column.replacing(cells: .numbers(values.map(Self.single), missing: missing))
      }
    )
  }

  /// Whether numbers are taken in single precision, as they are where channels are standardized.
  private var isSinglePrecision: Bool {
    channels.fields.contains {
      if case .number(let map) = $0.content { map.line != nil } else { false }
    }
  }

  /// A number in single precision; beyond its largest magnitude there is no arithmetic.
  private static func single(_ number: Double) -> Double {
    let largest = Double(Float.greatestFiniteMagnitude) / 4
    return Double(Float(min(max(number, -largest), largest)))
  }

  /// The number of an encoded value of a channel in the units of the data.
  ///
  /// - Parameter scale: That of its series; none for a channel as it is.
  package func number(_ value: Double, channel: Int, scale: SeriesScales.Scale?) -> Double {
    guard case .number(let map) = channels.fields[channel].content else { return value }
    let number = map.decode(value)
    return scale.map { number * $0.spread + $0.level } ?? number
  }

  /// Brings encoded values of windows `[channels, window]` back to the units of the data, in place.
  ///
  /// - Parameter series: The series that the windows are of; where none are given, a typical one is taken.
  package func decode(_ values: inout [Float], of series: SeriesSet? = nil) {
    let limit = Double(Float.greatestFiniteMagnitude)
    let rows = series.flatMap(rowScales)
    let typical = scales.map { scales in (0..<channels.width).map(scales.typical) }
    for index in values.indices {
      let (item, channel) = (index / window / channels.width, index / window % channels.width)
      let scale =
        series.flatMap { rows?.scale($0.range(of: item).lowerBound, channel) } ?? typical?[channel]
      let value = number(Double(values[index]), channel: channel, scale: scale)
      values[index] = Float(min(max(value, -limit), limit))
    }
  }
}

extension Table {
  /// The table with 0 and 1 in place of no and yes.
  fileprivate var ofNumbers: Table {
    Table(
      name: name,
      columns: columns.map { column in
        guard case .codes(let codes, _) = column.cells else { return column }
        return Column(
          name: column.name,
          kind: .integer,
          cells: .numbers(codes.map { Double(max($0, 0)) }, missing: codes.map { $0 < 0 })
        )
      }
    )
  }
}
