/// The rows of a table, in memory or in a file.
///
///     guard case .table(let table) = try Dataset.load(contentsOf: "year.csv") else { ... }
///     print(table.rowCount, table.schema.columns.map(\.kind))
///     for column in table.sample.columns { ... }
public struct TableData: Sendable {
  private let storage: Storage

  private enum Storage: Sendable {
    case memory(Table)
    case file(StoredTable)
  }

  /// Takes a table in memory.
  public init(_ table: Table) { storage = .memory(table) }

  package init(_ table: StoredTable) { storage = .file(table) }

  /// The table in its file; none for one in memory.
  package var stored: StoredTable? { if case .file(let table) = storage { table } else { nil } }

  /// Whether all rows are in memory.
  public var isInMemory: Bool { stored == nil }

  /// The name of the file without its folders.
  public var name: String { sample.name }

  /// The number of rows.
  public var rowCount: Int { stored?.rowCount ?? sample.rowCount }

  /// The columns without their cells.
  package var schema: TableSchema { sample.schema }

  /// A hash of the values, sixteen hexadecimal digits; of a table in a file that of its sample, its
  /// number of rows and its size.
  public var fingerprint: String { stored?.fingerprint ?? sample.fingerprint }

  /// All rows where they are in memory, else rows drawn at random without repetition, each as likely as
  /// any other, in their order.
  public var sample: Table {
    switch storage {
    case .memory(let table): table
    case .file(let table): table.sample
    }
  }

  /// The table without the columns of some names; at least one must be left.
  public func removing(_ names: Set<String>) -> TableData {
    switch storage {
    case .memory(let table): TableData(table.removing(names))
    case .file(let table): TableData(table.removing(names))
    }
  }

  /// All rows in memory.
  ///
  /// - Throws: What is wrong with the file, such as that its values do not fit.
  public func whole() throws(DatasetError) -> Table {
    switch storage {
    case .memory(let table): table
    case .file(let table): try table.whole()
    }
  }
}
