import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite struct TablePartsTests {
  private func parts(_ texts: [String], in folder: TemporaryFolder) throws -> String {
    for (number, text) in texts.enumerated() {
      _ = try folder.file(text, name: "part-\(number).csv")
    }
    return folder.path
  }

  @Test(arguments: [1 << 20, 1 << 16, 64, 17])
  func rowsAreThoseOfOneFile(_ window: Int) throws {
    let folder = try TemporaryFolder()
    let path = try parts(
      [
        "name,\"x, y\"\r\na,1\r\nb,2", "\u{feff}name, \"x, y\"\r\nc,3\r\n", "name,\"x, y\"",
        "name,\"x, y\"\nd,4\n\n",
      ],
      in: folder
    )
    let table = try Table(contentsOf: path, memoryLimit: 1 << 30, windowSize: window)
    #expect(table.columns.map(\.name) == ["name", "x, y"])
    #expect((0..<table.rowCount).map { table.columns[0].text($0) } == ["a", "b", "c", "d"])
    #expect((0..<table.rowCount).map { table.columns[1].number($0) } == [1, 2, 3, 4])
    let reader = try TableReader(contentsOf: path, schema: table.schema, blockRows: 3)
    var rows = 0
    while let block = try reader.next() { rows += block.rowCount }
    #expect(rows == 4)
    #expect(try StoredTable(contentsOf: folder.path + "/part-*").rowCount == 4)
  }

  @Test func rowsWithoutHeadersAreKept() throws {
    let folder = try TemporaryFolder()
    let path = try parts(["1,2\n3,4\n", "1,2\n5,6"], in: folder)
    let table = try Table(contentsOf: path)
    #expect((0..<table.rowCount).map { table.columns[0].number($0) } == [1, 3, 1, 5])
    _ = try folder.file("1,2,3\n", name: "part-2.csv")
    #expect(
      message(in: folder) { _ = try Table(contentsOf: path) }.contains("part-2.csv: line 1"),
      "\(message(in: folder) { _ = try Table(contentsOf: path) })"
    )
  }

  @Test func lateTextsAreReadAgainFromAllParts() throws {
    let folder = try TemporaryFolder()
    let numbers = (0..<3_000).map { "\($0)" }.joined(separator: "\n")
    let path = try parts(
      ["a\n" + numbers, "a\nx\ny\nx\ny\n" + numbers.filter { $0 != "\n" }],
      in: folder
    )
    let table = try Table(contentsOf: path, options: TableOptions(columnKinds: ["a": .identifier]))
    #expect(table.rowCount == 3_005)
    #expect(table.columns[0].text(3_000) == "x")
  }

  @Test(arguments: [
    (["a,b\n1,2\n3,4\n", "a,b\n5,6\n7,8,9\n"], "part-1.csv: line 3"),
    (["a,b\n1,2\n3,4", "a,b\r\n5,6\r\n7,8\r\n", "\u{feff}a,b\n9\n"], "part-2.csv: line 2"),
    (["a,b\n1,2\n3\n", "a,b\n5,6\n"], "part-0.csv: line 3"),
    (["1,2\n3,4\n", "5,6\n7\n"], "part-1.csv: line 2"),
    (["a,b\n1,2\n", "a,b\n3,\u{7}\n"], "part-1.csv: line 2"),
  ])
  func errorsNameTheFileAndItsLine(_ texts: [String], _ place: String) throws {
    let folder = try TemporaryFolder()
    let path = try parts(texts, in: folder)
    for path in [path, folder.path + "/part-*"] {
      let whole = message(in: folder) { _ = try Table(contentsOf: path) }
      #expect(whole.contains(place), "\(whole)")
      let any = message(in: folder) { _ = try Dataset.load(contentsOf: path) }
      #expect(any.contains(place), "\(any)")
    }
  }

  @Test func errorsOfStreamedFilesNameTheFileAndItsLine() throws {
    let folder = try TemporaryFolder()
    let path = try parts(["a,b\n1,2\n3,4\n", "a,b\n5,6\n7,8\n"], in: folder)
    let schema = try Table(contentsOf: path).schema
    _ = try folder.file("a,b\n5,6\n7,8\nx,9\n", name: "part-1.csv")
    let reader = try TableReader(contentsOf: path, schema: schema, blockRows: 2)
    let found = message(in: folder) { while try reader.next() != nil {} }
    #expect(found.contains("part-1.csv: line 4, column 1 (a)"), "\(found)")
  }

  @Test func columnsInAnotherOrderAreAnError() throws {
    let folder = try TemporaryFolder()
    let path = try parts(["a,b\n1,2\n", "b,a\n1,2\n"], in: folder)
    #expect(
      message(in: folder) { _ = try Table(contentsOf: path) }
        == "cannot read part-1.csv: expected the columns of part-0.csv, found them in another order: "
        + "b, a. Give the files the same columns in the same order, or leave this one out."
    )
  }

  @Test func completionCopiesAllParts() throws {
    let folder = try TemporaryFolder()
    let path = try parts(["a,b\n1,\n", "a,b\r\n,4\r\n"], in: folder)
    var table = try Table(contentsOf: path)
    table = Table(
      name: "t",
      columns: table.columns.map { column in
        Table.Column(
          name: column.name,
          kind: .number,
          cells: .numbers([7, 7], missing: []),
          decimals: 0
        )
      }
    )
    let writer = try CSVCompletion(
      replacing: folder.path + "/out.csv",
      from: path,
      columns: ["a", "b"]
    )
    try writer.append(table)
    try writer.commit()
    let source = try ByteSource(path: folder.path + "/out.csv")
    #expect(String(decoding: source.firstUnread(99), as: UTF8.self) == "a,b\n1,7\n7,4\r\n")
  }
}
