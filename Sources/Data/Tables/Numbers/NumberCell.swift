internal import HourglassTensors

/// A cell that is a number as people write it, before it is known which mark stands before the decimals.
///
/// These are read: digits in groups of three with commas, points, blanks or apostrophes between them; a
/// decimal point or comma; a sign before or behind, or parentheses around a negative number; a currency
/// before or behind, a percent sign or a unit behind; `<`, `>`, `≤` or `≥` before a limit of what was
/// measured.
struct NumberCell {
  /// What stands between digits.
  enum Mark: String, Codable, Hashable, Sendable, CaseIterable {
    case comma, point, blank, noBreakBlank, narrowBlank, thinBlank, apostrophe, curlyApostrophe

    /// The mark as it is written.
    var text: String {
      switch self {
      case .comma: ","
      case .point: "."
      case .blank: " "
      case .noBreakBlank: "\u{a0}"
      case .narrowBlank: "\u{202f}"
      case .thinBlank: "\u{2009}"
      case .apostrophe: "'"
      case .curlyApostrophe: "\u{2019}"
      }
    }

    /// The mark that begins at an offset, and the number of its bytes.
    static func at(_ offset: Int, in text: [UInt8]) -> (mark: Mark, count: Int)? {
      switch text[offset] {
      case 0x2c: return (.comma, 1)
      case 0x2e: return (.point, 1)
      case 0x20: return (.blank, 1)
      case 0x27: return (.apostrophe, 1)
      case 0xc2 where offset + 1 < text.count && text[offset + 1] == 0xa0: return (.noBreakBlank, 2)
      case 0xe2 where offset + 2 < text.count && text[offset + 1] == 0x80:
        switch text[offset + 2] {
        case 0xaf: return (.narrowBlank, 3)
        case 0x89: return (.thinBlank, 3)
        case 0x99: return (.curlyApostrophe, 3)
        default: return nil
        }
      default: return nil
      }
    }

    /// Whether it may stand before decimals.
    var mayBeDecimal: Bool { self == .comma || self == .point }
  }

  /// What the marks of the number show.
  enum Role: Hashable, Sendable {
    /// There is none.
    case none
    /// The last one stands before decimals.
    case decimal(Mark)
    /// They stand between thousands.
    case group(Mark)
    /// The only one stands before three digits, as in 1,234, which may be either.
    case open(Mark)
  }

  private(set) var affix = NumberAffix()
  private(set) var sign = NumberSign.none
  private(set) var role = Role.none
  /// What stands between thousands, if there are any beside decimals.
  private(set) var grouping: Mark?
  /// Whether the marks stand as in India: before the last three digits, and before each two others (12,34,567).
  private(set) var hasIndianGroups = false
  /// All digits, with neither marks nor sign.
  private(set) var digits: [UInt8] = []
  /// The digits behind the last mark.
  private(set) var lastDigits = 0
  /// The exponent with its letter and sign; empty where there is none.
  private(set) var exponent: [UInt8] = []

  private let text: [UInt8]
  private var position = 0

  /// Reads a cell from its first to its last byte; nil where it is none.
  init?(_ cell: [UInt8]) {
    text = cell
    // The longest: a currency, 19 digits with marks, a unit.
    guard (1...64).contains(cell.count), Self.mayBeNumber(cell), readLimit() else { return nil }
    var end = text.count
    let isInParentheses = byte == 0x28 && text[end - 1] == 0x29
    if isInParentheses {
      position += 1
      end -= 1
      sign = .parentheses
    }
    readSign()
    guard readPrefix() else { return nil }
    readSign(isBehindPrefix: true)
    guard readBody(to: end) else { return nil }
    readExponent(to: end)
    if position < end, text[position] == 0x2d, sign == .none {
      sign = .trailing
      position += 1
    }
    guard readSuffix(to: end) else { return nil }
  }

  /// Whether no byte of a cell shows at once that it is no number: a sign that is in none, a hyphen between
  /// digits, or more letters at the beginning than a currency has.
  private static func mayBeNumber(_ cell: [UInt8]) -> Bool {
    var letters = 0
    var last: UInt8 = 0
    for index in cell.indices {
      let byte = cell[index]
      if isForeign[Int(byte)] { return false }
      let isLetter = 0x41...0x5a ~= byte & 0xdf && byte >= 0x41
      if isLetter, letters == index {
        letters += 1
        if letters > longestLetters { return false }
      }
      if last == 0x2d, 0x30...0x39 ~= byte, index > 1, 0x30...0x39 ~= cell[index - 2] {
        return false
      }
      last = byte
    }
    return true
  }

  /// The most letters that a currency begins with, such as EUR.
  private static let longestLetters = 3

  /// For each byte whether it is in no number.
  private static let isForeign: [Bool] = (0..<256).map { byte in
    byte < 0x20 || byte == 0x7f || "!\"#&*:;?@[\\]_`{|}~".utf8.contains(UInt8(byte))
  }

  private var byte: UInt8? { position < text.count ? text[position] : nil }

  /// Whether the number is plain: digits, a point, a minus sign before them, an exponent.
  var isPlain: Bool {
    affix == NumberAffix() && (sign == .none || sign == .minus) && grouping == nil
      && [.none, .decimal(.point), .open(.point)].contains(role)
  }

  /// Whether the whole number begins with a zero before other digits.
  var isPadded: Bool { role == .none && digits.count > 1 && digits[0] == 0x30 && exponent.isEmpty }

  /// Whether the number is digits, an E and digits, such as 1E5.
  var isBareExponent: Bool {
    role == .none && sign == .none && exponent.count > 1 && 0x30...0x39 ~= exponent[1]
  }

  /// Whether the number is whole and of 2^53 or more.
  var isLarge: Bool {
    guard role == .none, exponent.isEmpty, digits.count > 15 else { return false }
    return value(.point).map { abs($0) >= 0x1p53 } ?? false
  }

  /// The digits behind the decimal mark, where a given mark stands before decimals.
  func decimals(_ decimal: Mark) -> Int {
    switch role {
    case .decimal(let mark), .open(let mark): mark == decimal ? lastDigits : 0
    case .none, .group: 0
    }
  }

  /// What stands between thousands, where a given mark stands before decimals.
  func grouping(_ decimal: Mark) -> Mark? {
    switch role {
    case .group(let mark): mark
    case .open(let mark): mark == decimal ? nil : mark
    case .none, .decimal: grouping
    }
  }

  /// The number, where a given mark stands before decimals; nil where the cell is written otherwise.
  func value(_ decimal: Mark) -> Double? {
    if case .decimal(let mark) = role, mark != decimal { return nil }
    if grouping(decimal) == decimal { return nil }
    let decimals = decimals(decimal)
    if exponent.isEmpty, digits.count <= 15 {
      // Both numbers are exact in double precision, and so is their quotient rounded once.
      var whole = 0
      for digit in digits { whole = whole * 10 + Int(digit - 0x30) }
      let magnitude = Double(whole) / exactPowersOfTen[decimals]
      return sign.isNegative ? -magnitude : magnitude
    }
    var plain: [UInt8] = sign.isNegative ? [0x2d] : []
    plain += digits.dropLast(decimals)
    if decimals > 0 {
      plain.append(0x2e)
      plain += digits.suffix(decimals)
    }
    plain += exponent
    guard let number = TableNumber(plain.span, from: 0), number.end == plain.count,
      number.value.isFinite
    else { return nil }
    return number.value
  }

  // MARK: Parts

  private func isDigit(_ offset: Int) -> Bool {
    offset < text.count && 0x30...0x39 ~= text[offset]
  }

  private mutating func readLimit() -> Bool {
    guard let first = text.first, first == 0x3c || first == 0x3e || first == 0xe2 else {
      return true
    }
    let signs: [(bytes: [UInt8], text: String)] = [
      ([0x3c, 0x3d], "<="), ([0x3e, 0x3d], ">="), ([0x3c], "<"), ([0x3e], ">"),
      ([0xe2, 0x89, 0xa4], "≤"), ([0xe2, 0x89, 0xa5], "≥"),
    ]
    guard let found = signs.first(where: { text.starts(with: $0.bytes) }) else {
      return true
    }
    position = found.bytes.count
    if byte == 0x20 {
      position += 1
      affix.limit = found.text + " "
    } else {
      affix.limit = found.text
    }
    return true
  }

  private mutating func readSign(isBehindPrefix: Bool = false) {
    guard sign == .none, !isBehindPrefix || !affix.prefix.isEmpty else { return }
    switch byte {
    case 0x2d:
      sign = isBehindPrefix ? .inner : .minus
      position += 1
    case 0x2b where !isBehindPrefix:
      sign = .plus
      position += 1
    case 0xe2 where text[position...].starts(with: NumberSign.typographicMinus):
      guard !isBehindPrefix else { return }
      sign = .typographic
      position += 3
    default: break
    }
  }

  /// Reads the currency before the number, if there is one.
  private mutating func readPrefix() -> Bool {
    let start = position
    while position < text.count, !isDigit(position), !startsWithMark, text[position] != 0x2d,
      position - start <= 8
    {
      position += 1
    }
    guard position > start else { return true }
    if byte == 0x2e, NumberAffix.currencies.contains(Array(text[start...position])) {
      position += 1
    }
    guard NumberAffix.currencies.contains(Array(text[start..<position])) else { return false }
    if let (mark, count) = mark, mark == .blank || mark == .noBreakBlank || mark == .narrowBlank {
      position += count
    }
    affix.prefix = String(decoding: text[start..<position], as: UTF8.self)
    return true
  }

  private var mark: (mark: Mark, count: Int)? {
    position < text.count ? Mark.at(position, in: text) : nil
  }

  /// Whether a point, a comma or a blank is here; the point of a currency such as `Fr.` belongs to it.
  private var startsWithMark: Bool {
    guard let (mark, count) = mark else { return false }
    return mark != .point || isDigit(position + count)
  }

  private mutating func readDigits() -> Int {
    let start = digits.count
    while isDigit(position) {
      digits.append(text[position])
      position += 1
    }
    return digits.count - start
  }

  private mutating func readBody(to end: Int) -> Bool {
    let first = readDigits()
    var marks: [Mark] = []
    var counts: [Int] = []
    while position < end, let (mark, count) = mark, isDigit(position + count) {
      position += count
      marks.append(mark)
      counts.append(readDigits())
    }
    guard !digits.isEmpty, let last = marks.last else { return !digits.isEmpty }
    lastDigits = counts[counts.count - 1]
    let startsGroups = (1...3).contains(first) && digits[0] != 0x30
    if marks.count == 1 {
      let mayBeGroup = startsGroups && lastDigits == 3
      guard last.mayBeDecimal else {
        role = .group(last)
        return mayBeGroup
      }
      role = mayBeGroup ? .open(last) : .decimal(last)
      return true
    }
    let others = marks.dropLast()
    guard let grouping = others.first, others.allSatisfy({ $0 == grouping }), startsGroups else {
      return false
    }
    let groups = last == grouping ? counts : counts.dropLast()
    hasIndianGroups =
      grouping == .comma && first < 3 && groups.count > 1 && groups.last == 3
      && groups.dropLast().allSatisfy { $0 == 2 }
    guard hasIndianGroups || groups.allSatisfy({ $0 == 3 }) else { return false }
    if last == grouping {
      role = .group(last)
      return true
    }
    role = .decimal(last)
    self.grouping = grouping
    return last.mayBeDecimal
  }

  private mutating func readExponent(to end: Int) {
    guard position < end, text[position] | 0x20 == 0x65, grouping == nil else { return }
    if case .group = role { return }
    var index = position + 1
    if index < end, text[index] == 0x2b || text[index] == 0x2d { index += 1 }
    guard isDigit(index) else { return }
    while index < end, isDigit(index) { index += 1 }
    guard index == end else { return }
    exponent = Array(text[position..<end])
    position = end
    if case .open(let mark) = role { role = .decimal(mark) }
  }

  /// Reads the currency, the percent sign or the unit behind the number, if there is one.
  private mutating func readSuffix(to end: Int) -> Bool {
    guard position < end else { return true }
    let start = position
    if let (mark, count) = mark, mark != .comma, mark != .point { position += count }
    let name = Array(text[position..<end])
    guard NumberAffix.isSuffix(name, isAttached: position == start) else { return false }
    affix.suffix = String(decoding: text[start..<end], as: UTF8.self)
    return true
  }
}
