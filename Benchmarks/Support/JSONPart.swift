internal import HourglassModelFiles

/// What a request, its result or an event says in JSON.
public struct JSONPart {
  private let value: JSONValue
  private let name: String

  /// Reads a JSON text; the name is for the text of errors.
  public init(_ text: String, name: String) throws {
    self.init(try JSONValue(text: text, file: name), name)
  }

  private init(_ value: JSONValue, _ name: String) {
    (self.value, self.name) = (value, name)
  }

  /// The value of a key of an object; `nil` where there is none.
  public subscript(key: String) -> JSONPart? { value[key].map { JSONPart($0, name) } }

  /// The text of a string.
  public var string: String? { value.stringValue }

  /// The number.
  public var number: Double? {
    if case .number(let number) = value { number.doubleValue } else { nil }
  }

  /// The value as one of a type.
  public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try value.decoded(as: type, file: name)
  }

  /// The members that are no objects, with their paths as in `training.epochs`, in alphabetical order.
  public func leaves(leavingOut paths: Set<String>) -> [(path: String, value: String)] {
    Self.leaves(of: value, path: "", leavingOut: paths)
  }

  private static func leaves(
    of value: JSONValue,
    path: String,
    leavingOut paths: Set<String>
  ) -> [(path: String, value: String)] {
    guard case .object(let members) = value else {
      return [(path, value.stringValue ?? value.text)]
    }
    return members.sorted { $0.key < $1.key }.flatMap { key, member in
      let inner = path.isEmpty ? key : "\(path).\(key)"
      return paths.contains(inner) ? [] : leaves(of: member, path: inner, leavingOut: paths)
    }
  }
}
