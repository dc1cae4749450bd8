/// How a table is read from a file.
public struct TableOptions: Hashable, Sendable {
  /// The number of rows to read at most; all of them when it is left out.
  public var limit: Int?

  /// The kinds of columns that are not to be inferred, by name.
  public var columnKinds: [String: ColumnKind]

  /// The kinds that columns are of where their cells can be, by name: those of data that others are read like.
  package var expectedKinds: [String: ColumnKind] = [:]

  /// The levels of ordinal columns in their order, by name; else they are in the order of their
  /// numbers or texts.
  public var ordinalLevels: [String: [String]] = [:]

  /// The order of day and month in columns of dates that leave it open, by name.
  public var dateOrders: [String: DateFormat.Order] = [:]

  /// What the numbers of columns count that are declared to be dates, by name.
  public var epochs: [String: DateFormat.Epoch] = [:]

  /// Words that stand for a missing cell beside the usual ones: nothing, NA, N/A, NaN, null, None, ?.
  public var missingWords: [String]

  /// The only words that stand for a missing cell, in place of the usual ones.
  public var onlyMissingWords: [String]?

  /// Words of one column beside those of all, by name.
  public var columnMissingWords: [String: [String]] = [:]

  /// The only words of one column, by name.
  public var columnOnlyMissingWords: [String: [String]] = [:]

  /// Whether the first row holds the names of the columns.
  public var header: Header

  /// Whether 1,234 is a number with decimals where nothing else shows whether it is.
  public var hasDecimalComma = false

  /// How the characters are written as bytes; found by a byte-order mark and the contents where it is left out.
  public var encoding: TextEncoding?

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

extension TableOptions {
  /// The columns that something is said of.
  var namedColumns: Set<String> {
    Set(columnKinds.keys).union(columnMissingWords.keys).union(columnOnlyMissingWords.keys)
  }

  /// The words for missing cells of some columns.
  func missing(of names: [String]) -> [MissingWords] {
    let common = missing(of: nil)
    return names.map { name in
      let isOwn = columnMissingWords[name] != nil || columnOnlyMissingWords[name] != nil
      return isOwn ? missing(of: name) : common
    }
  }

  /// The words for missing cells of a column, or of all where there is no name.
  func missing(of name: String?) -> MissingWords {
    let only = name.flatMap { columnOnlyMissingWords[$0] }
    let own = name.flatMap { columnMissingWords[$0] } ?? []
    if let only { return MissingWords(only: only, adding: own) }
    return MissingWords(only: onlyMissingWords, adding: missingWords + own)
  }
}
