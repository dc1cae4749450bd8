import Foundation
import HourglassData
import HourglassTestSupport
import Testing

@Suite struct CSVCompletionTests {
  /// Fills every missing cell of a file with a text, and gives the new file.
  private func completed(_ text: String, filling: String, limit: Int? = nil) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (source, result) = (
      folder.appendingPathComponent("a.csv"), folder.appendingPathComponent("b.csv")
    )
    try Data(text.utf8).write(to: source)
    let options = TableOptions(limit: limit)
    let table = try Table(contentsOf: source.path, options: options)
    let filled = Table(
      name: table.name,
      columns: table.columns.map { column in
        Table.Column(
          name: column.name,
          kind: .identifier,
          cells: .texts((0..<column.count).map { column.text($0) ?? filling })
        )
      }
    )
    // At once, and row by row.
    var results: [String] = []
    for rows in [filled.rowCount, 1] {
      let file = try CSVCompletion(
        replacing: result.path,
        from: source.path,
        columns: filled.columns.map(\.name),
        options: options
      )
      for start in stride(from: 0, to: filled.rowCount, by: rows) {
        try file.append(filled.rows(Array(start..<min(start + rows, filled.rowCount))))
      }
      try file.commit()
      results.append(String(decoding: try Data(contentsOf: result), as: UTF8.self))
    }
    #expect(results[0] == results[1])
    return results[0]
  }

  @Test(arguments: [
    ("a,b\n1,\n,2.50\n", "a,b\n1,7\n7,2.50\n"),
    ("a;b\r\n1;NA\r\n+3;\"x\"\r\n", "a;b\r\n1;7\r\n+3;\"x\"\r\n"),
    ("\u{feff}a,b\n 1 ,?\n\n2e0,\"\"", "\u{feff}a,b\n 1 ,7\n\n2e0,7"),
    ("a,b,c\n1,2,\n4,,", "a,b,c\n1,2,7\n4,7,7"),
    ("1,2\n,3\n5,6\n", "1,2\n7,3\n5,6\n"),
    ("a\tb\n1\tNaN\n\"two \"\"2\"\"\"\t3\n", "a\tb\n1\t7\n\"two \"\"2\"\"\"\t3\n"),
  ])
  func onlyMissingCellsChange(text: String, expected: String) throws {
    #expect(try completed(text, filling: "7") == expected)
  }

  @Test func textsAreQuotedWhereTheyMust() throws {
    #expect(
      try completed("a,b\nx,1\n,2\n", filling: "say \"a,b\"") == "a,b\nx,1\n\"say \"\"a,b\"\"\",2\n"
    )
  }

  @Test func rowsBehindTheLimitAreLeftOut() throws {
    #expect(try completed("a,b\n1,\n2,3\n4,\n", filling: "7", limit: 2) == "a,b\n1,7\n2,3\n")
  }
}
