/// What the columns of a table are, without their cells: for reading another table the same way.
public struct TableSchema: Codable, Hashable, Sendable {
  /// A column without its cells.
  public struct Column: Codable, Hashable, Sendable {
    /// The name.
    public var name: String
    /// What the cells are.
    public var kind: ColumnKind
    /// How the cells are held.
    public var content: Content
    /// The most digits behind the point, as in `Table.Column`.
    public var decimals: Int?
    /// Whether each number has that many digits behind the point.
    public var hasFixedDecimals: Bool
    /// How dates or times of day are written, which are held as numbers.
    public var dateFormat: DateFormat?

    /// Makes a column.
    public init(
      name: String,
      kind: ColumnKind,
      content: Content,
      decimals: Int? = nil,
      hasFixedDecimals: Bool = false,
      dateFormat: DateFormat? = nil
    ) {
      self.name = name
      self.kind = kind
      self.content = content
      self.decimals = decimals
      self.hasFixedDecimals = hasFixedDecimals
      self.dateFormat = dateFormat
    }
  }

  /// How the cells of a column are held.
  public enum Content: Codable, Hashable, Sendable {
    /// As numbers.
    case numbers
    /// As positions in some levels; any other text becomes a missing cell and is counted.
    case codes(levels: [String])
    /// As texts.
    case texts
  }

  /// The columns in their order.
  public var columns: [Column]

  /// Makes a schema.
  public init(columns: [Column]) {
    self.columns = columns
  }
}

extension Table {
  /// The columns without their cells.
  public var schema: TableSchema {
    TableSchema(
      columns: columns.map { column in
        let content: TableSchema.Content =
          switch column.cells {
          case .numbers: .numbers
          case .codes(_, let levels): .codes(levels: levels)
          case .texts: .texts
          }
        return TableSchema.Column(
          name: column.name,
          kind: column.kind,
          content: content,
          decimals: column.decimals,
          hasFixedDecimals: column.hasFixedDecimals,
          dateFormat: column.dateFormat
        )
      }
    )
  }
}

extension Table {
  /// Writes the table as comma-separated values; the file takes its place when it is whole.
  ///
  /// - Throws: Why the file cannot be written.
  public func write(to path: String) throws(DatasetError) {
    let writer = try CSVWriter(replacing: path, columns: columns.map(\.name))
    try writer.append(self)
    try writer.commit()
  }
}
