import HourglassDatasets
import HourglassTensors

/// A file of codes: a table with a line for each item, or an array.
enum CodesFile {
  /// Writes codes `[count, width]`: an array where the name ends in `.npy`, else a table with the
  /// columns z1, z2 and so on behind those that say what a line stands for.
  static func write(_ codes: Tensor, to path: String, beside columns: [Table.Column]) throws {
    if path.hasSuffix(".npy") { return try NPYFile.write(codes, to: path) }
    let names = (1...max(codes.shape[1], 1)).prefix(codes.shape[1]).map { "z\($0)" }
    if columns.isEmpty {
      let writer = try CSVWriter(replacing: path, columns: names)
      try writer.append(codes)
      return try writer.commit()
    }
    let writer = try CSVWriter(replacing: path, columns: columns.map(\.name) + names)
    // A stretch at a time: a column of numbers takes twice the memory of the codes.
    for start in stride(from: 0, to: codes.shape[0], by: 4_096) {
      let rows = Array(start..<min(start + 4_096, codes.shape[0]))
      try append(codes, rows, named: names, beside: columns.map { $0.rows(rows) }, to: writer)
    }
    try writer.commit()
  }

  /// Writes the codes of a large table block by block: while the codes of one are computed, the next
  /// one is read.
  ///
  /// - Parameters:
  ///   - width: The number of numbers of a code.
  ///   - carried: The columns of the table that go before the codes.
  ///   - codes: The codes of the rows of a block.
  static func write(
    codesOf table: LargeTable,
    width: Int,
    to path: String,
    beside carried: [String],
    _ codes: @escaping @Sendable (Table) async throws -> Tensor
  ) async throws {
    let reader = BlockReader(try table.reader())
    if path.hasSuffix(".npy") {
      var all: [Float] = []
      while let block = try await reader.next() { all += try await codes(block).scalars }
      return try NPYFile.write(Tensor(all, shape: [all.count / max(width, 1), width]), to: path)
    }
    let names = (1...max(width, 1)).prefix(width).map { "z\($0)" }
    let writer = try CSVWriter(replacing: path, columns: carried + names)
    var next = Task { try await reader.next() }
    while let block = try await next.value {
      try Task.checkCancellation()
      next = Task { try await reader.next() }
      let codes = try await codes(block)
      if carried.isEmpty {
        try writer.append(codes)
      } else {
        let columns = carried.compactMap { block[column: $0] }
        try append(codes, Array(0..<block.rowCount), named: names, beside: columns, to: writer)
      }
    }
    try writer.commit()
  }

  /// Writes the codes of the windows of large series stretch by stretch, behind the times at which
  /// windows begin.
  ///
  /// - Parameters:
  ///   - width: The number of numbers of a code.
  ///   - codes: The codes of all windows of a stretch.
  static func write(
    codesOf series: LargeSeries,
    width: Int,
    to path: String,
    _ codes: @escaping @Sendable (SeriesSet) async throws -> Tensor
  ) async throws {
    let names = (1...max(width, 1)).prefix(width).map { "z\($0)" }
    let isArray = path.hasSuffix(".npy")
    let writer =
      isArray ? nil : try CSVWriter(replacing: path, columns: [series.options.timeColumn] + names)
    var all: [Float] = []
    try await DataPieces.forEach(of: .largeSeries(series)) { piece in
      guard let stretch = piece.stretch else { return }
      let codes = try await codes(stretch.series)
      if isArray {
        all +=
          codes.scalars[stretch.windows.lowerBound * width..<stretch.windows.upperBound * width]
      } else if let writer {
        let windows = Array(stretch.windows)
        let times = Dataset.series(stretch.series).itemColumns.map { $0.rows(windows) }
        try append(codes, windows, named: names, beside: times, to: writer)
      }
    }
    try writer?.commit()
    guard isArray else { return }
    try NPYFile.write(Tensor(all, shape: [all.count / max(width, 1), width]), to: path)
  }

  /// Appends some codes behind columns of as many rows.
  private static func append(
    _ codes: Tensor,
    _ rows: [Int],
    named names: [String],
    beside columns: [Table.Column],
    to writer: CSVWriter
  ) throws(DatasetError) {
    let width = codes.shape[1]
    let numbers = names.indices.map { column in
      Table.Column(
        name: names[column],
        kind: .category,
        cells: .texts(rows.map { codes.scalars[$0 * width + column].description })
      )
    }
    try writer.append(Table(name: "codes", columns: columns + numbers))
  }
}

extension Dataset {
  /// The columns that say what each item is where its number does not: the names of files, the
  /// times at which windows begin and the series that they are of.
  var itemColumns: [Table.Column] {
    switch self {
    case .table, .largeTable: return []
    case .largeSeries(let series): return Dataset.series(series.sample).itemColumns
    case .images(let images):
      let isNumbered = images.names.enumerated().allSatisfy { $1 == "\($0 + 1)" }
      return isNumbered ? [] : [.names(images.names)]
    case .sounds(let sounds): return [.names(sounds.names)]
    case .series(let series):
      let starts = (0..<series.count).map { series.range(of: $0).lowerBound }
      return [
        Table.Column(
          name: series.timeColumn,
          kind: .identifier,
          cells: .texts(starts.map { series.timeStamps[$0] })
        )
      ]
    }
  }
}

extension Table.Column {
  /// The names of files.
  fileprivate static func names(_ names: [String]) -> Table.Column {
    Table.Column(name: "name", kind: .identifier, cells: .texts(names))
  }
}
