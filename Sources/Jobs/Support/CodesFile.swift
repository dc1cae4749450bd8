internal import HourglassData
internal import HourglassTensors

/// A file of latent vectors: a table with a line for each item, or an array where the name ends in
/// `.npy`.
///
/// A table has the columns z1, z2 and so on behind those that name the items.
final class CodesFile {
  private let path: String
  private let names: [String]
  private let columns: @Sendable (Dataset) -> [Table.Column]
  private let hasColumns: Bool
  private let writer: CSVWriter?
  private var array: [Float] = []

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - width: The length of a vector.
  ///   - columns: Gives the columns that go before the vectors, of data or a batch of them.
  init(
    _ path: String,
    of data: Dataset,
    width: Int,
    beside columns: @escaping @Sendable (Dataset) -> [Table.Column] = \.itemColumns
  ) throws {
    self.path = path
    self.columns = columns
    names = (1...max(width, 1)).prefix(width).map { "z\($0)" }
    let leading = columns(data.prefix(1)).map(\.name)
    hasColumns = !leading.isEmpty
    writer = path.hasSuffix(".npy") ? nil : try CSVWriter(replacing: path, columns: leading + names)
  }

  /// Appends the vectors of the wanted items of a batch.
  func append(_ codes: Tensor, of batch: DatasetBatch) throws {
    guard let writer else {
      array += codes.scalars
      return
    }
    guard hasColumns else { return try writer.append(codes) }
    let columns = columns(batch.data).map { $0.rows(Array(batch.items)) }
    // A part at a time: a column of texts takes many times the memory of the vectors.
    for start in stride(from: 0, to: codes.shape[0], by: 4_096) {
      let rows = Array(start..<min(start + 4_096, codes.shape[0]))
      try Self.append(codes, rows, named: names, beside: columns.map { $0.rows(rows) }, to: writer)
    }
  }

  /// Puts the file in its place.
  func commit() throws {
    try writer?.commit()
    guard writer == nil else { return }
    try NPYFile.write(
      Tensor(array, shape: [array.count / max(names.count, 1), names.count]),
      to: path
    )
  }

  /// Appends some latent vectors behind columns of as many rows.
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
    case .table: return []
    case .images(let images):
      let isNumbered = images.names.enumerated().allSatisfy { $1 == "\($0 + 1)" }
      return isNumbered ? [] : [.names(images.names)]
    case .sounds(let sounds): return [.names(sounds.names)]
    case .series(let data):
      let series = data.sample
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
