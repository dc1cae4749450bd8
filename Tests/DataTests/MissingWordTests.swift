import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// What stands for a missing cell is chosen, and counted.
@Suite struct MissingWordTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  private let countries = (0..<40).map { ["\"NA\"", "\"DE\"", "\"FR\"", "NA"][$0 % 4] }

  @Test func wordsInQuotesAreTexts() throws {
    let (column, reading) = try reader.column(countries)
    #expect(column.kind == .category && column.missingCount == 10)
    #expect(column.text(0) == "NA" && column.text(3) == nil)
    #expect(reading.missing == [ColumnReading.MissingWord(word: "NA", count: 10)])
    // A word that somebody chose is missing in quotes, too.
    let chosen = TableOptions(missingWords: ["DE"])
    #expect(try reader.column(countries, options: chosen).column.missingCount == 20)
    // An empty cell is missing in quotes, too; a quoted word among numbers is missing.
    let numbers = (0..<40).map { ["\"1.5\"", "\"NA\"", "\"\"", "2"][$0 % 4] }
    let path = try reader.folder.file("value,b\n" + numbers.map { "\($0),1\n" }.joined())
    let table = try Table(contentsOf: path)
    #expect(table.columns[0].kind == .number && table.columns[0].missingCount == 20)
    let money = (0..<40).map { ["\"$1.50\"", "\"NA\"", "\"$2.25\"", "\"$7.00\""][$0 % 4] }
    #expect(try reader.column(money).column.missingCount == 10)
  }

  @Test func wordsAreChosenForTheTable() throws {
    let cells = (0..<40).map { ["x", "-", "NA", "y"][$0 % 4] }
    var options = TableOptions(missingWords: ["-"])
    #expect(try reader.column(cells, options: options).column.missingCount == 20)
    options = TableOptions()
    options.onlyMissingWords = ["-"]
    let (column, reading) = try reader.column(cells, options: options)
    #expect(column.missingCount == 10 && column.text(2) == "NA")
    #expect(reading.missing == [ColumnReading.MissingWord(word: "-", count: 10)])
    options.onlyMissingWords = []
    #expect(try reader.column(cells + [""], options: options).column.missingCount == 1)
  }

  @Test func wordsAreChosenForAColumn() throws {
    let path = try reader.folder.file(
      "a,b\n" + (0..<12).map { ["NA,NA", "x,XX", "y,z"][$0 % 3] + "\n" }.joined()
    )
    var options = TableOptions()
    options.columnOnlyMissingWords = ["a": []]
    options.columnMissingWords = ["b": ["XX"]]
    let table = try Table(contentsOf: path, options: options)
    #expect(table.columns.map(\.missingCount) == [0, 8])
    options.columnMissingWords = ["c": ["XX"]]
    let said = message(in: reader.folder) { _ = try Table(contentsOf: path, options: options) }
    #expect(said.contains("a column called \"c\""), "\(said)")
  }

  /// A number is a word for a missing cell however it is written, and in however many blocks it comes.
  @Test func aNumberMayStandForAMissingCell() throws {
    let cells = (0..<5_000).map { $0 % 5 == 0 ? "-999" : $0 % 7 == 0 ? "-999.0" : "\($0 % 90).5" }
    let options = TableOptions(missingWords: ["-999"])
    let path = try reader.folder.file("value,b\n" + cells.map { "\($0),1\n" }.joined())
    let table = try Table(contentsOf: path, options: options)
    let expected = cells.count { $0.hasPrefix("-999") }
    #expect(table.columns[0].missingCount == expected)
    #expect(table.columns[0].kind == .number && (table.columns[0].number(1) ?? 0) > 0)
    #expect(table.readings.columns[0].missing.map(\.count) == [expected])
    let stored = try StoredTable(contentsOf: path, options: options, sampleBytes: 1)
    #expect(stored.facts[0].missingCount == expected && stored.facts[0].minimum == 1.5)
    // What was read as missing is filled, and nothing else.
    let filled = Table.Column(
      name: "value",
      kind: .number,
      cells: .numbers([Double](repeating: 7, count: cells.count), missing: []),
      decimals: 1
    )
    let output = reader.folder.path + "/filled.csv"
    let completion = try CSVCompletion(
      replacing: output,
      from: path,
      columns: ["value", "b"],
      options: options
    )
    try completion.append(Table(name: "x", columns: [filled, table.columns[1]]))
    try completion.commit()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    let rows = cells.map { $0.hasPrefix("-999") ? "7.0,1\n" : "\($0),1\n" }
    #expect(text == "value,b\n" + rows.joined())
  }

  @Test func whatWasTakenAsMissingIsReportedOnce() throws {
    let text = "a,b,when\n" + (0..<30).map { "NA,?,2024-03-\($0 % 20 + 10)\n1,NA,\n" }.joined()
    let path = try reader.folder.file(text + "2,3,soon\n")
    let table = try Table(contentsOf: path)
    #expect(
      table.readings.remarks == [
        "taken as missing: \"NA\" 60 in 2 columns, \"?\" 30",
        "column when: other than the rest, and kept as written: \"soon\" in line 62",
      ]
    )
  }

  @Test func whatIsFilledIsWhatWasMissing() throws {
    let path = try reader.folder.file("c,n\n\"NA\",1\nNA,2\n,3\nDE,\"NA\"\nFR,NA\nDE,\n")
    let table = try Table(contentsOf: path)
    #expect(table.columns.map(\.missingCount) == [2, 3])
    let output = reader.folder.path + "/filled.csv"
    let completion = try CSVCompletion(replacing: output, from: path, columns: ["c", "n"])
    let levels = ["DE", "FR", "NA"]
    try completion.append(
      Table(
        name: "x",
        columns: [
          Table.Column(
            name: "c",
            kind: .category,
            cells: .codes([2, 0, 0, 0, 1, 0], levels: levels)
          ),
          Table.Column(
            name: "n",
            kind: .integer,
            cells: .numbers([1, 2, 3, 4, 5, 6], missing: []),
            decimals: 0
          ),
        ]
      )
    )
    try completion.commit()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    #expect(text == "c,n\n\"NA\",1\nDE,2\nDE,3\nDE,4\nFR,5\nDE,6\n")
  }
}
