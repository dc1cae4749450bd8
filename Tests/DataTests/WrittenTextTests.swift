import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// The writing of numbers, dates and missing cells in files that are written as others are.
@Suite struct WrittenTextTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
  }

  private func numbers(_ name: String, _ values: [Double], decimals: Int? = nil) -> Table.Column {
    Table.Column(
      name: name,
      kind: .number,
      cells: .numbers(values, missing: []),
      decimals: decimals
    )
  }

  @Test func newColumnsHaveTheDecimalCommaThatATableShows() throws {
    let path = try folder.file("a;b\n1,5;x\n2,25;y\n")
    let table = try Table(contentsOf: path)
    let format = try #require(try TextFormat(contentsOf: path))
    let scored = Table(name: "t", columns: table.columns + [numbers("score", [0.5, 1.25])])
    try scored.write(to: folder.path + "/w", like: format)
    #expect(try text("w") == "a;b;score\n1,5;x;0,5\n2,25;y;1,25\n")
    try table.write(to: folder.path + "/w.jsonl", like: format)
    #expect(try text("w.jsonl") == "{\"a\": 1.5, \"b\": \"x\"}\n{\"a\": 2.25, \"b\": \"y\"}\n")
  }

  @Test func pointsStayBesideDecimalCommas() throws {
    let source = "a;b\n1,5;1.5\n2,25;2.25\n"
    let path = try folder.file(source)
    let format = try #require(try TextFormat(contentsOf: path))
    try Table(contentsOf: path).write(to: folder.path + "/w", like: format)
    #expect(try text("w") == source)
  }

  @Test func numbersOfJSONHavePoints() throws {
    let path = try folder.file(
      "{\"a\": \"1,5\", \"b\": 1.234}\n{\"a\": \"2,25\", \"b\": 5.678}\n"
    )
    var options = TableOptions()
    for isDeclared in [false, true] {
      options.hasDecimalComma = isDeclared
      let table = try Table(contentsOf: path, options: options)
      #expect(table.columns[1].cells == .numbers([1.234, 5.678], missing: []))
    }
  }

  @Test func yearsAreNamesAboveDecimalCommas() throws {
    let path = try folder.file("2019;2020;2021\n1,5;9,5;3,5\n2,5;7,5;4,25\n")
    #expect(try Table(contentsOf: path).columns.map(\.name) == ["2019", "2020", "2021"])
  }

  @Test func writtenNumbersStandBelowAHeader() throws {
    let path = try folder.file("price\n$1.50\n$980\n\"$12,000\"\n")
    let table = try Table(contentsOf: path)
    #expect(table.columns[0].name == "price")
    #expect(table.columns[0].cells == .numbers([1.5, 980, 12000], missing: []))
  }

  @Test(arguments: [false, true])
  func cellsThatAreNoValuesStay(_ isGiven: Bool) throws {
    let days = (1...12).map { $0 == 5 ? "2021-02-30" : "2021-03-0\($0 % 9 + 1)" }
    let rows = days.enumerated().map { "\($1),\($0 == 2 ? "" : "\($0).5")" }
    let path = try folder.file((["d,w"] + rows).joined(separator: "\n") + "\n")
    let given = try Table(contentsOf: path)
    #expect(given.columns[0].isMissing(4))
    let times = given.columns[0].replacing(
      cells: .numbers((0..<12).map { _ in 1_614_556_800 }, missing: [])
    )
    let filled = (0..<12).map { $0 == 2 ? 7.5 : Double($0) + 0.5 }
    let dates = isGiven ? times : given.columns[0]
    let changed = Table(name: "t", columns: [dates, numbers("w", filled, decimals: 1)])
    let file = try CSVCompletion(replacing: folder.path + "/r", from: path, columns: ["d", "w"])
    try file.append(changed, given: isGiven ? given : nil)
    try file.commit()
    let lines = try text("r").split(separator: "\n")
    #expect(lines[5] == "2021-02-30,4.5")
    #expect(lines[3] == "\(isGiven ? "2021-03-01" : days[2]),7.5")
  }

  @Test func missingWordsOfAColumnAreFilledInItAlone() throws {
    let path = try folder.file("c,w\nx,1\n-9,-9\ny,-9.0\nz,2\n")
    var options = TableOptions()
    options.columnMissingWords = ["w": ["-9"]]
    let table = try Table(contentsOf: path, options: options)
    let filled = table.replacing(numbers("w", [1, 7, 8, 2], decimals: 0))
    let file = try CSVCompletion(
      replacing: folder.path + "/r",
      from: path,
      columns: ["c", "w"],
      options: options
    )
    try file.append(filled)
    try file.commit()
    #expect(try text("r") == "c,w\nx,1\n-9,7\ny,8\nz,2\n")
  }
}
