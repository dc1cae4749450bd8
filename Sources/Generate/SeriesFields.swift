internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassTensors

/// Windows of time series: channels of numbers and as many of observed masks.
struct SeriesFields: Codable, Hashable, Sendable {
  /// How the numbers of the channels are encoded.
  var encoding: TableEncoding
  /// The steps of a window.
  var window: Int
  /// The name of the column of times.
  var timeColumn: String

  var problem: String? {
    if let problem = encoding.problem { return problem }
    let isGood = (1...1 << 20).contains(window) && encoding.width == encoding.fields.count
    return isGood ? nil : "its windows should have steps and channels of numbers"
  }

  /// Fits to some windows.
  init(_ series: SeriesSet, windows: [Int]) throws(DatasetError) {
    var isSeen = [Bool](repeating: false, count: series.table.rowCount)
    for window in windows {
      for row in series.range(of: window) { isSeen[row] = true }
    }
    encoding = try TableEncoding(
      learning: Self.numbers(of: series),
      rows: isSeen.indices.filter { isSeen[$0] },
      scaling: .robust
    )
    window = series.window
    timeColumn = series.timeColumn
  }

  /// The channels of a series as columns of numbers; booleans are 0 and 1.
  static func numbers(of series: SeriesSet) throws(DatasetError) -> Table {
    let table = try series.table.selecting(series.channels)
    return Table(
      name: table.name,
      columns: table.columns.map { column in
        guard case .codes(let codes, _) = column.cells else { return column }
        return Table.Column(
          name: column.name,
          kind: .integer,
          cells: .numbers(codes.map { Double(max($0, 0)) }, missing: codes.map { $0 < 0 })
        )
      }
    )
  }

  /// The table of generated windows: their numbers, the step within each, and the channels.
  ///
  /// - Parameters:
  ///   - values: The encoded values, `[count, channels, window]`.
  ///   - first: How many windows come before.
  func table(_ values: [Float], count: Int, after first: Int = 0) -> Table {
    let channels = encoding.width
    var rows = [Float](repeating: 0, count: values.count)
    for item in 0..<count {
      for channel in 0..<channels {
        for step in 0..<window {
          rows[(item * window + step) * channels + channel] =
            values[(item * channels + channel) * window + step]
        }
      }
    }
    let decoded = encoding.decoded(values: rows, count: count * window)
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

/// Windows of time series as a network takes them.
struct WindowRows: BatchSource {
  let itemShape: Shape
  /// The windows in their order.
  let ranges: [Range<Int>]

  private let encoded: EncodedTable
  private let window: Int

  init(
    _ series: SeriesSet,
    windows: [Int]? = nil,
    fields: SeriesFields
  ) throws {
    guard series.window == fields.window else {
      throw TaskError.windowLength(
        name: series.name,
        expected: fields.window,
        found: series.window
      )
    }
    encoded = try fields.encoding.encoded(try SeriesFields.numbers(of: series))
    ranges = (windows ?? Array(0..<series.count)).map { series.range(of: $0) }
    window = fields.window
    itemShape = [2 * fields.encoding.width, window]
  }

  var count: Int { ranges.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let channels = encoded.fieldCount
    let size = itemShape.elementCount
    for place in indices.indices {
      let rows = ranges[indices[place]]
      for channel in 0..<channels {
        let start = place * size + channel * window
        for step in 0..<window {
          let isThere = step < rows.count
          let cell = (rows.lowerBound + step) * channels + channel
          destination[start + step] = isThere ? encoded.values[cell] : 0
          destination[start + channels * window + step] = isThere ? encoded.observed[cell] : 0
        }
      }
    }
  }
}
