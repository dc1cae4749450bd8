import Foundation
import Hourglass

/// The columns of numbers of a table, without rows that lack a cell.
///
/// Columns of one value are left out, and so are those that number the rows.
struct NumericColumns {
  /// The name of the table.
  let name: String
  /// The number of rows.
  let count: Int
  /// The number of columns.
  let width: Int
  /// The numbers, each column brought to 0 to 1, `[count, width]`.
  let values: [Double]
  /// The columns with the texts of the file.
  private let columns: [Table.Column]
  /// The least number of each column, and how far the greatest is from it.
  private let ranges: [(low: Double, extent: Double)]
  /// Whether the error counts the cells of a column: a filled 0 or 1 should be a 0 or a 1, which the squared
  /// error punishes, so that columns of few values are none of them.
  private let isMeasured: [Bool]

  /// Reads the table at a path; `nil` where it has too few columns or rows.
  init?(_ path: String, limit: Int?) throws {
    let table = try Table(contentsOf: path)
    let numeric = table.columns.filter { column in
      !column.kind.isDate
        && (0..<column.count).allSatisfy { column.isMissing($0) || column.number($0) != nil }
    }
    let rows = Array(
      (0..<table.rowCount).filter { row in !numeric.contains { $0.isMissing(row) } }
        .prefix(limit ?? .max)
    )
    var kept: [(column: Table.Column, numbers: [Double])] = []
    for column in numeric {
      let numbers = rows.map { column.number($0) ?? 0 }
      let distinct = Set(numbers)
      let numbersRows =
        distinct.count == numbers.count && numbers.allSatisfy { $0 == $0.rounded() }
      if distinct.count > 1, !numbersRows { kept.append((column.rows(rows), numbers)) }
    }
    columns = kept.map(\.column)
    isMeasured = kept.map { Set($0.numbers).count > 10 }
    guard columns.count >= 2, rows.count >= 20, isMeasured.contains(true) else { return nil }
    let extremes = kept.map { ($0.numbers.min() ?? 0, $0.numbers.max() ?? 0) }
    ranges = extremes.map { (low: $0.0, extent: $0.1 - $0.0) }
    name = table.name
    count = rows.count
    width = columns.count
    let (all, ranges) = (kept.map(\.numbers), ranges)
    values = rows.indices.flatMap { row in
      all.indices.map { (all[$0][row] - ranges[$0].low) / ranges[$0].extent }
    }
  }

  /// Which cells are deleted, `[count, width]`.
  func deleted(rate: Double, mechanism: ImputationBenchmark.Mechanism, seed: UInt64) -> [Bool] {
    var generator = NumPyGenerator(seed: seed)
    let draws = values.map { _ in generator.nextUniform() }
    guard mechanism != .mcar else { return draws.map { $0 < rate } }
    // Three in ten columns are complete where cells are missing by the values of these.
    let known = mechanism == .mar ? max(width * 3 / 10, 1) : 0
    let columns = (0..<width).map { column in standardized(column) }
    let weights = (0..<width).map { _ in (0..<known).map { _ in 2 * generator.nextUniform() - 1 } }
    var result = [Bool](repeating: false, count: values.count)
    for column in known..<width {
      let sums = (0..<count).map { row in
        mechanism == .mnar
          ? columns[column][row]
          : (0..<known).reduce(0.0) { $0 + weights[column][$1] * columns[$1][row] }
      }
      let share = min(rate * Double(width) / Double(width - known), 0.95)
      let constant = Self.constant(sums, share: share)
      for row in 0..<count {
        let probability = 1 / (1 + exp(-(sums[row] + constant)))
        result[row * width + column] = draws[row * width + column] < probability
      }
    }
    return result
  }

  private func standardized(_ column: Int) -> [Double] {
    let numbers = (0..<count).map { values[$0 * width + column] }
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    return numbers.map { ($0 - mean) / variance.squareRoot() }
  }

  /// What is to be added so that the mean of the logistic function is a share, by halving.
  private static func constant(_ sums: [Double], share: Double) -> Double {
    var (low, high) = (-50.0, 50.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let mean = sums.reduce(0) { $0 + 1 / (1 + exp(-($1 + middle))) } / Double(sums.count)
      if mean < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Writes some rows without the deleted cells as a CSV file.
  func write(_ rows: Range<Int>, without deleted: [Bool], to path: String) throws {
    var text = columns.map { Self.quoted($0.name) }.joined(separator: ",") + "\n"
    for row in rows {
      text +=
        columns.indices.map { place in
          deleted[row * width + place] ? "" : columns[place].text(row) ?? ""
        }.joined(separator: ",") + "\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// The numbers of a table of these columns, brought to the same scale, `[rows, width]`; 0 for columns that
  /// are not measured.
  func scaled(_ table: Table) throws -> [Double] {
    guard table.columns.map(\.name) == columns.map(\.name) else {
      throw BenchmarkError("the filled table of \(name) has other columns.")
    }
    return try (0..<table.rowCount).flatMap { row in
      try columns.indices.map { place in
        guard isMeasured[place] else { return 0 }
        let column = table.columns[place]
        guard let number = column.number(row) ?? column.text(row).flatMap(Double.init) else {
          throw BenchmarkError("row \(row + 1) of the filled \(name) lacks a number.")
        }
        return (number - ranges[place].low) / ranges[place].extent
      }
    }
  }

  /// The root of the mean squared error over the deleted cells of some rows, whose filled numbers are
  /// `[rows, width]`; `nil` where none was deleted.
  func error(of filled: [Double], rows: Range<Int>, deleted: [Bool]) -> Double? {
    var (sum, cells) = (0.0, 0)
    for row in rows {
      for column in 0..<width where isMeasured[column] && deleted[row * width + column] {
        let difference =
          filled[(row - rows.lowerBound) * width + column] - values[row * width + column]
        sum += difference * difference
        cells += 1
      }
    }
    return cells == 0 ? nil : (sum / Double(cells)).squareRoot()
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
