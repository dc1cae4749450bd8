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
    let names = encoding.channels.map(\.name)
    guard series.channels == names else {
      throw TaskError.missingColumns(name: series.name, missing: names, found: series.channels)
    }
    let windows = Array(0..<series.count)
    let source = try SeriesWindows(series, windows: windows, encoding: encoding)
    var results = try await network.translate(source, on: engine)
    results.withMutableScalars { encoding.decode(&$0) }
    let width = network.itemShape.elementCount
    let merged = series.merged(
      windows: windows.map { Array(results.scalars[$0 * width..<($0 + 1) * width]) }
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
        )
      )
    }
    return table.rows(series.rowsOfOriginals)
  }
}

/// Encoded windows of a series as items `[channels, window]`.
struct SeriesWindows: BatchSource {
  let itemShape: Shape
  private let values: [Float]
  let count: Int

  init(_ series: SeriesSet, windows: [Int], encoding: SeriesEncoding) throws(TaskError) {
    let width = encoding.channels.count * encoding.window
    itemShape = [encoding.channels.count, encoding.window]
    count = windows.count
    let all = try encoding.encoded(series).values
    values = windows.flatMap { all[$0 * width..<($0 + 1) * width] }
  }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    values.copyRows(indices, width: itemShape.elementCount, into: &destination)
  }

  /// One window.
  func item(_ index: Int) -> [Float] {
    let width = itemShape.elementCount
    return Array(values[index * width..<(index + 1) * width])
  }
}
