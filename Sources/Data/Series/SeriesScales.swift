/// The level and the spread of each channel of each series, by its key.
///
/// Series of one table may be of sizes that have nothing in common, such as the sales of a large and of a
/// small shop: each is seen on a scale of its own.
package struct SeriesScales: Hashable, Sendable {
  /// The scale of a channel in a series.
  package struct Scale: Hashable, Sendable, Codable {
    /// The mean of the values.
    package let level: Double
    /// Their standard deviation; 0 where they are all the same.
    package let spread: Double

    package init(level: Double, spread: Double) {
      self.level = level
      self.spread = spread
    }
  }

  /// The scales of the channels in their order, by the key of the series; none of a channel without a value.
  package private(set) var scales: [String: [Scale?]] = [:]

  package init() {}

  /// The scale of a channel over all series that vary: what one without values of its own is taken for.
  package func typical(_ channel: Int) -> Scale {
    let known = scales.keys.sorted().compactMap { scales[$0]?[channel] }
    let spreads = known.map(\.spread).filter { $0 > 0 }.sorted()
    let level = known.reduce(0) { $0 + $1.level / Double(known.count) }
    return Scale(level: level, spread: spreads.isEmpty ? 1 : spreads[spreads.count / 2])
  }

  /// Takes the series of another table that are not known yet.
  package mutating func merge(_ other: SeriesScales) {
    scales.merge(other.scales) { own, _ in own }
  }

  /// The scales of some channels, by their numbers.
  package func selecting(_ channels: [Int]) -> SeriesScales {
    var result = self
    result.scales = scales.mapValues { scales in channels.map { scales[$0] } }
    return result
  }

  /// Whether the numbers of a file are usable for so many channels.
  package func isGood(channels: Int) -> Bool {
    scales.values.allSatisfy { scales in
      scales.count == channels
        && scales.allSatisfy {
          $0.map { $0.level.isFinite && $0.spread >= 0 && $0.spread.isFinite } ?? true
        }
    }
  }

  /// Gathers values one by one.
  ///
  /// Reference: Welford, 1962, "Note on a method for calculating corrected sums of squares and products",
  /// doi:10.1080/00401706.1962.10490022.
  package struct Tally {
    private var moments: [String: [Moments]] = [:]
    private let channels: Int

    private struct Moments {
      var count = 0.0
      var mean = 0.0
      var squares = 0.0
    }

    package init(channels: Int) { self.channels = channels }

    /// Takes some rows of a series.
    ///
    /// - Parameter value: The value of a channel in a row; none where it is missing.
    package mutating func take(
      _ key: String,
      _ rows: some Sequence<Int>,
      _ value: (_ channel: Int, _ row: Int) -> Double?
    ) {
      var known = moments[key] ?? Array(repeating: Moments(), count: channels)
      for row in rows {
        for channel in 0..<channels {
          guard let value = value(channel, row) else { continue }
          known[channel].count += 1
          let difference = value - known[channel].mean
          known[channel].mean += difference / known[channel].count
          known[channel].squares += difference * (value - known[channel].mean)
        }
      }
      moments[key] = known
    }

    /// The scales of what was taken.
    package var scales: SeriesScales {
      var result = SeriesScales()
      result.scales = moments.mapValues { moments in
        moments.map { moment in
          guard moment.count > 0 else { return nil }
          let spread = (moment.squares / moment.count).squareRoot()
          // Equal values have a spread of 0 but for what rounding of their mean leaves.
          let isSame = spread <= abs(moment.mean) * 1e-12
          return Scale(level: moment.mean, spread: isSame ? 0 : spread)
        }
      }
      return result
    }
  }
}

extension SeriesScales: Codable {
  private struct Entry: Codable {
    var key: String
    var scales: [Scale?]
  }

  /// Reads a list of series.
  package init(from decoder: any Decoder) throws {
    let entries = try decoder.singleValueContainer().decode([Entry].self)
    scales = Dictionary(entries.map { ($0.key, $0.scales) }) { first, _ in first }
  }

  /// Writes a list of series in the order of their keys.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(scales.keys.sorted().map { Entry(key: $0, scales: scales[$0] ?? []) })
  }
}
