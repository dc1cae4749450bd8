package import HourglassData
package import HourglassNetworks
package import HourglassSystem
internal import HourglassTensors

/// The encoded rows of a table that is larger than memory, on the disk: the values of a row, and the
/// observed masks of its fields packed into few numbers.
package struct StoredRows: Sendable {
  /// The fields of a row.
  package let layout: FeatureSchema

  private let file: RowFile

  /// The observed masks that one number of a stored row holds, as a sum of powers of two that a
  /// `Float` has room for.
  private static let packed = 16

  package var count: Int { file.count }

  /// Why rows could not be read, if that has happened.
  package var failure: FileError? { file.failure }

  /// Encodes a table, but for some rows, and the rows that evaluate behind it: items for training.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - heldOut: The numbers of the rows to leave out, in rising order.
  ///   - evaluating: Rows that are not trained on.
  ///   - folder: Where the file goes.
  ///   - progress: Called with the part of the rows that is done.
  /// - Throws: `DatasetError`, `FileError`, and `CancellationError` when the task is cancelled.
  package static func items(
    of table: StoredTable,
    without heldOut: [Int],
    evaluating: Table,
    encoding: TableEncoding,
    folder: String,
    progress: (Double) -> Void = { _ in }
  ) async throws -> EncodedRows {
    let layout = encoding.layout
    let writer = try RowFileWriter(
      folder: folder,
      width: layout.width + (layout.count + packed - 1) / packed
    )
    let reader = try table.reader()
    var row = 0
    var next = heldOut[...]
    var learning = 0
    while let block = try reader.next() {
      try Task.checkCancellation()
      let encoded = try encoding.encoded(block)
      var skipped: Set<Int> = []
      while let first = next.first, first < row + block.rowCount {
        skipped.insert(first - row)
        next = next.dropFirst()
      }
      try append(encoded, without: skipped, to: writer)
      row += block.rowCount
      learning += block.rowCount - skipped.count
      progress(Double(row) / Double(max(table.rowCount, 1)))
      await Task.yield()
    }
    let evaluated = try encoding.encoded(evaluating)
    try append(evaluated, without: [], to: writer)
    let file = try writer.finish()
    return EncodedRows(
      StoredRows(layout: layout, file: file),
      evaluating: learning..<file.count
    )
  }

  private static func append(
    _ rows: EncodedTable,
    without skipped: Set<Int>,
    to writer: RowFileWriter
  ) throws(FileError) {
    let (width, fields) = (rows.width, rows.fieldCount)
    let (values, observed) = (rows.values.span, rows.observed.span)
    var packed: [Float] = []
    packed.reserveCapacity(rows.count * (width + fields / Self.packed + 1))
    for row in 0..<rows.count where skipped.isEmpty || !skipped.contains(row) {
      for column in 0..<width { packed.append(values[row * width + column]) }
      for start in stride(from: 0, to: fields, by: Self.packed) {
        var bits: UInt32 = 0
        for field in start..<min(start + Self.packed, fields)
        where observed[row * fields + field] > 0 { bits |= 1 << UInt32(field - start) }
        packed.append(Float(bits))
      }
    }
    try writer.append(packed.span)
  }

  /// Copies a row, its values and the observed masks behind them, to a place.
  func copy(_ row: Int, into destination: inout MutableSpan<Float>, at start: Int) {
    file.read(row, into: &destination, at: start)
    let marks = start + layout.width
    // From the last field to the first: the packed numbers stand where the first ones go.
    for field in stride(from: layout.count - 1, through: 0, by: -1) {
      let bits = UInt32(destination[marks + field / Self.packed])
      let isPresent = bits >> UInt32(field % Self.packed) & 1 == 1
      destination[marks + field] = isPresent ? 1 : 0
    }
  }
}
