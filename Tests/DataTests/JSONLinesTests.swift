import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite struct JSONLinesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let text = """
    {"id": "a1", "load": 1.50, "on": true, "note": "two \\"lines\\"\\nand Z\\u00fcrich"}

    {"load": -2, "id": "007", "tags": ["x", {"y": 1}], "on": false}
    {"id": null, "load": 3e2, "on": true, "note": ""}

    """

  private func rows(_ table: Table) -> [[String?]] {
    (0..<table.rowCount).map { row in table.columns.map { $0.text(row) } }
  }

  @Test func keysAreColumns() throws {
    let path = try folder.file(Self.text, name: "t.jsonl")
    let table = try Table(contentsOf: path)
    #expect(table.columns.map(\.name) == ["id", "load", "on", "note", "tags"])
    #expect(
      rows(table) == [
        ["a1", "1.5", "true", "two \"lines\"\nand Zürich", nil],
        ["007", "-2", "false", nil, "[\"x\", {\"y\": 1}]"],
        [nil, "300", "true", nil, nil],
      ]
    )
    let stored = try StoredTable(contentsOf: path)
    #expect(stored.rowCount == 3)
    #expect(rows(try stored.whole()).map { $0[3] } == rows(table).map { $0[3] })
  }

  @Test func linesAreTheSameHoweverAPipeCutsThem() throws {
    let bytes = Array(Self.text.utf8)
    let path = try folder.file(bytes)
    let whole = try Table(contentsOf: path)
    try expectCut(bytes, at: path, isReadAs: whole)
  }

  @Test func textsOfDigitsAreTexts() throws {
    let lines = ["02134", "00501", "10001"].map { "{\"zip\": \"\($0)\", \"n\": 1.5}\n" }.joined()
    let table = try Table(contentsOf: folder.file(lines))
    #expect(table.columns[0].text(0) == "02134")
    #expect(table.columns[1].number(2) == 1.5)
  }

  @Test func aLateKeyIsAColumn() throws {
    let lines = (0..<40_000).map { "{\"a\": \($0), \"b\": \"some text to fill the window\"}\n" }
    let path = try folder.file(lines.joined() + "{\"a\": 1, \"c\": 2}\n")
    let table = try Table(contentsOf: path)
    #expect(table.columns.map(\.name) == ["a", "b", "c"])
    #expect(table.columns[2].missingCount == 40_000)
    #expect(table.columns[2].number(40_000) == 2)
  }

  @Test func partsAreOneTable() throws {
    _ = try folder.file("{\"a\": 1}\n{\"a\": 2}", name: "part-0.jsonl")
    _ = try folder.file("{\"a\": 3, \"b\": \"x\"}\n", name: "part-1.jsonl")
    let table = try Table(contentsOf: folder.path)
    #expect((0..<table.rowCount).map { table.columns[0].number($0) } == [1, 2, 3])
    #expect(table.columns[1].text(2) == "x")
  }

  @Test(arguments: [
    ("{\"a\": 1}\n{\"a\": }\n", "line 2", "found \"}\""),
    ("{\"a\": 1}\n\n[1, 2]\n", "line 3", "found \"[1, 2]\""),
    ("{\"a\": 1}\n{\"a\": \"x\n", "line 2", "found a text without a closing quote"),
    ("{\"a\": 1}\n{\"a\": 2} 3\n", "line 2", "found \"3\" behind the object"),
    ("{\"a\": 1}\n{\"a\": \"\\q\"}\n", "line 2", "found \"\\q\"}\""),
    ("{\"a\": 1}\n{\"a\": 01x}\n", "line 2", "found \"01x}\""),
    ("{\"a\": 1}\n{\"a\": 1\n", "line 2", "found the end of the line"),
  ])
  func aMistakeIsReportedWithItsLine(_ text: String, _ line: String, _ found: String) throws {
    let path = try folder.file(text)
    let message = message(in: folder) { _ = try Table(contentsOf: path) }
    #expect(message.hasPrefix("cannot read data: \(line): expected a JSON object on one line"))
    #expect(message.contains(found), "\(message)")
  }

  @Test func deepNestingIsAnError() throws {
    let deep = String(repeating: "[", count: 100_000)
    let path = try folder.file("{\"a\": 1}\n{\"a\": \(deep)\n")
    #expect(message(in: folder) { _ = try Table(contentsOf: path) }.contains("256 levels"))
  }

  @Test func aTextInAColumnOfNumbersNamesItsLine() throws {
    let path = try folder.file("{\"a\": 1, \"b\": \"x\\ny\"}\n\n{\"a\": \"z\", \"b\": \"\"}\n")
    let options = TableOptions(columnKinds: ["a": .number])
    #expect(
      message(in: folder) { _ = try Table(contentsOf: path, options: options) }
        .contains("column a: expected cells of the kind number as declared, found \"z\" in line 3")
    )
  }
}
