/// The times of rows as numbers, which rise as time does.
struct SeriesTimes {
  /// The number of each row: seconds of dates, and what is written elsewhere.
  private(set) var values: [Double]
  /// Whether distances of numbers are those of times; else their order alone is known.
  let hasDistances: Bool

  /// Reads a column of times.
  ///
  /// Numbers and dates are what they are; texts that are all numbers or all dates are read as these, and
  /// texts of one length that begin with a year are in the order of their letters.
  ///
  /// - Throws: A `SeriesError` for the first cell that is missing, or is no time.
  init(_ column: Table.Column, of table: String) throws(DatasetError) {
    if let row = (0..<column.count).first(where: { column.isMissing($0) }) {
      throw Self.unreadable(column, row, of: table)
    }
    if case .numbers(let numbers, _) = column.cells {
      values = numbers
      hasDistances = true
      return
    }
    let texts = (0..<column.count).map { column.text($0) ?? "" }
    if let whole = Self.wholeNumbers(texts) {
      values = whole
      hasDistances = false
      return
    }
    let read = texts.map { Self.value(of: $0) }
    guard let row = read.firstIndex(where: { $0 == nil }) else {
      values = read.map { $0 ?? 0 }
      hasDistances = false
      return
    }
    let length = texts.first?.utf8.count
    guard texts.allSatisfy({ $0.utf8.count == length && Self.beginsWithYear($0) }) else {
      throw Self.unreadable(column, row, of: table)
    }
    let ranks = Dictionary(
      Set(texts).sorted().enumerated().map { ($1, Double($0)) },
      uniquingKeysWith: { first, _ in first }
    )
    values = texts.map { ranks[$0] ?? 0 }
    hasDistances = false
  }

  /// Whether a text begins with four digits.
  static func beginsWithYear(_ text: String) -> Bool {
    text.utf8.count >= 4 && text.utf8.prefix(4).allSatisfy { 48...57 ~= $0 }
  }

  /// The number that a text stands for: a number, or a date whose day and month are not in doubt.
  static func value(of text: String) -> Double? {
    if let number = TableNumber.value(of: text) { return number }
    guard let reading = DateReading(text.utf8) else { return nil }
    switch reading.shape.layout {
    case .yearLast:
      let orders = [DateFormat.Order.dayMonthYear, .monthDayYear]
      let possible = Set(orders.compactMap { reading.seconds($0) })
      return possible.count == 1 ? possible.first : nil
    case .dayName: return reading.seconds(.dayMonthYear)
    case .nameDay: return reading.seconds(.monthDayYear)
    default: return reading.seconds(.yearMonthDay)
    }
  }

  /// Texts that are whole numbers of one length, such as nanoseconds, which a number does not hold: the
  /// distances from the least one.
  private static func wholeNumbers(_ texts: [String]) -> [Double]? {
    let numbers = texts.map { Int64($0) }
    guard let least = numbers.compactMap(\.self).min(), !numbers.contains(nil) else { return nil }
    return numbers.map { number in
      let (difference, overflows) = (number ?? least).subtractingReportingOverflow(least)
      return overflows ? Double(number ?? least) - Double(least) : Double(difference)
    }
  }

  /// What is wrong with the cell of a row that is no time.
  ///
  /// - Parameter before: The number of rows before those of the column.
  static func unreadable(
    _ column: Table.Column,
    _ row: Int,
    of table: String,
    after before: Int = 0
  ) -> DatasetError {
    let number = before + row + 1
    guard let text = column.written(row) else {
      return .series(.missingTime(path: table, column: column.name, row: number))
    }
    let isDate = DateReading(text.utf8) != nil
    return .series(
      .unreadableTime(
        path: table,
        column: column.name,
        row: number,
        text: text,
        hasOpenOrder: isDate
      )
    )
  }

  /// Counts days on where times of day begin anew, as they do at each midnight.
  ///
  /// Times that are rows of one day out of order are left as they are: no time is there twice, and they
  /// fall more than once.
  mutating func unwrapDays(groups: [Range<Int>], order: [Int]) {
    for rows in groups {
      let own = rows.map { values[order[$0]] }
      let falls = zip(own, own.dropFirst()).count { $1 < $0 }
      guard falls > 0, let first = own.first, let last = own.last,
        Set(own).count < own.count || (falls == 1 && last < first)
      else { continue }
      var days = 0.0
      for (place, row) in rows.enumerated() {
        if place > 0, own[place] < own[place - 1] { days += 1 }
        values[order[row]] += days * CalendarDay.seconds
      }
    }
  }
}

/// How times are placed on a grid of steps: months, quarters and years are steps of one length there,
/// which their seconds are not.
package struct SeriesSteps: Sendable {
  private let unit: DateFormat.Unit?

  /// The seconds of a month in the mean of 400 years.
  package static let monthSeconds = 2_629_746.0

  /// - Parameters:
  ///   - format: How the times are written; none for numbers.
  ///   - times: The times.
  package init(_ format: DateFormat?, _ times: some Collection<Double>) {
    guard let day = format?.day else {
      unit = nil
      return
    }
    if let unit = day.unit {
      self.unit = unit
      return
    }
    let isMonthly =
      times.count > 2 && times.allSatisfy { DateFormat.start(of: .month, nearest: $0) == $0 }
    unit = isMonthly ? .month : nil
  }

  /// The steps of the times of series.
  package init(_ series: SeriesSet) {
    guard let column = series.table[column: series.timeColumn],
      case .numbers(let times, _) = column.cells
    else {
      self.init(months: false)
      return
    }
    self.init(column.dateFormat, times)
  }

  /// Steps of months, or of seconds.
  package init(months: Bool) { unit = months ? .month : nil }

  /// Whether a step is a month or more of them.
  package var areMonths: Bool { unit != nil }

  /// The place of a time on the grid, in seconds.
  package func place(of time: Double) -> Double {
    guard unit != nil else { return time }
    let date = CalendarDay.date(of: CalendarDay.number(at: time))
    return Double(date.year * 12 + date.month - 1) * Self.monthSeconds
  }

  /// The time on the grid that is nearest to another.
  package func rounded(_ time: Double) -> Double {
    unit == nil ? time : DateFormat.start(of: .month, nearest: time)
  }
}
