/// Values as the text of JSON inside a page.
///
/// No text can end the element that holds it: the characters that have a meaning in HTML are written
/// by their numbers.
enum MapText {
  /// A text with its quotation marks.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "<", ">", "&", "'", "\u{2028}", "\u{2029}",
        _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Values one after another in brackets.
  static func list(_ values: some Sequence<String>) -> String {
    "[" + values.joined(separator: ",") + "]"
  }

  /// Texts in brackets; those that are missing are `null`.
  static func texts(_ texts: some Sequence<String?>) -> String {
    list(texts.map { $0.map(quoted) ?? "null" })
  }

  /// Named values in braces.
  static func object(_ values: [(String, String)]) -> String {
    "{" + values.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",\n") + "}"
  }

  /// Numbers of 32 bits, the lowest byte first, in base 64.
  static func numbers(_ numbers: [Float]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 4)
    for number in numbers {
      let bits = number.bitPattern
      for shift in [0, 8, 16, 24] as [UInt32] {
        bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
      }
    }
    return "\"\(bytes.base64)\""
  }
}
