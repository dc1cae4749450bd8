internal import HourglassData
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassTensors

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

  /// Writes the codes of a large table block by block, or those of the windows of large series stretch
  /// by stretch, behind the times at which windows begin: while the codes of one part are computed, the
  /// next one is read.
  ///
  /// - Parameters:
  ///   - width: The number of numbers of a code.
  ///   - carried: The columns of a table that go before the codes.
  ///   - codes: The codes of all items of a part.
  static func write(
    codesOf data: Dataset,
    width: Int,
    to path: String,
    beside carried: [String] = [],
    _ codes: @escaping @Sendable (Dataset) async throws -> Tensor
  ) async throws {
    let names = (1...max(width, 1)).prefix(width).map { "z\($0)" }
    let isArray = path.hasSuffix(".npy")
    let leading = data.itemColumns.map(\.name) + carried
    let writer = isArray ? nil : try CSVWriter(replacing: path, columns: leading + names)
    var all: [Float] = []
    try await DataPieces.forEach(of: data) { piece in
      let codes = try await codes(piece.data)
      let items = piece.stretch?.windows ?? 0..<codes.shape[0]
      guard let writer else {
        all += codes.scalars[items.lowerBound * width..<items.upperBound * width]
        return
      }
      guard !leading.isEmpty else { return try writer.append(codes) }
      var columns = piece.data.itemColumns
      if case .table(let block) = piece.data { columns += carried.compactMap { block[column: $0] } }
      let rows = Array(items)
      try append(codes, rows, named: names, beside: columns.map { $0.rows(rows) }, to: writer)
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
      let time = Table.Column(
        name: series.timeColumn,
        kind: .identifier,
        cells: .texts(starts.map { series.timeStamps[$0] })
      )
      let group = series.groupColumn.flatMap { series.table[column: $0] }
      return [time] + (group.map { [$0.rows(starts)] } ?? [])
    }
  }
}

extension Table.Column {
  /// The names of files.
  fileprivate static func names(_ names: [String]) -> Table.Column {
    Table.Column(name: "name", kind: .identifier, cells: .texts(names))
  }
}
