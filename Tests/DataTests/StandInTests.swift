import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Words such as - and #DIV/0! are missing cells among numbers, and texts elsewhere.
@Suite struct StandInTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  @Test(arguments: ["-", "--", ".", "n.a.", "*", "#DIV/0!", "unknown", "\\N", "NaT", "[NULL]"])
  func wordsAmongNumbersAreMissing(_ word: String) throws {
    // Many of them, and among plain and written numbers.
    for number in ["1.5", "15", "$3.50", "\"1,250\""] {
      let cells = (0..<60).map { row in
        row % 4 == 1 ? word : number.replacingOccurrences(of: "5", with: "\(row % 7)")
      }
      let (column, reading) = try reader.column(cells)
      #expect(
        [.number, .integer].contains(column.kind),
        "\(word) among \(number): \(reading.rule)"
      )
      #expect(column.missingCount == 15)
      #expect(reading.missing.filter { !$0.word.isEmpty } == [.init(word: word, count: 15)])
    }
  }

  @Test func theyAreLevelsAmongTexts() throws {
    let (column, reading) = try reader.column(
      (0..<40).map { ["red", "-", "blue", "none"][$0 % 4] }
    )
    #expect(column.kind == .category && column.missingCount == 0 && reading.missing.isEmpty)
    // A number and a word are two values.
    let marks = try reader.column((0..<40).map { ["1", "-"][$0 % 2] })
    #expect(marks.column.kind == .boolean && marks.column.missingCount == 0)
    let codes = try reader.column((0..<40).map { ["01", "02", "-", "03"][$0 % 4] })
    #expect(codes.column.kind == .category && codes.column.text(2) == "-")
  }

  @Test func whoChoosesAllWordsGetsNoOthers() throws {
    var options = TableOptions()
    options.onlyMissingWords = ["x"]
    let cells = (0..<40).map { ["1.5", "2.5", "-", "3.5"][$0 % 4] }
    #expect(try reader.column(cells, options: options).column.kind == .category)
  }

  @Test func theyAreFilledInTheCopyOfAFile() throws {
    let text = "v,w\n" + (0..<40).map { "\($0 % 4 == 1 ? "-" : "\($0 % 5).5"),\($0)\n" }.joined()
    let path = try reader.folder.file(text)
    let table = try Table(contentsOf: path)
    let column = table.columns[0]
    let filled = table.replacing(
      column.replacing(cells: .numbers((0..<40).map { column.number($0) ?? 9.5 }, missing: []))
    )
    let output = reader.folder.path + "/out.csv"
    let copy = try CSVCompletion(replacing: output, from: path, columns: ["v", "w"])
    try copy.append(filled)
    try copy.commit()
    let written = try String(contentsOfFile: output, encoding: .utf8)
    #expect(written == text.replacingOccurrences(of: "\n-,", with: "\n9.5,"))
  }

  @Test func amongDatesTheyAreNamedWithTheirLines() throws {
    let cells = (0..<60).map { $0 % 4 == 1 ? "TBD" : "2024-0\($0 % 9 + 1)-11" }
    #expect(try reader.column(cells).column.kind == .category)
    let (column, reading) = try reader.column(cells.map { $0 == "TBD" ? "-" : $0 })
    #expect(column.kind == .date && column.missingCount == 15 && reading.odd.count == 15)
    #expect(column.written(1) == "-")
  }

  @Test func aHeaderAboveThemIsFound() throws {
    let rows = (0..<12).map { row in
      "r\(row),\(row % 3 == 0 ? "-" : "4.\(row % 9)"),\(row * 7 % 5).5\n"
    }
    let text = "id,2019,2020\n" + rows.joined()
    #expect(
      try Table(contentsOf: reader.folder.file(text)).columns.map(\.name) == ["id", "2019", "2020"]
    )
  }

  @Test func oneCodeBeyondAllNumbersMakesCodes() throws {
    let cells = (0..<120).map { $0 == 60 ? "0047583311587E590003" : "\(1_000_000_007 + $0 * 7919)" }
    let (column, reading) = try reader.column(cells)
    #expect(reading.rule == .uniqueCodes && column.text(60) == "0047583311587E590003")
    // Among numbers with decimals it is an error that names it.
    let error = reader.error(cells.map { $0.count > 10 ? $0 : $0 + ".5" })
    #expect(error.contains("0047583311587E590003") && error.contains("line 62"), "\(error)")
  }
}
