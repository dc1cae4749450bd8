internal import HourglassData

/// A file with the rows of another one, some of whose cells differ: that file with nothing else changed where it
/// holds text in the format that is asked for, else a new one that is written alike.
enum RevisedTable {
  case completed(CSVCompletion)
  case written(CSVWriter)

  /// Opens both files.
  ///
  /// - Parameters:
  ///   - path: The file that is made or replaced.
  ///   - source: The file that the rows were read from.
  ///   - columns: The names of the columns of the rows.
  ///   - options: As the rows were read.
  init(_ path: String, from source: String, columns: [String], options: TableOptions) throws {
    let format = try TextFormat(contentsOf: source, options: options)
    if let format, format.adapted(to: path) == format, format.names == columns {
      self = .completed(
        try CSVCompletion(replacing: path, from: source, columns: columns, options: options)
      )
    } else {
      let whole =
        try format == nil
        ? nil : TextFormat(contentsOf: source, options: options, readsWhole: true)
      self = .written(
        try CSVWriter(replacing: path, columns: columns, like: whole ?? TextFormat())
      )
    }
  }

  /// Appends the next rows.
  ///
  /// - Parameter given: The rows as they were read, where cells that were not missing may differ.
  func append(_ table: Table, given: Table? = nil) throws {
    switch self {
    case .completed(let file): try file.append(table, given: given)
    case .written(let file): try file.append(table)
    }
  }

  /// Puts the file in its place.
  func commit() throws {
    switch self {
    case .completed(let file): try file.commit()
    case .written(let file): try file.commit()
    }
  }
}
