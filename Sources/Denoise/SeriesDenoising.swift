internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassTensors

/// A network that takes noise off windows of a series.
struct SeriesDenoising: Sendable {
  let encoding: SeriesEncoding
  let network: FittedImageToImageNetwork

  /// The series without noise as a table; missing cells and other columns are as they were.
  func denoised(_ series: SeriesSet, on engine: ComputeEngine) async throws -> Table {
    guard series.channels == encoding.names else {
      throw TaskError.missingColumns(
        name: series.name,
        missing: encoding.names,
        found: series.channels
      )
    }
    let source = try EncodedRows(.series(series), encoding: .series(encoding)).withoutMasks
    var results = try await network.translate(source, on: engine)
    results.withMutableScalars { encoding.decode(&$0) }
    let width = network.itemShape.elementCount
    let merged = series.merged(
      windows: (0..<series.count).map { Array(results.scalars[$0 * width..<($0 + 1) * width]) }
    )
    var table = series.table
    for (channel, name) in series.channels.enumerated() {
      guard let column = table[column: name], case .numbers(_, let missing) = column.cells else {
        continue
      }
      table = table.replacing(
        Table.Column(
          name: name,
          kind: .number,
          cells: .numbers(merged[channel], missing: missing)
        ).written(column.writing)
      )
    }
    return table.rows(series.rowsOfOriginals)
  }
}
