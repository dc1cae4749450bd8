import Foundation
import Testing

@testable import HourglassService

@Suite struct TableTests {
  private func file(_ text: String, _ name: String = "t.csv") throws -> String {
    let folder = NSTemporaryDirectory() + "hourglass-service-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func rows(_ text: String) throws -> [[String]] {
    var table = try DelimitedRows(path: try file(text))
    var rows: [[String]] = []
    while let row = try table.next() { rows.append(row) }
    return rows
  }

  @Test func cellsAreReadAsTheyAre() throws {
    #expect(try rows("a,b\n1,\n") == [["a", "b"], ["1", ""]])
    #expect(try rows("a;b\r\n1,5;\"x;\"\"y\"\"\nz\"\r\n") == [["a", "b"], ["1,5", "x;\"y\"\nz"]])
    #expect(try rows("\u{feff}a\tb\n1\t2") == [["a", "b"], ["1", "2"]])
    #expect(try rows("a\n\"open, to the end") == [["a"], ["open, to the end"]])
    #expect(try rows("") == [])
  }

  @Test func aRowWithoutAnEndIsRefused() throws {
    let path = try file("a\n" + String(repeating: "x", count: 2 << 20))
    var table = try DelimitedRows(path: path)
    _ = try table.next()
    #expect(throws: Problem.self) { while try table.skip() {} }
    do {
      var other = try DelimitedRows(path: path)
      _ = try other.next()
      #expect(throws: Problem.self) { _ = try other.next() }
    }
  }

  @Test func previewsHaveTheRowsThatWereAskedFor() throws {
    let text = "n\n" + (0..<100).map { "\($0)\n" }.joined()
    let preview = try Preview(path: try file(text), name: "t.csv", range: 90..<95)
    #expect(preview.columns == ["n"])
    #expect(preview.rows == (90..<95).map { ["\($0)"] })
    #expect(preview.more == true)
    let last = try Preview(path: try file(text), name: "t.csv", range: 98..<148)
    #expect(last.rows == [["98"], ["99"]])
    #expect(last.more == false)
    let lines = "{\"a\":1,\"b\":null}\n\n{\"b\":\"x\",\"c\":[1,2]}\n"
    let objects = try Preview(path: try file(lines, "t.jsonl"), name: "t.jsonl", range: 0..<9)
    #expect(objects.columns == ["a", "b", "c"])
    #expect(objects.rows == [["1", nil, nil], [nil, "x", "[1,2]"]])
    #expect(throws: Problem.self) {
      try Preview(path: try file("no\n", "t.jsonl"), name: "t.jsonl", range: 0..<9)
    }
  }

  /// A table with cells that are formulas, and what is marked in it.
  @Test(arguments: [
    ("=1+1,-1.5,+2e3,-x\n", "'=1+1,-1.5,+2e3,'-x\n"),
    ("\"=a\"\"b\",\"-1\",\"-1,2\"\n", "\"'=a\"\"b\",\"-1\",\"'-1,2\"\n"),
    ("@a,b=c,\"d\n=e\"\n=f", "'@a,b=c,\"d\n=e\"\n'=f"),
    ("a,\r\n,\r\n-\r\n", "a,\r\n,\r\n'-\r\n"),
    ("\t1,a\n", "'\t1,a\n"), ("\r=1,a\n", "'\r=1,a\n"),
    ("\"\",\"\"\"=\",x\"=1\n", "\"\",\"\"\"=\",x\"=1\n"),
    ("-0x1p3,-inf,-nan,--1\n", "'-0x1p3,'-inf,'-nan,'--1\n"),
    ("-\(String(repeating: "1", count: 100)),1\n", "'-\(String(repeating: "1", count: 100)),1\n"),
  ])
  func formulasAreMarked(_ text: String, _ marked: String) {
    for piece in [1, 2, 3, 7, 1_000] {
      var cells = SpreadsheetCells(separator: UInt8(ascii: ","))
      var (result, rest) = ([UInt8](), Array(text.utf8)[...])
      while !rest.isEmpty {
        result += cells.mark(rest.prefix(piece))
        rest = rest.dropFirst(piece)
      }
      result += cells.end()
      #expect(String(decoding: result, as: UTF8.self) == marked, "in pieces of \(piece)")
    }
  }

  @Test func tabsBetweenCellsAreNoFormulas() {
    var cells = SpreadsheetCells(separator: 9)
    let result = cells.mark(Array("a\t\t=b\n".utf8)) + cells.end()
    #expect(String(decoding: result, as: UTF8.self) == "a\t\t'=b\n")
  }
}
