internal import HourglassEncodings
internal import HourglassNetworks

/// Fills the gaps of series along straight lines from the last value before to the first one behind;
/// at an end the nearest value goes on.
struct LinearInterpolation {
  /// The values of series of numbers with their gaps filled, `[rows, channels]`.
  static func filled(_ rows: EncodedTable, groups: [Range<Int>], means: FieldMeans) -> [Float] {
    let channels = rows.width
    var values = rows.values
    for group in groups {
      for channel in 0..<channels {
        var before: Int?
        var row = group.lowerBound
        while row < group.upperBound {
          if rows.isPresent(row, channel) {
            before = row
            row += 1
            continue
          }
          var after = row
          while after < group.upperBound, !rows.isPresent(after, channel) { after += 1 }
          let left = before.map { rows.values[$0 * channels + channel] }
          let right = after < group.upperBound ? rows.values[after * channels + channel] : nil
          for gap in row..<after {
            let value: Float
            if let left, let right, let before {
              let share = Float(gap - before) / Float(after - before)
              value = left + share * (right - left)
            } else {
              value = left ?? right ?? means.means[channel]
            }
            values[gap * channels + channel] = value
          }
          row = after
        }
      }
    }
    return values
  }
}
