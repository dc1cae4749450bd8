/// What the columns of a table are, without their cells: for reading another table the same way.
package struct TableSchema: Codable, Hashable, Sendable {
  /// A column without its cells.
  package struct Column: Codable, Hashable, Sendable {
    /// The name.
    package var name: String
    /// What the cells are.
    package var kind: ColumnKind
    /// How the cells are held.
    package var content: Content
    /// The most digits behind the point, as in `Table.Column`.
    package var decimals: Int?
    /// Whether each number has that many digits behind the point.
    package var hasFixedDecimals: Bool
    /// How dates or times of day are written, which are held as numbers.
    package var dateFormat: DateFormat?
    /// How numbers are written that are not plain.
    package var writing: NumberWriting?

    /// Makes a column.
    package init(
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
  package enum Content: Codable, Hashable, Sendable {
    /// As numbers.
    case numbers
    /// As positions in some levels; any other text becomes a missing cell and is counted.
    case codes(levels: [String])
    /// As texts.
    case texts
  }

  /// The columns in their order.
  package var columns: [Column]

  /// Makes a schema.
  package init(columns: [Column]) {
    self.columns = columns
  }
}

extension Table {
  /// The columns without their cells.
  package var schema: TableSchema {
    TableSchema(
      columns: columns.map { column in
        let content: TableSchema.Content =
          switch column.cells {
          case .numbers: .numbers
          case .codes(_, let levels): .codes(levels: levels)
          case .texts: .texts
          }
        var known = TableSchema.Column(
          name: column.name,
          kind: column.kind,
          content: content,
          decimals: column.decimals,
          hasFixedDecimals: column.hasFixedDecimals,
          dateFormat: column.dateFormat
        )
        known.writing = column.writing
        return known
      }
    )
  }
}

extension Table {
  /// Writes the table as comma-separated values; the file takes its place when it is whole.
  ///
  /// - Throws: Why the file cannot be written.
  public func write(to path: String) throws(DatasetError) {
    try write(to: path, like: TextFormat())
  }

  /// Writes the table as another one is written; the file takes its place when it is whole.
  ///
  /// - Throws: Why the file cannot be written.
  package func write(to path: String, like format: TextFormat) throws(DatasetError) {
    let writer = try CSVWriter(replacing: path, columns: columns.map(\.name), like: format)
    try writer.append(self)
    try writer.commit()
  }
}
