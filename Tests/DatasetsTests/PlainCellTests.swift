import HourglassTensors
import Testing

@testable import HourglassDatasets

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
    #expect(PlainCell.margin == 64)
    var generator = SeededGenerator(seed: 11)
    var (errors, tables) = (0, 0)
    for trial in 0..<400 {
      let lineEnd = ["\n", "\r\n", "\r"][trial % 3]
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
      if trial % 5 == 4 { text += (Self.faults.randomElement(using: &generator) ?? "") + lineEnd }
      let path = try folder.file(text)
      let slow = outcome(path, windowSize: 63)
      #expect(outcome(path, windowSize: 1 << 20) == slow, "trial \(trial): \(text)")
      #expect(outcome(path, windowSize: 200) == slow, "trial \(trial): \(text)")
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

  @Test func digitsAreCountedUpToTheFirstOtherByte() {
    for (text, count, value) in [
      ("12345678", 8, 12_345_678), ("1234567x", 7, 1_234_567), ("9.999999", 1, 9),
      ("x9999999", 0, 0), ("00420000", 8, 420_000), ("42,/:;<=", 2, 42), ("7\u{ff}999999", 1, 7),
    ] {
      let bytes = Array(text.utf8.prefix(8))
      let digits = EightBytes(bytes.span.bytes, at: 0).digits
      #expect(digits.count == count && digits.value == UInt64(value), "\(text)")
      #expect(digits.power == (0..<count).reduce(1) { power, _ in power * 10 }, "\(text)")
    }
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
