/// How a table is read from a file.
public struct TableOptions: Hashable, Sendable {
  /// The number of rows to read at most; all of them when it is left out.
  public var limit: Int?

  /// The kinds of columns that are not to be inferred, by name.
  public var columnKinds: [String: ColumnKind]

  /// Words that stand for a missing cell beside the usual ones: nothing, NA, N/A, NaN, null, None, ?.
  public var missingWords: [String]

  /// Whether the first row holds the names of the columns.
  public var header: CSVFile.Header

  /// Makes options.
  public init(
    limit: Int? = nil,
    columnKinds: [String: ColumnKind] = [:],
    missingWords: [String] = [],
    header: CSVFile.Header = .automatic
  ) {
    self.limit = limit
    self.columnKinds = columnKinds
    self.missingWords = missingWords
    self.header = header
  }
}
