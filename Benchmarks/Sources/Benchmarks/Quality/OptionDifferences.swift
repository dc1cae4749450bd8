/// Which options of a task differ from those that a user gets.
enum OptionDifferences {
  /// The options in which a value differs from that with the defaults, each as `name: value`; the seed is
  /// none of them.
  ///
  /// Options that are structures themselves are compared part by part.
  static func lines<Options>(of options: Options, from defaults: Options) -> [String] {
    differences(options, defaults, path: "")
  }

  private static func differences(_ value: Any, _ other: Any, path: String) -> [String] {
    let (first, second) = (Mirror(reflecting: value), Mirror(reflecting: other))
    let (parts, others) = (Array(first.children), Array(second.children))
    guard first.displayStyle == .struct, second.displayStyle == .struct, !parts.isEmpty,
      parts.map(\.label) == others.map(\.label)
    else {
      let text = plain(value)
      return text == plain(other) ? [] : ["\(path): \(text)"]
    }
    return zip(parts, others).flatMap { part, other in
      let name = part.label ?? ""
      let inner = path.isEmpty ? name : "\(path).\(name)"
      return inner == "learning.seed" ? [] : differences(part.value, other.value, path: inner)
    }
  }

  /// The text of a value, without the layers of an optional one.
  private static func plain(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return String(describing: value) }
    return mirror.children.first.map { plain($0.value) } ?? "none"
  }
}
