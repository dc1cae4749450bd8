import HourglassApplications
import HourglassDatasets

/// The intervals of filled cells as a table with a line for each.
enum IntervalsTable {
  /// Writes them with the columns row (from 1), column, filled, lowest, highest, levels; levels are
  /// apart by a bar.
  static func write(_ intervals: [CellInterval], to path: String) throws {
    let names = ["row", "column", "filled", "lowest", "highest", "levels"]
    let writer = try CSVWriter(replacing: path, columns: names)
    for start in stride(from: 0, to: intervals.count, by: 8192) {
      let block = intervals[start..<min(start + 8192, intervals.count)]
      let columns: [[String?]] = [
        block.map { "\($0.row + 1)" }, block.map(\.column), block.map(\.filled),
        block.map(\.lowest), block.map(\.highest),
        block.map { $0.levels.isEmpty ? nil : $0.levels.joined(separator: "|") },
      ]
      let table = Table(
        name: path,
        columns: zip(names, columns).map { name, texts in
          Table.Column(name: name, kind: .identifier, cells: .texts(texts))
        }
      )
      try writer.append(table)
    }
    try writer.commit()
  }
}
