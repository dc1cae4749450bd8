internal import HourglassData
internal import HourglassImpute

/// A file of the intervals of filled cells with a line for each.
///
/// Its columns are row (from 1), column, filled, lowest, highest, levels; levels are apart by a bar.
struct IntervalsTable {
  private static let names = ["row", "column", "filled", "lowest", "highest", "levels"]

  private let path: String
  private let writer: CSVWriter

  /// Opens the file.
  init(_ path: String) throws {
    self.path = path
    writer = try CSVWriter(replacing: path, columns: Self.names)
  }

  /// Writes intervals, row by row.
  ///
  /// - Parameters:
  ///   - rows: The rows whose intervals are wanted.
  ///   - firstRow: The number of rows before these.
  func append(_ intervals: [CellInterval], rows: Range<Int>, firstRow: Int) throws {
    let order = intervals.indices.filter { rows.contains(intervals[$0].row) }
      .sorted { (intervals[$0].row, $0) < (intervals[$1].row, $1) }
    let wanted = order.map { intervals[$0] }
    for start in stride(from: 0, to: wanted.count, by: 8192) {
      let block = wanted[start..<min(start + 8192, wanted.count)]
      let columns: [[String?]] = [
        block.map { "\(firstRow + $0.row + 1)" }, block.map(\.column), block.map(\.filled),
        block.map(\.lowest), block.map(\.highest),
        block.map { $0.levels.isEmpty ? nil : $0.levels.joined(separator: "|") },
      ]
      let table = Table(
        name: path,
        columns: zip(Self.names, columns).map { name, texts in
          Table.Column(name: name, kind: .identifier, cells: .texts(texts))
        }
      )
      try writer.append(table)
    }
  }

  /// Puts the file in its place.
  func commit() throws { try writer.commit() }
}
