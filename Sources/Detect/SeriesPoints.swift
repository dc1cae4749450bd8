internal import HourglassData

/// The scores of the times of a series, from those of the windows that cover them.
///
/// What a channel adds at a time is the mean over the windows that cover it, in units in which a
/// window of usual times adds up to the same as a usual row, and then over its neighbors within a
/// sixteenth of a window: an anomaly is rarely one time alone, and noise is.
struct SeriesPoints {
  /// The rows of the series' table that are covered, in rising order.
  private(set) var rows: [Int] = []
  /// What each channel adds at each of them, `[rows, channels]`.
  private(set) var parts: [Float] = []

  /// Merges the parts of windows, `[windows, channels · window]`.
  init(_ set: SeriesSet, windows: [Int], parts windowParts: [Float], channels: Int) {
    let window = set.window
    var sums = [Float](repeating: 0, count: set.table.rowCount * channels)
    var counts = [Float](repeating: 0, count: set.table.rowCount)
    for (place, index) in windows.enumerated() {
      let start = place * channels * window
      for (step, row) in set.range(of: index).enumerated() {
        counts[row] += 1
        for channel in 0..<channels {
          sums[row * channels + channel] += windowParts[start + channel * window + step]
        }
      }
    }
    for group in set.groups {
      smooth(group, reach: window / 16, &sums, &counts, channels, scale: Float(window))
    }
  }

  private mutating func smooth(
    _ group: Range<Int>,
    reach: Int,
    _ sums: inout [Float],
    _ counts: inout [Float],
    _ channels: Int,
    scale: Float
  ) {
    let covered = group.filter { counts[$0] > 0 }
    for row in covered {
      for channel in 0..<channels {
        sums[row * channels + channel] *= scale / counts[row]
      }
    }
    for row in covered {
      rows.append(row)
      let near = max(group.lowerBound, row - reach)...min(group.upperBound - 1, row + reach)
      let there = near.filter { counts[$0] > 0 }
      for channel in 0..<channels {
        let sum = there.reduce(Float(0)) { $0 + sums[$1 * channels + channel] }
        parts.append(sum / Float(there.count))
      }
    }
  }

  /// The sums over channels.
  func scores(channels: Int) -> [Double] {
    rows.indices.map { index in
      parts[index * channels..<(index + 1) * channels].reduce(0.0) { $0 + Double($1) }
    }
  }
}

/// Times of a series that follow one another and are all anomalies.
public struct AnomalousRange: Hashable, Sendable, Codable {
  /// Its number from 1, in the order of the series and of their times.
  public var number: Int
  /// The first time, as it is written.
  public var start: String
  /// The last time.
  public var end: String
  /// The rows of the table, the first and the last, from 0.
  public var rows: ClosedRange<Int>
  /// The largest score within.
  public var score: Double
  /// The channel that adds most to it.
  public var channel: String
  /// The key of its series; none where there is one series.
  public var series: String?
}
