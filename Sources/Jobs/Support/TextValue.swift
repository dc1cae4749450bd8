/// A value that command lines and requests write as a text, such as `64x48`.
package protocol TextValue: Codable, Hashable, Sendable {
  /// Reads the text; `nil` where it is none of such a value.
  init?(text: String)

  /// The text that it was read from.
  var text: String { get }
}

extension TextValue {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try? container.decode(Int.self)
    let text = try number.map { "\($0)" } ?? container.decode(String.self)
    guard let value = Self(text: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "the value '\(text)' is invalid"
      )
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Throws where the value of an option is out of its range.
func requireOption(
  _ isRight: Bool,
  _ option: String,
  _ expected: @autoclosure () -> String
) throws(Failure) {
  if !isRight { throw .usage("\(option) must be \(expected())") }
}

/// Throws where a number is given and less than 1.
func requireAtLeastOne(_ value: Int?, _ option: String) throws(Failure) {
  if let value { try requireOption(value >= 1, option, "at least 1, found \(value)") }
}

/// The names of the options that were given, of pairs of names and whether they were.
func namesGiven(_ options: KeyValuePairs<String, Bool>) -> [String] {
  options.filter(\.value).map(\.key)
}
