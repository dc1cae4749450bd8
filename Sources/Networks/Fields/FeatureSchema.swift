/// The fields of an item that is a row of a table: numbers and categories, any of which may be
/// missing.
///
/// A number takes one value, a category one value for each of its levels, of which the one at its
/// level is 1; a vector takes several that are there or missing together. The values of all fields, in their order, are followed by one observed mask for each
/// field: 1 where it was observed and 0 where it is missing, and then its values are 0:
///
///     [value of width] + [observed mask of count]
///
/// It is written to files as a list of whole numbers: 0 for a number, the levels of a category, and the
/// width of a vector below 0.
package struct FeatureSchema: Hashable, Sendable {
  /// What a field holds.
  package enum Field: Hashable, Sendable {
    /// One number.
    case number
    /// One of several levels, at least 1.
    case category(levels: Int)
    /// At least 1 number; the loss is the sum of theirs.
    case vector(width: Int)

    /// A place on a circle, such as a time of day: its sine and cosine.
    package static var point: Field { .vector(width: 2) }

    /// The number of values that it takes.
    package var width: Int {
      switch self {
      case .number: 1
      case .category(let levels): levels
      case .vector(let width): width
      }
    }

    /// Whether its values are numbers, and not the probabilities of levels.
    package var holdsNumbers: Bool { if case .category = self { false } else { true } }
  }

  /// The fields in their order.
  package let fields: [Field]

  /// The number of values of all fields.
  package let width: Int

  /// The largest number of levels, and of fields.
  static let limit = 1 << 20

  /// Makes a layout of fields; a category has from 1 to 2²⁰ levels, and there are at most 2²⁰
  /// fields.
  package init(_ fields: [Field]) {
    guard let width = Self.width(of: fields) else {
      preconditionFailure("a category has from 1 to \(Self.limit) levels")
    }
    self.fields = fields
    self.width = width
  }

  /// So many numbers, such as the values of a series or an image.
  package static func numbers(_ count: Int) -> FeatureSchema {
    FeatureSchema(Array(repeating: .number, count: count))
  }

  /// The number of fields.
  package var count: Int { fields.count }

  /// The number of fields that are categories.
  package var categoryCount: Int { fields.count { !$0.holdsNumbers } }

  /// The number of fields that are numbers or vectors.
  package var numberCount: Int { count - categoryCount }

  /// Whether some fields are vectors.
  package var hasVectors: Bool { fields.contains { if case .vector = $0 { true } else { false } } }

  /// Whether every field is one number, so that its loss is that of its value.
  package var areSingleNumbers: Bool { fields.allSatisfy { $0 == .number } }

  /// The levels of each category, where all fields are categories of as many levels.
  package var commonLevels: Int? {
    guard case .category(let levels)? = fields.first,
      fields.allSatisfy({ $0 == .category(levels: levels) })
    else { return nil }
    return levels
  }

  /// The places of each field's values among all values.
  package var ranges: [Range<Int>] {
    var start = 0
    return fields.map { field in
      defer { start += field.width }
      return start..<start + field.width
    }
  }

  /// The field of each value.
  package var fieldOfValue: [Int] {
    fields.enumerated().flatMap { field, content in Array(repeating: field, count: content.width) }
  }

  /// The places of a field's values among all values.
  package func range(of field: Int) -> Range<Int> {
    let start = fields[..<field].reduce(0) { $0 + $1.width }
    return start..<start + fields[field].width
  }

  private static func width(of fields: [Field]) -> Int? {
    guard fields.count <= limit, fields.allSatisfy({ (1...limit).contains($0.width) }) else {
      return nil
    }
    return fields.reduce(0) { $0 + $1.width }
  }
}

extension FeatureSchema: Codable {
  /// Reads the list; a number out of range is an error of decoding.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let fields = try container.decode([Int].self).map { levels -> Field in
      // The negative of the least whole number is none.
      levels == 0 ? .number : levels > 0 ? .category(levels: levels) : .vector(width: 0 &- levels)
    }
    guard Self.width(of: fields) != nil else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected at most \(Self.limit) fields of up to as many levels"
      )
    }
    self.init(fields)
  }

  /// Writes the list.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      fields.map { field in
        switch field {
        case .number: 0
        case .category(let levels): levels
        case .vector(let width): -width
        }
      }
    )
  }
}
