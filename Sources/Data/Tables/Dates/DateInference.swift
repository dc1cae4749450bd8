internal import HourglassTensors

/// What the dates of a column have in common: they are given one after the other.
///
/// All cells must be written in the same way. Where day and month stand before the year as numbers,
/// a number above 12 in any cell decides which is the day; a point between them says that the day comes
/// first. Zones may differ: the column is in coordinated universal time then.
struct DateInference {
  /// Why a cell is no date of the column.
  enum Outcome: Hashable {
    case isDate
    case isNone
  }

  private var shape: DateReading.Shape?
  private var hasOnlyMay = true
  private var mayBeDayFirst = true
  private var mayBeMonthFirst = true
  private var hasPaddedDay = false
  private var hasShortDay = false
  private var hasPaddedHour = false
  private var hasShortHour = false
  private var leastFraction = Int.max
  private var mostFraction = 0
  private var hasTrailingZeros = false
  private var zones: Set<Int> = []
  private let declared: DateFormat.Order?
  private let isDeclared: Bool

  /// - Parameters:
  ///   - declared: The order that the user says.
  ///   - isDeclared: Whether the user says that the cells are dates, so that eight digits are one.
  init(order declared: DateFormat.Order? = nil, isDeclared: Bool = false) {
    self.declared = declared
    self.isDeclared = isDeclared
  }

  /// Whether the cells are times of day.
  var isTime: Bool { shape.map { $0.layout == nil } ?? false }

  /// Whether the cells are dates whose order of day and month is ambiguous.
  var isAmbiguous: Bool {
    shape?.layout == .yearLast && declared == nil && mayBeDayFirst && mayBeMonthFirst
      && shape?.separators.first != "."
  }

  /// Takes one more cell in; false where it does not go with the others.
  mutating func take(_ text: some Sequence<UInt8>) -> Bool {
    guard var reading = DateReading(text, isLong: isDeclared) else { return false }
    if let shape {
      if hasOnlyMay, !reading.isMay, shape.month != .number {
        self.shape?.month = reading.shape.month
      } else if shape.month != .number {
        reading = reading.taking(shape.month)
      }
    }
    if !reading.isMay { hasOnlyMay = false }
    if let shape, !Self.goes(reading.shape, with: shape) { return false }
    if shape == nil { shape = reading.shape }
    switch reading.shape.layout {
    case .yearLast:
      if reading.seconds(.dayMonthYear) == nil { mayBeDayFirst = false }
      if reading.seconds(.monthDayYear) == nil { mayBeMonthFirst = false }
      if !mayBeDayFirst && !mayBeMonthFirst { return false }
    default: if reading.seconds(order) == nil { return false }
    }
    note(reading)
    return true
  }

  /// Whether a cell goes with others; styles of zones may differ.
  private static func goes(_ shape: DateReading.Shape, with other: DateReading.Shape) -> Bool {
    var copy = shape
    if (shape.zone == nil) == (other.zone == nil) { copy.zone = other.zone }
    // Only some of the times may have AM or PM behind a blank, but all or none have one.
    return copy == other
  }

  private mutating func note(_ reading: DateReading) {
    hasPaddedDay = hasPaddedDay || reading.hasPaddedDay
    hasShortDay = hasShortDay || reading.hasShortDay
    hasPaddedHour = hasPaddedHour || reading.hasPaddedHour
    hasShortHour = hasShortHour || reading.hasShortHour
    leastFraction = min(leastFraction, reading.fractionDigits)
    mostFraction = max(mostFraction, reading.fractionDigits)
    if reading.fractionDigits > 0, reading.fraction.isMultiple(of: 10) { hasTrailingZeros = true }
    if zones.count < 2 { zones.insert(reading.zoneMinutes) }
  }

  /// The order of the parts.
  private var order: DateFormat.Order {
    switch shape?.layout {
    case .yearFirst, nil: return .yearMonthDay
    case .dayName: return .dayMonthYear
    case .nameDay: return .monthDayYear
    case .yearLast:
      if let declared { return declared }
      if mayBeDayFirst && mayBeMonthFirst {
        return shape?.separators.first == "." ? .dayMonthYear : .monthDayYear
      }
      return mayBeDayFirst ? .dayMonthYear : .monthDayYear
    }
  }

  /// The format of all cells; nil where there were none, or where the order of day and month is
  /// ambiguous or not as declared.
  var format: DateFormat? {
    guard let shape, !isAmbiguous else { return nil }
    if shape.layout == .yearLast, order == .dayMonthYear ? !mayBeDayFirst : !mayBeMonthFirst {
      return nil
    }
    var format = DateFormat()
    if shape.layout != nil {
      format.day = DateFormat.Day(
        order: order,
        separators: shape.separators,
        month: shape.month,
        letters: shape.letters,
        isPadded: !hasShortDay
      )
    }
    if let joint = shape.joint {
      format.clock = DateFormat.Clock(
        joint: joint,
        isPadded: !hasShortHour,
        hasSeconds: shape.hasSeconds,
        fraction: mostFraction,
        hasFixedFraction: leastFraction == mostFraction || hasTrailingZeros,
        halfDay: shape.halfDay
      )
    }
    if let style = shape.zone {
      format.zone =
        zones.count == 1
        ? DateFormat.Zone(style: style, minutes: zones.first ?? 0)
        : DateFormat.Zone(style: .letter, minutes: 0)
    }
    return format
  }
}

extension DateFormat {
  /// The seconds of a cell that is written in this order of parts, in whatever way else; nil for
  /// another text.
  package func seconds(of text: some Sequence<UInt8>) -> Double? {
    guard let reading = DateReading(text, isLong: true),
      (reading.shape.layout == nil) == (day == nil)
    else { return nil }
    let order: Order =
      switch reading.shape.layout {
      case .yearFirst, nil: .yearMonthDay
      case .dayName: .dayMonthYear
      case .nameDay: .monthDayYear
      case .yearLast: day?.order == .monthDayYear ? .monthDayYear : .dayMonthYear
      }
    return reading.seconds(order)
  }
}
