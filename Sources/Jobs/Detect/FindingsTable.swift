internal import HourglassData
internal import HourglassDetect

/// The table of scores that `detect` writes.
struct FindingsTable {
  /// The columns before the scores, such as identifiers.
  private var leading: [Table.Column] = []
  private var trailing: [Table.Column] = []
  private let columns: [Table.Column]

  /// The number of columns that are named as reasons.
  private static let reasonCount = 3

  init(_ findings: Findings) {
    let count = findings.count
    var reasons = [[Int32]](
      repeating: Array(repeating: -1, count: count),
      count: Self.reasonCount
    )
    var parts = [[Double]](repeating: Array(repeating: 0, count: count), count: Self.reasonCount)
    var missing = [[Bool]](
      repeating: Array(repeating: true, count: count),
      count: Self.reasonCount
    )
    let width = findings.fieldNames.count
    for row in 0..<count {
      for (place, field) in findings.topFields(row, limit: Self.reasonCount).enumerated() {
        reasons[place][row] = Int32(field)
        parts[place][row] = Double(findings.parts[row * width + field])
        missing[place][row] = false
      }
    }
    var columns = [
      Self.number("score", findings.scores, decimals: 5),
      Self.number("p_value", findings.pValues, decimals: 6),
      Table.Column(
        name: "is_anomaly",
        kind: .integer,
        cells: .numbers(findings.anomalies.map { $0 ? 1 : 0 }, missing: []),
        decimals: 0
      ),
    ]
    for place in 0..<Self.reasonCount {
      columns.append(
        Table.Column(
          name: "reason_\(place + 1)",
          kind: .category,
          cells: .codes(reasons[place], levels: findings.fieldNames)
        )
      )
      columns.append(
        Self.number("part_\(place + 1)", parts[place], decimals: 5, missing: missing[place])
      )
    }
    self.columns = columns
  }

  private static func number(
    _ name: String,
    _ values: [Double],
    decimals: Int,
    missing: [Bool] = []
  ) -> Table.Column {
    // Digits behind the point say nothing of a number that is so large.
    guard values.contains(where: { abs($0) >= 1e9 }) else {
      return Table.Column(
        name: name,
        kind: .number,
        cells: .numbers(values, missing: missing),
        decimals: decimals
      )
    }
    let texts = values.indices.map { row -> String? in
      let isLarge = abs(values[row]) >= 1e9
      return Table.Column(
        name: name,
        kind: .number,
        cells: .numbers([values[row]], missing: missing.isEmpty ? [] : [missing[row]]),
        decimals: isLarge ? nil : decimals
      ).text(0)
    }
    return Table.Column(name: name, kind: .number, cells: .texts(texts))
  }

  /// Puts columns that name the rows before the scores, and the number of each row where none does.
  ///
  /// - Parameter firstRow: The number of rows before these.
  mutating func addIdentifiers(_ identifiers: [Table.Column], firstRow: Int = 0) {
    let count = columns.first?.count ?? 0
    if identifiers.isEmpty {
      leading = [
        Table.Column(
          name: "row",
          kind: .identifier,
          cells: .numbers((0..<count).map { Double(firstRow + $0 + 1) }, missing: []),
          decimals: 0
        )
      ]
    } else {
      leading = identifiers.map { Self.clear($0, of: columns) }
    }
  }

  /// Puts the names of images before the scores.
  mutating func addNames(_ names: [String]) {
    leading = [Table.Column(name: "image", kind: .identifier, cells: .texts(names))]
  }

  /// Puts the times of a series before the scores, and the numbers of ranges behind them.
  ///
  /// - Parameter ranges: The number, from 1, of the range that each anomalous row is in.
  mutating func addTimes(_ series: SeriesSet, _ findings: Findings, ranges: [Int: Int]) {
    var placesOfRows = [Int](repeating: 0, count: series.table.rowCount)
    for (place, row) in series.originalRows.enumerated() {
      if let row { placesOfRows[row] = place }
    }
    let places = findings.map { placesOfRows[$0.item] }
    let time = Table.Column(
      name: series.timeColumn,
      kind: .identifier,
      cells: .texts(places.map { series.timeStamps[$0] })
    )
    let group = series.groupColumn.flatMap { series.table[column: $0] }
    leading = ([time] + (group.map { [$0.rows(places)] } ?? []))
      .map { Self.clear($0, of: columns) }
    var numbers = [Double](repeating: 0, count: findings.count)
    var missing = [Bool](repeating: true, count: findings.count)
    for (position, finding) in findings.enumerated() where finding.isAnomaly {
      guard let number = ranges[finding.item] else { continue }
      numbers[position] = Double(number)
      missing[position] = false
    }
    trailing = [
      Table.Column(
        name: "range",
        kind: .integer,
        cells: .numbers(numbers, missing: missing),
        decimals: 0
      )
    ]
  }

  /// A column under a name that the scores do not have.
  private static func clear(_ column: Table.Column, of columns: [Table.Column]) -> Table.Column {
    let names = Set(columns.map(\.name) + ["range"])
    return names.contains(column.name) ? column.renamed("data_\(column.name)") : column
  }

  /// All columns.
  var table: Table { Table(name: "scores", columns: leading + columns + trailing) }
}

/// A file of findings, which is made when the first ones are there, or their first rows where no file was asked
/// for.
final class FindingsFile {
  /// The first rows, where there is no file.
  private(set) var preview: TablePreview?
  private let path: String?
  private let identifiers: [String]
  private var writer: CSVWriter?

  /// - Parameter identifiers: The columns of a table that name its rows.
  init(_ path: String?, _ identifiers: [String]) {
    self.path = path
    self.identifiers = identifiers
  }

  /// Appends what was found in a batch.
  ///
  /// - Parameter ranges: The number, from 1, of the range that each anomalous row of a series is in.
  func append(
    _ findings: Findings,
    of batch: DatasetBatch,
    ranges: [Int: Int]
  ) throws {
    var found = FindingsTable(findings)
    switch batch.data {
    case .table(let table):
      let names = identifiers.compactMap { table.sample[column: $0] }
      found.addIdentifiers(names, firstRow: batch.firstRow)
    case .series(let series): found.addTimes(series.sample, findings, ranges: ranges)
    case .images(let images): found.addNames(images.names)
    case .sounds: break
    }
    let table = found.table
    guard let path else {
      preview = preview ?? TablePreview(table)
      return
    }
    let writer = try writer ?? CSVWriter(replacing: path, columns: table.columns.map(\.name))
    self.writer = writer
    try writer.append(table)
  }

  /// Hands on what was written so far, for a pipe that somebody reads from.
  func flush() throws(DatasetError) { try writer?.flush() }

  /// Puts the file in its place.
  func commit() throws(DatasetError) { try writer?.commit() }
}
