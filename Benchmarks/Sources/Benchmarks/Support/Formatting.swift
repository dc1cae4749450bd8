import Foundation

extension Double {
  /// The number with so many decimals.
  func fixed(_ places: Int) -> String { String(format: "%.\(places)f", self) }

  /// The number with so many significant digits.
  func significant(_ digits: Int) -> String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : "\(self)" }
    return fixed(max(0, digits - 1 - Int(log10(abs(self)).rounded(.down))))
  }
}

extension Int {
  /// The number with a comma between groups of three digits.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}

extension String {
  /// The text with blanks behind it up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - count, 0))
  }

  /// The text with blanks before it up to a width.
  func leading(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(width - count, 0)) + self
  }

  /// The text in lines of at most so many letters, broken between words.
  func wrapped(to width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      let line = lines[lines.count - 1]
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = line.isEmpty ? String(word) : line + " " + word
      }
    }
    return lines
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { self / .seconds(1) }
}

extension Encodable {
  /// The value as JSON on one line, its keys in alphabetical order.
  func jsonLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// Rows of texts in columns that line up, the first one to the left and the others to the right.
struct TextTable {
  private var rows: [[String]]

  /// Begins a table with its titles.
  init(_ titles: [String]) { rows = [titles] }

  /// Adds a row.
  mutating func append(_ row: [String]) { rows.append(row) }

  /// The lines of the table.
  var lines: [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.indices.map {
        $0 == 0 ? row[$0].padded(to: widths[$0]) : row[$0].leading(to: widths[$0])
      }.joined(separator: "  ")
    }
  }
}

/// A figure that could not be measured, perhaps: it is encoded as null then, and not left out.
@propertyWrapper
struct OrNull<Value: Codable & Sendable>: Codable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

/// What was measured, by the names of the JSON.
struct Figures: Encodable, ExpressibleByDictionaryLiteral {
  private struct Figure: Encodable {
    let value: any Encodable
    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  }

  private let values: [String: Figure]

  init(dictionaryLiteral figures: (String, any Encodable)...) {
    values = Dictionary(uniqueKeysWithValues: figures.map { ($0, Figure(value: $1)) })
  }

  func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
