internal import HourglassTensors

/// A cell that is a date or a time of day, as it is written.
///
/// These are read: `2024-03-05`, `2024/03/05` and `2024.03.05`; `05.03.2024`, `05/03/2024` and
/// `05-03-2024`, in the order of day and month or the other; `5 Mar 2024`, `5-Mar-2024`,
/// `Mar 5, 2024`, with whole English names too, and with the last two digits of the year alone where it
/// stands last (69 to 99 are 1969 to 1999, as in POSIX); `20240305`; each with a time behind a `T`, a
/// blank or both of comma and blank; months, `Jul 2011`, `2011 Jul`, `08/2014` and `2014-08`; quarters,
/// `2011Q3`, `2011-Q3` and `Q3 2011`; `14:05`, `14:05:30`, `14:05:30.25`, `2:05 PM` and `24:00`, the end
/// of the day; behind a time of a date also a zone, `Z`, `+01:00`, `+0100` or `+01`.
///
/// Reference: ISO 8601-1:2019, sections 5.2 to 5.4; POSIX.1-2017, strptime, %y.
struct DateReading {
  /// How the three parts of a day follow each other.
  enum Layout: Hashable {
    case yearFirst
    /// Day and month, or month and day, as numbers before the year.
    case yearLast
    case dayName
    case nameDay
    /// A month and a year, or a year and a month, without a day.
    case monthYear
    case yearMonth
    /// A quarter and a year, or a year and a quarter.
    case quarterYear
    case yearQuarter

    /// What stands in place of a day.
    var unit: DateFormat.Unit? {
      switch self {
      case .monthYear, .yearMonth: .month
      case .quarterYear, .yearQuarter: .quarter
      case .yearFirst, .yearLast, .dayName, .nameDay: nil
      }
    }
  }

  /// The parts that all cells of a column share.
  struct Shape: Hashable {
    var layout: Layout?
    var separators: [String] = []
    var month = DateFormat.Month.number
    var letters = DateFormat.Letters.capitalized
    var joint: String?
    var hasSeconds = false
    var halfDay: DateFormat.HalfDay?
    var zone: DateFormat.Zone.Style?
    var hasShortYear = false
    var weekday: DateFormat.Weekday?
    var hasCompactClock = false
  }

  var shape = Shape()
  /// The parts of the day in the order of their writing.
  private(set) var parts = [0, 0, 0]
  /// The seconds within the day, without the fraction.
  var secondOfDay = 0
  /// The digits of the fraction, and their number.
  var fraction = 0
  var fractionDigits = 0
  var zoneMinutes = 0
  /// Whether a day or month below 10 is written with, and one without a leading zero.
  private(set) var hasPaddedDay = false
  private(set) var hasShortDay = false
  /// The same of the hour.
  var hasPaddedHour = false
  var hasShortHour = false

  let text: [UInt8]
  /// Where the bytes go on that are not read yet.
  var position = 0

  /// Reads a cell from its first to its last byte; nil where it is no date and no time.
  init?(_ text: some Sequence<UInt8>) {
    self.text = Array(text)
    guard (3...40).contains(self.text.count), mayBegin else { return nil }
    if isTimeAhead {
      guard readTime(joint: "") else { return nil }
    } else {
      readWeekday()
      guard readDay() else { return nil }
      if position < self.text.count {
        guard readCompactTime() || readTimeBehindDay() else { return nil }
        readZone()
      }
    }
    guard position == self.text.count else { return nil }
  }

  /// Whether a date or a time may begin with the first byte: a digit, or a letter of a month or a quarter.
  private var mayBegin: Bool {
    let letter = text[0] & 0xdf
    return digit(0)
      || [0x4a, 0x46, 0x4d, 0x41, 0x53, 0x4f, 0x4e, 0x44, 0x51, 0x54, 0x57].contains(letter)
  }

  /// Whether the cell is eight digits alone, which may be a number.
  var isCompact: Bool {
    shape.separators == ["", ""] && shape.layout == .yearFirst
      && (shape.joint == nil || shape.joint == "")
  }

  /// Whether the cell is a date that stands for none: 9999-12-31 or 0001-01-01.
  var isPlaceholder: Bool {
    shape.layout == .yearFirst && (parts == [9999, 12, 31] || parts == [1, 1, 1])
  }

  /// The seconds of the cell in a given order of its parts; nil where there is no such day.
  func seconds(_ order: DateFormat.Order) -> Double? {
    var day = 0
    if let layout = shape.layout {
      let (year, month, dayOfMonth) =
        switch layout.unit == nil ? order : .yearMonthDay {
        case .yearMonthDay: (parts[0], parts[1], parts[2])
        case .dayMonthYear: (parts[2], parts[1], parts[0])
        case .monthDayYear: (parts[2], parts[0], parts[1])
        }
      guard let number = CalendarDay.number(year: year, month: month, day: dayOfMonth) else {
        return nil
      }
      if let weekday, weekday != ((number + 3) % 7 + 7) % 7 { return nil }
      day = number
    }
    let whole = day * 86_400 + secondOfDay - zoneMinutes * 60
    let power = DateFormat.powers[fractionDigits]
    return (Double(whole) * power + Double(fraction)) / power
  }

  // MARK: Parts

  func byte(_ offset: Int = 0) -> UInt8? {
    position + offset < text.count ? text[position + offset] : nil
  }

  func digit(_ offset: Int) -> Bool {
    byte(offset).map { 0x30...0x39 ~= $0 } ?? false
  }

  mutating func skip(_ character: UInt8) -> Bool {
    guard byte() == character else { return false }
    position += 1
    return true
  }

  /// Reads a number of as many digits as are there, up to a limit.
  mutating func number(_ limit: Int) -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while digits < limit, digit(0) {
      value = value * 10 + Int(text[position] - 0x30)
      position += 1
      digits += 1
    }
    return digits == 0 || digit(0) ? nil : (value, digits)
  }

  var isTimeAhead: Bool {
    digit(0) && (byte(1) == 0x3a || (digit(1) && byte(2) == 0x3a))
  }

  private mutating func readDay() -> Bool {
    if byte().map({ $0 & 0xdf == 0x51 }) == true { return readQuarter() && readYearBehind() }
    if let name = readMonth() {
      if let separator = readSeparator(allowsBlank: true), (0..<4).allSatisfy({ digit($0) }) {
        parts = [0, name, 1]
        shape.layout = .monthYear
        shape.separators = [separator, ""]
        return readYear(0)
      }
      if position > 0, text[position - 1] == 0x2d, text.count == position + 2 {
        // Nov-19, as spreadsheets write months.
        parts = [0, name, 1]
        shape.layout = .monthYear
        shape.separators = ["-", ""]
        return readYear(0, mayBeShort: true)
      }
      parts[0] = name
      guard position > 0, text[position - 1] == 0x20, readShort(1) else { return false }
      let separator = skip(0x2c) ? ", " : " "
      shape.layout = .nameDay
      shape.separators = [" ", separator]
      return skip(0x20) && readYear(2)
    }
    if text.count >= 8, (0..<8).allSatisfy({ digit($0) }) {
      let values = text[position..<position + 8].map { Int($0 - 0x30) }
      parts = [
        values[0] * 1000 + values[1] * 100 + values[2] * 10 + values[3], values[4] * 10 + values[5],
        values[6] * 10 + values[7],
      ]
      shape.layout = .yearFirst
      shape.separators = ["", ""]
      hasPaddedDay = true
      position += 8
      return true
    }
    if (0..<4).allSatisfy({ digit($0) }) { return readYear(0) && readBehindYear() }
    guard readShort(0) else { return false }
    guard let separator = readSeparator(allowsBlank: true) else { return false }
    shape.separators = [separator, separator]
    if let name = readMonth() {
      parts[1] = name
      shape.layout = .dayName
      return readSeparator(allowsBlank: true) == separator && readYear(2, mayBeShort: true)
    }
    if separator != " ", (0..<4).allSatisfy({ digit($0) }) {
      parts = [0, parts[0], 1]
      shape.layout = .monthYear
      shape.separators = [separator, ""]
      return readYear(0)
    }
    shape.layout = .yearLast
    return separator != " " && readShort(1) && readSeparator() == separator
      && readYear(2, mayBeShort: true)
  }

  /// Reads what stands behind a year: month and day, a month, or a quarter.
  private mutating func readBehindYear() -> Bool {
    if position == text.count { return false }
    let separator = readSeparator(allowsBlank: true) ?? ""
    parts[2] = 1
    if byte().map({ $0 & 0xdf == 0x51 }) == true {
      guard readQuarter() else { return false }
      shape.layout = .yearQuarter
      shape.separators = [separator, ""]
      return true
    }
    if !separator.isEmpty, let name = readMonth() {
      parts[1] = name
      shape.layout = .yearMonth
      shape.separators = [separator, ""]
      return true
    }
    if separator.isEmpty, let letter = byte(), letter & 0xdf == 0x4d, position + 3 == text.count {
      // 2011M07, as statistical offices write months.
      position += 1
      shape.layout = .yearMonth
      shape.separators = [String(UnicodeScalar(letter)), ""]
      return digit(0) && digit(1) && readShort(1)
    }
    guard separator != "", separator != " ", readShort(1) else { return false }
    if position == text.count {
      shape.layout = .yearMonth
      shape.separators = [separator, ""]
      return true
    }
    shape.layout = .yearFirst
    shape.separators = [separator, separator]
    return readSeparator() == separator && readShort(2)
  }

  /// Reads a quarter such as Q3; its month is the first one.
  private mutating func readQuarter() -> Bool {
    guard let letter = byte(), let number = byte(1), 0x31...0x34 ~= number else { return false }
    shape.letters = letter == 0x51 ? .upper : .lower
    parts[1] = Int(number - 0x31) * 3 + 1
    parts[2] = 1
    position += 2
    return !digit(0)
  }

  /// Reads the year behind a quarter.
  private mutating func readYearBehind() -> Bool {
    shape.layout = .quarterYear
    shape.separators = [readSeparator(allowsBlank: true) ?? "", ""]
    return readYear(0)
  }

  private mutating func readYear(_ place: Int, mayBeShort: Bool = false) -> Bool {
    guard let (value, digits) = number(4) else { return false }
    if mayBeShort, digits == 2 {
      shape.hasShortYear = true
      parts[place] = value + (value < 69 ? 2000 : 1900)
      return true
    }
    parts[place] = value
    return digits == 4
  }

  private mutating func readShort(_ place: Int) -> Bool {
    let isZero = byte() == 0x30
    guard let (value, digits) = number(2) else { return false }
    if digits == 1 { hasShortDay = true }
    if digits == 2 && isZero { hasPaddedDay = true }
    parts[place] = value
    return true
  }

  private mutating func readSeparator(allowsBlank: Bool = false) -> String? {
    guard let byte = byte(), [0x2d, 0x2f, 0x2e].contains(byte) || (allowsBlank && byte == 0x20)
    else { return nil }
    position += 1
    return String(UnicodeScalar(byte))
  }

  /// The first three letters of the months.
  private static let monthStarts = DateFormat.monthNames.map {
    $0.lowercased().utf8.prefix(3).map { UInt8($0) }
  }

  /// Reads the English name of a month, or its first three letters.
  private mutating func readMonth() -> Int? {
    var end = position
    while end < text.count, 0x41...0x5a ~= text[end] & 0xdf { end += 1 }
    guard (3...9).contains(end - position) else { return nil }
    let start = text[position..<position + 3].map { $0 | 0x20 }
    guard Self.monthStarts.contains(start) else { return nil }
    let word = String(decoding: text[position..<end], as: UTF8.self)
    let lower = word.lowercased()
    for (index, name) in DateFormat.monthNames.enumerated() {
      let isLong = lower == name.lowercased()
      guard isLong || lower == name.lowercased().prefix(3) else { continue }
      // May is both; it goes with whatever the other cells show.
      shape.month = isLong && name.count > 3 ? .long : .short
      let chosen = isLong ? name : String(name.prefix(3))
      if word == lower {
        shape.letters = .lower
      } else if word == word.uppercased() {
        shape.letters = .upper
      } else if word == chosen {
        shape.letters = .capitalized
      } else {
        return nil
      }
      position = end
      isMay = index == 4
      return index + 1
    }
    return nil
  }

  /// Whether the month is May, whose short name is its long one.
  private(set) var isMay = false

  /// The day of the week that stands before the date, 0 for Monday.
  private var weekday: Int?

  /// Reads the English name of a day of the week, or its first three letters, and what stands behind it.
  private mutating func readWeekday() {
    var end = 0
    while end < text.count, 0x41...0x5a ~= text[end] & 0xdf, end < 10 { end += 1 }
    guard end >= 3, end + 2 < text.count else { return }
    let word = String(decoding: text[..<end], as: UTF8.self)
    let lower = word.lowercased()
    guard
      let day = DateFormat.weekdayNames.firstIndex(where: {
        lower == $0.lowercased() || lower == $0.lowercased().prefix(3)
      })
    else { return }
    let letters: DateFormat.Letters =
      word == lower ? .lower : word == word.uppercased() ? .upper : .capitalized
    guard letters != .capitalized || word == word.capitalizedWord else { return }
    var joint = ""
    if text[end] == 0x2c { joint = "," }
    position = end + joint.utf8.count
    if byte() == 0x20 {
      joint += " "
      position += 1
    }
    guard !joint.isEmpty else {
      position = 0
      return
    }
    weekday = day
    shape.weekday = DateFormat.Weekday(isLong: end > 3, letters: letters, joint: joint)
  }
}

extension String {
  /// The text with a capital letter and small ones behind it.
  fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
