#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Values as the JSON text that the database keeps of them.
enum JSON {
  /// The text of a value; the same value always gives the same text.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value of a text; none where the text is not one.
  static func value<Value: Decodable>(_ type: Value.Type, of text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
