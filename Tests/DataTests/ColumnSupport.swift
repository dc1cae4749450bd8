import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Reads columns in all ways, which must give the same.
struct ColumnReader {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table of one column beside a column of numbers, read in memory; it is the same where it stays in its
  /// file, and cells are written back as they are.
  ///
  /// - Parameters:
  ///   - cells: The cells, as they stand in the file.
  ///   - separator: What stands between cells.
  func table(
    _ cells: [String],
    separator: String = ",",
    options: TableOptions = TableOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Table {
    let lines = cells.enumerated().map { "\($1)\(separator)\(Double($0 * 7 % 11) / 4)" }
    let text = "value\(separator)other\n" + lines.joined(separator: "\n") + "\n"
    let path = try folder.file(text)
    let table = try Table(contentsOf: path, options: options)
    let stored = try StoredTable(contentsOf: path, options: options, sampleBytes: 1)
    #expect(stored.schema == table.schema, sourceLocation: sourceLocation)
    #expect(stored.sample == table.rows(stored.sampleRows), sourceLocation: sourceLocation)
    #expect(try stored.whole() == table, sourceLocation: sourceLocation)
    #expect(
      stored.sample.readings.columns == table.readings.columns,
      sourceLocation: sourceLocation
    )
    #expect(
      stored.facts.map(\.missingCount) == table.columns.map(\.missingCount),
      sourceLocation: sourceLocation
    )
    for (row, cell) in cells.enumerated() where table.columns[0].written(row) != nil {
      let plain = cell.hasPrefix("\"") ? String(cell.dropFirst().dropLast()) : cell
      #expect(table.columns[0].written(row) == plain, sourceLocation: sourceLocation)
    }
    return table
  }

  /// The first column of such a table, and how it was read.
  func column(
    _ cells: [String],
    separator: String = ",",
    options: TableOptions = TableOptions(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (column: Table.Column, reading: ColumnReading) {
    let table = try table(
      cells,
      separator: separator,
      options: options,
      sourceLocation: sourceLocation
    )
    return (table.columns[0], try #require(table.readings.columns.first))
  }

  /// The error of reading a column.
  func error(_ cells: [String], options: TableOptions = TableOptions()) -> String {
    message(in: folder) {
      let text = "value,other\n" + cells.map { "\($0),1" }.joined(separator: "\n") + "\n"
      _ = try Table(contentsOf: folder.file(text), options: options)
    }
  }
}
