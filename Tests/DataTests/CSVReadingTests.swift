import HourglassData
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct CSVReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func read(
    _ text: String,
    header: TableOptions.Header = .automatic,
    windowSize: Int = 1 << 20
  ) throws -> NumberTable {
    try NumberTable(
      contentsOf: folder.file(text),
      header: header,
      memoryLimit: large,
      windowSize: windowSize
    )
  }

  /// The rows that `Scripts/goldens/datasets.py` gives to Python's csv module.
  static let rows: [Float] = [
    1, 2.5, -3e-5, 0.1, 4, 5.25, 6e7, 1 / 3, -7, 0, Float(1e-40 as Double), 16_777_216,
  ]

  @Test(arguments: [
    "excel.csv", "quoted.csv", "unix.csv", "tabs.tsv", "semicolons.csv", "excel-bom.csv",
    "excel-gzip.csv",
  ])
  func tablesOfOtherProgramsAreRead(_ name: String) throws {
    // A row that is cut by the end of the window is read whole all the same.
    for windowSize in [128, 129, 131, 1 << 20] {
      let file = try NumberTable(
        contentsOf: golden(name),
        memoryLimit: large,
        windowSize: windowSize
      )
      #expect(file.columns.prefix(3) == ["plain", "with, comma", "with \"quotes\""])
      #expect(file.columns.last == "two\nlines")
      #expect(file.rowCount == 3)
      #expect(file.values == Self.rows)
    }
  }

  @Test(arguments: [
    "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4", "a;b\n1;2\n3;4",
    "a\tb\n1\t2\n3\t4\n",
    "\n\na,b\n\n1,2\n\r\n3,4\n\n", " a , b \n 1 , 2 \n\t3\t,\t4\t\n",
    "\"a\",\"b\"\n\"1\",\"2\"\n 3, \"4\" ",
    "a,b\n+1,2.\n3.0,.4e1\n", "a,b\n1e0,200e-2\n3E+00,4\n", "\u{feff}a,b\n1,2\n3,4",
  ])
  func theWaysToWriteATableMeanTheSame(_ text: String) throws {
    for windowSize in [16, 17, 18, 19, 1 << 20] {
      let file = try read(text, windowSize: windowSize)
      #expect(file.columns == ["a", "b"])
      #expect(file.values == [1, 2, 3, 4])
      #expect(file.rowCount == 2)
    }
  }

  @Test func aHeaderIsRecognized() throws {
    let bare = try read("1,2\n3,4\n")
    #expect(bare.columns == ["column 1", "column 2"])
    #expect(bare.values == [1, 2, 3, 4])
    let named = try read(",b\n3,4\n")
    #expect(named.columns == ["column 1", "b"])
    let years = try read("1990,1991\n3,4\n", header: .present)
    #expect(years.columns == ["1990", "1991"])
    #expect(years.values == [3, 4])
    #expect(try read("a,b\n3,4\n", header: .absent).rowCount == 2)
  }

  @Test func aQuoteInsideACellIsPartOfIt() throws {
    let file = try read("5\" pipe,b,\"say \"\"c\"\"\"\n1,2,3\n")
    #expect(file.columns == ["5\" pipe", "b", "say \"c\""])
    #expect(file.values == [1, 2, 3])
  }

  @Test func onlyTheFirstRowsAreRead() throws {
    let path = try folder.file("a,b\n1,2\n3,4\n5,text\n")
    let file = try NumberTable(contentsOf: path, limit: 2)
    #expect(file.values == [1, 2, 3, 4])
    #expect(throws: DatasetError.limitNotPositive(path: path, limit: 0)) {
      try NumberTable(contentsOf: path, limit: 0)
    }
    #expect(try NumberTable(contentsOf: folder.file("1,2\n3,4"), limit: 1).values == [1, 2])
    #expect(try NumberTable(contentsOf: folder.file("1,2\n3,4"), limit: 9).rowCount == 2)
  }

  static let mistakes: [(text: String, message: String)] = [
    (
      "a,weight\n1,2\n3,4,5,6\n",
      """
      cannot read data: line 3: expected 2 cells as in the first row, found 4. \
      Correct the row; a cell that holds the separator must stand in quotes.
      """
    ),
    (
      "a,weight\n1,2\n\n3",
      """
      cannot read data: line 4: expected 2 cells as in the first row, found 1. \
      Correct the row; a cell that holds the separator must stand in quotes.
      """
    ),
    (
      "a,weight\n1,-Inf\n",
      """
      cannot read data: line 2, column 2 (weight): expected a finite number of single precision \
      (up to 3.4e38), found "-Inf". Replace the cell, or remove its row.
      """
    ),
    (
      "a,weight\n",
      """
      cannot read data: expected rows below the header of 2 columns, found none. \
      Give a table with data.
      """
    ),
    (
      "",
      """
      cannot read data: expected data, found an empty file. \
      Check that it was copied or downloaded whole.
      """
    ),
    (
      "\u{feff}\n\r\n",
      """
      cannot read data: expected data, found an empty file. \
      Check that it was copied or downloaded whole.
      """
    ),
    (
      "a,weight\n1,\0\n",
      """
      cannot read data: line 2: expected text, found the byte 0x00. \
      The file is damaged, or it is no table.
      """
    ),
    (
      "a,weight\n1,2\n\"3,4\n5,6\n",
      """
      cannot read data: line 3: expected a closing quote for the one that is opened there, found \
      none within 9 bytes. Close the quote, or remove it.
      """
    ),
    (
      "a,weight\n\"1\"x,2\n",
      """
      cannot read data: line 2: expected a separator after a closing quote, found something else. \
      Write a quote inside a quoted cell twice.
      """
    ),
  ]

  @Test(arguments: mistakes.indices)
  func aMistakeIsReportedWithItsPlace(_ index: Int) throws {
    let (text, expected) = Self.mistakes[index]
    #expect(message(in: folder) { _ = try read(text) } == expected)
  }

  @Test func aCellLongerThanTheWindowIsAnError() throws {
    let long = String(repeating: "1", count: 100)
    #expect(throws: DatasetError.cellTooLong(path: folder.path + "/data", line: 2, limit: 64)) {
      try read("a,b\n1,\(long)\n", windowSize: 64)
    }
    #expect(throws: DatasetError.unterminatedQuote(path: folder.path + "/data", line: 2, limit: 64))
    {
      try read("a,b\n1,\"\(long)\n", windowSize: 64)
    }
  }

  @Test func aMissingFileAndAFolderAreNamed() {
    #expect(
      message(in: folder) { _ = try NumberTable(contentsOf: folder.path + "/none.csv") } == """
        cannot open none.csv: No such file or directory. Check the spelling of the path.
        """
    )
    let path = folder.path
    #expect(
      throws: DatasetError.file(FileError(path: path, operation: .read, code: 21))
    ) { try NumberTable(contentsOf: path) }
  }

  @Test func aTableThatStopsEarlyIsAnErrorOrHasFewerRows() throws {
    let bytes = try goldenBytes("excel.csv")
    for count in 0..<bytes.count {
      let path = try folder.file(Array(bytes.prefix(count)))
      guard let file = try? NumberTable(contentsOf: path) else { continue }
      #expect(file.values.count == file.rowCount * 4)
      #expect(file.rowCount <= 3)
    }
  }

  @Test func memoryIsLimited() throws {
    let path = try folder.file("1,2\n3,4\n5,6\n")
    let error = #expect(throws: DatasetError.self) {
      try NumberTable(contentsOf: path, memoryLimit: 47, windowSize: 1 << 16)
    }
    #expect(error.map { if case .tooLarge(path, _, 47) = $0 { true } else { false } } == true)
    #expect(try NumberTable(contentsOf: path, limit: 1, windowSize: 1 << 16).rowCount == 1)
  }
}
