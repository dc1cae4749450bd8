/// What the cells of a column of a table are.
public enum ColumnKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Numbers of any size, such as a length.
  case number
  /// Whole numbers with an order, such as an age or a count.
  case integer
  /// One of two values, such as yes and no.
  case boolean
  /// One of some values without an order, such as a color.
  case category
  /// One of some values with an order, such as small, medium and large.
  case ordinal
  /// Days, or days with a time, such as 2024-03-05.
  case date
  /// Times of day, such as 14:05.
  case time
  /// Texts of many values that describe something, such as cities, titles and comments.
  case text
  /// Texts or numbers that name a row and describe nothing, such as a serial number.
  case identifier
  /// The same value in each row.
  case constant
}

extension ColumnKind {
  /// Whether the cells are seconds that are written as a `DateFormat` says.
  public var isDate: Bool { self == .date || self == .time }

  /// Whether the cells are texts, which results keep as they are.
  package var holdsTexts: Bool { self == .text || self == .identifier }

  /// Whether the cells are one of some levels.
  var hasLevels: Bool { self == .boolean || self == .category || self == .ordinal }
}
