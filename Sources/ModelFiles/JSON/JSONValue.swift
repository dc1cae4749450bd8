/// A JSON value: the free parts of the header of a model, such as the configuration of an
/// application.
package enum JSONValue: Hashable, Sendable {
  /// The word `null`.
  case null
  /// A truth value.
  case boolean(Bool)
  /// A number, kept as it was written.
  case number(JSONNumber)
  /// A text.
  case string(String)
  /// Values in an order.
  case array([JSONValue])
  /// Values by their keys; the keys are written in the order of their UTF-8 bytes.
  case object([String: JSONValue])

  /// The value of a key of an object; nil where there is none, and for a value of another kind.
  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The text of a string, and nil for a value of another kind.
  package var stringValue: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

/// A JSON number, kept as it was written so that no digit of it is lost.
package struct JSONNumber: Hashable, Sendable {
  /// The number as JSON writes it, such as `-1.5e-3`.
  package let text: String

  init(text: String) { self.text = text }

  /// Makes a number from an integer, exactly.
  package init(_ value: some FixedWidthInteger) { text = "\(value)" }

  /// Makes a number from a floating-point number, exactly; nil for one that is not finite.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let written = "\(value)"
    text = written.hasSuffix(".0") ? String(written.dropLast(2)) : written
  }

  /// The number as an integer, and nil where it is none of 64 bits.
  package var integerValue: Int64? { Int64(text) }

  /// The nearest floating-point number, and nil where that is infinite.
  package var doubleValue: Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}

extension JSONValue {
  /// Reads a JSON text.
  ///
  /// The text may be nested 64 levels deep and have four million values. A key that stands twice
  /// in one object is an error. The name of the file is for the text of errors.
  package init(text: String, file: String) throws(ModelFileError) {
    try self.init(bytes: Array(text.utf8), file: file, text: .whole)
  }

  init(bytes: [UInt8], file: String, text: JSONText) throws(ModelFileError) {
    var scanner = JSONScanner(bytes, file: file, text: text)
    self = try scanner.value()
    try scanner.finish()
  }

  /// The JSON text: keys in the order of their UTF-8 bytes, no white space, numbers as they were.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  var bytes: [UInt8] {
    var result: [UInt8] = []
    append(to: &result)
    return result
  }

  private func append(to result: inout [UInt8]) {
    switch self {
    case .null: result += Array("null".utf8)
    case .boolean(let value): result += Array((value ? "true" : "false").utf8)
    case .number(let number): result += Array(number.text.utf8)
    case .string(let text): appendJSONString(text, to: &result)
    case .array(let elements):
      result.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { result.append(UInt8(ascii: ",")) }
        element.append(to: &result)
      }
      result.append(UInt8(ascii: "]"))
    case .object(let members):
      result.append(UInt8(ascii: "{"))
      for (index, member) in sortedByBytes(members).enumerated() {
        if index > 0 { result.append(UInt8(ascii: ",")) }
        appendJSONString(member.key, to: &result)
        result.append(UInt8(ascii: ":"))
        member.value.append(to: &result)
      }
      result.append(UInt8(ascii: "}"))
    }
  }
}

extension JSONScanner {
  /// The next value with everything in it.
  fileprivate mutating func value() throws(ModelFileError) -> JSONValue {
    switch try nextKind() {
    case .null:
      try null()
      return .null
    case .boolean: return .boolean(try boolean())
    case .number: return .number(JSONNumber(text: try number()))
    case .string: return .string(try string())
    case .array:
      var elements: [JSONValue] = []
      var place = try beginArray()
      while try nextElement(&place) { elements.append(try value()) }
      return .array(elements)
    case .object:
      var members: [String: JSONValue] = [:]
      var place = try beginObject()
      while let key = try nextKey(&place) { members[key] = try value() }
      return .object(members)
    }
  }
}

/// The pairs of a dictionary in the order of the UTF-8 bytes of their keys.
func sortedByBytes<Value>(_ members: [String: Value]) -> [(key: String, value: Value)] {
  members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
}

/// Writes a string in quotes: only what must be escaped is.
func appendJSONString(_ text: String, to result: inout [UInt8]) {
  result.append(UInt8(ascii: "\""))
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
    case 0x08: result += Array("\\b".utf8)
    case 0x09: result += Array("\\t".utf8)
    case 0x0a: result += Array("\\n".utf8)
    case 0x0c: result += Array("\\f".utf8)
    case 0x0d: result += Array("\\r".utf8)
    case 0..<0x20:
      result += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    default: result.append(byte)
    }
  }
  result.append(UInt8(ascii: "\""))
}
