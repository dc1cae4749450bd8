internal import HourglassSystem
internal import HourglassTensors

/// A table of typed columns, some of whose cells may be missing.
///
///     let table = try Table(contentsOf: "people.csv")
///     for column in table.columns { print(column.name, column.kind, column.missingCount) }
///
/// A missing cell is marked beside the values and never is a NaN among them.
public struct Table: Hashable, Sendable {
  /// The name of the file without its folders, or what a program called the table.
  public let name: String

  /// The columns; their names are unique and they all have `rowCount` cells.
  public let columns: [Column]

  /// The number of rows.
  public let rowCount: Int

  /// How the columns of the file were read; none for a table that was made otherwise.
  package private(set) var readings = ColumnReadings()

  /// The cells of a column.
  public enum Cells: Hashable, Sendable {
    /// Finite numbers. `missing` has one element for each of them, or none when no cell is missing;
    /// a missing cell holds 0.
    case numbers([Double], missing: [Bool])
    /// Positions in `levels`; -1 is a missing cell.
    case codes([Int32], levels: [String])
    /// Texts as they are written; nil is a missing cell.
    case texts([String?])

    /// The number of cells.
    public var count: Int {
      switch self {
      case .numbers(let values, _): values.count
      case .codes(let codes, _): codes.count
      case .texts(let texts): texts.count
      }
    }
  }

  /// Makes a table of columns of the same length.
  ///
  /// - Parameters:
  ///   - name: What to call the table in reports.
  ///   - columns: The columns, with names of their own, at least one.
  public init(name: String, columns: [Column]) {
    precondition(!columns.isEmpty, "a table has at least one column")
    rowCount = columns[0].count
    for column in columns {
      precondition(
        column.count == rowCount,
        "column \(column.name) has \(column.count) cells, expected \(rowCount)"
      )
    }
    let names = Set(columns.map(\.name))
    precondition(names.count == columns.count, "the columns of a table have names of their own")
    self.name = name
    self.columns = columns
  }

  /// The table with a report of how its columns were read.
  func reporting(_ readings: [ColumnReading]) -> Table {
    var copy = self
    copy.readings.columns = readings
    return copy
  }

  /// The column of a name.
  public subscript(column name: String) -> Column? { columns.first { $0.name == name } }

  /// The number of missing cells.
  public var missingCount: Int { columns.reduce(0) { $0 + $1.missingCount } }

  /// A hash of the columns' names and cells, sixteen hexadecimal digits, for provenance.
  ///
  /// It is the same on every machine. The name of the table does not matter to it.
  public var fingerprint: String {
    let hashes = [UInt64(rowCount), UInt64(columns.count)] + columns.map(\.hash)
    return Fingerprint.hexadecimal(Fingerprint.hash(hashes.span.bytes))
  }

  /// Some rows in the order of their indices.
  public func rows(_ indices: [Int]) -> Table {
    Table(name: name, columns: columns.map { $0.rows(indices) })
  }

  /// The first rows, or all where there are fewer.
  public func prefix(_ count: Int) -> Table {
    count >= rowCount ? self : rows(Array(0..<max(count, 0)))
  }

  /// The table with a column in place of the one of the same name.
  public func replacing(_ column: Column) -> Table {
    precondition(self[column: column.name] != nil, "\(name) has no column \(column.name)")
    return Table(name: name, columns: columns.map { $0.name == column.name ? column : $0 })
  }

  /// The table with one more column behind the others.
  public func adding(_ column: Column) -> Table {
    Table(name: name, columns: columns + [column])
  }

  /// The table without the columns of some names; at least one must be left.
  public func removing(_ names: Set<String>) -> Table {
    Table(name: name, columns: columns.filter { !names.contains($0.name) })
  }

  /// The table with the columns of some names alone, in the order of the names.
  ///
  /// - Throws: `missingColumn` for a name that the table does not have.
  public func selecting(_ names: [String]) throws(DatasetError) -> Table {
    var chosen: [Column] = []
    for name in names { chosen.append(try required(name)) }
    return Table(name: name, columns: chosen)
  }

  /// The column of a name that a program or a user gave.
  package func required(_ name: String) throws(DatasetError) -> Column {
    guard let column = self[column: name] else {
      throw .table(.missingColumn(path: self.name, name: name, found: columns.map(\.name)))
    }
    return column
  }
}
