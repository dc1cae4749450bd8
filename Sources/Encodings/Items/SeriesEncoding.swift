package import HourglassData
internal import HourglassTensors

/// How windows of time series are encoded: the channels are columns of numbers, each with an observed
/// mask, and an item is `[2 channels, window]`.
package struct SeriesEncoding: Hashable, Sendable, Codable {
  /// How the numbers of the channels are encoded.
  package var channels: TableEncoding
  /// The number of rows of a window.
  package var window: Int

  /// Fits to some windows.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - windows: The windows that are trained on.
  ///   - scaling: How numbers are scaled; `nil` brings each channel to mean 0 and standard deviation 1
  ///     over the windows, in single precision, and keeps channels that never vary.
  ///   - takesBooleans: Whether columns of yes and no are channels.
  /// - Throws: `nothingVaries`, or a `DatasetError` where no channel can be trained on.
  package init(
    _ series: SeriesSet,
    windows: [Int],
    scaling: NumberScaling? = nil,
    takesBooleans: Bool = true
  ) throws {
    window = series.window
    let table = try series.table.selecting(
      series.channels.filter { name in
        if takesBooleans { return true }
        if case .numbers? = series.table[column: name]?.cells { return true }
        return false
      }
    )
    if let scaling {
      var isSeen = [Bool](repeating: false, count: table.rowCount)
      for window in windows {
        for row in series.range(of: window) { isSeen[row] = true }
      }
      channels = try TableEncoding(
        learning: table.ofNumbers,
        rows: isSeen.indices.filter { isSeen[$0] },
        scaling: scaling,
        datesHaveParts: false
      )
    } else {
      channels = try Self.standardized(table.ofNumbers, series, windows)
    }
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
    return try channels.encoded(numbers(of: series))
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

  /// Brings encoded values of windows `[channels, window]` back to the units of the data, in place.
  package func decode(_ values: inout [Float]) {
    let limit = Double(Float.greatestFiniteMagnitude)
    let maps = channels.fields.map { field -> NumberMap in
      if case .number(let map) = field.content { map } else { .identity }
    }
    for index in values.indices {
      let value = maps[index / window % maps.count].decode(Double(values[index]))
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
