import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Columns of dates as people write them, odd cells among them.
@Suite struct DateColumnTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  /// The seconds of a day.
  private func day(_ year: Int, _ month: Int, _ day: Int) -> Double? {
    CalendarDay.number(year: year, month: month, day: day).map { Double($0) * 86_400 }
  }

  /// Days of several years, written by a format.
  private func days(_ count: Int, _ text: (_ year: Int, _ month: Int, _ day: Int) -> String)
    -> [String]
  {
    (0..<count).map { row in
      let date = CalendarDay.date(of: 18_000 + row * 37)
      return text(date.year, date.month, date.day)
    }
  }

  /// Cells, their pattern, and year, month and day of the first one.
  static let ways: [(cells: [String], pattern: String, first: [Int])] = [
    (["20230623", "20211231", "20190101"], "yyyyMMdd", [2023, 6, 23]),
    (["26/10/24", "16/10/68", "15/01/70"], "dd/MM/yy", [2024, 10, 26]),
    (["10/26/99", "1/2/00", "12/31/68"], "M/d/yy", [1999, 10, 26]),
    (["26.10.24", "01.02.99", "15.01.70"], "dd.MM.yy", [2024, 10, 26]),
    (["5-Mar-24", "17-Sep-99", "30-Dec-01"], "d-MMM-yy", [2024, 3, 5]),
    (["Jul 2011", "Jan 2019", "May 2000"], "MMM yyyy", [2011, 7, 1]),
    (["July 2011", "January 2019", "May 2000"], "MMMM yyyy", [2011, 7, 1]),
    (["2011-JUL", "2019-JAN", "2000-DEC"], "yyyy-MMM", [2011, 7, 1]),
    (["08/2014", "12/2019", "01/2000"], "MM/yyyy", [2014, 8, 1]),
    (["2014-08", "2019-12", "2000-01"], "yyyy-MM", [2014, 8, 1]),
    (["2011Q3", "2012Q4", "2000Q1"], "yyyyQQQ", [2011, 7, 1]),
    (["2011-Q3", "2012-Q4", "2000-Q1"], "yyyy-QQQ", [2011, 7, 1]),
    (["Q3 2011", "Q4 2012", "Q1 2000"], "QQQ yyyy", [2011, 7, 1]),
    (["q3/2011", "q4/2012", "q1/2000"], "QQQ/yyyy", [2011, 7, 1]),
    (["Jul-11", "Jan-19", "May-00"], "MMM-yy", [2011, 7, 1]),
    (["2011M07", "2012M12", "2000M01"], "yyyy'M'MM", [2011, 7, 1]),
    (["20230623000000", "20211231000000", "20190101000000"], "yyyyMMddHHmmss", [2023, 6, 23]),
    (["20230623T0000", "20211231T0000", "20190101T0000"], "yyyyMMdd'T'HHmm", [2023, 6, 23]),
    (
      ["2023-06-23 00:00:00 UTC", "2021-12-31 00:00:00 UTC", "2019-01-01 00:00:00 UTC"],
      "yyyy-MM-dd HH:mm:ss 'UTC'", [2023, 6, 23]
    ),
    (
      ["2023-06-23 01:00:00 +0100", "2021-12-31 01:00:00 +0100", "2019-01-01 01:00:00 +0100"],
      "yyyy-MM-dd HH:mm:ss xx", [2023, 6, 23]
    ),
    (
      ["\"Fri, 23 Jun 2023\"", "\"Fri, 31 Dec 2021\"", "\"Tue, 01 Jan 2019\""],
      "EEE, dd MMM yyyy", [2023, 6, 23]
    ),
    (
      ["Friday 2023-06-23", "Friday 2021-12-31", "Tuesday 2019-01-01"],
      "EEEE yyyy-MM-dd", [2023, 6, 23]
    ),
  ]

  @Test(arguments: ways.indices)
  func theWaysToWriteDatesAreReadAndWrittenBack(_ index: Int) throws {
    let way = Self.ways[index]
    let (column, reading) = try reader.column((0..<24).map { way.cells[$0 % 3] })
    #expect(column.kind == .date && reading.rule == .dates, "\(way.cells)")
    #expect(column.dateFormat?.pattern == way.pattern)
    #expect(column.number(0) == day(way.first[0], way.first[1], way.first[2]))
    #expect(reading.odd.count == 0 && column.missingCount == 0)
    // A time between two is brought to one that can be written.
    let format = try #require(column.dateFormat)
    let between = format.text((column.number(0) ?? 0) + 1_000_000)
    #expect(format.seconds(of: between.utf8).map { format.rounded($0) } != nil)
  }

  @Test func datesFarFromAllOthersStandForNone() throws {
    let cells = days(60) { "\($0)-\($1 < 10 ? "0" : "")\($1)-\($2 < 10 ? "0" : "")\($2)" }
    let (column, reading) = try reader.column(
      cells.enumerated().map { $0 % 5 == 3 ? "1900-01-01" : $1 } + ["2999-12-31"]
    )
    #expect(column.kind == .date && column.missingCount == 13 && reading.odd.count == 13)
    #expect(reading.odd.first.map(\.text) == ["1900-01-01", "2999-12-31"])
    #expect(column.written(3) == "1900-01-01" && column.text(3) == nil)
    // Near others it is a day as any.
    let old = cells.map { $0.replacingOccurrences(of: "20", with: "19") } + ["1901-01-01"]
    #expect(try reader.column(old).column.missingCount == 0)
  }

  @Test func daysOfTheWeekMustBeRight() throws {
    let cells = (0..<40).map { $0 % 2 == 0 ? "Fri 2023-06-23" : "Mon 2023-06-23" }
    #expect(try reader.column(cells).column.kind != .date)
  }

  @Test func oddCellsAmongDatesAreNamedAndKept() throws {
    var cells = days(60) { String(format: "%04d-%02d-%02d", $0, $1, $2) }
    cells[59] = "2021-02-30"
    cells[4] = "0000-00-00"
    cells[17] = "9999-12-31"
    let (column, reading) = try reader.column(cells)
    #expect(column.kind == .date && column.missingCount == 3)
    #expect(column.dateFormat?.pattern == "yyyy-MM-dd")
    #expect(reading.odd.count == 3)
    #expect(
      reading.odd.description
        == "\"0000-00-00\" in line 6, \"9999-12-31\" in line 19 and \"2021-02-30\" in line 61"
    )
    #expect([4, 17, 59].allSatisfy { column.text($0) == nil && column.written($0) == cells[$0] })
    // They stay in what is written, and what is filled stays what it was.
    let table = try reader.table(cells)
    let path = reader.folder.path + "/written.csv"
    try table.write(to: path)
    let again = try Table(contentsOf: path)
    #expect(again.columns == table.columns)
  }

  @Test func linesAreThoseOfTheFile() throws {
    // A row of several lines and a blank one come before.
    var lines = (0..<30).map { "2024-03-\(10 + $0 % 20),x" }
    lines[3] = "2024-03-13,\"two\nlines\""
    lines[6] += "\n"
    lines[20] = "soon,x"
    let path = try reader.folder.file("when,other\n" + lines.joined(separator: "\n") + "\n")
    let whole = try Table(contentsOf: path)
    #expect(whole.readings.columns[0].odd.description == "\"soon\" in line 24")
    for window in [64, 200] {
      let table = try Table(contentsOf: path, memoryLimit: large, windowSize: window)
      #expect(table.readings.columns == whole.readings.columns)
    }
    let stored = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(stored.sample.readings.columns == whole.readings.columns)
  }

  @Test func aTenthOfOtherCellsIsTooMuch() throws {
    func kind(_ odd: Int, of count: Int) throws -> ColumnKind {
      var cells = days(count) { String(format: "%04d-%02d-%02d", $0, $1, $2) }
      for row in 0..<odd { cells[row * 3] = "x\(row)" }
      return try reader.column(cells).column.kind
    }
    #expect(try kind(1, of: 10) == .date && kind(2, of: 19) != .date)
    #expect(try kind(1, of: 9) != .date)
  }

  @Test func daysWithAndWithoutTimesAreOneColumn() throws {
    let midnight = (0..<30).map { "2021-1\($0 % 3)-2\($0 % 9)\($0 % 7 == 0 ? " 00:00:00" : "")" }
    let (column, reading) = try reader.column(midnight)
    #expect(column.kind == .date && column.dateFormat?.pattern == "yyyy-MM-dd")
    #expect(reading.odd.count == 0 && column.missingCount == 0)
    let mixed = (0..<30).map { "2021-1\($0 % 3)-2\($0 % 9)\($0 % 7 == 0 ? "" : " 08:30")" }
    let times = try reader.column(mixed).column
    #expect(times.dateFormat?.pattern == "yyyy-MM-dd HH:mm")
    #expect(times.number(0) == day(2021, 10, 20) && times.text(0) == "2021-10-20")
  }

  @Test func mixedOffsetsAreInstants() throws {
    let cells = (0..<24).map { row in
      "2024-03-10T\(10 + row % 10):15:00\(["+01:00", "+02:00", "Z", "-05:00"][row % 4])"
    }
    let column = try reader.column(cells).column
    #expect(column.kind == .date)
    #expect(column.number(0) == (day(2024, 3, 10) ?? 0) + 9 * 3600 + 900)
    #expect(column.number(3) == (day(2024, 3, 10) ?? 0) + 18 * 3600 + 900)
  }

  @Test func theEndOfTheDayIsRead() throws {
    let (times, reading) = try reader.column((0..<24).map { ["22:00", "24:00", "07:30"][$0 % 3] })
    #expect(times.kind == .time && reading.rule == .timesOfDay)
    #expect(times.number(1) == 86_400 && times.text(1) == "24:00")
    let dates = try reader.column(
      (0..<24).map { ["2024-02-28 24:00", "2024-02-28 13:00", "2024-03-01 01:00"][$0 % 3] }
    ).column
    #expect(dates.kind == .date && dates.number(0) == day(2024, 2, 29))
  }

  @Test func numbersThatCountSince1970AreDatesWhereDeclared() throws {
    let cells = (0..<24).map { "\(1_700_000_000 + $0 * 86_400)" }
    #expect(try reader.column(cells).column.kind == .integer)
    var options = TableOptions(columnKinds: ["value": .date])
    options.epochs = ["value": .seconds]
    let (column, reading) = try reader.column(cells, options: options)
    #expect(column.kind == .date && column.number(1) == 1_700_086_400)
    #expect(reading.rule == .declared && reading.detail == "seconds since 1970-01-01")
    options.epochs = ["value": .milliseconds]
    let fine = try reader.column(cells.map { $0 + "250" }, options: options).column
    #expect(fine.number(1) == 1_700_086_400.25)
    #expect(fine.replacing(cells: .numbers([1.5], missing: [])).text(0) == "1500")
    let said = reader.error(["1700000000", "soon", "1700000001"], options: options)
    #expect(said.contains("\"soon\" in line 3"), "\(said)")
  }

  @Test func whatOnlyLooksLikeDatesIsNone() throws {
    for cells in [
      // Seasons, eight digits that are mostly no days, versions, and numbers with a point.
      ["2009-10", "2010-11", "2011-12"], ["20230623", "20239999", "99999999"],
      ["1.10.3", "1.12.4", "2.0.1"], ["2024-W05", "2024-W06", "2024-W07"],
    ] {
      let found = try reader.column((0..<30).map { cells[$0 % 3] }).column
      #expect(found.kind != .date && found.kind != .time, "\(cells)")
    }
  }

  @Test func daysAndMonthsThatCannotBeDistinguishedAreReported() throws {
    let cells = (0..<30).map { "0\($0 % 4 + 1)/0\($0 % 3 + 1)/2024" }
    let (column, reading) = try reader.column(cells)
    #expect(column.kind == .category && reading.rule == .ambiguousDates)
    #expect(reading.option == "--column \"value=date:day-first\"")
    // One day above 12 decides, and one cell in the other order is odd.
    let decided = (0..<30).map { "\($0 == 7 ? 13 : 2)/\($0 == 9 ? 14 : 3)/2024" }
    #expect(try reader.column(decided).column.kind != .date)
    let days = (0..<30).map { "\($0 + 1)/\($0 == 9 ? 14 : 3)/2024" }
    let found = try reader.column(days)
    #expect(
      found.column.kind == .date && found.reading.odd.description == "\"10/14/2024\" in line 11"
    )
  }

  @Test func declaredDatesThatAreNoneAreNamed() throws {
    let said = reader.error(
      ["2024-03-05", "soon", "2024-03-06", "later", "never", "x"],
      options: TableOptions(columnKinds: ["value": .date])
    )
    #expect(
      said.contains(
        "\"soon\" in line 3, \"later\" in line 5 and \"never\" in line 6 (4 such cells)"
      ),
      "\(said)"
    )
  }

  @Test func arraysOfDaysAreDates() throws {
    let inference = ColumnInference(path: "x.npy", name: "day", declared: nil)
    let column = try inference.column(
      numbers: [20_230_623, 20_240_101, 20_240_229],
      missing: [],
      decimals: nil,
      isFixed: false
    )
    #expect(column.kind == .date && column.text(0) == "20230623")
    #expect(column.number(2) == day(2024, 2, 29))
  }
}
