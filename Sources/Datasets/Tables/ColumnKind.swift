/// What the cells of a column of a table are.
public enum ColumnKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Numbers of any size, such as a length.
  case number
  /// Whole numbers with an order, such as an age or a count.
  case integer
  /// One of two values, such as yes and no.
  case boolean
  /// One of some values without an order, such as a colour.
  case category
  /// Texts or numbers that name a row and describe nothing, such as a serial number or free text.
  case identifier
  /// The same value in each row.
  case constant
}
