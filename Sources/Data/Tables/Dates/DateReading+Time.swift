extension DateReading {
  mutating func readTimeBehindDay() -> Bool {
    guard let joint = readJoint() else { return false }
    return isTimeAhead && readTime(joint: joint)
  }

  /// Reads hours, minutes and seconds without signs between them behind a day of eight digits, as in
  /// 20230623T140500 and 20230623140500.
  mutating func readCompactTime() -> Bool {
    guard shape.layout == .yearFirst, shape.separators == ["", ""] else { return false }
    let start = byte() == 0x54 ? 1 : 0
    var digits = 0
    while digit(start + digits) { digits += 1 }
    let hasSeconds = digits == 6
    guard hasSeconds || digits == 4, start == 1 || position + digits == text.count else {
      return false
    }
    let values = (0..<digits).map { Int(text[position + start + $0] - 0x30) }
    let (hour, minute) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
    let second = hasSeconds ? values[4] * 10 + values[5] : 0
    guard hour < 24, minute < 60, second < 60 else { return false }
    position += start + digits
    secondOfDay = hour * 3600 + minute * 60 + second
    shape.joint = start == 1 ? "T" : ""
    shape.hasSeconds = hasSeconds
    shape.hasCompactClock = true
    hasPaddedHour = true
    return true
  }

  private mutating func readJoint() -> String? {
    if skip(0x54) { return "T" }
    if skip(0x2c) { return skip(0x20) ? ", " : nil }
    return skip(0x20) ? " " : nil
  }

  mutating func readTime(joint: String) -> Bool {
    let isZero = byte() == 0x30
    guard let (hour, hourDigits) = number(2), skip(0x3a), let (minute, minuteDigits) = number(2),
      minuteDigits == 2, minute < 60
    else { return false }
    shape.joint = joint
    hasShortHour = hourDigits == 1
    hasPaddedHour = hourDigits == 2 && isZero
    var second = 0
    if skip(0x3a) {
      guard let (value, digits) = number(2), digits == 2, value < 60 else { return false }
      second = value
      shape.hasSeconds = true
      if byte() == 0x2e, digit(1) {
        position += 1
        // Double precision does not hold more than six digits of the seconds since 1970.
        guard let (value, digits) = number(6) else { return false }
        (fraction, fractionDigits) = (value, digits)
      }
    }
    guard let hour = readHalfDay(hour) else { return false }
    secondOfDay = hour * 3600 + minute * 60 + second
    return hour < 24 || (secondOfDay == 86_400 && fraction == 0)
  }

  /// Reads AM or PM, if there is one, and gives the hour of the whole day.
  private mutating func readHalfDay(_ hour: Int) -> Int? {
    let start = position
    let joint = skip(0x20) ? " " : ""
    guard let first = byte(), let last = byte(1), last & 0xdf == 0x4d,
      first & 0xdf == 0x41 || first & 0xdf == 0x50, (first & 0x20) == (last & 0x20)
    else {
      position = start
      return hour
    }
    position += 2
    shape.halfDay = DateFormat.HalfDay(joint: joint, letters: first & 0x20 == 0 ? .upper : .lower)
    guard (1...12).contains(hour) else { return nil }
    return hour % 12 + (first & 0xdf == 0x50 ? 12 : 0)
  }

  mutating func readZone() {
    if skip(0x5a) {
      shape.zone = .letter
      return
    }
    let name = String(decoding: text[position...], as: UTF8.self)
    if name == " UTC" || name == " GMT" {
      shape.zone = name == " UTC" ? .utc : .gmt
      position = text.count
      return
    }
    let hasBlank = byte() == 0x20
    let start = position
    if hasBlank { position += 1 }
    guard let sign = byte(), sign == 0x2b || sign == 0x2d, digit(1), digit(2) else {
      return position = start
    }
    position += 1
    let hours = Int(text[position] - 0x30) * 10 + Int(text[position + 1] - 0x30)
    position += 2
    var minutes = 0
    shape.zone = .hours
    let hasColon = byte() == 0x3a
    let offset = hasColon ? 1 : 0
    if digit(offset), digit(offset + 1) {
      minutes = Int(text[position + offset] - 0x30) * 10 + Int(text[position + offset + 1] - 0x30)
      position += offset + 2
      shape.zone = hasColon ? .colon : .plain
    }
    if hasBlank {
      guard shape.zone != .hours else { return position = start }
      shape.zone = hasColon ? .blankColon : .blankPlain
    }
    guard hours < 24, minutes < 60 else { return position = 0 }
    zoneMinutes = (hours * 60 + minutes) * (sign == 0x2d ? -1 : 1)
  }
}
