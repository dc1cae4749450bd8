import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite struct TableNumberTests {
  /// The number that a whole text is.
  private func read(_ text: String) -> TableNumber? {
    let bytes = Array(text.utf8)
    return TableNumber(cell: bytes.span, 0..<bytes.count)
  }

  /// The bits come from Python.
  @Test func numbersAreRoundedToTheNearest() throws {
    let lines = String(decoding: try goldenBytes("decimals.txt"), as: UTF8.self).split(
      separator: "\n"
    )
    #expect(lines.count > 300)
    for line in lines {
      let parts = line.split(separator: " ")
      let number = try #require(read(String(parts[0])))
      #expect(number.value.bitPattern == UInt64(parts[1], radix: 16), "\(line)")
    }
  }

  @Test func everyDoubleIsReadBackFromItsShortestText() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let double = Double(bitPattern: generator.next())
      guard double.isFinite else { continue }
      let number = try #require(read(double.description))
      #expect(number.value.bitPattern == double.bitPattern, "\(double)")
    }
  }

  @Test(arguments: ["1e309", "1.7976931348623159e308", "-1e99999999999999999999", "9e2147483647"])
  func aNumberOutsideTheRangeIsInfinite(_ text: String) {
    #expect(read(text)?.value.isInfinite == true)
  }

  @Test(arguments: [
    "", "+", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1.2.3", "0x10", "1_000", "1,5", "inf",
    "nan",
    "--1", "1 ", " 1", "1\0", "١",
  ])
  func whatIsNoNumberIsNone(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test(arguments: [("1e", 1), ("12abc", 2), ("-1.5e+;", 4), ("1e5e", 3), ("7,8", 1)])
  func theLongestNumberIsTaken(_ text: String, _ end: Int) {
    let bytes = Array(text.utf8)
    #expect(TableNumber(bytes.span, from: 0)?.end == end)
  }

  @Test func manyDigitsAreReadExactly() {
    let digits = String(repeating: "3", count: 5000)
    #expect(read("0.\(digits)")?.value == Double(1) / 3)
    let zeros = String(repeating: "0", count: 5000)
    #expect(read("\(zeros)1\(zeros)e-5000")?.value == 1)
    #expect(read("0.\(zeros)1e5001")?.value == 1)
  }

  /// A level is found in another writing of its number, a code in none.
  @Test func codesAreNoLevelsOfAnotherWriting() {
    for (text, level) in [("1", 1.0), ("1.0", 1), ("-2.50", -2.5), ("1e-3", 1e-3), ("0", 0)] {
      #expect(TableNumber.level(of: text) == level, "\(text)")
    }
    for text in ["007", "-05", "9007199254740993", "12E4", "x", ""] {
      #expect(TableNumber.level(of: text) == nil, "\(text)")
    }
  }
}
