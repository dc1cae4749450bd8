internal import HourglassTensors

/// How the dates or times of day of a column are written.
///
/// A date is the number of seconds since 1 January 1970, 0:00; a time of day the number since
/// midnight. A date with a zone is counted in coordinated universal time; one without a zone is taken
/// as it stands. Days are exact, and so are fractions of up to six digits until the year 2200.
public struct DateFormat: Codable, Hashable, Sendable {
  /// The order of year, month and day.
  public enum Order: String, Codable, Hashable, Sendable, CaseIterable {
    /// 2024-03-05.
    case yearMonthDay
    /// 05.03.2024.
    case dayMonthYear
    /// 03/05/2024.
    case monthDayYear
  }

  /// How a month is written.
  public enum Month: String, Codable, Hashable, Sendable {
    /// As a number.
    case number
    /// As the first three letters of its English name.
    case short
    /// As its English name.
    case long
  }

  /// The letters of names.
  public enum Letters: String, Codable, Hashable, Sendable {
    /// March.
    case capitalized
    /// MARCH.
    case upper
    /// march.
    case lower
  }

  /// How the day is written.
  public struct Day: Codable, Hashable, Sendable {
    /// The order of year, month and day.
    public var order: Order
    /// What stands between the first two parts, and between the last two.
    public var separators: [String]
    /// How the month is written.
    public var month: Month
    /// The letters of the month's name.
    public var letters: Letters
    /// Whether days and months below 10 have a leading zero.
    public var isPadded: Bool
  }

  /// How the time within the day is written.
  public struct Clock: Codable, Hashable, Sendable {
    /// What stands before it: nothing for a time of day.
    public var joint: String
    /// Whether hours below 10 have a leading zero.
    public var isPadded: Bool
    /// Whether there are seconds.
    public var hasSeconds: Bool
    /// The digits behind the point of the seconds, at most 6.
    public var fraction: Int
    /// Whether each time has that many digits; else zeros at the end are left out.
    public var hasFixedFraction: Bool
    /// What stands before AM or PM where hours are counted up to 12, and the letters of these.
    public var halfDay: HalfDay?
  }

  /// How the halves of a day are written.
  public struct HalfDay: Codable, Hashable, Sendable {
    /// Nothing or a blank.
    public var joint: String
    /// AM or am.
    public var letters: Letters
  }

  /// The zone of all dates of a column.
  public struct Zone: Codable, Hashable, Sendable {
    /// How a zone is written.
    public enum Style: String, Codable, Hashable, Sendable {
      /// Z.
      case letter
      /// +01:00.
      case colon
      /// +0100.
      case plain
      /// +01.
      case hours
    }

    /// How it is written.
    public var style: Style
    /// The minutes that it is ahead of coordinated universal time.
    public var minutes: Int
  }

  /// The day; none for a time of day.
  public var day: Day?
  /// The time; none for whole days.
  public var clock: Clock?
  /// The zone, if one is written.
  public var zone: Zone?

  /// Days as in 2024-03-05.
  ///
  /// Reference: ISO 8601-1:2019, section 5.2.2.
  public static let isoDay = DateFormat(
    day: Day(
      order: .yearMonthDay,
      separators: ["-", "-"],
      month: .number,
      letters: .capitalized,
      isPadded: true
    )
  )

  /// The resolution of the format in seconds.
  public var step: Double {
    guard let clock else { return CalendarDay.seconds }
    return clock.hasSeconds ? 1 / Self.powers[clock.fraction] : 60
  }

  /// A time on the format's own grid that is next to another one.
  public func rounded(_ seconds: Double) -> Double {
    guard let clock, clock.hasSeconds else { return (seconds / step).rounded() * step }
    let scaled = (seconds * Self.powers[clock.fraction]).rounded()
    return abs(scaled) < 0x1p53 ? scaled / Self.powers[clock.fraction] : seconds.rounded()
  }

  /// A name of the format, such as `yyyy-MM-dd HH:mm:ss` (the letters of Unicode's technical standard
  /// 35).
  public var pattern: String {
    var text = ""
    if let day {
      let month =
        switch day.month {
        case .number: day.isPadded ? "MM" : "M"
        case .short: "MMM"
        case .long: "MMMM"
        }
      text = Self.joined(day, "yyyy", month, day.isPadded ? "dd" : "d")
    }
    if let clock {
      text += clock.joint == "T" ? "'T'" : clock.joint
      let hour = clock.halfDay == nil ? "H" : "h"
      text += (clock.isPadded ? hour + hour : hour) + ":mm"
      if clock.hasSeconds { text += ":ss" }
      if clock.fraction > 0 { text += "." + String(repeating: "S", count: clock.fraction) }
      if let half = clock.halfDay { text += half.joint + "a" }
    }
    switch zone?.style {
    case .letter: text += "'Z'"
    case .colon: text += "xxx"
    case .plain: text += "xx"
    case .hours: text += "x"
    case nil: break
    }
    return text
  }

  /// What is wrong with a format that was read from a file, if anything.
  package var problem: String? {
    let isGood =
      (day != nil || clock != nil) && (day.map { $0.separators.count == 2 } ?? true)
      && (clock.map { (0...6).contains($0.fraction) } ?? true)
      && (zone.map { abs($0.minutes) <= 24 * 60 } ?? true)
    return isGood ? nil : "its dates should be written in a way that is known"
  }

  static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]

  static func joined(_ day: Day, _ year: String, _ month: String, _ dayOfMonth: String) -> String {
    let parts =
      switch day.order {
      case .yearMonthDay: [year, month, dayOfMonth]
      case .dayMonthYear: [dayOfMonth, month, year]
      case .monthDayYear: [month, dayOfMonth, year]
      }
    return parts[0] + day.separators[0] + parts[1] + day.separators[1] + parts[2]
  }
}

// MARK: - Writing

extension DateFormat {
  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// A date or a time of day in the column's own writing.
  ///
  /// A number that is no date from the year 1 to 9999 is written as the first or the last of these,
  /// and a time of day is taken modulo a day.
  public func text(_ seconds: Double) -> String {
    let local = rounded(seconds) + Double((zone?.minutes ?? 0) * 60)
    let first = -62_135_596_800.0
    let last = 253_402_300_799.0
    let bounded = local.isFinite ? min(max(local, first), last) : 0
    let number = CalendarDay.number(at: bounded)
    var text = ""
    if let day {
      let date = CalendarDay.date(of: number)
      let year = Self.padded(date.year, 4)
      let dayOfMonth = day.isPadded ? Self.padded(date.day, 2) : "\(date.day)"
      text = Self.joined(day, year, month(date.month, day), dayOfMonth)
    }
    if let clock {
      text += clock.joint + time(bounded - Double(number) * CalendarDay.seconds, clock)
    }
    return text + zoneText
  }

  private func month(_ number: Int, _ day: Day) -> String {
    if day.month == .number { return day.isPadded ? Self.padded(number, 2) : "\(number)" }
    let name = Self.monthNames[number - 1]
    return Self.written(day.month == .short ? String(name.prefix(3)) : name, day.letters)
  }

  private func time(_ seconds: Double, _ clock: Clock) -> String {
    let power = Self.powers[clock.hasSeconds ? clock.fraction : 0]
    let units = Int((seconds * power).rounded())
    let (whole, rest) = units.quotientAndRemainder(dividingBy: Int(power))
    var hour = whole / 3600
    var half = ""
    if let halfDay = clock.halfDay {
      half = halfDay.joint + Self.written(hour < 12 ? "AM" : "PM", halfDay.letters)
      hour = hour % 12 == 0 ? 12 : hour % 12
    }
    var text = clock.isPadded ? Self.padded(hour, 2) : "\(hour)"
    text += ":" + Self.padded(whole / 60 % 60, 2)
    if clock.hasSeconds { text += ":" + Self.padded(whole % 60, 2) }
    if clock.fraction > 0, clock.hasFixedFraction || rest > 0 {
      var digits = Self.padded(rest, clock.fraction)
      while !clock.hasFixedFraction, digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + half
  }

  private var zoneText: String {
    guard let zone else { return "" }
    if zone.style == .letter { return "Z" }
    let sign = zone.minutes < 0 ? "-" : "+"
    let (hours, minutes) = abs(zone.minutes).quotientAndRemainder(dividingBy: 60)
    switch zone.style {
    case .hours where minutes == 0: return sign + Self.padded(hours, 2)
    case .plain: return sign + Self.padded(hours, 2) + Self.padded(minutes, 2)
    default: return sign + Self.padded(hours, 2) + ":" + Self.padded(minutes, 2)
    }
  }

  private static func written(_ name: String, _ letters: Letters) -> String {
    switch letters {
    case .capitalized: name
    case .upper: name.uppercased()
    case .lower: name.lowercased()
    }
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = "\(number)"
    return text.count < width ? String(repeating: "0", count: width - text.count) + text : text
  }
}
