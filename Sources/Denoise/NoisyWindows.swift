internal import HourglassTasksCommon

/// Windows of series with normal noise of a known deviation, of which no clean ones exist: further noise is added to
/// both what the network sees and what it predicts, so that both are independent (`ImageToImageNetwork.Target`).
struct NoisyWindows: PairedBatchSource {
  let rows: EncodedRows
  /// The standard deviation of the noise, in the scale of the windows.
  let deviation: Float

  /// How much further noise is added, as a part of their own.
  static let strength: Float = 0.5
  /// The least deviation: without noise there is nothing to train on.
  static let leastDeviation: Float = 0.01

  var count: Int { rows.count }
  var itemShape: Shape { rows.itemShape }
  var targetShape: Shape { rows.itemShape }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    rows.copyItems(indices, into: &destination)
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    for place in 0..<indices.count * itemShape.elementCount { destination[place] = deviation }
  }

  /// Differences of an order have this many times the variance of the values, where these are independent: the
  /// central binomial coefficients.
  private static let variances: [Double] = [2, 6, 20, 70]
  /// The windows that are looked at.
  private static let mostWindows = 2_000

  /// The deviation of independent normal noise in windows.
  ///
  /// Differences of neighbors in time hold the noise and little else: their median magnitude gives its deviation,
  /// whatever jumps there are. Of the differences of the first to the fourth order those count that give the least,
  /// since a signal adds to them.
  ///
  /// Reference: Hampel, 1974, "The influence curve and its role in robust estimation", doi:10.2307/2285666 (the
  /// median absolute deviation).
  static func deviation(in rows: EncodedRows) -> Float {
    let length = rows.itemShape[1]
    var magnitudes = [[Double]](repeating: [], count: variances.count)
    for window in stride(from: 0, to: rows.count, by: max(rows.count / mostWindows, 1)) {
      let values = rows.item(window)
      for start in stride(from: 0, to: values.count, by: length) {
        var line = values[start..<start + length].map(Double.init)
        for order in variances.indices {
          line = zip(line.dropFirst(), line).map { $0 - $1 }
          // A gap is filled with equal values.
          magnitudes[order] += line.map { abs($0) }.filter { $0 > 0 }
        }
      }
    }
    let deviations = zip(magnitudes, variances).compactMap { magnitudes, variance -> Double? in
      guard !magnitudes.isEmpty else { return nil }
      let sorted = magnitudes.sorted()
      return sorted[sorted.count / 2] / 0.6745 / variance.squareRoot()
    }
    return max(Float(deviations.min() ?? 0), leastDeviation)
  }
}
