import HourglassData
import HourglassTestSupport
import Testing

@Suite struct SeriesGridTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func series(_ rows: [String], group: String? = nil) throws -> SeriesSet {
    let header = group == nil ? "t,v" : "t,v,\(group ?? "")"
    let table = try Table(contentsOf: folder.file(([header] + rows).joined(separator: "\n")))
    return try SeriesSet(
      table,
      options: SeriesOptions(timeColumn: "t", group: group, window: 4, stride: 2)
    )
  }

  @Test func timesThatAreLeftOutAreRowsOfMissingCells() throws {
    let set = try series(
      [0, 1, 2, 5, 6, 7, 8].map { "2024-03-05 0\($0):30,\($0 * $0)" }
    )
    #expect(set.spacing == .withGaps(step: 3600, missing: 2))
    #expect(set.timeStamps.count == 9)
    #expect(set.timeStamps[3] == "2024-03-05 03:30" && set.timeStamps[4] == "2024-03-05 04:30")
    #expect(set.originalRows == [0, 1, 2, nil, nil, 3, 4, 5, 6])
    #expect(set.rowsOfOriginals == [0, 1, 2, 5, 6, 7, 8])
    #expect(set.table.columns[1].isMissing(3) && set.table.columns[1].number(5) == 25)
    let window = set.window(0)
    #expect(window.values == [0, 1, 4, 0] && window.observed == [1, 1, 1, 0])
  }

  @Test func groupsHaveTheirOwnGapsAndOneStep() throws {
    let set = try series(
      ["0,1,a", "0,2,b", "1,3,a", "1,4,b", "2,5,a", "4,6,b", "3,7,a", "5,8,b"],
      group: "m"
    )
    #expect(set.spacing == .withGaps(step: 1, missing: 2))
    #expect(set.groups == [0..<4, 4..<10])
    #expect(set.originalRows == [0, 2, 4, 6, 1, 3, nil, nil, 5, 7])
    #expect(set.table[column: "m"]?.text(6) == "b")
    #expect(set.timeStamps[6] == "2" && set.timeStamps[7] == "3")
  }

  @Test func regularAndIrregularTimesStayAsTheyAre() throws {
    let regular = try series((0..<6).map { "\($0 * 10),1.\($0)" })
    #expect(regular.spacing == .regular(step: 10) && regular.originalRows == [0, 1, 2, 3, 4, 5])
    let months = try series((1...9).map { "2023-0\($0)-01,\($0 * $0)" })
    #expect(months.spacing == .regular(step: SeriesSteps.monthSeconds))
    #expect(months.table.rowCount == 9)
    let wandering = try series(["0,1", "1.5,2", "2.2,4", "4.9,8", "5,3"])
    #expect(wandering.table.rowCount == 5)
    let weeks = try series(["2024-W01,1", "2024-W02,2", "2024-W03,3", "2024-W04,5"])
    #expect(weeks.spacing == .unknown)
    // A second time at the same moment, as when clocks are set back, is no gap.
    let twice = try series([0, 1, 1, 2, 4, 5].map { "\($0),\($0 * $0 + 1)" })
    #expect(twice.spacing == .withGaps(step: 1, missing: 1) && twice.table.rowCount == 7)
  }

  @Test func rowsAreTakenInTheOrderOfTime() throws {
    let set = try series(["0,5", "2,6", "1,7", "3,8", "3,9"])
    #expect(set.unorderedCount == 1 && set.timeStamps == ["0", "1", "2", "3", "3"])
    #expect(set.originalRows == [0, 2, 1, 3, 4] && set.rowsOfOriginals == [0, 2, 1, 3, 4])
    #expect(set.window(0).values == [5, 7, 6, 8])
    let weeks = try series(["2024-W02,5", "2024-W01,6", "2024-W03,7"])
    #expect(weeks.unorderedCount == 1 && weeks.originalRows == [1, 0, 2])
  }

  /// One time far away must not fill the memory.
  @Test func farTimesAreNotReached() throws {
    let set = try series([0, 1, 2, 3, 4_000_000_000].map { "\($0),\($0 % 7 + 1)" })
    #expect(set.table.rowCount == 5)
    #expect(set.spacing == .irregular(least: 1, greatest: 3_999_999_997))
  }
}
