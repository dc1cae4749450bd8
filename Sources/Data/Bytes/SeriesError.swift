internal import HourglassSystem

/// What is wrong with a table as a time series.
///
/// Rows count from 1, as a reader of the message counts.
public enum SeriesError: Error, Hashable, Sendable {
  /// A window or a stride that is less than 1, or a window that is too long.
  case badWindow(path: String, window: Int, stride: Int)
  /// No column but the time and the group holds numbers.
  case noValues(path: String, columns: [String])
  /// The time of a row is missing.
  case missingTime(path: String, column: String, row: Int)
  /// The cell of a row is no time that can be read, or its day and month may be exchanged.
  case unreadableTime(path: String, column: String, row: Int, text: String, hasOpenOrder: Bool)
  /// The time of a row is before that of the row above it.
  case notInOrder(path: String, column: String, row: Int, time: String, before: String)
  /// The rows of a series that is too large for memory, and so cannot be sorted, are not in order.
  case tooLargeToSort(path: String, column: String, row: Int, found: String)
  /// A line of a file of series is not what it should be.
  case damagedFile(path: String, line: Int, expected: String, found: String)
}

extension SeriesError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .badWindow(let path, let window, let stride):
      "cannot cut \(path) into windows: expected a window of 1 to "
        + "\(SeriesOptions.longestWindow) rows and a stride of at least 1, found \(window) and "
        + "\(stride). Give other numbers."
    case .noValues(let path, let columns):
      "cannot use \(path) as a time series: expected a column of numbers beside the time, found "
        + TableError.list(columns) + ". Give a table of measurements."
    case .missingTime(let path, let column, let row):
      "cannot use \(path) as a time series: column \(clipped(column)), row \(row): expected a "
        + "time, found a missing cell. Fill it, or remove the row."
    case .unreadableTime(let path, let column, let row, let text, let hasOpenOrder):
      "cannot use \(path) as a time series: column \(clipped(column)), row \(row) (line \(row + 1) where "
        + "line 1 is the header): expected a number, a date or a time of day, found \"\(clipped(text))\". "
        + (hasOpenOrder
          ? "Say which of its numbers is the day: --column \"\(clipped(column))=date:day-first\", or "
            + "month-first."
          : "Correct the cell, or give another column of times.")
    case .notInOrder(let path, let column, let row, let time, let before):
      "cannot use \(path) as a time series: column \(clipped(column)), row \(row): expected a "
        + "time not before \(clipped(before)), found \(clipped(time)). Sort the rows by time; name "
        + "the column that identifies each series as the group."
    case .tooLargeToSort(let path, let column, let row, let found):
      "cannot use \(path) as a time series in blocks: column \(clipped(column)), row \(row): expected "
        + "the rows of each series together and in the order of time, found \(found). Sort the file, "
        + "or let it be held in memory (--in-memory)."
    case .damagedFile(let path, let line, let expected, let found):
      "cannot read \(path): line \(line): expected \(expected), found \"\(found)\". "
        + "Correct the line, or remove it."
    }
  }
}
