import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings

@Suite struct DateTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func column(
    _ cells: [String],
    _ options: TableOptions = TableOptions()
  ) throws -> Table.Column {
    let lines = cells.map { "\"\($0)\",x" }
    let text = "when,other\n" + lines.joined(separator: "\n") + "\n"
    return try #require(try Table(contentsOf: folder.file(text), options: options)[column: "when"])
  }

  /// Cells, their pattern, and the seconds of the first one as Python's `datetime` has them.
  static let ways: [(cells: [String], pattern: String, seconds: Double)] = [
    (["2024-03-05", "1969-12-31", "2000-02-29"], "yyyy-MM-dd", 1_709_596_800),
    (["2024/3/5", "2024/12/31"], "yyyy/M/d", 1_709_596_800),
    (["05.03.2024", "31.12.1999"], "dd.MM.yyyy", 1_709_596_800),
    (["25/03/2024", "01/02/2024"], "dd/MM/yyyy", 1_711_324_800),
    (["3/25/2024", "1/2/2024"], "M/d/yyyy", 1_711_324_800),
    (["5 Mar 2024", "17 Sep 2020"], "d MMM yyyy", 1_709_596_800),
    (["March 5, 2024", "May 17, 2020"], "MMMM d, yyyy", 1_709_596_800),
    (["2024-03-05T14:05:30", "2024-03-05T00:00:00"], "yyyy-MM-dd'T'HH:mm:ss", 1_709_647_530),
    (["2024-03-05 14:05", "2024-03-06 09:30"], "yyyy-MM-dd HH:mm", 1_709_647_500),
    (
      ["2024-03-05T14:05:30.250Z", "2024-03-05T14:05:30.999Z"], "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
      1_709_647_530.25
    ),
    (
      ["2024-03-05T14:05:30+01:00", "2024-07-05T14:05:31+01:00"], "yyyy-MM-dd'T'HH:mm:ssxxx",
      1_709_643_930
    ),
    (["3/25/2024 2:05 PM", "1/2/2024 11:59 AM"], "M/d/yyyy h:mm a", 1_711_375_500),
    (["14:05", "09:30"], "HH:mm", 50_700), (["14:05:30", "23:59:59"], "HH:mm:ss", 50_730),
  ]

  @Test(arguments: ways.indices)
  func theWaysToWriteDatesAreReadAndWrittenBack(_ index: Int) throws {
    let way = Self.ways[index]
    let column = try column(way.cells)
    #expect(column.kind == (way.pattern.hasPrefix("HH") ? .time : .date))
    #expect(column.dateFormat?.pattern == way.pattern)
    #expect(column.number(0) == way.seconds)
    #expect(way.cells.indices.map { column.text($0) } == way.cells)
  }

  @Test func whatIsNoDateStaysWhatItWas() throws {
    for cells in [
      ["2024-02-30", "2024-01-01"], ["2024-13-01", "2024-01-01"], ["12/13/2024", "13/12/2024"],
      ["2024-03-05", "05.03.2024"], ["24:01", "12:00"], ["1.2.3", "1.2.4"], ["10:5", "11:06"],
    ] {
      #expect(try column(cells).kind != .date, "\(cells)")
      #expect(try column(cells).kind != .time, "\(cells)")
    }
    // The order of day and month is ambiguous unless it is declared.
    let open = ["01/02/2024", "03/04/2024"]
    #expect(try column(open).kind != .date)
    var options = TableOptions(columnKinds: ["when": .date])
    #expect(throws: DatasetError.self) { try column(open, options) }
    options.dateOrders = ["when": .dayMonthYear]
    #expect(try column(open, options).number(0) == 1_706_745_600)
    options.dateOrders = ["when": .monthDayYear]
    #expect(try column(open, options).number(0) == 1_704_153_600)
    #expect(throws: DatasetError.self) {
      try column(["2024-03-05", "soon"], TableOptions(columnKinds: ["when": .date]))
    }
  }

  @Test func missingDatesAreMissing() throws {
    let column = try column(["2024-03-05", "", "NA", "2024-03-07"])
    #expect(column.kind == .date && column.missingCount == 2)
    #expect(column.text(1) == nil && column.number(2) == nil)
  }

  @Test func everyDayComesBack() {
    let format = DateFormat.isoDay
    // From 1 January 1 to 31 December 9999, in steps of a prime number of days.
    for day in stride(from: -719_162, through: 2_932_896, by: 97) {
      let text = format.text(Double(day) * 86_400)
      #expect(format.seconds(of: text.utf8) == Double(day) * 86_400, "\(text)")
    }
  }

  // MARK: Encoding

  @Test func encodingGivesDatesBackExactly() throws {
    var generator = SeededGenerator(seed: 6)
    func random(_ step: Double) -> [Double] {
      (0..<400).map { _ in (1.7e9 + 3e8 * Double(generator.nextUniform()) / step).rounded() * step }
    }
    for (cells, step) in [("2024-03-05", 86_400.0), ("2024-03-05 14:05:30", 1), ("14:05:30", 1)] {
      let format = try #require(try column([cells, cells.replacingLast]).dateFormat)
      let times = format.day == nil ? (0..<400).map { Double($0 * 211 % 86_400) } : random(step)
      let known = Table.Column(
        name: "when",
        kind: format.day == nil ? .time : .date,
        cells: .numbers(times.map { format.rounded($0) }, missing: []),
        dateFormat: format
      )
      let table = Table(name: "dates", columns: [known])
      let encoding = try TableEncoding(learning: table, rows: Array(0..<400))
      let encoded = try encoding.encoded(table)
      #expect(encoded.values.allSatisfy { abs($0) < 10 })
      let decoded = encoding.decoded(values: encoded.values, count: 400)
      #expect(decoded.columns.count == 1)
      let back = try #require(decoded[column: "when"])
      for row in 0..<400 { #expect(back.text(row) == known.text(row)) }
    }
  }

  @Test func placesInCyclesAreNextToEachOther() throws {
    let format = try #require(try column(["2024-03-05 14:05", "2026-03-06 09:30"]).dateFormat)
    let times = [1_709_596_800.0, 1_709_683_140, 1_772_000_000]
    let parts = DatePart.parts(of: times, format: format)
    #expect(parts.count == 6)
    // Midnight and a minute before it are neighbors.
    let midnight = parts.prefix(2).map { $0.value(at: 1_709_596_800, zone: 0) }
    let before = parts.prefix(2).map { $0.value(at: 1_709_683_140, zone: 0) }
    #expect(zip(midnight, before).allSatisfy { abs($0 - $1) < 0.01 })
    // 5 March 2024 was a Tuesday, and so was 12 March.
    for part in [DatePart.weekdaySine, .weekdayCosine] {
      let first = part.value(at: 1_709_596_800, zone: 0)
      #expect(abs(first - part.value(at: 1_710_201_600 + 3_600, zone: 0)) < 1e-9)
      #expect(abs(first - part.value(at: 1_709_683_200, zone: 0)) > 0.1)
    }
  }

  // MARK: Ordinals

  @Test func ordinalsHaveTheDeclaredOrder() throws {
    var options = TableOptions(columnKinds: ["when": .ordinal])
    let cells = ["small", "large", "medium", "small"]
    let byText = try column(cells, options)
    #expect(byText.cells == .codes([2, 0, 1, 2], levels: ["large", "medium", "small"]))
    options.ordinalLevels = ["when": ["small", "medium", "large"]]
    let declared = try column(cells, options)
    #expect(declared.cells == .codes([0, 2, 1, 0], levels: ["small", "medium", "large"]))
    let table = Table(name: "sizes", columns: [declared])
    let encoding = try TableEncoding(learning: table, rows: [0, 1, 2, 3])
    let encoded = try encoding.encoded(table)
    #expect(encoding.width == 1)
    #expect(encoded.values[0] < encoded.values[2] && encoded.values[2] < encoded.values[1])
    let back = encoding.decoded(values: encoded.values, count: 4)
    #expect(back.columns[0].cells == declared.cells)
    #expect(throws: DatasetError.self) { try column(cells + ["huge"], options) }
  }
}

extension String {
  /// The text with another last digit, so that a column has two values.
  fileprivate var replacingLast: String { dropLast() + (last == "9" ? "8" : "9") }
}
