import HourglassModelFiles
import Testing

@Suite struct JSONTests {
  private func parsed(_ text: String) throws -> JSONValue {
    try JSONValue(text: text, file: "f")
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "-1.5e-3", "1E+9", "1e999", "12345678901234567890123",
    "\"\"", "[]", "{}", #"{"a":[1,{"b":null}],"c":"d"}"#, #""\\\"\b\f\n\r\t\u0000\u001f/ü🕰""#,
  ])
  func aTextInItsOneFormComesBack(text: String) throws {
    #expect(try parsed(text).text == text)
  }

  @Test func whiteSpaceAndOrderAndEscapesAreMadeOne() throws {
    let value = try parsed(" { \"b\" : [ 1 ,\t2 ] ,\r\n \"a\" : \"\\u00fc\\ud83d\\udd70\\/\" } ")
    #expect(value.text == #"{"a":"ü🕰/","b":[1,2]}"#)
  }

  @Test(
    arguments: [
      ("", 0, .endsTooEarly),
      ("[1,]", 3, .unexpectedByte(0x5d, expected: "a value")),
      ("[1 2]", 3, .unexpectedByte(0x32, expected: "a comma or the end of the array")),
      (#"{"a":1,}"#, 7, .unexpectedByte(0x7d, expected: "a key in quotes")),
      (#"{"a":1 "b"}"#, 7, .unexpectedByte(0x22, expected: "a comma or the end of the object")),
      (#"{"a" 1}"#, 5, .unexpectedByte(0x31, expected: "a colon")),
      ("{a:1}", 1, .unexpectedByte(0x61, expected: "a key in quotes")),
      (#"{"a":1,"a":1}"#, 7, .duplicateKey("a")),
      (#"{"":1,"":1}"#, 6, .duplicateKey("")),
      ("01", 1, .trailingBytes),
      ("+1", 0, .unexpectedByte(0x2b, expected: "a value")),
      ("-", 1, .endsTooEarly),
      (".5", 0, .unexpectedByte(0x2e, expected: "a value")),
      ("1.", 2, .endsTooEarly),
      ("1.e5", 2, .unexpectedByte(0x65, expected: "a digit")),
      ("1e", 2, .endsTooEarly),
      ("NaN", 0, .unexpectedByte(0x4e, expected: "a value")),
      ("nul", 3, .endsTooEarly),
      ("nulL", 3, .unexpectedByte(0x4c, expected: "the word null")),
      ("\"a", 2, .endsTooEarly),
      ("\"\u{1}\"", 1, .controlCharacter(1)),
      (#""\x""#, 2, .invalidEscape),
      (#""\u12g4""#, 5, .invalidEscape),
      (#""\udc00""#, 2, .invalidEscape),
      (#""\ud800""#, 7, .unexpectedByte(0x22, expected: "the second half of a character")),
      (#""\ud800\u0041""#, 2, .invalidEscape),
      (String(repeating: "1", count: 401), 0, .numberTooLong(limit: 400)),
    ] as [(String, Int, JSONProblem)]
  )
  func whatIsNotJSONIsRefused(text: String, position: Int, problem: JSONProblem) {
    #expect(
      throws: ModelFileError.malformedJSON(
        file: "f",
        text: JSONText.whole.rawValue,
        position: position,
        problem: problem.description
      )
    ) { try parsed(text) }
  }

  @Test(arguments: [65, 2_000_000])
  func deepNestingIsRefused(depth: Int) {
    #expect(
      throws: ModelFileError.malformedJSON(
        file: "f",
        text: JSONText.whole.rawValue,
        position: 64,
        problem: JSONProblem.tooDeep(limit: 64).description
      )
    ) { try parsed(String(repeating: "[", count: depth)) }
  }

  @Test func sixtyFourLevelsAreRead() throws {
    let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try parsed(text).text == text)
  }

  @Test func valuesAreCounted() {
    let text = "[" + String(repeating: "0,", count: 4_000_000) + "0]"
    #expect(
      throws: ModelFileError.malformedJSON(
        file: "f",
        text: JSONText.whole.rawValue,
        position: 7_999_999,
        problem: JSONProblem.tooManyValues(limit: 4_000_000).description
      )
    ) { try parsed(text) }
  }

  struct Numbers: Codable, Equatable {
    var doubles: [Double] = [
      0, -0.0, 0.1, 1.0 / 3, 1e22, 1e18, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      .leastNormalMagnitude,
      123_456_789_012_345_680, .infinity, -.infinity, 0x1p53 + 2,
    ]
    var floats: [Float] = [
      0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 16_777_216, 1.0 / 3,
    ]
    var signed: [Int64] = [.min, .max, 0, -1, 1 << 53 + 1]
    var unsigned: [UInt64] = [.max, 1 << 63]
    var free: JSONValue = .array([
      .number(JSONNumber(UInt64.max)), .number(JSONNumber(Int64.min)), .null, .boolean(false),
      number(-0.0), number(1e300), .string("inf"), .object([:]),
      .object(["": .array([])]),
    ])
  }

  @Test func numbersComeBackExactly() throws {
    let numbers = Numbers()
    let value = try JSONValue(encoding: numbers, file: "f")
    let read = try JSONValue(text: value.text, file: "f").decoded(as: Numbers.self, file: "f")
    #expect(read == numbers)
    #expect(read.doubles.map(\.bitPattern) == numbers.doubles.map(\.bitPattern))
    #expect(read.floats.map(\.bitPattern) == numbers.floats.map(\.bitPattern))
    #expect(try JSONValue(encoding: read, file: "f").text == value.text)
    let nan = try JSONValue(encoding: [Double.nan], file: "f")
    #expect(nan.text == #"["nan"]"#)
    #expect(try nan.decoded(as: [Double].self, file: "f")[0].isNaN)
  }

  @Test func whatCannotBeDecodedIsATypedError() throws {
    let value = try parsed(#"{"signed":[1,"two"]}"#)
    struct Signed: Codable { var signed: [Int64] }
    struct Named: Codable { var inner: [String: [Double]] }
    #expect(
      throws: ModelFileError.unreadableMember(
        file: "f",
        member: "signed[1]",
        problem: MemberProblem.wrongType(expected: "Int64").description
      )
    ) { try value.decoded(as: Signed.self, file: "f") }
    #expect(
      throws: ModelFileError.unreadableMember(
        file: "f",
        member: "inner",
        problem: MemberProblem.missing.description
      )
    ) { try value.decoded(as: Named.self, file: "f") }
    #expect(
      throws: ModelFileError.unreadableMember(
        file: "f",
        member: "",
        problem: MemberProblem.wrongValue.description
      )
    ) { try parsed(#"{"signed":[9223372036854775808]}"#).decoded(as: Signed.self, file: "f") }
    #expect(throws: ModelFileError.self) {
      try parsed(#"{"inner":{"x":[1e999]}}"#).decoded(as: Named.self, file: "f")
    }
  }
}
