internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassTensors

/// The mean of each value over the rows where its field is there: of a number the mean, of a category
/// the shares of its levels, the greatest of which is the mode.
///
/// It is the trivial way to fill a missing cell.
struct FieldMeans: Hashable, Sendable {
  /// The means, `[D]`.
  let means: [Float]
  /// The least and the greatest value seen of each, `[D]`.
  let lows: [Float]
  let highs: [Float]

  init(means: [Float], lows: [Float], highs: [Float]) {
    self.means = means
    self.lows = lows
    self.highs = highs
  }

  init(_ rows: EncodedTable) {
    let width = rows.width
    var sums = [Double](repeating: 0, count: width)
    var counts = sums
    var lows = [Float](repeating: .infinity, count: width)
    var highs = [Float](repeating: -.infinity, count: width)
    let ranges = rows.layout.ranges
    for row in 0..<rows.count {
      for (field, range) in ranges.enumerated() where rows.isPresent(row, field) {
        for place in range {
          let value = rows.values[row * width + place]
          sums[place] += Double(value)
          counts[place] += 1
          lows[place] = min(lows[place], value)
          highs[place] = max(highs[place], value)
        }
      }
    }
    means = (0..<width).map { counts[$0] > 0 ? Float(sums[$0] / counts[$0]) : 0 }
    self.lows = lows.map { $0.isFinite ? $0 : 0 }
    self.highs = highs.map { $0.isFinite ? $0 : 0 }
  }

  /// The means as the values of so many rows, `[rows, D]`.
  func filled(_ count: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count * means.count)
    for _ in 0..<count { values += means }
    return values
  }
}
