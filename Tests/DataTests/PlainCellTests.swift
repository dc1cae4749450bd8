import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite struct PlainCellTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Cells as people write them, and such as are only nearly plain.
  private static let cells = [
    "", " ", "0", "-0", "7", "-12", "12345678", "-123456789012", "1.5", "-.25", "3.", "0.1", " 4",
    "5 ", "2.2250738585072014", "-123456.1234567890123", "12345678901234567890", "1e3", "+6",
    "99999999.99999999", "NA", "?", "nan", "red", "dark red", " x ", "\"quoted\"",
    "\" in blanks \"",
    "\"with, comma\"", "\"with \"\"quotes\"\"\"", "\"two\nlines\"", "\"12\"", "\"\"", "größer",
    "東京",
    "-", ".", "1.2.3", "12abc", "a longer text of many bytes", "2024-02-29", "\"1\" ", "x\ty",
  ]
  private static let faults = ["a\u{1}b", "1,2", "\"open\"x", "inf", "\n"]

  /// What is read of a table, or what is wrong with it.
  private func outcome(_ path: String, windowSize: Int) -> String {
    do {
      let table = try Table(
        contentsOf: path,
        options: TableOptions(header: .present),
        memoryLimit: large,
        windowSize: windowSize
      )
      return table.columns.map { "\($0)" }.joined(separator: "\n")
    } catch {
      return "\(error)"
    }
  }

  /// In a window that is shorter than the margin of plain cells each byte is looked at.
  @Test func plainCellsAreReadLikeAllOthers() throws {
    #expect(NumberCells.margin == 64)
    var generator = SeededGenerator(seed: 11)
    var (errors, tables) = (0, 0)
    for evaluation in 0..<400 {
      let lineEnd = ["\n", "\r\n", "\r"][evaluation % 3]
      let width = Int.random(in: 1...4, using: &generator)
      let kinds = (0..<width).map { _ in Int.random(in: 0...2, using: &generator) }
      var text = kinds.indices.map { "column \($0)" }.joined(separator: ",") + lineEnd
      for _ in 0..<Int.random(in: 1...30, using: &generator) {
        let row = kinds.map { kind in
          switch kind {
          case 0: "\(Int.random(in: -999...999, using: &generator))"
          case 1: "\(Double.random(in: -1...1, using: &generator))"
          default: Self.cells.randomElement(using: &generator) ?? ""
          }
        }
        // Tabs in a table of one column would be taken for its separators, in a long window alone.
        .map { width == 1 ? $0.replacing("\t", with: " ") : $0 }
        text += row.joined(separator: ",") + lineEnd
      }
      if evaluation % 5 == 4 {
        text += (Self.faults.randomElement(using: &generator) ?? "") + lineEnd
      }
      let path = try folder.file(text)
      let slow = outcome(path, windowSize: 63)
      #expect(outcome(path, windowSize: 1 << 20) == slow, "evaluation \(evaluation): \(text)")
      #expect(outcome(path, windowSize: 200) == slow, "evaluation \(evaluation): \(text)")
      if slow.contains("Column(") { tables += 1 } else { errors += 1 }
    }
    #expect(tables > 200 && errors > 20)
  }

  @Test func roundingAgreesWithTheStandardLibrary() {
    var generator = SeededGenerator(seed: 5)
    for decimals in 0...DecimalRounding.mostDecimals {
      for _ in 0..<2000 {
        let mantissa = generator.next() >> UInt64.random(in: 0...63, using: &generator)
        let expected = Double("\(mantissa)e-\(decimals)")
        let value = DecimalRounding.value(mantissa, decimals: decimals)
        #expect(value == expected, "\(mantissa)e-\(decimals)")
      }
    }
  }

  @Test func ofTwoEquallyNearNumbersTheEvenOneIsTaken() {
    for step in 0..<200 {
      let between = UInt64(1) << 53 + UInt64(2 * step + 1)
      var scaled = between
      for decimals in 0...3 {
        let expected = Double("\(scaled)e-\(decimals)")
        #expect(DecimalRounding.value(scaled, decimals: decimals) == expected, "\(scaled)")
        #expect(DecimalRounding.value(scaled, decimals: decimals).significandBitPattern & 1 == 0)
        scaled &*= 10
      }
    }
  }

  /// Cells one after the other, read by one call.
  private func read(_ text: String, columns: [UInt8]) -> (
    place: NumberCells.Place, block: [Double], decimals: [Int?]
  ) {
    let bytes = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: NumberCells.margin)
    var place = NumberCells.Place(position: 0, column: 0, row: 0)
    var block = [Double](repeating: -1, count: 4 * columns.count)
    var decimals = columns.map { _ in DecimalCounts() }
    NumberCells.read(
      bytes.span,
      at: &place,
      lastRow: 4,
      separator: UInt8(ascii: ","),
      areNumbers: columns + [0],
      block: &block,
      decimals: &decimals
    )
    return (place, block, decimals.map(\.most))
  }

  /// A text that is longer than the margin ends the bytes with the second byte of its line end.
  @Test func aLongTextMayEndTheFile() throws {
    for end in ["\n", "\r\n", "\r", "\n\n", ""] {
      for length in 40...90 {
        let text = String(repeating: "x", count: length)
        for row in ["1,\(text)", "1,\"\(text)\"", "\(text),\(text)"] {
          let path = try folder.file("a,b\(end.isEmpty ? "\n" : end)\(row)\(end)")
          let table = try Table(contentsOf: path, options: TableOptions(header: .present))
          #expect(table.rowCount == 1 && table.columns[1].text(0) == text, "\(end.utf8.count)")
        }
      }
    }
  }

  @Test func numbersAreReadUpToTheFirstOtherCell() {
    for (cell, value, decimals) in [
      ("7", 7.0, 0), ("-12345678", -12_345_678, 0), ("00420000", 420_000, 0), ("-.25", -0.25, 2),
      ("3.", 3, 0), (" 4", 4, 0), ("123456789.0123456789", 123_456_789.0123456789, 10),
      ("0.1", 0.1, 1), ("-0", -0.0, 0), ("-0.0123456789012345678", -0.0123456789012345678, 19),
      ("9007199254740993", 9_007_199_254_740_992, 0),
    ] {
      let (place, block, counts) = read("\(cell),x", columns: [1, 1])
      #expect(place.column == 1 && place.position == cell.utf8.count + 1, "\(cell)")
      #expect(block[0].bitPattern == value.bitPattern && block[4] == -1, "\(cell)")
      #expect(counts[0] == decimals, "\(cell)")
    }
    for cell in ["x", "-", ".", "1e3", "+6", "12345678901234567890", "1.2345678901234567890", "5 "]
    {
      #expect(read("\(cell),1", columns: [1, 1]).place.position == 0, "\(cell)")
    }
  }

  @Test func rowsEndAtEachKindOfLineEnd() {
    for end in ["\n", "\r", "\r\n"] {
      let (place, block, _) = read("1,2\(end),4\(end)5,6,7", columns: [1, 1])
      #expect(place.row == 2 && place.column == 2)
      #expect(block[0] == 1 && block[1].isNaN && block[4] == 2 && block[5] == 4 && block[2] == 5)
    }
    // Blank lines, other columns and the last row are left to others.
    #expect(read("1\n\n2\n", columns: [1]).place.position == 2)
    #expect(read("1,a\n", columns: [1, 0]).place.position == 2)
    let full = read("1\n2\n3\n4\n5\n", columns: [1])
    #expect(full.place.row == 4 && full.place.position == 8 && full.block == [1, 2, 3, 4])
  }

  @Test func theFirstStopIsFound() {
    let stop = EightBytes.Repeated(UInt8(ascii: ","))
    for (text, count) in [
      ("abcdefgh", 8), ("abc,efgh", 3), (",,,,,,,,", 0), ("ab\n,efgh", 2), ("abcdefg\u{1f}", 7),
      ("a--,----", 3), ("éé,é  x", 4),
    ] {
      let bytes = Array(text.utf8.prefix(8))
      #expect(EightBytes(bytes.span.bytes, at: 0).count(before: stop) == count, "\(text)")
    }
  }

  @Test func countsOfDecimalsAreRemembered() {
    var counts = DecimalCounts()
    #expect(counts.most == 0 && !counts.areEqual)
    counts.note(2)
    #expect(counts.most == 2 && counts.areEqual)
    counts.note(0)
    #expect(counts.most == 2 && !counts.areEqual)
    counts.note(nil)
    #expect(counts.most == nil && !counts.areEqual)
  }
}
