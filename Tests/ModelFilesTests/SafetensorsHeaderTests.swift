import HourglassModelFiles
import HourglassTensors
import Testing

/// Headers that lie about the file: each is one typed error, before any of the data is read.
@Suite struct SafetensorsHeaderTests {
  struct Lie: Sendable, CustomTestStringConvertible {
    let header: String
    var dataCount = 0
    let error: ModelFileError

    var testDescription: String { String(header.prefix(60)) }
  }

  static func tensor(_ shape: String, _ offsets: String, type: String = "\"F32\"") -> String {
    #"{"a":{"dtype":\#(type),"shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  static func json(_ position: Int, _ problem: JSONProblem) -> ModelFileError {
    .malformedJSON(
      file: "f",
      text: JSONText.header.rawValue,
      position: position,
      problem: problem.description
    )
  }

  static func value(_ member: String, _ expected: String, _ found: String) -> ModelFileError {
    .unexpectedValue(
      file: "f",
      text: JSONText.header.rawValue,
      member: member,
      expected: expected,
      found: found
    )
  }

  static let wholeNumber = "a whole number from 0 to 2^63 - 1"

  static let malformed: [Lie] = [
    Lie(header: "", error: json(0, .endsTooEarly)),
    Lie(header: "    ", error: json(4, .endsTooEarly)),
    Lie(header: "[]", error: json(0, .unexpectedByte(0x5b, expected: "an object"))),
    Lie(header: "null", error: json(0, .unexpectedByte(0x6e, expected: "an object"))),
    Lie(header: "1", error: json(0, .unexpectedByte(0x31, expected: "an object"))),
    Lie(header: "{}{}", error: json(2, .trailingBytes)),
    Lie(header: "{} \0", error: json(3, .trailingBytes)),
    Lie(header: #"{"a":1}"#, error: value("a", "an object", "a number")),
    Lie(header: #"{"__metadata__":null}"#, error: value("__metadata__", "an object", "null")),
    Lie(
      header: #"{"__metadata__":{"k":7}}"#,
      error: value("__metadata__.k", "a string", "a number")
    ),
    Lie(header: #"{"__metadata__":{"k":"v","k":"w"}}"#, error: json(25, .duplicateKey("k"))),
    Lie(
      header: #"{"__metadata__":{},"__metadata__":{}}"#,
      error: json(19, .duplicateKey("__metadata__"))
    ),
    Lie(
      header: #"{"a":{"dtype":"F32","dtype":"F32"}}"#,
      error: json(20, .duplicateKey("dtype"))
    ),
    Lie(
      header: #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"\u0061":{}}"#,
      dataCount: 4,
      error: json(53, .duplicateKey("a"))
    ),
    Lie(header: #"{"a":{"x":{"y":1,"y":2}}}"#, error: json(17, .duplicateKey("y"))),
  ]

  static let wrongMembers: [Lie] = [
    Lie(
      header: #"{"a":{"shape":[],"data_offsets":[0,4]}}"#,
      error: .missingMember(file: "f", text: JSONText.header.rawValue, member: "a.dtype")
    ),
    Lie(
      header: #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#,
      error: .missingMember(file: "f", text: JSONText.header.rawValue, member: "a.shape")
    ),
    Lie(
      header: #"{"a":{"dtype":"F32","shape":[]}}"#,
      error: .missingMember(file: "f", text: JSONText.header.rawValue, member: "a.data_offsets")
    ),
    Lie(
      header: tensor("[]", "[0,4]", type: "\"F33\""),
      dataCount: 4,
      error: .unknownElementType(file: "f", tensor: "a", found: "F33")
    ),
    Lie(
      header: tensor("[]", "[0,4]", type: "32"),
      dataCount: 4,
      error: value("a.dtype", "a string", "a number")
    ),
    Lie(header: tensor("{}", "[0,4]"), error: value("a.shape", "an array", "an object")),
    Lie(header: tensor("[-1]", "[0,4]"), error: value("a.shape[0]", wholeNumber, "-1")),
    Lie(header: tensor("[1,-0]", "[0,4]"), error: value("a.shape[1]", wholeNumber, "-0")),
    Lie(header: tensor("[1.0]", "[0,4]"), error: value("a.shape[0]", wholeNumber, "1.0")),
    Lie(header: tensor("[1e999]", "[0,4]"), error: value("a.shape[0]", wholeNumber, "1e999")),
    Lie(header: tensor("[\"1\"]", "[0,4]"), error: value("a.shape[0]", "a number", "a string")),
    Lie(
      header: tensor("[9223372036854775808]", "[0,4]"),
      error: value("a.shape[0]", wholeNumber, "9223372036854775808")
    ),
    Lie(
      header: tensor("[]", "[0]"),
      error: value("a.data_offsets", "an array of two numbers", "an array of 1")
    ),
    Lie(
      header: tensor("[]", "[0,4,8]"),
      error: value("a.data_offsets", "an array of two numbers", "an array of 3")
    ),
    Lie(
      header: tensor("[]", "[0,1e999]"),
      error: value("a.data_offsets[1]", wholeNumber, "1e999")
    ),
    Lie(
      header: #"{"\#(String(repeating: "n", count: 1025))":{}}"#,
      error: .nameTooLong(
        file: "f",
        name: String(repeating: "n", count: 1025),
        length: 1025,
        limit: 1024
      )
    ),
    Lie(
      header: tensor("[1,1,1,1,1,1,1,1,1]", "[0,4]"),
      dataCount: 4,
      error: .tooManyDimensions(file: "f", tensor: "a", rank: 9, limit: 8)
    ),
  ]

  static let wrongPlaces: [Lie] = [
    Lie(
      header: tensor("[4611686018427387904,4]", "[0,4]"),
      dataCount: 4,
      error: .extentsTooLarge(file: "f", tensor: "a", extents: [1 << 62, 4])
    ),
    // The product is 0, but a stride of the shape would overflow.
    Lie(
      header: tensor("[0,4611686018427387904,4]", "[0,0]"),
      error: .extentsTooLarge(file: "f", tensor: "a", extents: [0, 1 << 62, 4])
    ),
    Lie(
      header: tensor("[1099511627776]", "[0,4]"),
      dataCount: 4,
      error: .placeOfWrongSize(
        file: "f",
        tensor: "a",
        shape: [1 << 40],
        type: ElementType.float32.rawValue,
        expected: 1 << 42,
        found: 4
      )
    ),
    Lie(
      header: tensor("[1]", "[0,4]", type: "\"F64\""),
      dataCount: 4,
      error: .placeOfWrongSize(
        file: "f",
        tensor: "a",
        shape: [1],
        type: ElementType.float64.rawValue,
        expected: 8,
        found: 4
      )
    ),
    Lie(
      header: tensor("[1]", "[0,8]"),
      dataCount: 4,
      error: .placeOutOfRange(file: "f", tensor: "a", begin: 0, end: 8, available: 4)
    ),
    Lie(
      header: tensor("[1]", "[4,0]"),
      dataCount: 4,
      error: .placeOutOfRange(file: "f", tensor: "a", begin: 4, end: 0, available: 4)
    ),
    Lie(
      header: tensor("[1]", "[4,8]"),
      dataCount: 8,
      error: .gapOrOverlap(file: "f", tensor: "a", expected: 0, found: 4)
    ),
    Lie(
      header: tensor("[1]", "[0,4]"),
      dataCount: 5,
      error: .bytesAfterLastTensor(file: "f", expected: 4, found: 5)
    ),
    Lie(header: "{}", dataCount: 1, error: .bytesAfterLastTensor(file: "f", expected: 0, found: 1)),
    Lie(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      dataCount: 12,
      error: .gapOrOverlap(file: "f", tensor: "b", expected: 8, found: 4)
    ),
    Lie(
      header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      dataCount: 4,
      error: .gapOrOverlap(file: "f", tensor: "b", expected: 4, found: 0)
    ),
  ]

  @Test(arguments: malformed + wrongMembers + wrongPlaces)
  func aLieIsOneTypedError(lie: Lie) {
    #expect(throws: lie.error) {
      try SafetensorsFile(bytes: file(header: lie.header, dataCount: lie.dataCount), path: "f")
    }
  }

  @Test func aLengthBeyondTheFileIsRefused() {
    for count in [17, 1 << 40, UInt64.max] {
      #expect(throws: ModelFileError.headerBeyondEnd(file: "f", length: count, available: 16)) {
        try SafetensorsFile(
          bytes: length(count) + [UInt8](repeating: 0x20, count: 16),
          path: "f"
        )
      }
    }
    #expect(throws: ModelFileError.tooShort(file: "f", size: 7)) {
      try SafetensorsFile(bytes: [UInt8](repeating: 0, count: 7), path: "f")
    }
  }

  @Test(
    arguments: [
      ("", "[", 0, .unexpectedByte(0x5b, expected: "an object")),
      ("", #"{"a":"#, 320, .tooDeep(limit: 64)),
      (#"{"a":{"x":"#, "[", 72, .tooDeep(limit: 64)),
    ] as [(String, String, Int, JSONProblem)]
  )
  func aMillionLevelsAreRefused(
    before: String,
    level: String,
    position: Int,
    problem: JSONProblem
  ) {
    let header = before + String(repeating: level, count: 1_000_000)
    #expect(throws: Self.json(position, problem)) {
      try SafetensorsFile(bytes: file(header: header), path: "f")
    }
  }

  @Test func aStringMustBeUTF8() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]] {
      let header = Array(#"{""#.utf8) + bytes + Array(#"":{}}"#.utf8)
      #expect(throws: Self.json(2, .invalidUTF8)) {
        try SafetensorsFile(bytes: file(header: header), path: "f")
      }
    }
  }

  @Test func membersThatTheFormatMayGainArePassedOver() throws {
    let header =
      #"{"a":{"dtype":"F32","new":[{"x":null},true,1e999,"y"],"shape":[1],"data_offsets":[0,4]}}"#
    let file = try SafetensorsFile(bytes: file(header: header, dataCount: 4), path: "f")
    #expect(try file.tensor(named: "a") == Tensor([0], shape: [1]))
  }

  @Test func numbersThatSinglePrecisionCannotHoldAreRefused() throws {
    func read(_ type: String, _ bytes: [UInt8]) throws -> Tensor {
      let header = #"{"a":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(bytes.count)]}}"#
      return try SafetensorsFile(bytes: file(header: header) + bytes, path: "f").tensor(named: "a")
    }
    func inexact(_ value: String) -> ModelFileError {
      .inexactElement(file: "f", tensor: "a", index: 0, value: value)
    }
    #expect(throws: inexact("16777217")) { try read("I32", [1, 0, 0, 1]) }
    #expect(throws: inexact("4294967295")) { try read("U32", [0xff, 0xff, 0xff, 0xff]) }
    #expect(throws: inexact("9223372036854775807")) { try read("I64", length(1 << 63 - 1)) }
    #expect(throws: inexact("1e+300")) { try read("F64", length((1e300).bitPattern)) }
    for type in ["F8_E5M2", "F8_E4M3", "F8_E8M0", "C64"] {
      let elementType = try #require(ElementType(rawValue: type))
      #expect(
        throws: ModelFileError.unreadableElementType(
          file: "f",
          tensor: "a",
          type: elementType.rawValue
        )
      ) { try read(type, [UInt8](repeating: 0, count: elementType.byteCount)) }
    }
  }
}
