import HourglassData
import HourglassTestSupport
import Testing

/// Series that are read stretch by stretch, beside the same ones held in memory.
@Suite struct LargeSeriesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Three machines: one with times that are left out and missing cells, one shorter than a window, and
  /// a regular one.
  private static func machines() -> String {
    var lines = ["machine,time,heat,note,load"]
    var time = 0
    for row in 0..<5_000 {
      time += row % 97 == 96 ? 5 : row == 2_500 ? 400 : 1
      let heat = row % 53 < 3 ? "" : "\(row * 37 % 1_009)"
      lines.append("a,\(time),\(heat),n\(row),\(row % 7).5")
    }
    for row in 0..<20 { lines.append("b,\(row + 9),\(row * row),b\(row),1.5") }
    for row in 0..<2_011 { lines.append("c,\(row),\(row % 100),c\(row),\(row % 3)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Window: Hashable {
    var begins: String
    var rows: Int
    var values: [Float]
    var observed: [Float]

    init(_ set: SeriesSet, _ index: Int) {
      let range = set.range(of: index)
      begins = set.timeStamps[range.lowerBound]
      rows = range.count
      (values, observed) = set.window(index)
    }
  }

  @Test(arguments: [(32, 12), (32, 32), (16, 1), (20, 33)])
  func stretchesAreWhatIsInMemory(window: Int, stride: Int) throws {
    let path = try folder.file(Self.machines())
    let options = SeriesOptions(
      timeColumn: "time",
      group: "machine",
      window: window,
      stride: stride
    )
    let table = try Table(contentsOf: path)
    let all = try SeriesSet(table, options: options)
    let large = try StoredSeries(StoredTable(contentsOf: path), options: options, stretchCells: 1)
    #expect(large.spacing == all.spacing)
    #expect(large.count == all.count && large.rowCount == table.rowCount)
    #expect(large.groupCount == 3 && large.bounds == ("1", "2010"))
    let reader = try large.reader()
    var windows: [Window] = []
    var rows: [Int] = []
    var (stretches, ends) = (0, 0)
    while let stretch = try reader.next() {
      windows += stretch.windows.map { Window(stretch.series, $0) }
      rows += stretch.rows.map { stretch.firstRow + $0 }
      let given = stretch.series.table.rows(stretch.series.rowsOfOriginals)
      #expect(
        given.rows(Array(stretch.rows)) == table.rows(stretch.rows.map { stretch.firstRow + $0 })
      )
      stretches += 1
      ends += stretch.endsGroup ? 1 : 0
    }
    #expect(windows == (0..<all.count).map { Window(all, $0) })
    #expect(rows == Array(0..<table.rowCount))
    #expect(ends == 3 && stretches > 8)
  }

  @Test func channelsAreDescribedFromAllRows() throws {
    let path = try folder.file(Self.machines())
    let options = SeriesOptions(timeColumn: "time", group: "machine", window: 32)
    let all = try SeriesSet(Table(contentsOf: path), options: options)
    let large = try StoredSeries(
      StoredTable(contentsOf: path),
      options: options,
      sampleBytes: 1,
      stretchCells: 1
    )
    #expect(large.sample.channels == all.channels && large.facts.count == 2)
    for (name, facts) in zip(all.channels, large.facts) {
      let column = try #require(all.table[column: name])
      #expect(facts.missingCount == column.missingCount)
      let values = (0..<column.count).compactMap { column.number($0) }
      #expect(facts.minimum == values.min() && facts.maximum == values.max())
      var (gaps, longest) = (0, 0)
      for group in all.groups {
        var length = 0
        for row in group {
          length = column.isMissing(row) ? length + 1 : 0
          if length == 1 { gaps += 1 }
          longest = max(longest, length)
        }
      }
      #expect(facts.gapCount == gaps && facts.longestGap == longest)
    }
  }

  @Test func theSampleIsStretchesOfTheSeries() throws {
    let lines = (0..<40_000).map { "\($0),\($0 % 251)" }
    let path = try folder.file("t,v\n" + lines.joined(separator: "\n"))
    let options = SeriesOptions(timeColumn: "t", window: 16)
    let large = try StoredSeries(
      StoredTable(contentsOf: path),
      options: options,
      sampleBytes: 1,
      stretchCells: 1
    )
    // The fewest pieces, of 256 rows: as long as a stretch of sixteen windows.
    #expect(large.sample.groups.count == 16)
    let times = try #require(large.sample.table[column: "t"])
    var starts: [Double] = []
    for group in large.sample.groups {
      let values = group.compactMap { times.number($0) }
      #expect(values.count == 256 && values == (0..<256).map { values[0] + Double($0) })
      starts.append(values[0])
    }
    #expect(starts == starts.sorted() && Set(starts).count == 16)
    #expect(starts[0] < 15_000 && starts[15] > 25_000)
    #expect(large.sample.originalRows == (0..<16 * 256).map { $0 })
    let whole = try StoredSeries(StoredTable(contentsOf: path), options: options)
    #expect(whole.sample.table.rowCount == 40_000)
    #expect(try whole.whole().table.rowCount == 40_000)
  }

  @Test func aLongGapPartsASeries() throws {
    let times = (0..<30_000).map { $0 < 10_000 ? $0 : $0 + 70_000 }
    let path = try folder.file("t,v\n" + times.map { "\($0),\($0 % 17)" }.joined(separator: "\n"))
    let large = try StoredSeries(
      StoredTable(contentsOf: path),
      options: SeriesOptions(timeColumn: "t", window: 16)
    )
    #expect(large.spacing == .withGaps(step: 1, missing: 70_000))
    #expect(large.count == 1_249 + 2_499)
    let reader = try large.reader()
    var ends: [Int] = []
    while let stretch = try reader.next() {
      if stretch.endsGroup { ends.append(stretch.firstRow + stretch.rows.upperBound) }
    }
    #expect(ends == [10_000, 30_000])
  }

  @Test(arguments: [
    (["2.5,1,a", "7,2,a", "1,2,a"], "before the time above it", 3),
    (["1,1,a", "1,2,b", "2,3,a"], "another row of series a", 3),
    (["1,1,a", ",2,a"], "found a missing cell", 2),
  ])
  func rowsOutOfOrderAreReported(rows: [String], words: String, row: Int) throws {
    let path = try folder.file("t,v,m\n" + rows.joined(separator: "\n") + "\n")
    let error = #expect(throws: DatasetError.self) {
      try StoredSeries(
        StoredTable(contentsOf: path),
        options: SeriesOptions(timeColumn: "t", group: "m", window: 4)
      )
    }
    let text = error?.description ?? ""
    #expect(text.contains(words) && text.contains("row \(row)"), "\(text)")
  }

  @Test func windowsMustHaveALength() throws {
    let path = try folder.file("t,v\n1,2\n2,3\n")
    for (window, stride) in [(0, 1), (1 << 40, 1), (4, 0)] {
      #expect(throws: DatasetError.self) {
        try StoredSeries(
          StoredTable(contentsOf: path),
          options: SeriesOptions(timeColumn: "t", window: window, stride: stride)
        )
      }
      #expect(throws: DatasetError.self) {
        try SeriesSet(
          Table(contentsOf: path),
          options: SeriesOptions(timeColumn: "t", window: window, stride: stride)
        )
      }
    }
    let large = try StoredSeries(
      StoredTable(contentsOf: path),
      options: SeriesOptions(timeColumn: "t", window: 4, stride: .max)
    )
    #expect(large.count == 1)
  }
}
