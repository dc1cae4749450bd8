import Foundation
import HourglassSystem
import HourglassTestSupport
import Testing

@testable import HourglassData

/// A declared kind that does not fit is one error with the first three cells and their lines.
@Suite struct DeclaredKindTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  /// The error of reading a column in memory, which is that of the same column in its file.
  private func error(_ cells: [String], _ options: TableOptions) throws -> String {
    let found = reader.error(cells, options: options)
    let text = "value,other\n" + cells.map { "\($0),1" }.joined(separator: "\n") + "\n"
    let path = try reader.folder.file(text)
    let stored = message(in: reader.folder) {
      _ = try StoredTable(contentsOf: path, options: options, sampleBytes: 1)
    }
    #expect(stored.hasSuffix(found.split(separator: ":", maxSplits: 1)[1]), "\(stored)")
    return found
  }

  private func options(_ kind: ColumnKind) -> TableOptions {
    TableOptions(columnKinds: ["value": kind])
  }

  static let misfits: [(ColumnKind, [String], String)] = [
    (
      .integer, ["1", "2.5", "3", "2.75", "9.5", "1.5"],
      "\"2.5\" in line 3, \"2.75\" in line 5 and \"9.5\" in line 6 (4 such cells)"
    ),
    (.integer, ["1.0", "1e-3", "7"], "\"1e-3\" in line 3"),
    (.integer, ["1,5", "2,5"].map { "\"\($0)\"" }, "\"1,5\" in line 2 and \"2,5\" in line 3"),
    (.integer, ["9007199254740993", "12"], "\"9007199254740993\" in line 2, beyond 2^53"),
    (.integer, ["30:00:01.5", "31:00:00.0"], "\"30:00:01.5\" in line 2"),
    (
      .number, ["a", "1", "b", "b", "c", "d"],
      "\"a\" in line 2, \"b\" in line 4 and \"c\" in line 6 (5 such cells)"
    ),
    (.number, ["50-", "60-"], "\"50-\" in line 2 and \"60-\" in line 3"),
    (
      .date, ["2024-01-02", "soon", "2024-13-01"], "\"soon\" in line 3 and \"2024-13-01\" in line 4"
    ),
    (
      .date, ["01/02/2024", "03/04/2024"],
      "\"01/02/2024\" in line 2 and \"03/04/2024\" in line 3 with an ambiguous order"
    ),
    (.date, ["2010-11", "2011-12"], "\"2010-11\" in line 2 and \"2011-12\" in line 3"),
    (
      .time, ["2024-01-02", "2024-01-03"],
      "in line 2 and \"2024-01-03\" in line 3, of the kind date"
    ),
    (
      .boolean, ["x", "y", "x", "z", "w"],
      "\"x\" in line 2, \"y\" in line 3 and \"z\" in line 5 (5 such cells), more than two values"
    ),
    (
      .constant, ["x", "y", "x"],
      "\"x\" in line 2 and \"y\" in line 3 (3 such cells), more than one value"
    ),
    (.constant, ["1", "2", "1"], "more than one number"),
  ]

  @Test(arguments: misfits)
  func firstCellsAreNamed(_ kind: ColumnKind, _ cells: [String], _ found: String) throws {
    let error = try error(cells, options(kind))
    #expect(
      error.contains("expected cells of the kind \(kind.rawValue) as declared, found"),
      "\(error)"
    )
    #expect(error.contains(found), "\(error)")
  }

  @Test func levelsThatWereNotDeclaredAreNamed() throws {
    var options = options(.ordinal)
    options.ordinalLevels = ["value": ["low", "high", "1"]]
    let found = try error(["low", "mid", "high", "1.0", "mid", "top"], options)
    #expect(
      found.contains(
        "\"mid\" in line 3 and \"top\" in line 7 (3 such cells), none of the levels low, high, 1"
      ),
      "\(found)"
    )
  }

  @Test func wholeNumbersWithAPointAreIntegers() throws {
    let path = try reader.folder.file("value,other\n1.0,2\n3.0,4\n")
    let table = try Table(contentsOf: path, options: options(.integer))
    #expect(table.columns[0].kind == .integer)
    #expect(table.columns[0].text(1) == "3.0")
  }

  /// The line is that of the file, whatever stands before it: quoted line ends, blank lines, and in a later
  /// file remarks and its own header.
  @Test func linesAreThoseOfTheFiles() throws {
    let texts = [
      "# first\nvalue,note\n1,\"a\nb\"\n2,c\n",
      "# from the station\n# in mm\nvalue,note\n\n3,d\nx,e\r\n4,f",
      "value,note\r\n5,g\r\ny,h\r\n# 7\r\nz,i\r\n",
    ]
    for (number, text) in texts.enumerated() {
      _ = try reader.folder.file(text, name: "part-\(number).csv")
    }
    let places =
      "\"x\" in part-1.csv, line 6, \"y\" in part-2.csv, line 3 and \"z\" in part-2.csv, line 5"
    for path in [reader.folder.path, reader.folder.path + "/part-*"] {
      let whole = message(in: reader.folder) {
        _ = try Table(contentsOf: path, options: options(.number))
      }
      #expect(whole.contains(places), "\(whole)")
      let stored = message(in: reader.folder) {
        _ = try StoredTable(contentsOf: path, options: options(.number), sampleBytes: 1)
      }
      #expect(stored.contains(places), "\(stored)")
    }
  }

  @Test func oddCellsOfSeveralFilesHaveTheirPlaces() throws {
    let days = (1...20).map { "2024-03-" + ($0 < 10 ? "0" : "") + "\($0),1" }.joined(
      separator: "\n"
    )
    _ = try reader.folder.file("day,n\n\(days)\n", name: "part-0.csv")
    _ = try reader.folder.file("# late\nday,n\n\(days)\n2024-02-30,1\n", name: "part-1.csv")
    let table = try Table(contentsOf: reader.folder.path)
    let odd = try #require(table.readings.columns.first?.odd.first.first)
    #expect(odd.line == 23 && odd.file?.hasSuffix("part-1.csv") == true)
  }

  @Test func aFaultFarBehindIsNamedWithItsLine() throws {
    let count = 400_000
    let rows = String(repeating: "1,2.5,abc\n", count: count)
    for (fault, part) in [
      ("1,x,abc\n", "\"x\" in line \(count + 2)"), ("1,2\n", "line \(count + 2): expected 3 cells"),
      ("1,2,\"abc\n", "line \(count + 2)"), ("1,2,a\u{7}c\n", "line \(count + 2)"),
      ("1,2,abc\n\n\"1\n\n\",inf,abc\n", "line \(count + 4), column 2 (b): expected a finite"),
    ] {
      let path = try reader.folder.file("a,b,c\n" + rows + fault)
      let options = TableOptions(columnKinds: ["b": .number])
      let found = message(in: reader.folder) { _ = try Table(contentsOf: path, options: options) }
      #expect(found.contains(part), "\(found)")
      let stored = message(in: reader.folder) {
        _ = try StoredTable(contentsOf: path, options: options, sampleBytes: 1 << 20)
      }
      #expect(stored.contains(part), "\(stored)")
    }
  }
}
