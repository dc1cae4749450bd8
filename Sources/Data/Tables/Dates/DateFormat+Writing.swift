extension DateFormat {
  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  static let weekdayNames = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// A date or a time of day in the column's own writing.
  ///
  /// A number that is no date from the year 1 to 9999 is written as the first or the last of these,
  /// and a time of day is taken modulo a day.
  public func text(_ seconds: Double) -> String {
    if let epoch {
      let decimals = (clock?.fraction ?? 0) - (epoch == .milliseconds ? 3 : 0)
      return NumberFormat(decimals: max(decimals, 0), isFixed: false)
        .text(rounded(seconds) * epoch.perSecond)
    }
    let local = rounded(seconds) + Double((zone?.minutes ?? 0) * 60)
    let first = -62_135_596_800.0
    let last = 253_402_300_799.0
    let bounded = local.isFinite ? min(max(local, first), last) : 0
    let number = CalendarDay.number(at: bounded)
    var text = ""
    if let day {
      let date = CalendarDay.date(of: number)
      let isShort = day.hasShortYear == true
      let year = isShort ? Self.padded(date.year % 100, 2) : Self.padded(date.year, 4)
      let dayOfMonth = day.isPadded ? Self.padded(date.day, 2) : "\(date.day)"
      let quarter = Self.written("Q", day.letters) + "\((date.month - 1) / 3 + 1)"
      let name = day.unit == .quarter ? quarter : month(date.month, day)
      text = Self.joined(day, year, name, dayOfMonth)
      if let weekday = day.weekday { text = Self.name(of: number, weekday) + weekday.joint + text }
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
    let colon = clock.isCompact == true ? "" : ":"
    text += colon + Self.padded(whole / 60 % 60, 2)
    if clock.hasSeconds { text += colon + Self.padded(whole % 60, 2) }
    if clock.fraction > 0, clock.hasFixedFraction || rest > 0 {
      var digits = Self.padded(rest, clock.fraction)
      while !clock.hasFixedFraction, digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + half
  }

  private var zoneText: String {
    guard let zone else { return "" }
    switch zone.style {
    case .letter: return "Z"
    case .utc: return " UTC"
    case .gmt: return " GMT"
    default: break
    }
    let sign = zone.minutes < 0 ? "-" : "+"
    let (hours, minutes) = abs(zone.minutes).quotientAndRemainder(dividingBy: 60)
    switch zone.style {
    case .hours where minutes == 0: return sign + Self.padded(hours, 2)
    case .plain: return sign + Self.padded(hours, 2) + Self.padded(minutes, 2)
    case .blankPlain: return " " + sign + Self.padded(hours, 2) + Self.padded(minutes, 2)
    case .blankColon: return " " + sign + Self.padded(hours, 2) + ":" + Self.padded(minutes, 2)
    default: return sign + Self.padded(hours, 2) + ":" + Self.padded(minutes, 2)
    }
  }

  /// The name of the day of the week of a day since 1970, which began on a Thursday.
  private static func name(of day: Int, _ weekday: Weekday) -> String {
    let name = weekdayNames[((day + 3) % 7 + 7) % 7]
    return written(weekday.isLong ? name : String(name.prefix(3)), weekday.letters)
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

extension DateFormat {
  /// The start of the month or the quarter that is nearest to a time.
  static func start(of unit: Unit, nearest seconds: Double) -> Double {
    let number = CalendarDay.number(at: min(max(seconds.isFinite ? seconds : 0, -6.2e10), 2.5e11))
    let date = CalendarDay.date(of: number)
    let length = unit == .month ? 1 : 3
    let first = (date.month - 1) / length * length + 1
    let starts = [first, first + length].compactMap { month in
      CalendarDay.number(year: date.year + (month - 1) / 12, month: (month - 1) % 12 + 1, day: 1)
    }
    let times = starts.map { Double($0) * CalendarDay.seconds }
    return times.min { abs($0 - seconds) < abs($1 - seconds) } ?? seconds
  }
}
