import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Output that keeps the writing of the input.
@Suite struct TextWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let texts = [
    "a,b\n1,\n,2.50\n", "\"a\";\"b\"\r\n\"x;y\";1,5\r\n\"\";\r\n", "a\tb\r1\tx\r\tNA\r",
    "\u{feff}sep=;\na;b\n1;\n2;x\n\n", "# one\n\na,b\n1,\n# two, or, three\n2,x\n# end",
    "x,x,\n1,,3\n4,5,\n", "B,C\nr0,0,\nr1,,1\n", "A,B,C\n0,0,x,\n,3,y,\n", "1|x\n|y\n3|z",
    "  n   size\n ada  1.50 \n\"b c\" NA\n\n", "1 2  3\n 4 NA 6\n",
    "name;wert\nKöln;1,5\nZürich;\n",
    "{\"a\": 1, \"b\": \"x\"}\n\n{\"b\": null}\n{\"a\":2.50,\"b\":\"y\"}", "a\n1\n\n\"\"\n3\n",
    "é,ü\n1,\nx,2\n",
  ]

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The rows of a file written again, with every missing cell filled, row by row and at once.
  private func completed(_ source: String, filling: String?) throws -> [UInt8] {
    let table = try Table(contentsOf: source)
    let filled = Table(
      name: table.name,
      columns: table.columns.map { column in
        let texts = (0..<column.count).map { column.text($0) ?? filling }
        return Table.Column(name: column.name, kind: .identifier, cells: .texts(texts))
      }
    )
    let result = folder.path + "/result"
    var results: [[UInt8]] = []
    for rows in [1, table.rowCount] {
      let file = try CSVCompletion(
        replacing: result,
        from: source,
        columns: table.columns.map(\.name)
      )
      for start in stride(from: 0, to: table.rowCount, by: rows) {
        try file.append(filled.rows(Array(start..<min(start + rows, table.rowCount))))
      }
      try file.commit()
      results.append(try bytes(result))
    }
    #expect(results[0] == results[1])
    return results[0]
  }

  @Test(arguments: texts)
  func nothingToFillLeavesTheBytes(_ text: String) throws {
    for encoding in TextEncoding.allCases {
      var encoded: [UInt8] = []
      _ = encoding.encode(Array(text.utf8), to: &encoded)
      // A mark is part of some texts, and none of Windows-1252.
      if encoding == .windows1252 && text.hasPrefix("\u{feff}") { continue }
      let source = try folder.file(encoded, name: "t.txt")
      #expect(try completed(source, filling: nil) == encoded, "\(encoding)")
      let table = try Table(contentsOf: source)
      let file = try CSVCompletion(
        replacing: folder.path + "/same",
        from: source,
        columns: table.columns.map(\.name)
      )
      try file.append(table, given: table)
      try file.commit()
      #expect(try bytes(folder.path + "/same") == encoded)
    }
  }

  @Test(arguments: [
    (texts[1], "\"a\";\"b\"\r\n\"x;y\";1,5\r\n\"7\";7\r\n"), (texts[2], "a\tb\r1\tx\r7\t7\r"),
    (texts[3], "\u{feff}sep=;\na;b\n1;7\n2;x\n\n"),
    (texts[4], "# one\n\na,b\n1,7\n# two, or, three\n2,x\n# end"),
    (texts[5], "x,x,\n1,7,3\n4,5,7\n"), (texts[6], "B,C\nr0,0,7\nr1,7,1\n"),
    (texts[7], "A,B,C\n0,0,x,\n7,3,y,\n"), (texts[8], "1|x\n7|y\n3|z"),
    (texts[9], "  n   size\n ada  1.50 \n\"b c\" 7\n\n"), (texts[10], "1 2  3\n 4 7 6\n"),
    (
      texts[12],
      "{\"a\": 1, \"b\": \"x\"}\n\n{\"b\": \"7\", \"a\": 7}\n{\"a\":2.50,\"b\":\"y\"}"
    ),
  ])
  func onlyMissingCellsChange(_ text: String, _ expected: String) throws {
    let result = try completed(folder.file(text), filling: "7")
    #expect(String(decoding: result, as: UTF8.self) == expected)
    #expect(try Table(contentsOf: folder.file(result, name: "again")).missingCount == 0)
  }

  @Test func changedCellsAreReplacedAndNoOthers() throws {
    let source = try folder.file("id;w;k\n\"a\"; +1,50 ;x\nb;2,25;\nc;3;\n")
    var options = TableOptions()
    options.hasDecimalComma = true
    let given = try Table(contentsOf: source, options: options)
    let changed = given.replacing(
      given.columns[1].replacing(cells: .numbers([1.5, 9.75, 3], missing: []))
    )
    let file = try CSVCompletion(
      replacing: folder.path + "/r",
      from: source,
      columns: ["id", "w", "k"],
      options: options
    )
    try file.append(changed, given: given)
    try file.commit()
    #expect(
      String(decoding: try bytes(folder.path + "/r"), as: UTF8.self)
        == "id;w;k\n\"a\"; +1,50 ;x\nb;9,75;\nc;3;\n"
    )
  }

  @Test func aWriterWritesAsTheOtherFileIsWritten() throws {
    let cases: [(text: String, options: TableOptions, expected: String)] = [
      (
        "\u{feff}\"a\";\"b\";\"b\"\r\n\"x\";1,50;\r\n\"y;z\";2,25;3\r\n", comma,
        "\u{feff}\"a\";\"b\";\"b\"\r\n\"x\";1,50;\r\n\"y;z\";2,25;3\r\n"
      ),
      ("a,,b\n1,2,x\n3,4,y\n", TableOptions(), "a,,b\n1,2,x\n3,4,y\n"),
      ("B|C\nr0|0|x\nr1|1|y\n", TableOptions(), "B|C\nr0|0|x\nr1|1|y\n"),
      ("sep=;\na;b\n1;x\n2;y\n", TableOptions(), "sep=;\na;b\n1;x\n2;y\n"),
      ("A,B\n1,x,\n2,y,\n", TableOptions(), "A,B\n1,x,\n2,y,\n"),
      ("n  v\nada   1\n\"b c\" 2\n", TableOptions(), "n v\nada 1\n\"b c\" 2\n"),
      ("1\tx\n2\ty\n", TableOptions(), "1\tx\n2\ty\n"),
      (
        "{\"a\":1.5,\"b\":\"x\"}\n{\"b\":\"2\"}\n", TableOptions(),
        "{\"a\": 1.5, \"b\": \"x\"}\n{\"a\": null, \"b\": \"2\"}\n"
      ),
    ]
    for (text, options, expected) in cases {
      for encoding in [TextEncoding.utf8, .utf16BigEndian] {
        var encoded: [UInt8] = []
        _ = encoding.encode(Array(text.utf8), to: &encoded)
        let source = try folder.file(encoded)
        let table = try Table(contentsOf: source, options: options)
        let format = try #require(try TextFormat(contentsOf: source, options: options))
        try table.write(to: folder.path + "/w", like: format)
        var wanted: [UInt8] = []
        _ = encoding.encode(Array(expected.utf8), to: &wanted)
        #expect(try bytes(folder.path + "/w") == wanted, "\(text)")
        #expect(
          try Table(contentsOf: folder.path + "/w", options: options).columns == table.columns
        )
      }
    }
  }

  private var comma: TableOptions {
    var options = TableOptions()
    options.hasDecimalComma = true
    return options
  }

  @Test func theEndingOfANameSaysTheFormat() throws {
    let table = try Table(contentsOf: folder.file("a;b\n1;x y\n2;\n"))
    let format = try #require(try TextFormat(contentsOf: folder.path + "/data"))
    func written(_ name: String) throws -> String {
      try table.write(to: folder.path + "/" + name, like: format)
      return String(decoding: try bytes(folder.path + "/" + name), as: UTF8.self)
    }
    #expect(try written("w.csv") == "a;b\n1;x y\n2;\n")
    #expect(try written("w.tsv") == "a\tb\n1\tx y\n2\t\n")
    #expect(try written("w.jsonl") == "{\"a\": 1, \"b\": \"x y\"}\n{\"a\": 2, \"b\": null}\n")
    #expect(try Table(contentsOf: folder.path + "/w.jsonl").columns[1].text(0) == "x y")
  }

  @Test func whatAnEncodingLacksIsAnError() throws {
    let source = try folder.file(Array("n,m\ncaf".utf8) + [0xe9] + Array(",1\n,2\n".utf8))
    let result = folder.path + "/r"
    let error = #expect(throws: DatasetError.self) {
      let file = try CSVCompletion(replacing: result, from: source, columns: ["n", "m"])
      let table = try Table(contentsOf: source)
      let texts = Table.Column(name: "n", kind: .identifier, cells: .texts(["café", "Жук"]))
      try file.append(table.replacing(texts))
      try file.commit()
    }
    #expect(error == .notInEncoding(path: result, encoding: .windows1252, text: "Ж"))
    #expect(!FileManager.default.fileExists(atPath: result))
  }
}
