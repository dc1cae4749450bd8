internal import HourglassModelFiles

extension JobRequest {
  /// The words of the command that does the same, the name of the program first.
  ///
  /// - Throws: An error for a request that has no JSON.
  package func commandWords() throws -> [String] {
    let name = "the request"
    let given = try JSONValue(text: try json(), file: name)
    var words = ["hourglass"] + taskName.split(separator: " ").map(String.init)
    // What follows an option is its value; what begins with a hyphen would be taken for an option.
    words += data.map { $0.hasPrefix("-") && $0 != "-" ? "./\($0)" : $0 }
    for part in ["files", "options", "reading", "training", "computing"] {
      words += Self.words(of: given[part])
    }
    return baselines ? words : words + ["--no-baselines"]
  }

  /// The command in a line for a shell.
  package func commandLine() throws -> String {
    try commandWords().map { Self.quoted($0) }.joined(separator: " ")
  }

  /// The options whose names are not those of their members.
  private static let names = [
    "output": "-o", "columns": "--column", "conditions": "--where", "constraints": "--constraint",
    "hints": "--hint",
  ]

  /// The options of a part of a request, in the order of their names.
  private static func words(of part: JSONValue?) -> [String] {
    guard case .object(let members)? = part else { return [] }
    return members.keys.sorted().flatMap { key in
      words(of: members[key] ?? .null, as: names[key] ?? option(key), key)
    }
  }

  private static func words(of value: JSONValue, as option: String, _ key: String) -> [String] {
    switch value {
    case .null: []
    case .boolean(let isOn): isOn ? [option] : ["--no-" + option.dropFirst(2)]
    case .number(let number): pair(option, number.text)
    case .string(let text): pair(option, text)
    case .array(let values):
      key == "labelNames"
        ? pair(option, values.compactMap(\.stringValue).joined(separator: ","))
        : values.flatMap { words(of: $0, as: option, "") }
    case .object: words(of: value)
    }
  }

  /// An option and its value, joined where the value might be taken for an option.
  private static func pair(_ option: String, _ value: String) -> [String] {
    value.hasPrefix("-") && value != "-" && option.hasPrefix("--")
      ? ["\(option)=\(value)"] : [option, value]
  }

  /// `--learn-from` of `learnFrom`.
  private static func option(_ key: String) -> String {
    key.reduce(into: "--") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  /// A word as a shell takes it for one.
  private static func quoted(_ word: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+%@"
    if !word.isEmpty, word.allSatisfy({ plain.contains($0) }) { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
