import HourglassData
import HourglassTestSupport
import Testing

/// Times as people write them, and what is said where they cannot be read.
@Suite struct SeriesTimeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func series(
    _ text: String,
    group: String? = nil,
    window: Int? = nil,
    isStored: Bool = false
  ) throws -> SeriesSet {
    let path = try folder.file(text)
    let options = SeriesOptions(timeColumn: "t", group: group, window: window)
    guard isStored else { return try SeriesSet(Table(contentsOf: path), options: options) }
    return try StoredSeries(StoredTable(contentsOf: path), options: options).sample
  }

  @Test(arguments: [
    ["Jul 2011", "Aug 2011", "Sep 2011", "Jan 2012", "Feb 2012", "Mar 2012"],
    ["07/2011", "08/2011", "09/2011", "01/2012", "02/2012", "03/2012"],
    ["2011-07-01", "2011-08-01", "2011-09-01", "2012-01-01", "2012-02-01", "2012-03-01"],
  ])
  func monthsAreInOrderWithTheirGaps(_ months: [String]) throws {
    let rows = [3, 0, 5, 1, 4, 2].map { "\(months[$0]),\($0)" }
    let set = try series("t,v\n" + rows.joined(separator: "\n") + "\n")
    #expect(set.unorderedCount > 0)
    #expect(set.spacing == .withGaps(step: SeriesSteps.monthSeconds, missing: 3))
    #expect(
      set.rowsOfOriginals.map { set.timeStamps[$0] } == [3, 0, 5, 1, 4, 2].map { months[$0] }
    )
    let (october, december) = (set.timeStamps[3], set.timeStamps[5])
    #expect(["Oct 2011", "10/2011", "2011-10-01"].contains(october))
    #expect(["Dec 2011", "12/2011", "2011-12-01"].contains(december))
  }

  @Test(arguments: [false, true])
  func aCellThatIsNoTimeIsNamed(_ isStored: Bool) throws {
    let rows = (0..<40).map {
      $0 == 7 ? "soon,7" : "2024-03-05 \($0 / 4 + 10):\($0 % 4 * 15 + 10),\($0)"
    }
    let text = "t,v\n" + rows.joined(separator: "\n") + "\n"
    let said = message(in: folder) { _ = try series(text, isStored: isStored) }
    #expect(said.contains("row 8 (line 9") && said.contains("\"soon\""), "\(said)")
  }

  @Test func wordsAreNoTimes() throws {
    let said = message(in: folder) {
      _ = try series("t,v\nfirst,1\nsecond,2\nthird,3\nfourth,5\n")
    }
    #expect(said.contains("row 1") && said.contains("\"first\""), "\(said)")
    let open = message(in: folder) {
      _ = try series("t,v\n03/04/2024,1\n05/04/2024,2\n06/07/2024,3\n01/02/2024,5\n")
    }
    #expect(open.contains("date:day-first"), "\(open)")
  }

  @Test func nanosecondsKeepTheirOrder() throws {
    let first = 1_700_000_000_000_000_000
    let order = [4, 0, 3, 1, 2]
    let rows = order.map { "\(first + $0),\($0)" }
    let set = try series("t,v\n" + rows.joined(separator: "\n") + "\n")
    #expect(
      set.table[column: "v"].map { column in (0..<5).map { column.number($0) } } == [0, 1, 2, 3, 4]
    )
  }

  @Test func midnightsAreCountedInTimesOfDay() throws {
    let set = try series("t,v\n22:30,1\n23:00,2\n23:30,3\n00:00,4\n00:30,5\n01:30,6\n")
    #expect(set.unorderedCount == 0)
    #expect(set.timeStamps == ["22:30", "23:00", "23:30", "00:00", "00:30", "01:00", "01:30"])
  }

  @Test func timesThatAreThereTwiceAreCounted() throws {
    let set = try series("t,v\n1,5\n2,6\n2,7\n3,8\n")
    #expect(set.repeatedCount == 1 && set.remarks.contains { $0.contains("--by") })
  }

  @Test func theWindowSuitsTheLength() throws {
    func rows(_ count: Int) -> String {
      "t,v\n" + (0..<count).map { "\($0),\($0 * $0 % 7)\n" }.joined()
    }
    #expect(try series(rows(1_000)).window == 128)
    #expect(try series(rows(165)).window == 80)
    #expect(try series(rows(20)).window == 8)
    #expect(try series(rows(3)).window == 2)
    #expect(try series(rows(165), isStored: true).window == 80)
    let given = try series(rows(20), window: 128)
    #expect(given.window == 128)
    #expect(given.remarks.contains { $0.contains("window of 128 rows is longer than the series") })
  }

  @Test(arguments: [false, true])
  func eachSeriesHasItsScale(_ isStored: Bool) throws {
    var text = "t,v,g\n"
    for group in ["large", "small", "still"] {
      for row in 0..<50 {
        let wave = Double(row % 2 * 2 - 1)
        let value = group == "large" ? 1_000 + 100 * wave : group == "small" ? 2 + 0.5 * wave : 7
        text += "\(row),\(value),\(group)\n"
      }
    }
    let scales = try series(text, group: "g", isStored: isStored).scales.scales
    for (key, level, spread) in [("large", 1_000.0, 100.0), ("small", 2, 0.5)] {
      let scale = try #require(scales[key]?[0])
      #expect(abs(scale.level - level) < 1e-9 * level && abs(scale.spread - spread) < 1e-9 * level)
    }
    #expect(scales["still"] == [SeriesScales.Scale(level: 7, spread: 0)])
  }
}
