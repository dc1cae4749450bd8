internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassSystem

/// What the truth of a filled cell is among, at a level of confidence.
public struct CellInterval: Hashable, Sendable, Codable {
  /// The row, from 0.
  public var row: Int
  /// The name of the column.
  public var column: String
  /// What the cell is filled with, as it would be written.
  public var filled: String
  /// The least value, for a number, a date, or an ordinal column; `nil` for others.
  public var lowest: String?
  /// The greatest value, where there is a least one.
  public var highest: String?
  /// The levels, the most probable first, for a category or a Boolean; empty for others.
  public var levels: [String]
}

/// The intervals of rows, decoded to the units and the grid of their columns.
struct IntervalBounds {
  let encoding: TableEncoding
  /// The filled rows and the ends of their intervals; an end that is no value of its column is moved
  /// inwards to one, so that no more is held than was asked for.
  let filled: Table
  let lower: Table
  let upper: Table
  /// The levels of each row and field, by their places; empty for numbers.
  private let sets: [[Int]]

  /// - Parameter uncertainty: What is known of a row.
  init(
    _ encoding: TableEncoding,
    values: [Float],
    spreads: [Float],
    level: Double,
    scales: RowScales?,
    uncertainty: (Int) -> CellUncertainty
  ) {
    self.encoding = encoding
    let layout = encoding.layout
    let (width, fields) = (layout.width, layout.count)
    let count = values.count / max(width, 1)
    var (lows, highs) = (values, values)
    var sets: [[Int]] = []
    sets.reserveCapacity(count * fields)
    for row in 0..<count {
      let known = uncertainty(row)
      for (field, range) in layout.ranges.enumerated() {
        let places = row * width + range.lowerBound..<row * width + range.upperBound
        if layout.fields[field].holdsNumbers {
          let place = places.lowerBound
          let margins = known.margins(
            spread: spreads[row * fields + field],
            level: level,
            field: field,
            place: range.lowerBound
          )
          Coordinate.move(&lows, at: place, by: margins.lower, layout.fields[field])
          Coordinate.move(&highs, at: place, by: margins.upper, layout.fields[field])
          sets.append([])
        } else {
          let shares = CellUncertainty.shares(values, places)
          sets.append(known.levels(shares, level: level, field: field))
        }
      }
    }
    self.sets = sets
    filled = encoding.decoded(values: values, count: count, scales: scales)
    lower = encoding.decoded(values: lows, count: count, rounding: .up, scales: scales)
    upper = encoding.decoded(values: highs, count: count, rounding: .down, scales: scales)
  }

  /// The interval of a field of a row as numbers, or as places of levels; nil for a category.
  ///
  /// Its ends on a circle are counted on from what is filled in.
  func numbers(_ row: Int, field: Int) -> ClosedRange<Double>? {
    let name = encoding.fields[field].name
    guard encoding.fields[field].hasCoordinate,
      let own = filled[column: name].flatMap({ $0.place(row) }),
      let low = lower[column: name].flatMap({ $0.place(row) }),
      let high = upper[column: name].flatMap({ $0.place(row) })
    else { return nil }
    if case .circle = encoding.fields[field].content {
      return own + min(withinHalfDay(low - own), 0)...own + max(withinHalfDay(high - own), 0)
    }
    return min(low, own)...max(high, own)
  }

  /// The levels of a field of a row, the most probable first; empty for numbers.
  func levels(_ row: Int, field: Int) -> [String] {
    guard case .levels(let levels, let rare) = encoding.fields[field].content else { return [] }
    let all = levels + rare
    return sets[row * encoding.fields.count + field].map { all[min($0, all.count - 1)] }
  }

  /// The interval of a cell.
  func interval(_ place: Int, field: Int, row: Int) -> CellInterval {
    let name = encoding.fields[field].name
    let isNumber = numbers(place, field: field) != nil
    let (own, low, high) = (filled[column: name], lower[column: name], upper[column: name])
    func text(_ column: Table.Column?, _ isWithin: (Double, Double) -> Bool) -> String? {
      guard let column, let own, let bound = column.place(place),
        let value = own.place(place)
      else { return nil }
      if case .circle = encoding.fields[field].content {
        return isWithin(withinHalfDay(bound - value), 0) ? column.text(place) : own.text(place)
      }
      return isWithin(bound, value) ? column.text(place) : own.text(place)
    }
    return CellInterval(
      row: row,
      column: name,
      filled: own?.text(place) ?? "",
      lowest: isNumber ? text(low, <=) : nil,
      highest: isNumber ? text(high, >=) : nil,
      levels: levels(place, field: field)
    )
  }
}

extension Table.Column {
  /// A number, or the place of a level.
  fileprivate func place(_ row: Int) -> Double? {
    if case .codes(let codes, _) = cells { return Double(codes[row]) }
    return number(row)
  }
}

/// Checks on deleted cells what intervals hold.
struct IntervalCheck {
  private let encoding: TableEncoding
  /// The table that the rows are of.
  private let table: Table
  private let truth: EncodedTable
  private let values: [Float]
  private let spreads: [Float]

  /// The level that is checked.
  static let level = 0.9

  init(
    _ encoding: TableEncoding,
    of table: Table,
    truth: EncodedTable,
    values: [Float],
    spreads: [Float]
  ) {
    self.encoding = encoding
    self.table = table
    self.truth = truth
    self.values = values
    self.spreads = spreads
  }

  /// What intervals of 90 % hold of deleted cells, `[rows, F]`.
  ///
  /// - Parameter uncertainty: What is known of a row; it must not have been fitted on that row.
  func table(cells: [Bool], uncertainty: (Int) -> CellUncertainty) -> Evaluation.Table? {
    guard cells.contains(true) else { return nil }
    let bounds = IntervalBounds(
      encoding,
      values: values,
      spreads: spreads,
      level: Self.level,
      scales: truth.scales,
      uncertainty: uncertainty
    )
    let original = encoding.decoded(
      values: truth.values,
      count: truth.count,
      scales: truth.scales
    )
    let fields = truth.fieldCount
    var (numbers, held) = (0, 0)
    var (measured, width) = (0, 0.0)
    var (categories, right, size) = (0, 0, 0)
    for (field, content) in encoding.fields.enumerated() {
      guard let column = original[column: content.name] else { continue }
      let places = (0..<truth.count).filter { cells[$0 * fields + field] }
      if content.hasCoordinate {
        let ranges = SeriesRanges(
          of: content,
          in: table,
          series: truth.scales?.series
        )
        for place in places {
          guard let interval = bounds.numbers(place, field: field),
            var number = column.place(place)
          else { continue }
          if case .circle = content.content {
            let middle = (interval.lowerBound + interval.upperBound) / 2
            number = middle + withinHalfDay(number - middle)
          }
          numbers += 1
          held += interval.contains(number) ? 1 : 0
          let range = ranges.range(place)
          guard range > 0 else { continue }
          measured += 1
          width += (interval.upperBound - interval.lowerBound) / range
        }
      } else {
        for place in places {
          let levels = bounds.levels(place, field: field)
          categories += 1
          size += levels.count
          right += levels.contains(column.text(place) ?? "") ? 1 : 0
        }
      }
    }
    func share(_ part: Double, _ count: Int) -> Double? { count > 0 ? part / Double(count) : nil }
    return Evaluation.Table(
      "Intervals of \(NumberText.fixed(100 * Self.level, places: 0)) %, width relative to the range of a column",
      metrics: [
        Evaluation.Metric("coverage", better: .higher, format: .percent(1)),
        Evaluation.Metric("mean width", better: .lower, format: .percent(1)),
        Evaluation.Metric("mean levels", better: .lower, format: .fixed(1)),
      ],
      methods: [
        Evaluation.Method(
          "numbers",
          [share(Double(held), numbers), share(width, measured), nil]
        ),
        Evaluation.Method(
          "categories",
          [share(Double(right), categories), nil, share(Double(size), categories)]
        ),
      ].filter { $0.values[0] != nil }
    )
  }
}

extension TableEncoding.Field {
  /// Whether its cells are numbers, or places on a circle.
  var hasCoordinate: Bool {
    switch content {
    case .number, .circle, .constant: true
    case .levels, .bins, .text: false
    }
  }
}

/// The range of a column in each series, or in all rows of a table.
struct SeriesRanges {
  private let ranges: [Double]
  private let series: [Int]?

  /// The range of numbers, or of the places of the levels of an ordinal column.
  ///
  /// - Parameter series: The number of the series of each row; none where all rows are of one.
  init(of field: TableEncoding.Field, in table: Table, series: [Int]?) {
    self.series = series
    if let levels = field.levels {
      ranges = [Double](repeating: Double(levels.count - 1), count: (series?.max() ?? 0) + 1)
      return
    }
    let count = (series?.max() ?? 0) + 1
    var least = [Double](repeating: .infinity, count: count)
    var greatest = [Double](repeating: -.infinity, count: count)
    if let column = table[column: field.name] {
      for row in 0..<column.count {
        guard let number = column.number(row) else { continue }
        let place = series?[row] ?? 0
        least[place] = min(least[place], number)
        greatest[place] = max(greatest[place], number)
      }
    }
    ranges = zip(least, greatest).map { $0 < $1 ? $1 - $0 : 0 }
  }

  /// The range in the series of a row; 0 where nothing varies.
  func range(_ row: Int) -> Double { ranges[series?[row] ?? 0] }
}
