internal import HourglassData
internal import HourglassSystem
internal import HourglassTasksCommon

/// A file of generated rows that is written as they are made.
struct GeneratedRows {
  private let path: String
  private let format: TextFormat
  private let count: Int
  private var writer: CSVWriter?
  private var lastReport = ContinuousClock.now
  /// The rows that were written.
  private(set) var rowCount = 0

  /// - Parameters:
  ///   - path: The file, which is made or replaced by `commit`.
  ///   - format: How it is written.
  ///   - count: The number of items that will be made.
  init(_ path: String, like format: TextFormat, count: Int) {
    (self.path, self.format, self.count) = (path, format, count)
  }

  /// Writes the rows of a block.
  ///
  /// - Parameters:
  ///   - made: How many items are made by then.
  ///   - report: Takes the share of items that are made, about twice a second.
  /// - Throws: Why the file cannot be written; where all rows would take more room than the disk has, before more of
  ///   them are made.
  mutating func append(_ rows: Table, made: Int, _ report: (Double) -> Void) throws {
    let isFirst = writer == nil
    let open =
      try writer ?? CSVWriter(replacing: path, columns: rows.columns.map(\.name), like: format)
    writer = open
    try open.append(rows)
    rowCount += rows.rowCount
    if isFirst, made < count { try checkRoom(open, made: made) }
    let now = ContinuousClock.now
    guard now - lastReport > .milliseconds(500) else { return }
    lastReport = now
    report(Double(made) / Double(count))
  }

  /// Puts the file in its place.
  func commit() throws { try writer?.commit() }

  /// Checks that the disk has room for all items, by the bytes of the first ones.
  private func checkRoom(_ writer: CSVWriter, made: Int) throws {
    try writer.flush()
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    // What is written to a pipe or to a device takes no room.
    guard !path.hasPrefix("/dev/"), let free = ScratchFolder.freeBytes(in: folder) else { return }
    let needed = Double(writer.byteCount) / Double(max(made, 1)) * Double(count)
    guard needed > Double(free) else { return }
    throw Failure(
      "cannot write \(NumberText.grouped(count)) generated items to \(path): they take about "
        + "\(Self.size(needed)), and \(Self.size(Double(free))) are free there. Give a smaller --count, or another "
        + "--output.",
      exitCode: .usage
    )
  }

  private static func size(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 1_000, unit + 1 < units.count {
      value /= 1_000
      unit += 1
    }
    return "\(NumberText.plain(value, digits: 3)) \(units[unit])"
  }
}
