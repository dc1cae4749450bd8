package import HourglassData
internal import HourglassGraphs
internal import HourglassTensors

/// How windows of time series are encoded: each channel is brought to mean 0 and standard deviation
/// 1, and each value has a observed mask beside it.
package struct SeriesEncoding: Hashable, Sendable, Codable {
  /// A channel.
  package struct Channel: Hashable, Sendable, Codable {
    /// The name of its column.
    package var name: String
    /// The mean over the windows trained on.
    package var mean: Double
    /// The standard deviation; 1 for a channel that never varied there.
    package var deviation: Double
  }

  /// The channels in their order.
  package var channels: [Channel]
  /// The number of rows of a window.
  package var window: Int

  /// The largest magnitude of an encoded value.
  package static let bound = 1e6

  /// Fits to some windows.
  package init(_ series: SeriesSet, windows: [Int]) throws(TaskError) {
    window = series.window
    let (count, length) = (series.channels.count, series.window)
    var sums = [Double](repeating: 0, count: count)
    var numbers = sums
    var squares = sums
    var lows = [Float](repeating: .infinity, count: count)
    var highs = [Float](repeating: -.infinity, count: count)
    // Twice through the windows: differences from the mean keep their digits.
    for pass in 0..<2 {
      for index in windows {
        let (values, observed) = series.window(index)
        for place in values.indices where observed[place] > 0 {
          let (channel, value) = (place / length, Double(values[place]))
          if pass == 0 {
            sums[channel] += value
            numbers[channel] += 1
            lows[channel] = min(lows[channel], values[place])
            highs[channel] = max(highs[channel], values[place])
          } else {
            let distance = value - sums[channel] / numbers[channel]
            squares[channel] += distance * distance
          }
        }
      }
    }
    guard (0..<count).contains(where: { lows[$0] < highs[$0] }) else {
      throw .nothingVaries(name: series.name, rows: windows.count)
    }
    channels = (0..<count).map { channel in
      let number = max(numbers[channel], 1)
      let deviation = (squares[channel] / number).squareRoot()
      return Channel(
        name: series.channels[channel],
        mean: sums[channel] / number,
        deviation: lows[channel] < highs[channel] && deviation > 0 ? deviation : 1
      )
    }
  }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    let isGood =
      (1...1 << 20).contains(window) && (1...1 << 16).contains(channels.count)
      && channels.count * window <= 1 << 26
      && channels.allSatisfy { $0.mean.isFinite && $0.deviation.isFinite && $0.deviation > 0 }
    return isGood ? nil : "its channels should each have a finite mean and standard deviation"
  }

  /// All windows: values `[windows, channels, window]`, 0 where missing, and observed masks alike.
  ///
  /// - Throws: `missingColumns` or `windowLength` where the series do not suit the model.
  package func encoded(_ series: SeriesSet) throws(TaskError) -> (
    values: [Float], observed: [Float]
  ) {
    guard series.window == window else {
      throw .windowLength(name: series.name, expected: window, found: series.window)
    }
    let places = channels.map { series.channels.firstIndex(of: $0.name) }
    let missing = zip(channels, places).filter { $1 == nil }.map(\.0.name)
    guard missing.isEmpty else {
      throw .missingColumns(name: series.name, missing: missing, found: series.channels)
    }
    var values: [Float] = []
    var observed: [Float] = []
    values.reserveCapacity(series.count * channels.count * window)
    observed.reserveCapacity(series.count * channels.count * window)
    for index in 0..<series.count {
      let (all, present) = series.window(index)
      for (channel, place) in zip(channels, places) {
        let start = (place ?? 0) * window
        for step in start..<start + window {
          let value = (Double(all[step]) - channel.mean) / channel.deviation
          values.append(
            present[step] > 0 ? Float(min(max(value, -Self.bound), Self.bound)) : 0
          )
          observed.append(present[step])
        }
      }
    }
    return (values, observed)
  }

  /// Brings encoded values back to the units of the data, in place.
  package func decode(_ values: inout [Float]) {
    let limit = Double(Float.greatestFiniteMagnitude)
    for index in values.indices {
      let channel = channels[index / window % channels.count]
      let value = Double(values[index]) * channel.deviation + channel.mean
      values[index] = Float(min(max(value, -limit), limit))
    }
  }
}
