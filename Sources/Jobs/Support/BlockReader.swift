internal import HourglassData

/// Reads blocks on a task of its own.
actor BlockReader {
  private let reader: TableReader

  init(_ reader: sending TableReader) { self.reader = reader }

  func next() throws -> Table? { try reader.next() }

  var unknownCounts: [String: Int] { reader.unknownCounts }
}
