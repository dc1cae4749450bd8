internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassTensors

/// How the channels of a series are brought to mean 0 and standard deviation 1.
struct SeriesScaling: Hashable, Sendable, Codable {
  let channels: [String]
  let means: [Double]
  /// Above 0; 1 for a channel that does not vary.
  let deviations: [Double]

  /// Learns from some windows.
  init(_ series: SeriesSet, windows: [Int]) {
    channels = series.channels
    var counts = [Double](repeating: 0, count: channels.count)
    var sums = counts
    var squares = counts
    // Two passes: the squares of differences from the mean are exact where values are far from 0.
    let all = windows.map { series.window($0) }
    let length = series.window
    func add(_ body: (Int, Double) -> Void) {
      for (values, observed) in all {
        for index in values.indices where observed[index] > 0 {
          body(index / length, Double(values[index]))
        }
      }
    }
    add { channel, value in
      counts[channel] += 1
      sums[channel] += value
    }
    let means = zip(sums, counts).map { $0 / max($1, 1) }
    add { channel, value in squares[channel] += (value - means[channel]) * (value - means[channel])
    }
    self.means = means
    deviations = zip(squares, counts).map { square, count in
      let deviation = (square / max(count, 1)).squareRoot()
      return deviation > 0 && deviation.isFinite ? deviation : 1
    }
  }

  /// A window in the scale, `[channels, window]`; missing values are 0, the mean.
  func scaled(_ series: SeriesSet, _ index: Int) -> [Float] {
    let (values, observed) = series.window(index)
    return values.indices.map { place in
      let channel = place / series.window
      return observed[place] > 0
        ? Float((Double(values[place]) - means[channel]) / deviations[channel]) : 0
    }
  }

  /// What is wrong with a scaling that was read from a file, if anything.
  func problem(window: Int) -> String? {
    guard !channels.isEmpty, means.count == channels.count, deviations.count == channels.count,
      (1...1 << 24).contains(window)
    else { return "the channels of the series do not have one mean and one deviation each" }
    let isGood = means.allSatisfy(\.isFinite) && deviations.allSatisfy { $0 > 0 && $0.isFinite }
    return isGood ? nil : "the means and deviations of the series should be finite"
  }
}

/// A network that takes noise off windows of a series.
struct SeriesDenoising: Sendable {
  let scaling: SeriesScaling
  let network: FittedImageToImageNetwork

  /// The series without noise as a table; missing cells and other columns are as they were.
  func denoised(_ series: SeriesSet, on engine: ComputeEngine) async throws -> Table {
    guard series.channels == scaling.channels else {
      throw TaskError.missingColumns(
        name: series.name,
        missing: scaling.channels,
        found: series.channels
      )
    }
    let length = network.itemShape[1]
    guard series.window == length else {
      throw TaskError.invalidSetting(
        name: "the window of \(series.name)",
        expected: "\(length), as in learning",
        found: "\(series.window)"
      )
    }
    let source = SeriesWindows(series, windows: Array(0..<series.count), scaling: scaling)
    let results = try await network.translate(source, on: engine)
    let width = network.itemShape.elementCount
    let windows = (0..<series.count).map { index in
      (0..<width).map { place in
        let channel = place / length
        let value = Double(results.scalars[index * width + place])
        return Float(value * scaling.deviations[channel] + scaling.means[channel])
      }
    }
    let merged = series.merged(windows: windows)
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

/// Windows of a series in its scale as items `[channels, window]`.
struct SeriesWindows: BatchSource {
  let itemShape: Shape
  private let values: [Float]
  let count: Int

  init(_ series: SeriesSet, windows: [Int], scaling: SeriesScaling) {
    itemShape = [series.channels.count, series.window]
    count = windows.count
    values = windows.flatMap { scaling.scaled(series, $0) }
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
