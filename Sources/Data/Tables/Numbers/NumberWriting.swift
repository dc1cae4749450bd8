internal import HourglassTensors

/// How the numbers of a column are written where they are not plain: with marks between thousands, a decimal
/// comma, a currency, a percent sign, a unit, another sign than a minus before them, as durations, or with
/// `<` for what is below a limit of measurement.
///
/// It is kept with the column in models, so that results are written as the data are. Numbers stay as they
/// are written: 26 % is 26, and a duration is counted in its last unit.
package struct NumberWriting: Codable, Hashable, Sendable {
  /// What stands before decimals.
  var decimal = NumberCell.Mark.point
  /// What stands between thousands.
  var grouping: NumberCell.Mark?
  /// Whether the marks stand as in India, 12,34,567; none for no.
  var hasIndianGroups: Bool?
  /// What stands before and behind the digits.
  var affix = NumberAffix()
  /// How negative numbers are written.
  var negative = NumberSign.minus
  /// Whether numbers above 0 have a plus sign.
  var showsPlus = false
  /// A limit of measurement: this number and those beyond it are written as the limit is.
  var limit: Limit?
  /// The parts of a duration.
  var duration: Duration?

  /// A limit of measurement.
  struct Limit: Codable, Hashable, Sendable {
    /// The whole cell, such as `<0.5`.
    var text: String
    /// The limit itself.
    var number: Double

    /// Whether a number is written as the limit.
    func holds(_ value: Double) -> Bool { isUpper ? value >= number : value <= number }

    /// Whether it is one for what is above it.
    private var isUpper: Bool { text.hasPrefix(">") || text.hasPrefix("≥") }
  }

  /// How durations such as 39:48:37 are written.
  struct Duration: Codable, Hashable, Sendable {
    /// The number of parts, 2 or 3.
    var parts: Int
    /// The least number of digits of the first part.
    var firstDigits: Int
  }

  /// Whether it is how numbers are written that need no words for it.
  var isPlain: Bool { self == NumberWriting() }

  /// Whether nothing but digits, their marks and a sign is written.
  var hasMarksAlone: Bool { affix == NumberAffix() && limit == nil && duration == nil }

  /// The writing in a few words, such as `$1,234.50`; nil for plain numbers.
  package var summary: String? {
    if isPlain { return nil }
    if duration != nil { return text(143_137, NumberFormat(decimals: 0, isFixed: true)) }
    return "as in " + text(-1234.5, NumberFormat(decimals: 1, isFixed: true))
  }

  // MARK: Reading

  /// The number that a cell is, whatever of the writing it lacks; nil for another text.
  func number(of text: [UInt8]) -> Double? {
    if let duration { return DurationCell(text, parts: duration.parts)?.value }
    guard let cell = NumberCell(text) else { return nil }
    return cell.value(decimal)
  }

  // MARK: Writing

  /// A number in the column's own writing.
  package func text(_ number: Double, _ format: NumberFormat) -> String {
    var bytes: [UInt8] = []
    append(number, format, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes numbers, as bytes.
  func writer(_ format: NumberFormat) -> (Double) -> [UInt8] {
    { number in
      var bytes: [UInt8] = []
      append(number, format, to: &bytes)
      return bytes
    }
  }

  /// Appends a number in the column's own writing.
  func append(_ number: Double, _ format: NumberFormat, to bytes: inout [UInt8]) {
    if let duration { return duration.append(number, format, to: &bytes) }
    if let limit, limit.holds(number) {
      bytes += Array(limit.text.utf8)
      return
    }
    var plain: [UInt8] = []
    format.append(abs(number), to: &plain)
    // A number that is rounded to 0 has no sign.
    let isZero = plain.allSatisfy { $0 == 0x30 || $0 == 0x2e }
    let isNegative = number < 0 && !isZero
    let sign: NumberSign = isNegative ? negative : showsPlus && !isZero ? .plus : .none
    let (prefix, suffix) = (Array(affix.prefix.utf8), Array(affix.suffix.utf8))
    switch sign {
    case .none: bytes += prefix
    case .minus: bytes += [0x2d] + prefix
    case .inner: bytes += prefix + [0x2d]
    case .trailing: bytes += prefix
    case .parentheses: bytes += [0x28] + prefix
    case .typographic: bytes += NumberSign.typographicMinus + prefix
    case .plus: bytes += [0x2b] + prefix
    }
    appendDigits(plain, to: &bytes)
    if sign == .trailing { bytes.append(0x2d) }
    bytes += suffix
    if sign == .parentheses { bytes.append(0x29) }
  }

  /// Whether a mark stands before so many last digits.
  private func isBeforeGroup(_ digits: Int) -> Bool {
    if hasIndianGroups == true { return digits == 3 || (digits > 3 && digits % 2 == 1) }
    return digits.isMultiple(of: 3)
  }

  /// Appends digits with a point, with the marks of the writing.
  private func appendDigits(_ plain: [UInt8], to bytes: inout [UInt8]) {
    let whole = plain.prefix { 0x30...0x39 ~= $0 }
    let rest = plain[whole.count...]
    if let grouping {
      let mark = Array(grouping.text.utf8)
      for (index, digit) in whole.enumerated() {
        if index > 0, isBeforeGroup(whole.count - index) { bytes += mark }
        bytes.append(digit)
      }
    } else {
      bytes += whole
    }
    let decimal = decimal == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    for byte in rest { bytes.append(byte == UInt8(ascii: ".") ? decimal : byte) }
  }
}

extension NumberWriting.Duration {
  /// Appends a duration that is counted in its last part.
  fileprivate func append(_ number: Double, _ format: NumberFormat, to bytes: inout [UInt8]) {
    var plain: [UInt8] = []
    format.append(abs(number), to: &plain)
    let wholeDigits = plain.prefix { 0x30...0x39 ~= $0 }
    guard let whole = Int(String(decoding: wholeDigits, as: UTF8.self)) else {
      bytes += plain
      return
    }
    if number < 0 { bytes.append(0x2d) }
    var texts = ["\(whole % 60)"]
    var left = whole / 60
    if parts == 3 {
      texts.insert("\(left % 60)", at: 0)
      left /= 60
    }
    texts.insert("\(left)", at: 0)
    for (index, text) in texts.enumerated() {
      let width = index == 0 ? firstDigits : 2
      if index > 0 { bytes.append(0x3a) }
      bytes += Array(repeating: 0x30, count: max(0, width - text.utf8.count)) + Array(text.utf8)
    }
    bytes += plain[wholeDigits.count...]
  }
}

/// A cell that is a duration such as 39:48:37, 102:05 or -0:30:00.5.
struct DurationCell {
  /// The duration, counted in its last part.
  let value: Double
  /// The number of parts.
  let parts: Int
  /// The digits of the first part.
  let firstDigits: Int
  /// The digits behind the point.
  let decimals: Int
  /// Whether it is no time of day.
  let isLong: Bool
  /// Whether the first part begins with a zero that other digits follow.
  let isPadded: Bool

  /// Reads a cell; nil where it is none.
  ///
  /// - Parameter expected: The number of parts that it must have.
  init?(_ text: [UInt8], parts expected: Int? = nil) {
    guard (4...24).contains(text.count), text.contains(0x3a),
      text.allSatisfy({ 0x30...0x3a ~= $0 || $0 == 0x2d || $0 == 0x2e })
    else { return nil }
    let isNegative = text[0] == 0x2d
    let pieces = text.dropFirst(isNegative ? 1 : 0).split(
      separator: 0x3a,
      omittingEmptySubsequences: false
    )
    guard (2...3).contains(pieces.count), expected == nil || expected == pieces.count else {
      return nil
    }
    var total = 0.0
    var decimals = 0
    for (index, piece) in pieces.enumerated() {
      let bytes = Array(piece)
      guard let first = bytes.first, 0x30...0x39 ~= first,
        let number = TableNumber(bytes.span, from: 0), number.end == bytes.count,
        let places = number.decimals, places == 0 || index == pieces.count - 1
      else { return nil }
      let digits = bytes.count - (places > 0 ? places + 1 : 0)
      if index > 0 { guard digits == 2, number.value < 60 else { return nil } }
      guard digits <= 9 else { return nil }
      total = total * 60 + number.value
      decimals = places
    }
    value = isNegative ? -total : total
    parts = pieces.count
    firstDigits = pieces[0].count
    self.decimals = decimals
    isPadded = firstDigits > 1 && pieces[0].first == 0x30
    let hours = Int(String(decoding: pieces[0], as: UTF8.self)) ?? 0
    let rest = total - Double(hours) * (parts == 3 ? 3600 : 60)
    isLong = isNegative || firstDigits > 2 || hours > 24 || (hours == 24 && rest > 0)
  }
}
