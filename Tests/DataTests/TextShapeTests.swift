import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// How people lay tables out: headers of numbers, names of rows, separators at the ends of lines, remarks.
@Suite struct TextShapeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names(_ text: String) throws -> [String] {
    try Table(contentsOf: folder.file(text)).columns.map(\.name)
  }

  /// The cells of all rows, with `-` for a missing one, read in memory, block by block, in small windows, from a
  /// file of its own, and from a pipe that is cut anywhere.
  private func rows(_ text: String) throws -> [String] {
    let path = try folder.file(text)
    let whole = try Table(contentsOf: path)
    for window in [120, 121, 1 << 16] {
      #expect(try Table(contentsOf: path, memoryLimit: large, windowSize: window) == whole)
    }
    try expectCut(Array(text.utf8), at: path, isReadAs: whole)
    #expect(try StoredTable(contentsOf: path).rowCount == whole.rowCount)
    return (0..<whole.rowCount).map { row in
      whole.columns.map { $0.text(row) ?? "-" }.joined(separator: "|")
    }
  }

  // MARK: Titles

  @Test func titlesBeforeTheHeaderAreLeftOut() throws {
    let rows = "id,kind,size\n1,a,2.5\n2,b,3.5\n3,a,4.5\n"
    for title in ["Monthly report\n\n", "% by meter 7\n", "Report\nof June\r\n"] {
      let text = title + rows
      let table = try Table(contentsOf: folder.file(text))
      #expect((0..<3).map { table.columns[2].text($0) } == ["2.5", "3.5", "4.5"])
      #expect(try names(text) == ["id", "kind", "size"])
      let format = try #require(try TextFormat(contentsOf: folder.file(text)))
      #expect(format.titleLines == (title.hasPrefix("Report") ? 2 : 1))
    }
    // One word above two columns is the name of one of them, and one above columns with other counts nothing.
    for text in ["x\n1,2\n3,4\n5,6\n", "A title\n1,2,3\n4,5\n6,7,8\n"] {
      #expect(throws: DatasetError.self) { try Table(contentsOf: folder.file(text)) }
    }
  }

  // MARK: Headers

  @Test func textsThatComeAgainAreNoNames() throws {
    #expect(try names("a,u\nb,v\na,u\nb,u\na,v\n") == ["column 1", "column 2"])
    #expect(try names("a,size\na,u\nb,v\na,u\n") == ["a", "size"])
    #expect(try names("a\nb\na\n") == ["a"])
  }

  @Test func namesOfRowsAreAllDifferent() throws {
    // Cells in single quotes are no cells in quotes.
    let text = "id,kind,v\n1,'a, b',2\n1,'c, d',3\n2,'a, b',4\n"
    #expect(throws: DatasetError.self) { try Table(contentsOf: folder.file(text)) }
    #expect(try names("kind,v\nr1,a,2\nr2,b,3\nr3,a,4\n") == ["column 1", "kind", "v"])
  }

  @Test(arguments: [
    "2019,2020,2021\n101.5,108.7,124.2\n98.7,109.7,121.2\n99.9,110.2,114.7\n",
    "2019,2020,2021\n1500,18000,2015\n900,1750,40000\n1210,1999,39000\n",
    "id,2019,2020\nr1,3,5\nr2,6,10\nr3,9,15\n",
    "country,2019\nFrance,3.5\nSpain,4.5\nItaly,-1\n",
    "400,405,410,415\n0.72,0.55,0.08,0.62\n0.07,0.76,0.60,0.23\n",
    "0,1,2,3\n0.5,0.25,-1.5,2.5\n0.125,1.5,2.5,1.5\n",
    "0,1,2,3,4,5,6,7\n5,3,5,6,1,2,9,8\n4,2,2,1,0,7,7,7\n",
    "t,10,20\n1,0.5,0.25\n2,0.75,0.5\n",
    "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8\n5,3,5,6,1,2,9,8\n4,2,2,1,0,7,7,7\n",
  ])
  func numbersMayNameColumns(_ text: String) throws {
    let first = text.prefix { $0 != "\n" }.split(separator: ",").map(String.init)
    #expect(try names(text) == first)
    #expect(
      try Table(contentsOf: folder.file(text)).rowCount == text.split(separator: "\n").count - 1
    )
  }

  @Test(arguments: [
    "1,2\n3,4\n", "1,2,3\n4,5,6\n7,8,9\n", "5.1,3.5,1.4\n4.9,3.0,1.4\n4.7,3.2,1.3\n",
    "6,148,72\n1,85,66\n8,183,64\n", "2019,5\n2020,6\n2021,7\n",
    "2019,2020,2021\n2020,2021,2022\n2021,2022,2023\n", "a,2019\nb,2018\na,2020\n",
    "a,1\nb,0.5\nc,0.25\n", "1,2,3\n2,5,1\n3,3,2\n", "France,2019\nGermany,1500\nItaly,2500\n",
    "0,0,0\n1,2,3\n4,1,1\n",
  ])
  func numbersOfDataNameNothing(_ text: String) throws {
    #expect(try names(text).first == "column 1")
    #expect(try Table(contentsOf: folder.file(text)).rowCount == text.split(separator: "\n").count)
  }

  // MARK: Names of rows, separators at the ends of lines

  @Test func rowNamesNeedNoCellInTheHeader() throws {
    let text = "B,C\nr0,0,0.5\nr1,,2\n\"r,2\",6,4\n"
    #expect(try rows(text) == ["r0|0|0.5", "r1|-|2.0", "r,2|6|4.0"])
    #expect(try names(text) == ["column 1", "B", "C"])
    #expect(try rows("\"x\" \"y\"\n\"1\" 5 6\n\"2 a\" 7 NA\n") == ["1|5|6", "2 a|7|-"])
  }

  @Test func separatorsMayEndLines() throws {
    #expect(try names("A,B,C\n0,0,0,\n1,3,1,\n") == ["A", "B", "C"])
    #expect(try rows("A,B,C\n0,0,0,\n1,3,,\n2,6,4,") == ["0|0|0", "1|3|-", "2|6|4"])
    #expect(try rows("A;B;C;\n0;x;0;\n1;3;1;\n") == ["0|x|0", "1|3|1"])
    #expect(try rows("1,2,3,\n4,5,6,\n7,8,9,\n") == ["1|2|3", "4|5|6", "7|8|9"])
    let rows = String(repeating: "0,0,\n", count: 30)
    let path = try folder.file("A,B\n\(rows)2,2,2\n")
    #expect(throws: DatasetError.raggedRow(path: path, line: 32, expected: 2, found: 3)) {
      try Table(contentsOf: path)
    }
  }

  @Test func otherLengthsOfRowsAreErrors() throws {
    for text in ["a,b\n1,2\n3,4,5\n", "a,b\n1,2,3\n4,5\n", "city\nParis, France\nRome, Italy\n"] {
      let error = #expect(throws: DatasetError.self) { try Table(contentsOf: folder.file(text)) }
      #expect(error.map { if case .raggedRow = $0 { true } else { false } } == true, "\(text)")
    }
  }

  // MARK: What is no row

  @Test func aLineMayNameTheSeparator() throws {
    #expect(try rows("sep=;\na;b;c\n0;0.12;x\n1;0.06;y\n") == ["0|0.12|x", "1|0.06|y"])
    #expect(try names("\u{feff}\"SEP=|\"\r\na|b,c\r\n1|2\r\n") == ["a", "b,c"])
  }

  @Test func remarksAreSteppedOver() throws {
    #expect(
      try rows(
        "# exported by meter 7\n# unit: kWh\n\ntime,load\n1,0.5\n# gap, of 2, hours\n2,0.25\n# end"
      )
        == ["1|0.5", "2|0.25"]
    )
    // Without any before the header a line that fits is a row, and another one is a remark.
    #expect(
      try rows("tag,n\n#a,1\nb,2\n# no row\n#c,3\n") == ["#a|1", "b|2", "#c|3"]
    )
    #expect(try rows("tag\n#a\n#b\nc\n") == ["#a", "#b", "c"])
    let path = try folder.file("# one\n# two\na,b\n1,2\n# three\n3,4,5\n")
    #expect(throws: DatasetError.raggedRow(path: path, line: 6, expected: 2, found: 3)) {
      try Table(contentsOf: path)
    }
  }

  @Test func severalLinesOfTheLengthOfARowAreRows() throws {
    #expect(try rows("#a,1\n#b,2\nc,3\nd,4\n") == ["#a|1", "#b|2", "c|3", "d|4"])
  }

  @Test func aRemarkMayBeTheHeader() throws {
    #expect(try names("#time,load\n1,2\n3,4.5\n") == ["#time", "load"])
    #expect(try names("# made by x\n# time,load\n1,2\n3,4.5\n") == ["# time", "load"])
    #expect(try names("#,Name\n1,abc\n2,def\n") == ["#", "Name"])
    #expect(try names("#id,name\nx,abc\ny,def\n") == ["#id", "name"])
    #expect(try names("# a, b\ntime,load\n1,2\n3,4.5\n") == ["time", "load"])
  }

  // MARK: Separators

  @Test func barsAndBlanksSeparate() throws {
    #expect(try rows("a|b|c\n1|x, y|3\n4|z|6\n") == ["1|x, y|3", "4|z|6"])
    #expect(
      try rows("  name   age  size\nada      36   1.5\n \"a b\"  7  2.25\n")
        == ["ada|36|1.5", "a b|7|2.25"]
    )
    #expect(try rows("18.0 8 307 x\n15.0 8 350 y\n18.0 8 318 x\n").count == 3)
    #expect(try names("18.0 8 307 x\n15.0 8 350 y\n18.0 8 318 x\n").count == 4)
  }

  @Test(arguments: [
    "room\nRoom 1\nRoom 2\nRoom 3\n", "title\nhello world\nsome words\n",
    "date time\n2024-01-01 10:00\n2024-01-02 11:00\n", "Ann Lee\nJoe Doe\nJim Poe\n",
  ])
  func blanksInTextsSeparateNothing(_ text: String) throws {
    #expect(try names(text).count == 1)
  }
}
