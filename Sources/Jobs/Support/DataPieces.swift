internal import HourglassData

/// A part of data that fits into memory.
struct DataPiece: Sendable {
  /// A table, a time series, or whatever data were given that are in memory.
  var data: Dataset
  /// The rows whose results are wanted, of those that `data` were given in; all where it is left out.
  var rows: Range<Int>?
  /// The number of rows that are before the first one of `data`.
  var firstRow = 0
  /// The part of the large series that it is.
  var stretch: SeriesChunk?

  /// The wanted rows of a result for all rows of `data`.
  func wanted(_ table: Table) -> Table { rows.map { table.rows(Array($0)) } ?? table }
}

/// Gives data part by part, on a task of its own.
actor DataPieces {
  private enum Source {
    case whole(Dataset?)
    case table(TableReader, firstRow: Int)
    case series(SeriesReader)
  }

  private var source: Source

  private init(_ data: Dataset) throws {
    switch data {
    case .largeTable(let table): source = .table(try table.reader(), firstRow: 0)
    case .largeSeries(let series): source = .series(try series.reader())
    case .table, .images, .sounds, .series: source = .whole(data)
    }
  }

  private func next() throws -> DataPiece? {
    switch source {
    case .whole(let data):
      source = .whole(nil)
      return data.map { DataPiece(data: $0) }
    case .table(let reader, let firstRow):
      guard let block = try reader.next() else { return nil }
      source = .table(reader, firstRow: firstRow + block.rowCount)
      return DataPiece(data: .table(block), firstRow: firstRow)
    case .series(let reader):
      return try reader.next().map {
        DataPiece(data: .series($0.series), rows: $0.rows, firstRow: $0.firstRow, stretch: $0)
      }
    }
  }

  /// Gives the parts of data one after the other: data in memory at once, large ones in blocks, the next
  /// of which is read meanwhile.
  static func forEach(
    of data: Dataset,
    _ body: (DataPiece) async throws -> Void
  ) async throws {
    let pieces = try DataPieces(data)
    var next = Task { try await pieces.next() }
    while let piece = try await next.value {
      try Task.checkCancellation()
      next = Task { try await pieces.next() }
      try await body(piece)
    }
  }
}

extension Dataset {
  /// Whether the data are not in memory, and are gone through part by part.
  var isLarge: Bool {
    switch self {
    case .largeTable, .largeSeries: true
    case .table, .images, .sounds, .series: false
    }
  }
}
