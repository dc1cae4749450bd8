package import HourglassData
internal import HourglassNetworks
internal import HourglassSystem

/// A place of a date in a cycle: the hour in the day, the day in the week, or the day in the year.
///
/// Each cycle is a circle, of which a network sees both coordinates: so that 23:59 is next to 0:00 and
/// Sunday next to Monday, which their numbers are not.
package enum DatePart: String, Codable, Hashable, Sendable, CaseIterable {
  /// The sine of the time of day.
  case timeOfDaySine = "time of day, sine"
  /// The cosine of the time of day.
  case timeOfDayCosine = "time of day, cosine"
  /// The sine of the day of the week.
  case weekdaySine = "weekday, sine"
  /// The cosine of the day of the week.
  case weekdayCosine = "weekday, cosine"
  /// The sine of the time of year.
  case seasonSine = "season, sine"
  /// The cosine of the time of year.
  case seasonCosine = "season, cosine"

  /// The seconds after which it comes again.
  package var period: Double {
    switch self {
    case .timeOfDaySine, .timeOfDayCosine: CalendarDay.seconds
    case .weekdaySine, .weekdayCosine: 7 * CalendarDay.seconds
    case .seasonSine, .seasonCosine: 365.2425 * CalendarDay.seconds
    }
  }

  private var isSine: Bool {
    switch self {
    case .timeOfDaySine, .weekdaySine, .seasonSine: true
    case .timeOfDayCosine, .weekdayCosine, .seasonCosine: false
    }
  }

  /// The coordinate of a time in seconds, from -1 to 1.
  ///
  /// - Parameter zone: The minutes that clocks are ahead of the time.
  package func value(at seconds: Double, zone: Int) -> Double {
    var local = seconds + Double(zone) * 60
    if period != CalendarDay.seconds {
      // A weekday is the same all day.
      local = (local / CalendarDay.seconds).rounded(.down) * CalendarDay.seconds
    }
    let share = local / period
    let angle = 2 * .pi * (share - share.rounded(.down))
    return isSine ? sin(angle) : cos(angle)
  }

  /// The time with a time of day that is nearest to another time.
  ///
  /// - Parameters:
  ///   - seconds: The other time.
  ///   - sine: The sine of the time of day.
  ///   - cosine: Its cosine.
  ///   - zone: The minutes that clocks are ahead of the time.
  package static func time(near seconds: Double, sine: Double, cosine: Double, zone: Int) -> Double
  {
    guard sine * sine + cosine * cosine > 0.25 else { return seconds }
    let ofDay = time(sine: sine, cosine: cosine) - Double(zone) * 60
    let days = ((seconds - ofDay) / CalendarDay.seconds).rounded()
    return days * CalendarDay.seconds + ofDay
  }

  /// The seconds since midnight of a point, whatever its distance from the middle.
  package static func time(sine: Double, cosine: Double) -> Double {
    let turn = atan2(sine, cosine) / (2 * .pi)
    return (turn < 0 ? turn + 1 : turn) * CalendarDay.seconds
  }

  /// The parts that say something of some times.
  package static func parts(of seconds: [Double], format: DateFormat) -> [DatePart] {
    guard let least = seconds.min(), let greatest = seconds.max() else { return [] }
    let zone = format.zone?.minutes ?? 0
    let days = (greatest - least) / CalendarDay.seconds
    return allCases.filter { part in
      switch part {
      case .timeOfDaySine, .timeOfDayCosine: guard format.clock != nil else { return false }
      case .weekdaySine, .weekdayCosine:
        guard format.day != nil, days >= 7 else { return false }
      case .seasonSine, .seasonCosine:
        guard format.day != nil, days >= 365 else { return false }
      }
      let first = part.value(at: least, zone: zone)
      return seconds.contains { abs(part.value(at: $0, zone: zone) - first) > 1e-9 }
    }
  }
}
