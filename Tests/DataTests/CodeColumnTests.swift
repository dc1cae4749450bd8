import Foundation
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Texts that would change if they were read as numbers are codes.
@Suite struct CodeColumnTests {
  let reader: ColumnReader

  init() throws { reader = try ColumnReader() }

  /// So many rows of some cells that come again.
  private func repeated(_ cells: [String], rows: Int = 60) -> [String] {
    (0..<rows).map { cells[$0 % cells.count] }
  }

  static let codes: [[String]] = [
    // Leading zeros, in all cells, in some, and in one with its twin without them.
    ["01067", "80331", "04109"], ["7", "12", "007"], ["02134", "2134", "10001"],
    // Beyond what double precision holds, and where it ends.
    ["1234567890123456788", "1234567890123456789", "77"], ["9007199254740992", "5", "6"],
    ["123456789012345678901234567890", "1", "2"],
    // An E between digits, within the range of numbers and beyond it.
    ["12E4", "125", "999"], ["0047583311587E590003", "0047583311587E590004", "12"],
    // A negative number with a zero.
    ["-05", "12", "7"],
  ]

  @Test(arguments: codes)
  func codesAreCategories(_ cells: [String]) throws {
    let (column, reading) = try reader.column(repeated(cells))
    #expect(column.kind == .category, "\(cells)")
    #expect([.codes, .texts].contains(reading.rule), "\(reading.rule)")
    guard case .codes(_, let levels) = column.cells else {
      Issue.record("a category has levels")
      return
    }
    #expect(Set(levels) == Set(cells))
    #expect(reading.ignored == nil)
  }

  @Test func codesThatHardlyComeAgainAreIdentifiers() throws {
    let stamps = (0..<200).map { "15822181956259\(38_945 + 61 * $0)" }
    let (column, reading) = try reader.column(stamps)
    #expect(column.kind == .identifier)
    #expect(reading.rule == .uniqueCodes && reading.ignored == "it names rows")
    #expect(reading.option == "--column \"value=category\"")
    let padded = (0..<90).map { String(format: "%06d", $0 * $0) }
    #expect(try reader.column(padded).column.kind == .identifier)
  }

  @Test func numbersWithDecimalsAreNoCodes() throws {
    // A padded number, a large one and one with an exponent among measurements.
    for cell in ["007", "12345678901234567890", "2e3", "1e+05"] {
      let path = try reader.folder.file("value\n1.5\n\(cell)\n2.25\n")
      #expect(try Table(contentsOf: path).columns[0].kind == .number, "\(cell)")
    }
    let scientific = try reader.folder.file("value\n1e-3\n2e+2\n5\n")
    #expect(try Table(contentsOf: scientific).columns[0].kind == .number)
    // Numbers that nothing would change.
    let whole = ["10", "0", "-3", "100", "9007199254740991"]
    #expect(try reader.column(whole).column.kind == .integer)
  }

  /// A few numbers such as 1e5 are numbers as some programs write them; what stands out by its digits is a code.
  @Test(arguments: ["1e5", "1E5", "2e3", "+7", "12E2"])
  func aFewOddSpellingsAreNumbers(_ odd: String) throws {
    for rows in [12, 40, 500] {
      let cells = (0..<rows).map { "\(($0 * 7_919) % 90_001)" } + [odd]
      let path = try reader.folder.file("n,x\n" + cells.map { "\($0),1.5\n" }.joined())
      let table = try Table(contentsOf: path)
      let column = table.columns[0]
      #expect(column.kind == .integer, "\(odd) among \(rows)")
      #expect(table.readings.columns[0].ignored == nil)
      #expect(column.number(rows) == Double(odd))
      let stored = try StoredTable(contentsOf: path, sampleBytes: 1)
      #expect(stored.schema == table.schema)
      #expect(try stored.whole().columns[0].number(rows) == Double(odd))
    }
    // They come late, and after a decimal comma and semicolons.
    let late = (0..<30_000).map { "\($0 % 977)" } + [odd]
    let path = try reader.folder.file("n;x\n" + late.map { "\($0);1,5\n" }.joined())
    let table = try Table(contentsOf: path, memoryLimit: large, windowSize: 1 << 12)
    #expect(table.columns[0].kind == .integer)
    #expect(try StoredTable(contentsOf: path, sampleBytes: 1).schema == table.schema)
  }

  @Test(arguments: ["007", "-05", "9007199254740993", "45E12"])
  func oneCodeAmongNumbersMakesCodes(_ code: String) throws {
    let cells = (0..<300).map { "\(($0 * 7_919) % 97)" } + [code]
    #expect(try reader.column(cells).column.kind == .category, "\(code)")
  }

  @Test func manyOddSpellingsAreCodes() throws {
    // One in five.
    let (column, reading) = try reader.column(repeated(["1E5", "105", "106", "107", "108"]))
    #expect(column.kind == .category && reading.rule == .codes)
    let few = try reader.column(["1E5", "105", "106", "107", "108"])
    #expect(few.column.kind == .category)
  }

  @Test func aCodeFarBehindMakesCodes() throws {
    let numbers = (0..<40_000).map { "\($0 % 900 + 100)" }
    let path = try reader.folder.file("code\n" + (numbers + ["0815"]).joined(separator: "\n"))
    let table = try Table(contentsOf: path, memoryLimit: large, windowSize: 1 << 12)
    #expect(table.columns[0].kind == .category)
    #expect(table.columns[0].text(40_000) == "0815")
    let stored = try StoredTable(contentsOf: path, sampleBytes: 1)
    #expect(stored.schema == table.schema)
  }

  @Test func aDeclaredNumberIsOne() throws {
    let options = TableOptions(columnKinds: ["value": .integer])
    let path = try reader.folder.file("value,b\n007,1\n12,2\n100,3\n")
    let table = try Table(contentsOf: path, options: options)
    #expect(table.columns[0].cells == .numbers([7, 12, 100], missing: []))
  }

  /// A code is the same level in no other writing; a number is.
  @Test func levelsOfCodesAreFoundAsTheyAreWritten() throws {
    let schema = try reader.table(repeated(["02134", "501", "10001"])).schema
    let path = try reader.folder.file("value,other\n2134,1\n02134,1\n0501,1\n501,1\n501.0,1\n")
    let rows = try TableReader(contentsOf: path, schema: schema)
    let block = try #require(try rows.next())
    #expect((0..<5).map { block.columns[0].text($0) } == [nil, "02134", nil, "501", "501"])
    #expect(rows.unknownCounts == ["value": 2])
  }

  @Test func telephoneNumbersAreCodes() throws {
    let (column, reading) = try reader.column((0..<40).map { "+4917612345\($0 + 10)" })
    #expect(column.kind == .identifier && reading.rule == .uniqueCodes)
  }
}
