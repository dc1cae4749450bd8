/// How a table is read from a file.
public struct TableOptions: Hashable, Sendable {
  /// The number of rows to read at most; all of them when it is left out.
  public var limit: Int?

  /// The kinds of columns that are not to be inferred, by name.
  public var columnKinds: [String: ColumnKind]

  /// The levels of ordinal columns in their order, by name; else they are in the order of their
  /// numbers or texts.
  public var ordinalLevels: [String: [String]] = [:]

  /// The order of day and month in columns of dates that leave it open, by name.
  public var dateOrders: [String: DateFormat.Order] = [:]

  /// Words that stand for a missing cell beside the usual ones: nothing, NA, N/A, NaN, null, None, ?.
  public var missingWords: [String]

  /// Whether the first row holds the names of the columns.
  public var header: Header

  /// Whether decimals are written with a comma, as in 1,5; numbers with a point are texts then.
  public var hasDecimalComma = false

  /// Whether the first row holds the names of the columns.
  public enum Header: String, Codable, Hashable, Sendable {
    /// It does where it has a text above numbers, or texts alone.
    case automatic
    /// It does.
    case present
    /// It does not; the columns are called "column 1", "column 2" and so on.
    case absent
  }

  /// Makes options.
  public init(
    limit: Int? = nil,
    columnKinds: [String: ColumnKind] = [:],
    missingWords: [String] = [],
    header: Header = .automatic
  ) {
    self.limit = limit
    self.columnKinds = columnKinds
    self.missingWords = missingWords
    self.header = header
  }
}
