/// A JSON text within a model file, in words for errors.
package enum JSONText: String {
  /// The header of the safetensors file.
  case header = "the header of the file"
  /// The text under the key `hourglass` in the metadata of the header.
  case model = "the header of the model"
  /// A text of its own.
  case whole = "the text"
}

/// Why a JSON text is not well formed.
package enum JSONProblem: Hashable, Sendable {
  /// The text ends where something must follow.
  case endsTooEarly
  /// A byte is found where another thing is expected, such as `a comma`.
  case unexpectedByte(UInt8, expected: String)
  /// Something follows after the end of the value.
  case trailingBytes
  /// A string is not valid UTF-8.
  case invalidUTF8
  /// A control character stands in a string without an escape.
  case controlCharacter(UInt8)
  /// A backslash is followed by what is no escape.
  case invalidEscape
  /// A number has more characters than a number may have.
  case numberTooLong(limit: Int)
  /// An object has one key twice.
  case duplicateKey(String)
  /// Arrays and objects are nested deeper than they may be.
  case tooDeep(limit: Int)
  /// The text has more values than a text may have.
  case tooManyValues(limit: Int)
}

extension JSONProblem: CustomStringConvertible {
  /// What was expected and what was found.
  package var description: String {
    switch self {
    case .endsTooEarly: "it ends too early"
    case .unexpectedByte(let byte, let expected): "expected \(expected), found \(named(byte))"
    case .trailingBytes: "something follows after its end"
    case .invalidUTF8: "a string is not valid UTF-8"
    case .controlCharacter(let byte): "expected an escape in a string, found \(named(byte))"
    case .invalidEscape: "a string has an escape that JSON does not know"
    case .numberTooLong(let limit): "a number has more than \(limit) characters"
    case .duplicateKey(let key): "the key \(shown(key)) stands twice in one object"
    case .tooDeep(let limit): "it is nested more than \(limit) levels deep"
    case .tooManyValues(let limit): "it has more than \(limit) values"
    }
  }
}

/// Why a member of the header of a model cannot be read.
package enum MemberProblem: Hashable, Sendable {
  /// It is not there.
  case missing
  /// It is of another type than the one that was asked for.
  case wrongType(expected: String)
  /// Its value is out of the range of its type, or otherwise wrong.
  case wrongValue
}
extension MemberProblem: CustomStringConvertible {
  /// What is wrong, to be read after the name of the member.
  package var description: String {
    switch self {
    case .missing: "is missing"
    case .wrongType(let expected): "should be \(Self.noun(ofType: expected))"
    case .wrongValue: "has a value that is out of range"
    }
  }

  /// What a value of a type of Swift is in JSON.
  private static func noun(ofType name: String) -> String {
    if name.hasPrefix("Array<") || name.hasPrefix("[") { return "a list" }
    if name.hasPrefix("Optional<") { return noun(ofType: String(name.dropFirst(9).dropLast())) }
    switch name {
    case "Bool": return "true or false"
    case "String": return "a text"
    case "Double", "Float": return "a number"
    case "Int", "UInt64", "Int32", "UInt32", "UInt8": return "a whole number"
    default: return "an object"
    }
  }
}

private func named(_ byte: UInt8) -> String {
  (0x21...0x7e).contains(byte)
    ? "\"\(Character(Unicode.Scalar(byte)))\"" : "the byte 0x\(String(byte, radix: 16))"
}
