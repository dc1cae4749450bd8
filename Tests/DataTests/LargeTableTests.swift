import Foundation
import HourglassData
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct LargeTableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table of columns of every kind whose first rows differ from the others.
  private static func text(rows: Int) -> String {
    var lines = ["id,count,height,smoker,color,sold,at,unit,name,late"]
    for row in 0..<rows {
      let cells = [
        "\(row + 1)", "\(row * 7 % 31)", row < rows - 3 ? "\(row % 5)" : "\(row % 5).25",
        row % 3 == 0 ? "yes" : "no", row == rows - 2 ? "mauve" : ["red", "blue", ""][row % 3],
        "20\(10 + row % 10)-0\(1 + row % 9)-1\(row % 10)", "0\(row % 10):30", "cm", "n\(row * 13)",
        row == rows - 1 ? "none of them" : ["one", "two"][row % 2],
      ]
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func columnsAreWhatTheyAreInMemory() throws {
    let path = try folder.file(Self.text(rows: 3_000))
    let table = try Table(contentsOf: path)
    // Room for the fewest rows alone: most are not drawn.
    let large = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(large.rowCount == 3_000)
    #expect(large.sample.rowCount == 1_000)
    for (expected, found) in zip(table.schema.columns, large.schema.columns) {
      #expect(expected == found, "\(expected.name)")
    }
    #expect(large.facts.map(\.missingCount) == table.columns.map(\.missingCount))
    #expect(large.facts[1].minimum == 0 && large.facts[1].maximum == 30)
    let heights = (0..<3_000).compactMap { table.columns[2].number($0) }
    let mean = heights.reduce(0, +) / 3_000
    let squares = heights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(large.facts[2].mean - mean) < 1e-9)
    #expect(abs(large.facts[2].standardDeviation - (squares / 3_000).squareRoot()) < 1e-9)
  }

  @Test func sampleAndBlocksAreRowsOfTheTable() throws {
    let path = try folder.file(Self.text(rows: 3_000))
    let table = try Table(contentsOf: path)
    let large = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(large.sampleRows == large.sampleRows.sorted())
    #expect(Set(large.sampleRows).count == 1_000)
    #expect(large.sample == table.rows(large.sampleRows))
    #expect(try large.whole() == table)
    // Each third of the rows has about a third of the sample: a deviation of some 12 rows.
    for part in 0..<3 {
      let count = large.sampleRows.count { $0 / 1_000 == part }
      #expect(abs(count - 333) < 75)
    }
    let names: Set = ["id", "color"]
    #expect(try large.removing(names).whole() == table.removing(names))
  }

  /// Texts count by their length, so that fewer rows are drawn where they are long, from everywhere still.
  @Test func longTextsMakeASampleOfFewerRows() throws {
    var lines = ["id,text"]
    for row in 0..<6_000 { lines.append("\(row),\(String(repeating: "x", count: 200))\(row)") }
    let path = try folder.file(lines.joined(separator: "\n") + "\n")
    let large = try StoredTable(contentsOf: path, sampleBytes: 400_000)
    #expect((1_000..<2_000).contains(large.sample.rowCount))
    #expect(large.sampleRows == large.sampleRows.sorted())
    #expect(try large.sample == Table(contentsOf: path).rows(large.sampleRows))
    for part in 0..<3 {
      let share = Double(large.sampleRows.count { $0 / 2_000 == part })
      #expect(abs(share / Double(large.sample.rowCount) - 1.0 / 3) < 0.1)
    }
  }

  @Test func lateTextsMakeTexts() throws {
    let rows = (0..<2_000).map { $0 == 1_990 ? "x,\($0)" : "\($0 % 4),\($0)" }
    let path = try folder.file("a,b\n" + rows.joined(separator: "\n"))
    let large = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(large.schema == (try Table(contentsOf: path)).schema)
    #expect(large.schema.columns[0].kind == .category)
  }

  @Test func severalLateTextsLoseNoRow() throws {
    // They come in different blocks, and rows follow the last one.
    let rows = (0..<60_000).map { row in
      "\(row == 20_000 ? "x" : "\(row % 4)"),\(row == 40_000 ? "y" : "\(row % 5)")"
    }
    let path = try folder.file("a,b\n" + rows.joined(separator: "\n"))
    let large = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(large.rowCount == 60_000)
    #expect(large.schema == (try Table(contentsOf: path)).schema)
    #expect(large.schema.columns.map(\.kind) == [.category, .category])
  }

  @Test func mistakesAreNamedAsInMemory() throws {
    let good = (0..<1_500).map { "\($0),1" }.joined(separator: "\n")
    for bad in ["a,b\n\(good)\n3\n", "a,b\n\(good)\n3,inf\n", "a,b\n\(good)\n\"3,1\n", "a,b\n"] {
      let path = try folder.file(bad)
      #expect(
        message(in: folder) { _ = try StoredTable(contentsOf: path) }
          == message(in: folder) { _ = try Table(contentsOf: path) }
      )
    }
  }

  @Test func onlyLongTablesAreLarge() throws {
    let path = try folder.file(Self.text(rows: 1_200))
    var options = DatasetOptions()
    options.inMemorySize = 10_000
    let large = try Dataset.load(contentsOf: path, options: options)
    #expect(large.count == 1_200 && !large.isInMemory)
    options.inMemorySize = 1 << 20
    #expect(try Dataset.load(contentsOf: path, options: options).isInMemory)
  }
}

@Suite struct RowFileTests {
  @Test func rowsComeBackInAnyOrder() throws {
    let folder = try TemporaryFolder()
    let writer = try RowFileWriter(folder: folder.path, width: 3)
    for row in 0..<100_000 {
      let numbers = [Float(row), -Float(row), 0.5]
      try writer.append(numbers.span)
    }
    let file = try writer.finish()
    #expect(file.count == 100_000)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    var numbers = [Float](repeating: 7, count: 5)
    for row in [99_999, 0, 50_000, 50_000] {
      var place = numbers.mutableSpan
      file.read(row, into: &place, at: 1)
      #expect(numbers == [7, Float(row), -Float(row), 0.5, 7])
    }
    #expect(file.failure == nil)
  }

  @Test func foldersThatAreNotThereAreErrors() {
    #expect(throws: FileError.self) {
      _ = try RowFileWriter(folder: "/nowhere/at/all", width: 1)
    }
  }
}
