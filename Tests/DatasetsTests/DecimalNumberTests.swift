import HourglassDatasets
import HourglassTensors
import Testing

@Suite struct DecimalNumberTests {
  /// The bits come from exact arithmetic with fractions.
  @Test func numbersAreRoundedToTheNearest() throws {
    let lines = String(decoding: try goldenBytes("decimals.txt"), as: UTF8.self).split(
      separator: "\n"
    )
    #expect(lines.count > 300)
    for line in lines {
      let parts = line.split(separator: " ")
      let number = try #require(DecimalNumber(Array(parts[0].utf8)))
      #expect(number.value.bitPattern == UInt32(parts[1], radix: 16), "\(line)")
    }
  }

  @Test func everyFloatIsReadBackFromItsShortestText() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      guard float.isFinite else { continue }
      let number = try #require(DecimalNumber(Array(float.description.utf8)))
      #expect(number.value.bitPattern == float.bitPattern, "\(float)")
    }
  }

  @Test(arguments: ["1e39", "3.4028235677973367e38", "-1e99999999999999999999", "9e2147483647"])
  func aNumberOutsideTheRangeIsInfinite(_ text: String) {
    #expect(DecimalNumber(Array(text.utf8))?.value.isInfinite == true)
  }

  @Test(arguments: [
    "", "+", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1.2.3", "0x10", "1_000", "1,5", "inf",
    "nan",
    "--1", "1 ", " 1", "1\0", "١",
  ])
  func whatIsNoNumberIsNone(_ text: String) {
    #expect(DecimalNumber(Array(text.utf8)) == nil)
  }

  @Test(arguments: [("1e", 1), ("12abc", 2), ("-1.5e+;", 4), ("1e5e", 3), ("7,8", 1)])
  func theLongestNumberIsTaken(_ text: String, _ end: Int) {
    let bytes = Array(text.utf8)
    #expect(DecimalNumber(bytes.span, from: 0)?.end == end)
  }

  @Test func manyDigitsAreReadExactly() {
    let digits = String(repeating: "3", count: 5000)
    #expect(DecimalNumber(Array("0.\(digits)".utf8))?.value == Float(1) / 3)
    let zeros = String(repeating: "0", count: 5000)
    #expect(DecimalNumber(Array("\(zeros)1\(zeros)e-5000".utf8))?.value == 1)
    #expect(DecimalNumber(Array("0.\(zeros)1e5001".utf8))?.value == 1)
  }
}

@Suite struct FingerprintTests {
  /// The hashes come from the Python package xxhash 3, `xxh64(text).hexdigest()`.
  @Test(arguments: [
    ("", "ef46db3751d8e999"), ("a", "d24ec4f1a98c6e5b"), ("abc", "44bc2cf5ad770999"),
    ("Nobody inspects the spammish repetition", "fbcea83c8a378bf1"),
  ])
  func itIsTheHashXXH64(_ text: String, _ expected: String) {
    let bytes = Array(text.utf8)
    #expect(Fingerprint.hexadecimal(Fingerprint.hash(bytes.span.bytes)) == expected)
  }

  @Test func everyLengthOfTailIsRead() {
    let bytes = (0...100).map { UInt8($0) }
    #expect(Fingerprint.hexadecimal(Fingerprint.hash(bytes.span.bytes)) == "e99038495f85381e")
    let hashes = (0...100).map { Fingerprint.hash(bytes.span.extracting(first: $0).bytes) }
    #expect(Set(hashes).count == 101)
    #expect(Fingerprint.hexadecimal(0x1f) == "000000000000001f")
  }
}
