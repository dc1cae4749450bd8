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
  package enum Month: String, Codable, Hashable, Sendable {
    /// As a number.
    case number
    /// As the first three letters of its English name.
    case short
    /// As its English name.
    case long
  }

  /// The letters of names.
  package enum Letters: String, Codable, Hashable, Sendable {
    /// March.
    case capitalized
    /// MARCH.
    case upper
    /// march.
    case lower
  }

  /// How the day is written.
  package struct Day: Codable, Hashable, Sendable {
    /// The order of year, month and day.
    package var order: Order
    /// What stands between the first two parts, and between the last two.
    package var separators: [String]
    /// How the month is written.
    package var month: Month
    /// The letters of the month's name.
    package var letters: Letters
    /// Whether days and months below 10 have a leading zero.
    package var isPadded: Bool
    /// What is written in place of a day; none where there are days.
    package var unit: Unit?
    /// Whether years are written with two digits; none for no.
    package var hasShortYear: Bool?
    /// How the day of the week before the date is written; none where there is none.
    package var weekday: Weekday?
  }

  /// How a day of the week is written before a date.
  package struct Weekday: Codable, Hashable, Sendable {
    /// Whether it is the whole English name; else its first three letters.
    package var isLong: Bool
    /// Its letters.
    package var letters: Letters
    /// What stands behind it.
    package var joint: String
  }

  /// A part of the year that is longer than a day.
  package enum Unit: String, Codable, Hashable, Sendable {
    /// Jul 2011, 08/2014: the first day of the month.
    case month
    /// 2011Q3: the first day of the quarter.
    case quarter
  }

  /// What numbers count since 1 January 1970.
  public enum Epoch: String, Codable, Hashable, Sendable {
    /// Seconds.
    case seconds
    /// Milliseconds.
    case milliseconds

    /// How many of them a second has.
    var perSecond: Double { self == .seconds ? 1 : 1000 }
  }

  /// How the time within the day is written.
  package struct Clock: Codable, Hashable, Sendable {
    /// What stands before it: nothing for a time of day.
    package var joint: String
    /// Whether hours below 10 have a leading zero.
    package var isPadded: Bool
    /// Whether there are seconds.
    package var hasSeconds: Bool
    /// The digits behind the point of the seconds, at most 6.
    package var fraction: Int
    /// Whether each time has that many digits; else zeros at the end are left out.
    package var hasFixedFraction: Bool
    /// What stands before AM or PM where hours are counted up to 12, and the letters of these.
    package var halfDay: HalfDay?
    /// Whether nothing stands between hours, minutes and seconds; none for no.
    package var isCompact: Bool?
  }

  /// How the halves of a day are written.
  package struct HalfDay: Codable, Hashable, Sendable {
    /// Nothing or a blank.
    package var joint: String
    /// AM or am.
    package var letters: Letters
  }

  /// The zone of all dates of a column.
  package struct Zone: Codable, Hashable, Sendable {
    /// How a zone is written.
    package enum Style: String, Codable, Hashable, Sendable {
      /// Z.
      case letter
      /// +01:00.
      case colon
      /// +0100.
      case plain
      /// +01.
      case hours
      /// +01:00 behind a blank.
      case blankColon
      /// +0100 behind a blank.
      case blankPlain
      /// UTC behind a blank.
      case utc
      /// GMT behind a blank.
      case gmt
    }

    /// How it is written.
    package var style: Style
    /// The minutes that it is ahead of coordinated universal time.
    package var minutes: Int
  }

  /// The day; none for a time of day.
  package var day: Day?
  /// The time; none for whole days.
  package var clock: Clock?
  /// The zone, if one is written.
  package var zone: Zone?
  /// What is counted where dates are written as numbers; none where they are not.
  package var epoch: Epoch?
  /// Whether some cells are written in another way, so that each is kept as it was; none for no.
  package var isMixed: Bool?
  /// The dates, far from all others, that stand for none, such as 1900-01-01; none where there are none.
  package var placeholders: [Double]?

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
    if let unit = day?.unit { return Self.start(of: unit, nearest: seconds) }
    guard let clock, clock.hasSeconds else { return (seconds / step).rounded() * step }
    let scaled = (seconds * Self.powers[clock.fraction]).rounded()
    return abs(scaled) < 0x1p53 ? scaled / Self.powers[clock.fraction] : seconds.rounded()
  }

  /// A name of the format, such as `yyyy-MM-dd HH:mm:ss` (the letters of Unicode's technical standard
  /// 35).
  public var pattern: String {
    if let epoch { return "\(epoch.rawValue) since 1970-01-01" }
    var text = ""
    if let day, let unit = day.unit {
      let name = unit == .quarter ? "QQQ" : day.month == .long ? "MMMM" : "MMM"
      let month = unit == .month && day.month == .number ? (day.isPadded ? "MM" : "M") : name
      var quoted = day
      if day.separators[0].utf8.contains(where: { $0 >= 0x41 }) {
        quoted.separators[0] = "'\(day.separators[0])'"
      }
      text = Self.joined(quoted, day.hasShortYear == true ? "yy" : "yyyy", month, "")
    } else if let day {
      let month =
        switch day.month {
        case .number: day.isPadded ? "MM" : "M"
        case .short: "MMM"
        case .long: "MMMM"
        }
      let year = day.hasShortYear == true ? "yy" : "yyyy"
      text = Self.joined(day, year, month, day.isPadded ? "dd" : "d")
      if let weekday = day.weekday {
        text = (weekday.isLong ? "EEEE" : "EEE") + weekday.joint + text
      }
    }
    if let clock {
      text += clock.joint == "T" ? "'T'" : clock.joint
      let hour = clock.halfDay == nil ? "H" : "h"
      let colon = clock.isCompact == true ? "" : ":"
      text += (clock.isPadded ? hour + hour : hour) + colon + "mm"
      if clock.hasSeconds { text += colon + "ss" }
      if clock.fraction > 0 { text += "." + String(repeating: "S", count: clock.fraction) }
      if let half = clock.halfDay { text += half.joint + "a" }
    }
    switch zone?.style {
    case .letter: text += "'Z'"
    case .colon: text += "xxx"
    case .plain: text += "xx"
    case .hours: text += "x"
    case .blankColon: text += " xxx"
    case .blankPlain: text += " xx"
    case .utc: text += " 'UTC'"
    case .gmt: text += " 'GMT'"
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
    if day.unit != nil {
      let parts = day.order == .yearMonthDay ? [year, month] : [month, year]
      return parts.joined(separator: day.separators[0])
    }
    let parts =
      switch day.order {
      case .yearMonthDay: [year, month, dayOfMonth]
      case .dayMonthYear: [dayOfMonth, month, year]
      case .monthDayYear: [month, dayOfMonth, year]
      }
    return parts[0] + day.separators[0] + parts[1] + day.separators[1] + parts[2]
  }
}

extension DateFormat {
  /// Numbers that count since 1970, with some decimals.
  init(epoch: Epoch, decimals: Int) {
    self = .isoDay
    self.epoch = epoch
    clock = Clock(
      joint: " ",
      isPadded: true,
      hasSeconds: true,
      fraction: min(decimals + (epoch == .milliseconds ? 3 : 0), 6),
      hasFixedFraction: false
    )
  }
}
