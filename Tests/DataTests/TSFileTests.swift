import HourglassData
import HourglassTestSupport
import Testing

@Suite struct TSFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> Table {
    let path = try folder.file(text, name: "waves.ts")
    guard case .table(let table) = try Dataset.load(contentsOf: path) else {
      throw DatasetError.emptyFile(path: path)
    }
    return try table.whole()
  }

  @Test func seriesWithClassesAreRows() throws {
    let table = try read(
      """
      # Two classes: up and down.
      @problemName waves
      @classLabel true up down
      @data
      1,2.5,3:up
      3,?,1 : down

      2,1:down
      """
    )
    #expect(table.columns.map(\.name) == ["1", "2", "3", "class"])
    #expect(table.rowCount == 3)
    #expect((0..<3).map { table.columns[0].number($0) } == [1, 3, 2])
    #expect((0..<3).map { table.columns[1].number($0) } == [2.5, nil, 1])
    #expect((0..<3).map { table.columns[2].number($0) } == [3, 1, nil])
    #expect(table.columns[3].cells == .codes([1, 0, 0], levels: ["down", "up"]))
  }

  @Test func channelsStandBesideEachOther() throws {
    let table = try read("@classLabel false\n@data\n1,2:3,4\r\n5,6:7,8\r\n")
    #expect(
      table.columns.map(\.name) == [
        "channel 1 at 1", "channel 1 at 2", "channel 2 at 1", "channel 2 at 2",
      ]
    )
    #expect(table.columns.map { $0.number(1) } == [5, 6, 7, 8])
  }

  @Test func stampsAreTimesOfSeries() throws {
    let text = """
      @timestamps true
      @targetlabel true
      @data
      (2024-03-05 10:00:00,1.5),(2024-03-05 10:30:00,?),(2024-03-05 11:00:00,2):(2024-03-05 10:30:00,7):0.5
      (2024-03-06 10:00:00,3):(2024-03-06 10:00:00,8):1.5
      """
    let wide = try read(text)
    #expect(wide.rowCount == 2 && wide[column: "channel 1 at 3"]?.number(0) == 2)
    var options = DatasetOptions()
    options.series = SeriesOptions(timeColumn: "time", group: "series", window: 2)
    let path = try folder.file(text, name: "stamps.ts")
    guard case .series(let data) = try Dataset.load(contentsOf: path, options: options) else {
      Issue.record("it is no series")
      return
    }
    let series = data.sample
    #expect(series.channels == ["channel 1", "channel 2", "class"] || series.channels.count == 2)
    #expect(series.groups == [0..<3, 3..<4])
    #expect(series.timeStamps[1] == "2024-03-05 10:30:00")
    #expect(series.table[column: "channel 1"]?.isMissing(1) == true)
    #expect(series.table[column: "channel 2"]?.number(1) == 7)
    #expect(series.table[column: "class"]?.text(3) == "1.5")
  }

  @Test(arguments: [
    ("@timestamps true\n@targetlabel false\n@data\n1,2\n", "a time and a number in parentheses"),
    ("@data\n", "found none"), ("@classLabel true a\n@data\n1,2\n", "a colon and a class"),
    ("@classLabel true a\n@data\n1,x:a\n", "line 3: expected a number, found \"x\""),
    ("@classLabel true a\n1,2:a\n", "before the line @data"),
    ("@classLabel false\n@data\n1:2\n1\n", "expected 2 channels"),
    ("@data\n\0\n", "found the byte 0x00"),
  ])
  func mistakesAreNamed(_ text: String, _ part: String) {
    #expect(message(in: folder) { _ = try read(text) }.contains(part))
  }

  /// A table is as wide as its longest series, so that one long one beside many short ones is large.
  @Test func whatATableWouldTakeIsCountedOverAllChannels() throws {
    let long = [String](repeating: "1,2,3,4,5,6,7,8", count: 8).joined(separator: ":")
    let short = [String](repeating: "1", count: 8).joined(separator: ":")
    let text =
      "@classLabel false\n@data\n\(long)\n"
      + String(repeating: short + "\n", count: 200)
    let path = try folder.file(text, name: "ragged.ts")
    let bytes = 64 * 201 * 9
    #expect(throws: DatasetError.tooLarge(path: path, bytes: bytes, limit: 40_000)) {
      try TSFile.table(contentsOf: path, memoryLimit: 40_000)
    }
    let table = try TSFile.table(contentsOf: path, memoryLimit: bytes)
    #expect(table.columns.count == 64 && table.rowCount == 201)
  }

  @Test func blanksBetweenNumbersSeparateThem() throws {
    let text = "  1.5   -2e3 NA \n 3  4   5\n\n 6 7 8"
    for windowSize in [64, 1 << 20] {
      let table = try Table(
        contentsOf: folder.file(text),
        memoryLimit: large,
        windowSize: windowSize
      )
      #expect(table.rowCount == 3)
      #expect(table.columns.map { $0.number(0) } == [1.5, -2000, nil])
      #expect(table.columns.map { $0.number(2) } == [6, 7, 8])
    }
    // One word, or a text, is no such table.
    #expect(try Table(contentsOf: folder.file("1\n2\n")).columns.count == 1)
    #expect(try Table(contentsOf: folder.file("big dog\nred cat\n")).columns.count == 1)
  }
}
