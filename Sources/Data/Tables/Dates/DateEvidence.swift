internal import HourglassTensors

/// What the texts of a column show of dates and times of day: all cells are taken in, in any order, and then
/// it is decided.
///
/// Nearly all cells must be written in one way (`DateReading` has the ways); a time behind the day may be
/// there or not. Where day and month stand before the year as numbers, a number above 12 in any cell
/// decides which is the day; a point between them says that the day comes first. Zones may differ: the
/// column is in coordinated universal time then.
struct DateEvidence {
  /// The cells that are written in one way.
  fileprivate struct Group {
    var shape: DateReading.Shape
    /// The cells that are a day in one order of day and month alone.
    var dayFirst = OddCells()
    var monthFirst = OddCells()
    /// The cells that are a day in both orders.
    var both = OddCells()
    var hasOnlyMay = true
    var isAllMidnight = true
    var hasPaddedDay = false
    var hasShortDay = false
    var hasPaddedHour = false
    var hasShortHour = false
    /// Whether a time is 24:00.
    var hasEndOfDay = false
    var leastFraction = Int.max
    var mostFraction = 0
    var hasTrailingZeros = false
    var zones: Set<Int> = []
    /// Whether a month is another one than the last digits of the next year, as in seasons: 2010-11.
    var hasOtherMonth = false

    init(_ shape: DateReading.Shape) { self.shape = shape }

    var count: Int { dayFirst.count + monthFirst.count + both.count }

    var all: OddCells {
      var all = dayFirst
      all.formUnion(monthFirst)
      all.formUnion(both)
      return all
    }
  }

  /// The cells that are no dates, and those that stand for none (9999-12-31).
  private(set) var others = OddCells()
  private var placeholders = OddCells()
  /// The cells with dates that stand for none where all others are far from them, by their seconds.
  private var farCells: [Double: OddCells] = [:]
  /// The first and the last of the other dates.
  private var first = Double.infinity
  private var final = -Double.infinity
  private var groups: [Group] = []
  /// The group that the last cell was of.
  private var last = 0

  /// Takes the cells with a text that is no date.
  mutating func takeOther(_ cells: CellGroup) { others.take(cells) }

  /// Takes the cells with one text.
  mutating func take(_ cells: CellGroup) {
    guard let reading = DateReading(cells.text) else {
      others.take(cells)
      return
    }
    if reading.isPlaceholder {
      placeholders.take(cells)
      return
    }
    let isYearLast = reading.shape.layout == .yearLast
    let isDayFirst = reading.seconds(.dayMonthYear) != nil
    let isMonthFirst = reading.seconds(.monthDayYear) != nil
    let isDay = isYearLast ? isDayFirst || isMonthFirst : reading.seconds(reading.order) != nil
    guard isDay, !reading.isCompact || (1900...2099).contains(reading.parts[0]) else {
      others.take(cells)
      return
    }
    let place = place(of: reading.shape)
    if !isYearLast || (isDayFirst && isMonthFirst) {
      groups[place].both.take(cells)
    } else if isDayFirst {
      groups[place].dayFirst.take(cells)
    } else {
      groups[place].monthFirst.take(cells)
    }
    groups[place].note(reading)
    let seconds = reading.seconds(isDayFirst ? .dayMonthYear : reading.shape.order)
    if let seconds = seconds ?? reading.seconds(.monthDayYear) {
      if Self.placeholderDays.contains(seconds / CalendarDay.seconds) {
        farCells[seconds, default: OddCells()].take(cells)
      } else {
        first = min(first, seconds)
        final = max(final, seconds)
      }
    }
  }

  /// The days that programs and people write for no date: 1900-01-01, 1899-12-30 and -31, 1901-01-01, 1970-01-01,
  /// 1753-01-01, 1800-01-01, 1601-01-01, 1111-11-11, 2099-12-31, 2100-01-01 and -12-31, 2199-12-31, 2999-12-31,
  /// 3000-01-01 and 9999-01-01.
  private static let placeholderDays: Set<Double> = Set(
    [
      (1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1901, 1, 1), (1970, 1, 1), (1753, 1, 1),
      (1800, 1, 1), (1601, 1, 1), (1111, 11, 11), (2099, 12, 31), (2100, 1, 1), (2100, 12, 31),
      (2199, 12, 31), (2999, 12, 31), (3000, 1, 1), (9999, 1, 1),
    ].compactMap { CalendarDay.number(year: $0.0, month: $0.1, day: $0.2).map { Double($0) } }
  )

  /// The dates that stand for none: those that are farther from all others than 30 years, and than these from one
  /// another.
  private var farDates: [Double] {
    guard first <= final else { return [] }
    let distance = max(30 * 365.25 * CalendarDay.seconds, final - first)
    return farCells.keys.filter { $0 < first - distance || $0 > final + distance }.sorted()
  }

  private mutating func place(of shape: DateReading.Shape) -> Int {
    if last < groups.count, groups[last].shape == shape { return last }
    last = groups.firstIndex { $0.shape == shape } ?? groups.count
    if last == groups.count { groups.append(Group(shape)) }
    return last
  }

  // MARK: Decision

  /// What was decided.
  struct Decision {
    var format: DateFormat
    /// The cells that are no dates, or are written in another way.
    var odd: OddCells
    /// Those of them that stand for no date.
    var placeholders: OddCells
    /// The number of those that have no value.
    var unreadCount: Int
    /// The number of those that are dates far from all others, and stand for none.
    var farCount: Int
    /// Whether the cells are times of day.
    var isTime: Bool { format.day == nil }
  }

  /// What is found of dates.
  enum Outcome {
    case none
    /// All cells are dates, but each may have its day or its month first.
    case ambiguous
    case dates(Decision)
  }

  /// Decides how the dates are written.
  ///
  /// - Parameter declared: The order of day and month that the user declared.
  func outcome(order declared: DateFormat.Order?) -> Outcome {
    guard let main = mainGroup else { return .none }
    let chosen = groups.indices.filter { Self.goes(groups[$0], with: groups[main]) }
    var odd = others
    odd.formUnion(placeholders)
    var unreadCount = odd.count
    for place in groups.indices where !chosen.contains(place) {
      odd.formUnion(groups[place].all)
      let isOther = (groups[place].shape.layout == nil) != (groups[main].shape.layout == nil)
      if isOther { unreadCount += groups[place].count }
    }
    var order = groups[main].shape.order
    if groups[main].shape.layout == .yearLast {
      guard let found = self.order(chosen, main: main, declared) else {
        return chosen.contains { groups[$0].dayFirst.count > 0 } ? .none : .ambiguous
      }
      order = found
      for place in chosen {
        let minority = order == .dayMonthYear ? groups[place].monthFirst : groups[place].dayFirst
        odd.formUnion(minority)
        unreadCount += minority.count
      }
    }
    if isOfSeasons(chosen, main: main) { return .none }
    var format = format(chosen, main: main, order)
    let farDates = farDates
    var none = placeholders
    for date in farDates { none.formUnion(farCells[date] ?? OddCells()) }
    let farCount = none.count - placeholders.count
    if farCount > 0 {
      format.placeholders = farDates
      for date in farDates { odd.formUnion(farCells[date] ?? OddCells()) }
      unreadCount += farCount
    }
    // Where cells may be written in more than one way, each is compared with what it is read as.
    let isMixed =
      odd.count > 0 || chosen.count > 1 || groups[main].zones.count > 1
      || chosen.contains { groups[$0].isUneven }
    if isMixed { format.isMixed = true }
    return .dates(
      Decision(
        format: format,
        odd: odd,
        placeholders: none,
        unreadCount: unreadCount,
        farCount: farCount
      )
    )
  }

  /// The order of day and month before the year: that of most cells that show it; nil where none does.
  private func order(
    _ chosen: [Int],
    main: Int,
    _ declared: DateFormat.Order?
  ) -> DateFormat.Order? {
    if let declared { return declared }
    let dayFirst = chosen.reduce(0) { $0 + groups[$1].dayFirst.count }
    let monthFirst = chosen.reduce(0) { $0 + groups[$1].monthFirst.count }
    if dayFirst != monthFirst { return dayFirst > monthFirst ? .dayMonthYear : .monthDayYear }
    return groups[main].shape.separators[0] == "." ? .dayMonthYear : nil
  }

  /// Whether what looks like months is seasons, such as 2010-11: each month is the next year.
  private func isOfSeasons(_ chosen: [Int], main: Int) -> Bool {
    let shape = groups[main].shape
    return shape.layout == .yearMonth && shape.month == .number
      && !chosen.contains { groups[$0].hasOtherMonth }
  }

  /// The most frequent way; of two the one with the longer time.
  private var mainGroup: Int? {
    groups.indices.max {
      (groups[$0].count, groups[$0].shape.clockLength, -$0)
        < (groups[$1].count, groups[$1].shape.clockLength, -$1)
    }
  }

  /// Whether cells of two ways may stand in one column.
  private static func goes(_ group: Group, with main: Group) -> Bool {
    let (shape, other) = (group.shape, main.shape)
    if (shape.layout == nil) != (other.layout == nil) { return false }
    let isMonthAlike =
      shape.month == other.month
      || (shape.month != .number && other.month != .number && (group.hasOnlyMay || main.hasOnlyMay))
    let isDayAlike =
      shape.layout == other.layout && shape.separators == other.separators && isMonthAlike
      && shape.hasShortYear == other.hasShortYear && shape.weekday == other.weekday
    let hasClocks = shape.joint != nil && other.joint != nil
    let isClockAlike =
      !hasClocks
      || ((shape.halfDay == nil) == (other.halfDay == nil)
        && (shape.zone == nil) == (other.zone == nil)
        && shape.hasCompactClock == other.hasCompactClock)
    let isZoneAlike = hasClocks || (shape.zone == nil && other.zone == nil)
    return isDayAlike && isClockAlike && isZoneAlike
  }

  private func format(
    _ chosen: [Int],
    main: Int,
    _ order: DateFormat.Order
  ) -> DateFormat {
    let all = chosen.map { groups[$0] }
    var format = DateFormat()
    let named = all.first { !$0.hasOnlyMay } ?? groups[main]
    let shape = groups[main].shape
    if let layout = shape.layout {
      format.day = DateFormat.Day(
        order: order,
        separators: shape.separators,
        month: shape.month == .number ? .number : named.shape.month,
        letters: shape.letters,
        isPadded: !all.contains { $0.hasShortDay }
      )
      format.day?.unit = layout.unit
      if shape.hasShortYear { format.day?.hasShortYear = true }
      format.day?.weekday = shape.weekday
    }
    let timed = all.filter { $0.shape.joint != nil }
    // Midnight behind some of many days says nothing.
    let days = all.filter { $0.shape.joint == nil }.reduce(0) { $0 + $1.count }
    if days > 0, shape.joint == nil, timed.allSatisfy({ $0.isAllMidnight }) { return format }
    guard
      let longest = timed.max(by: {
        ($0.shape.clockLength, $0.count) < ($1.shape.clockLength, $1.count)
      })
    else { return format }
    let most = timed.map(\.mostFraction).max() ?? 0
    format.clock = DateFormat.Clock(
      joint: longest.shape.joint ?? "",
      isPadded: !timed.contains { $0.hasShortHour },
      hasSeconds: longest.shape.hasSeconds,
      fraction: most,
      hasFixedFraction: timed.map(\.leastFraction).min() == most
        || timed.contains { $0.hasTrailingZeros },
      halfDay: longest.shape.halfDay,
      isCompact: longest.shape.hasCompactClock ? true : nil
    )
    let zones = timed.reduce(into: Set<Int>()) { $0.formUnion($1.zones) }
    if let style = longest.shape.zone {
      format.zone =
        zones.count == 1
        ? DateFormat.Zone(style: style, minutes: zones.first ?? 0)
        : DateFormat.Zone(style: .letter, minutes: 0)
    }
    return format
  }
}

extension DateEvidence.Group {
  /// Whether cells of the group may be written otherwise than they are: some with, some without zeros.
  fileprivate var isUneven: Bool {
    (hasShortDay && hasPaddedDay) || (hasShortHour && hasPaddedHour) || hasEndOfDay
  }

  fileprivate mutating func note(_ reading: DateReading) {
    if !reading.isMay { hasOnlyMay = false }
    hasPaddedDay = hasPaddedDay || reading.hasPaddedDay
    hasShortDay = hasShortDay || reading.hasShortDay
    hasPaddedHour = hasPaddedHour || reading.hasPaddedHour
    hasShortHour = hasShortHour || reading.hasShortHour
    if reading.secondOfDay != 0 || reading.fraction != 0 { isAllMidnight = false }
    if reading.secondOfDay == 86_400 { hasEndOfDay = true }
    leastFraction = min(leastFraction, reading.fractionDigits)
    mostFraction = max(mostFraction, reading.fractionDigits)
    if reading.fractionDigits > 0, reading.fraction.isMultiple(of: 10) { hasTrailingZeros = true }
    if zones.count < 2 { zones.insert(reading.zoneMinutes) }
    if reading.shape.layout == .yearMonth, reading.parts[1] != (reading.parts[0] + 1) % 100 {
      hasOtherMonth = true
    }
  }
}

extension DateReading.Shape {
  /// The order of the parts, as far as the layout determines it.
  var order: DateFormat.Order {
    switch layout {
    case .yearFirst, .yearMonth, .yearQuarter, nil: .yearMonthDay
    case .dayName, .yearLast: .dayMonthYear
    case .nameDay, .monthYear, .quarterYear: .monthDayYear
    }
  }

  /// How much of a time there is.
  fileprivate var clockLength: Int { joint == nil ? 0 : hasSeconds ? 2 : 1 }
}

extension DateReading {
  fileprivate var order: DateFormat.Order { shape.order }
}

extension DateFormat {
  /// The seconds of a cell that is written in this order of parts, in whatever way else; nil for
  /// another text.
  package func seconds(of text: some Sequence<UInt8>) -> Double? {
    if let epoch {
      let bytes = Array(text)
      guard let number = TableNumber(bytes.span, from: 0), number.end == bytes.count,
        number.value.isFinite
      else { return nil }
      return number.value / epoch.perSecond
    }
    guard let reading = DateReading(text), (reading.shape.layout == nil) == (day == nil) else {
      return nil
    }
    let isMonthFirst = reading.shape.layout == .yearLast && day?.order == .monthDayYear
    return reading.seconds(isMonthFirst ? .monthDayYear : reading.shape.order)
  }

  /// The seconds of a number that is a date: one that counts since 1970, or eight digits such as 20230623.
  func seconds(of number: Double) -> Double? {
    if let epoch { return number / epoch.perSecond }
    guard clock == nil, day?.separators == ["", ""], let whole = Int(exactly: number) else {
      return nil
    }
    return Self.seconds(ofDay: whole)
  }

  /// The seconds of a day that is written as eight digits.
  static func seconds(ofDay whole: Int) -> Double? {
    CalendarDay.number(year: whole / 10_000, month: whole / 100 % 100, day: whole % 100)
      .map { Double($0) * CalendarDay.seconds }
  }

  /// The seconds of a cell of a column; those that stand for no date are missing.
  func seconds(ofCell text: some Sequence<UInt8>) -> Double? {
    let bytes = Array(text)
    guard let seconds = seconds(of: bytes) else { return nil }
    if let placeholders, placeholders.contains(seconds) { return nil }
    let isFar = seconds > 253_402_000_000 || seconds < -62_135_500_000
    return isFar && DateReading(bytes)?.isPlaceholder == true ? nil : seconds
  }
}
