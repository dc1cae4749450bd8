import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Numbers as people write them are read, and written back as they were.
@Suite struct WrittenNumberTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  /// Cells, what stands between cells, and the first three numbers.
  static let ways: [(cells: [String], separator: String, numbers: [Double])] = [
    (["\"3,952.75\"", "931.22", "\"1,234,567.80\""], ",", [3952.75, 931.22, 1_234_567.8]),
    (["90.319,50", "948,56", "1.715,14"], ";", [90_319.5, 948.56, 1715.14]),
    (["12,58", "9,93", "-8,08"], ";", [12.58, 9.93, -8.08]),
    (["1 241,07", "262,59", "397,31"], ";", [1241.07, 262.59, 397.31]),
    (["1\u{a0}241,07", "262,59", "12\u{202f}397,31"], ";", [1241.07, 262.59, 12_397.31]),
    (["2'661.40", "84.76", "-1'158.92"], ";", [2661.4, 84.76, -1158.92]),
    (["2\u{2019}661.40", "84.76", "10\u{2019}158.92"], ";", [2661.4, 84.76, 10_158.92]),
    (["(1672.26)", "432.13", "(41.24)"], ";", [-1672.26, 432.13, -41.24]),
    (["1832.54-", "672.53", "1.00-"], ";", [-1832.54, 672.53, -1]),
    (["\u{2212}4.5", "3.0", "\u{2212}0.5"], ",", [-4.5, 3, -0.5]),
    (["\"$4,358\"", "$263", "\"$11,802\""], ",", [4358, 263, 11_802]),
    (["-$5.00", "$12.50", "$7.25"], ",", [-5, 12.5, 7.25]),
    (["$-5.00", "$12.50", "$7.25"], ",", [-5, 12.5, 7.25]),
    (["($5.00)", "$12.50", "$7.25"], ",", [-5, 12.5, 7.25]),
    (["1.250,00 €", "3,50 €", "-12,75 €"], ";", [1250, 3.5, -12.75]),
    (["CHF 12.50", "CHF 3.00", "CHF 1'200.00"], ";", [12.5, 3, 1200]),
    (["Rs.500", "Rs.1250", "Rs.75"], ",", [500, 1250, 75]),
    (["26.0%", "7.0%", "8.5%"], ",", [26, 7, 8.5]),
    (["12 %", "7 %", "100 %"], ",", [12, 7, 100]),
    (["975.6 kg", "12.0 kg", "3.4 kg"], ",", [975.6, 12, 3.4]),
    (["15km/h", "3km/h", "120km/h"], ",", [15, 3, 120]),
    (["+1.5", "-0.5", "+12.0"], ",", [1.5, -0.5, 12]),
    (["39:48:37", "0:12:05", "102:00:00"], ",", [143_317, 725, 367_200]),
    (["90:15", "32:05", "121:59"], ",", [5415, 1925, 7319]),
    (["1,5", "1.200,25", "3,25"], "\t", [1.5, 1200.25, 3.25]),
    (["\"₹ 2,36,540\"", "₹ 613", "\"₹ 1,04,66,640\""], ",", [236_540, 613, 10_466_640]),
    (["\"12,34,567.50\"", "\"1,250.00\"", "3.25"], ",", [1_234_567.5, 1250, 3.25]),
    (["157.4m", "46m", "-2.5m"], ",", [157.4, 46, -2.5]),
  ]

  @Test(arguments: ways.indices)
  func theWaysToWriteNumbersAreReadAndWrittenBack(_ index: Int) throws {
    let way = Self.ways[index]
    // The cells come again, as in a longer table; the other columns have a decimal point.
    let cells = (0..<30).map { way.cells[$0 % 3] }
    let (column, reading) = try reader.column(cells, separator: way.separator)
    #expect([.number, .integer].contains(column.kind), "\(way.cells): \(reading.rule)")
    #expect((0..<3).map { column.number($0) } == way.numbers, "\(way.cells)")
    #expect([.writtenNumbers, .durations].contains(reading.rule), "\(way.cells): \(reading.rule)")
    #expect(column.missingCount == 0)
    // Other numbers are written in the same way.
    let format = try #require(column.writing)
    let text = format.text(way.numbers[0], column.numberFormat)
    #expect(format.number(of: Array(text.utf8)) == way.numbers[0])
  }

  @Test func newNumbersAreWrittenInTheSameWay() throws {
    func text(_ number: Double, like cells: [String], _ separator: String = ",") throws -> String? {
      let column = try reader.column((0..<30).map { cells[$0 % cells.count] }, separator: separator)
      return column.column.replacing(cells: .numbers([number], missing: [])).text(0)
    }
    #expect(try text(-1234.5, like: ["\"$1,250.00\"", "$3.50", "$7.25"]) == "-$1,234.50")
    #expect(try text(1_234_567, like: ["90.319,50", "1,25", "7,00"], ";") == "1.234.567,00")
    #expect(try text(12.345, like: ["26.0%", "7.5%", "1.0%"]) == "12.3%")
    #expect(try text(-3, like: ["(1.00)", "2.00", "5.50"]) == "(3.00)")
    #expect(try text(-3, like: ["1.00-", "2.00", "5.50"]) == "3.00-")
    #expect(try text(0.001, like: ["-1.00", "+2.00", "+5.50"]) == "0.00")
    #expect(try text(3_725, like: ["39:48:37", "00:12:05", "42:01:00"]) == "01:02:05")
    #expect(try text(-0.001, like: ["(1.00)", "2.00", "5.50"]) == "0.00")
  }

  @Test func aCommaIsReadAsTheTableShowsIt() throws {
    let folder = reader.folder
    // Nothing shows it: with commas between cells they stand between thousands.
    let open = "a,b\n" + (0..<30).map { "\"\($0 + 1),\(200 + $0)\",1" }.joined(separator: "\n")
    #expect(try Table(contentsOf: folder.file(open)).columns[0].number(0) == 1200)
    // It is declared, or another column shows it.
    var options = TableOptions()
    options.hasDecimalComma = true
    #expect(try Table(contentsOf: folder.file(open), options: options).columns[0].number(0) == 1.2)
    let shown =
      "a;b;c\n"
      + (0..<30).map { "\($0 + 1),\(200 + $0);\($0 + 2).\(100 + $0);\($0),5" }
      .joined(separator: "\n")
    let path = try folder.file(shown)
    let table = try Table(contentsOf: path)
    #expect(table.columns.map { $0.number(0) } == [1.2, 2100, 0.5])
    #expect(table.columns.map { $0.text(29) } == ["30,229", "31.129", "29,5"])
    let stored = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(try stored.schema == table.schema && stored.whole() == table)
  }

  @Test func limitsOfMeasurementAreReadAsTheLimit() throws {
    let cells = (0..<40).map { $0 % 5 == 0 ? "<0.5" : "\(Double($0 % 9) + 0.75)" }
    let (column, reading) = try reader.column(cells)
    #expect(column.kind == .number && reading.rule == .writtenNumbers)
    #expect(column.number(0) == 0.5 && column.text(0) == "<0.5")
    let new = column.replacing(cells: .numbers([0.31, 0.5, 2], missing: []))
    #expect((0..<3).map { new.text($0) } == ["<0.5", "<0.5", "2.00"])
    // Two limits are kept, but a new number is written as it is.
    let two = (0..<40).map { $0 % 5 == 0 ? "<0.5" : $0 % 7 == 0 ? "< 2" : "\($0).25" }
    let column2 = try reader.column(two).column
    #expect(column2.kind == .number)
    #expect(column2.replacing(cells: .numbers([0.25], missing: [])).text(0) == "0.25")
    // Groups of ages are none.
    let ages = (0..<40).map { ["<18", "18-25", ">65"][$0 % 3] }
    #expect(try reader.column(ages).column.kind == .category)
  }

  @Test func whatIsNoNumberStaysWhatItWas() throws {
    for cells in [
      ["12A", "15A", "17A"], ["A12", "A15", "A17"], ["1.2.3", "1.2.4", "1.10.0"],
      ["1,5 kg", "3 g", "12 kg"], ["$5", "€6", "£7"], ["5%", "7", "9%"],
      ["192.168.0.1", "10.0.0.7", "10.0.0.8"], ["555-1234", "555-1299", "555-0000"],
      ["4,6", "20,22", "1"], ["50-", "55-", "60-"], ["(1)", "(2)", "(3)"], ["1st", "2nd", "3rd"],
      ["3/4", "1/2", "5/8"],
    ] {
      let cells = (0..<30).map { cells[$0 % cells.count] }.map { "\"\($0)\"" }
      #expect(try reader.column(cells).column.kind == .category, "\(cells[0])")
    }
  }

  @Test func mixedWritingIsKept() throws {
    // Some thousands have marks, some have not; some amounts have no currency.
    let cells = (0..<30).map { ["\"1,250.50\"", "1300.50", "12.00", "\"2,000.00\""][$0 % 4] }
    #expect(try reader.column(cells).column.number(1) == 1300.5)
    let money = (0..<30).map { ["$12", "0", "\"$1,400\"", "$3"][$0 % 4] }
    let column = try reader.column(money).column
    #expect(column.kind == .integer && column.text(1) == "0" && column.text(2) == "$1,400")
  }

  @Test func strayTextsAmongWrittenNumbersAreNamed() throws {
    let cells = (0..<60).map { $0 == 40 ? "soon" : "$\($0 * 3 + 1).50" }
    let said = reader.error(cells)
    #expect(said.contains("found \"soon\" in line 42"), "\(said)")
    let declared = reader.error(
      (0..<9).map { $0 % 2 == 0 ? "x\($0)" : "\($0)" },
      options: TableOptions(columnKinds: ["value": .number])
    )
    #expect(
      declared.contains(
        "\"x0\" in line 2, \"x2\" in line 4 and \"x4\" in line 6 (5 such cells)"
      ),
      "\(declared)"
    )
  }

  @Test func aModelReadsTheSameWriting() throws {
    let schema = try reader.table((0..<30).map { "\"$\($0 + 1),\(100 + $0).50\"" }).schema
    let path = try reader.folder.file("other,value\n1,\"$2,000.25\"\n2,NA\n3,17\n4,\"NA\"\n")
    let block = try #require(try TableReader(contentsOf: path, schema: schema).next())
    #expect((0..<4).map { block.columns[0].number($0) } == [2000.25, nil, 17, nil])
    #expect(block.columns[0].text(0) == "$2,000.25" && block.columns[0].text(2) == "17")
    let bad = try reader.folder.file("other,value\n1,\"$2,000.25\"\n2,soon\n")
    let said = message(in: reader.folder) {
      _ = try TableReader(contentsOf: bad, schema: schema).next()
    }
    #expect(said.contains("line 3, column 2 (value)") && said.contains("soon"), "\(said)")
  }

  /// Whatever is written comes back, to the last digit that the column shows.
  @Test func writingsComeBack() throws {
    var generator = SeededGenerator(seed: 8)
    var writing = NumberWriting()
    for _ in 0..<2_000 {
      writing.decimal = Bool.random(using: &generator) ? .comma : .point
      writing.grouping =
        NumberCell.Mark.allCases.filter { $0 != writing.decimal }.randomElement(using: &generator)
      writing.negative =
        NumberSign.allCases.filter { $0.isNegative && $0 != .inner }
        .randomElement(using: &generator) ?? .minus
      writing.affix.prefix = ["", "$", "€ ", "USD "].randomElement(using: &generator) ?? ""
      let suffixes = writing.affix.prefix.isEmpty ? ["", "%", " kg", "€"] : [""]
      writing.affix.suffix = suffixes.randomElement(using: &generator) ?? ""
      let decimals = Int.random(in: 0...4, using: &generator)
      let number = NumberFormat.rounded(
        Double.random(in: -2e6...2e6, using: &generator),
        decimals: decimals
      )
      let format = NumberFormat(decimals: decimals, isFixed: true)
      let text = writing.text(number, format)
      // Three decimals alone may be thousands; the column knows it.
      #expect(writing.number(of: Array(text.utf8)) == number, "\(text)")
    }
  }
}
