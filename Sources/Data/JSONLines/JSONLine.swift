/// A line of JSON lines: an object, its keys and values in their order.
///
/// Reference: Bray, 2017, "The JavaScript Object Notation (JSON) Data Interchange Format", RFC 8259.
struct JSONLine {
  /// A key with its value.
  struct Member {
    /// The key in UTF-8.
    var key: [UInt8]
    var value: Value
    /// The place of the value in the line.
    var range: Range<Int>
  }

  /// What a value is.
  enum Value {
    case null
    /// A text in UTF-8.
    case string([UInt8])
    /// A number, true or false, as it is written.
    case bare
    /// An object or a list, as it is written.
    case nested
  }

  /// Why a line is no object.
  struct Failure: Error {
    let found: String
  }

  private(set) var members: [Member] = []
  /// The place of the brace that closes the object.
  private(set) var end = 0

  private static let deepest = 256

  /// Reads a line without its end.
  ///
  /// - Throws: What was found where an object was expected.
  init(_ bytes: [UInt8]) throws(Failure) {
    var scanner = Scanner(bytes)
    scanner.skipBlanks()
    guard scanner.takes("{") else { throw Failure(found: scanner.found) }
    scanner.skipBlanks()
    if !scanner.takes("}") {
      repeat {
        scanner.skipBlanks()
        let key = try scanner.string()
        scanner.skipBlanks()
        guard scanner.takes(":") else { throw Failure(found: scanner.found) }
        scanner.skipBlanks()
        let start = scanner.position
        let value = try scanner.value(depth: 0)
        members.append(Member(key: key, value: value, range: start..<scanner.position))
        scanner.skipBlanks()
      } while scanner.takes(",")
      guard scanner.takes("}") else { throw Failure(found: scanner.found) }
    }
    end = scanner.position - 1
    scanner.skipBlanks()
    guard scanner.isAtEnd else { throw Failure(found: scanner.found + " behind the object") }
  }

  /// Reads the parts of a line one after another.
  private struct Scanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// What stands here, for an error.
    var found: String {
      if isAtEnd { return "the end of the line" }
      let rest = bytes[position...].prefix(20)
      return "\"\(String(decoding: rest, as: UTF8.self))\""
    }

    private var failure: Failure { Failure(found: found) }

    mutating func skipBlanks() {
      while position < bytes.count, [0x20, 0x09, 0x0d, 0x0a].contains(bytes[position]) {
        position += 1
      }
    }

    mutating func takes(_ character: Character) -> Bool {
      guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
      position += 1
      return true
    }

    mutating func value(depth: Int) throws(Failure) -> Value {
      guard position < bytes.count else { throw failure }
      switch bytes[position] {
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        try nested(depth: depth)
        return .nested
      default:
        let start = position
        while position < bytes.count, Self.isBare(bytes[position]) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if word == "null" { return .null }
        let words = ["true", "false", "NaN", "Infinity", "-Infinity"]
        guard words.contains(word) || TableNumber.isNumber(word) else {
          position = start
          throw failure
        }
        return .bare
      }
    }

    private mutating func nested(depth: Int) throws(Failure) {
      guard depth < deepest else { throw Failure(found: "more than \(deepest) levels of brackets") }
      let isObject = bytes[position] == UInt8(ascii: "{")
      position += 1
      skipBlanks()
      if takes(isObject ? "}" : "]") { return }
      repeat {
        skipBlanks()
        if isObject {
          _ = try string()
          skipBlanks()
          guard takes(":") else { throw failure }
          skipBlanks()
        }
        _ = try value(depth: depth + 1)
        skipBlanks()
      } while takes(",")
      guard takes(isObject ? "}" : "]") else { throw failure }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }

    mutating func string() throws(Failure) -> [UInt8] {
      guard takes("\"") else { throw failure }
      var text: [UInt8] = []
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return text
        case UInt8(ascii: "\\"): try escaped(to: &text)
        default: text.append(byte)
        }
      }
      throw Failure(found: "a text without a closing quote")
    }

    private mutating func escaped(to text: inout [UInt8]) throws(Failure) {
      guard position < bytes.count else { throw failure }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "n"): text.append(0x0a)
      case UInt8(ascii: "r"): text.append(0x0d)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0c)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
      case UInt8(ascii: "u"):
        var units = [try unit()]
        // A character beyond the first 65,536 has two units.
        if (0xd800..<0xdc00).contains(units[0]), bytes[position...].starts(with: Array("\\u".utf8))
        {
          position += 2
          units.append(try unit())
        }
        text += Array(String(decoding: units, as: UTF16.self).utf8)
      default:
        position -= 2
        throw failure
      }
    }

    private mutating func unit() throws(Failure) -> UInt16 {
      let digits = bytes[position...].prefix(4)
      guard digits.count == 4,
        let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw failure }
      position += 4
      return unit
    }
  }
}

extension TableNumber {
  /// Whether a text is a number from its first to its last byte.
  fileprivate static func isNumber(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return TableNumber(bytes.span, from: 0)?.end == bytes.count
  }
}

extension JSONLine {
  /// Appends a text as a JSON string.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0a: bytes += Array("\\n".utf8)
      case 0x0d: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case ..<0x20:
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a text can stand without quotes: a number as JSON has it, true or false.
  static func isBare(_ text: String) -> Bool {
    if text == "true" || text == "false" { return true }
    let bytes = Array(text.utf8)
    guard TableNumber.isNumber(text), bytes.first != UInt8(ascii: "+") else { return false }
    let digits = bytes.drop { $0 == UInt8(ascii: "-") }
    // Neither a leading zero nor a point without digits around it.
    if digits.first == UInt8(ascii: "0"), digits.count > 1,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[digits.startIndex + 1])
    {
      return false
    }
    let point = UInt8(ascii: ".")
    return digits.first != point && digits.last != point
  }
}
