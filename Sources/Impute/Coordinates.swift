internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassSystem

/// The values of a field that has one coordinate: a number, or a place on a circle as its angle.
enum Coordinate {
  /// How far the first is from the second; on a circle at most half of it, in either direction.
  static func difference(
    _ first: [Float],
    _ second: [Float],
    at place: Int,
    _ field: FeatureSchema.Field
  ) -> Float {
    guard field == .point else { return first[place] - second[place] }
    let difference = Float(
      atan2(Double(first[place]), Double(first[place + 1]))
        - atan2(Double(second[place]), Double(second[place + 1]))
    )
    return difference - 2 * .pi * (difference / (2 * .pi)).rounded()
  }

  /// Moves a number by some amount, or a place on a circle by less than half of it.
  static func move(
    _ values: inout [Float],
    at place: Int,
    by amount: Float,
    _ field: FeatureSchema.Field
  ) {
    guard field == .point else {
      values[place] += amount
      return
    }
    let angle = Double(min(max(amount, -3.1), 3.1))
    let (sine, cosine) = (Double(values[place]), Double(values[place + 1]))
    values[place] = Float(sine * cos(angle) + cosine * sin(angle))
    values[place + 1] = Float(cosine * cos(angle) - sine * sin(angle))
  }
}

/// A difference of times of day within half a day, in either direction.
func withinHalfDay(_ seconds: Double) -> Double {
  let day = DatePart.timeOfDaySine.period
  return seconds - day * (seconds / day).rounded()
}
