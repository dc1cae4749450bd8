internal import HourglassTensors

/// What the texts of a column show of the way in which its numbers are written: all cells are taken in, in
/// any order, and then it is decided.
struct NumberEvidence {
  /// The cells that are no numbers.
  private(set) var others = OddCells()
  /// The cells by what their marks show.
  private var roles: [NumberCell.Role: OddCells] = [:]
  /// The cells by what stands before and behind the digits.
  private var affixes: [NumberAffix: OddCells] = [:]
  /// How often what stands between the thousands of numbers with decimals.
  private var groupings: [NumberCell.Mark: Int] = [:]
  private var signs: [NumberSign: Int] = [:]
  /// The numbers that are not plain.
  private var written = 0
  /// Counts of decimals where a comma, and where a point stands before them.
  private var counts: [NumberCell.Mark: DecimalCounts] = [
    .comma: DecimalCounts(), .point: DecimalCounts(),
  ]
  /// The numbers that are not whole where a comma, and where a point stands before decimals.
  private(set) var fractions: [NumberCell.Mark: OddCells] = [:]
  /// The whole numbers beyond 2^53, which would be rounded.
  private(set) var large = OddCells()
  /// The numbers such as 1E5, the greatest of them with several digits before the letter, and the greatest
  /// number of another writing.
  private var exponents = 0
  private var greatestExponent = 0.0
  private var greatestPlain = 0.0
  /// The codes such as 0047583311587E590003, which are beyond all numbers.
  private var beyond = OddCells()
  /// How many numbers have their marks as in India, and how many others have two marks or more.
  private var indianGroups = 0
  private var otherGroups = 0
  /// The limits of measurement, up to two.
  private var limits: Set<NumberWriting.Limit> = []
  /// The least and the greatest number that is none.
  private var least = Double.infinity
  private var greatest = -Double.infinity

  /// The cells that were taken.
  private var count: Int { others.count + affixes.values.reduce(0) { $0 + $1.count } }

  /// Takes the cells with a text that is no number.
  mutating func takeOther(_ cells: CellGroup) { others.take(cells) }

  /// Takes the cells with one text.
  mutating func take(_ cells: CellGroup) {
    guard let cell = NumberCell(cells.text) else {
      others.take(cells)
      return
    }
    guard let value = cell.value(.comma) ?? cell.value(.point) else {
      takeBeyond(cell, cells)
      return
    }
    roles[cell.role, default: OddCells()].take(cells)
    affixes[cell.affix, default: OddCells()].take(cells)
    signs[cell.sign, default: 0] += cells.count
    if let grouping = cell.grouping { groupings[grouping, default: 0] += cells.count }
    if !cell.isPlain { written += cells.count }
    if cell.hasIndianGroups {
      indianGroups += cells.count
    } else if case .group = cell.role, cell.digits.count > 6 {
      otherGroups += cells.count
    }
    // A limit may have other decimals than what is measured.
    if cell.affix.limit.isEmpty {
      for mark in [NumberCell.Mark.comma, .point] { counts[mark]?.note(cell, mark) }
    }
    if cell.role != .none || !cell.exponent.isEmpty { noteFraction(cell, cells) }
    if cell.isLarge { large.take(cells) }
    noteRange(cell, cells, value)
  }

  /// Takes cells beyond all numbers: codes where they are digits, an E and digits.
  private mutating func takeBeyond(_ cell: NumberCell, _ cells: CellGroup) {
    guard cell.isBareExponent, cell.digits.count > 1, cell.affix == NumberAffix() else {
      others.take(cells)
      return
    }
    beyond.take(cells)
    exponents += cells.count
    greatestExponent = .infinity
    for mark in [NumberCell.Mark.comma, .point] { counts[mark]?.note(cell, mark) }
    affixes[cell.affix, default: OddCells()].take(cells)
    signs[cell.sign, default: 0] += cells.count
  }

  private mutating func noteFraction(_ cell: NumberCell, _ cells: CellGroup) {
    for mark in [NumberCell.Mark.comma, .point] {
      let isFraction =
        cell.exponent.isEmpty
        ? cell.digits.suffix(cell.decimals(mark)).contains { $0 != 0x30 }
        : cell.value(mark).map { $0 != $0.rounded() } ?? false
      if isFraction { fractions[mark, default: OddCells()].take(cells) }
    }
  }

  private mutating func noteRange(_ cell: NumberCell, _ cells: CellGroup, _ value: Double) {
    if cell.isBareExponent {
      exponents += cells.count
      if cell.digits.count > 1 { greatestExponent = max(greatestExponent, value) }
    } else {
      greatestPlain = max(greatestPlain, abs(value))
    }
    if cell.affix.limit.isEmpty {
      least = min(least, value)
      greatest = max(greatest, value)
    } else if limits.count < 2 {
      let text = String(decoding: cells.text, as: UTF8.self)
      limits.insert(NumberWriting.Limit(text: text, number: value))
    }
  }

  private func cells(_ role: NumberCell.Role) -> Int { roles[role]?.count ?? 0 }

  /// Whether a comma stands before the decimals of nearly all numbers with decimals, and all cells are
  /// numbers: reason to read the open ones of other columns so.
  var showsDecimalComma: Bool {
    cells(.decimal(.comma)) > 0 && cells(.decimal(.point)) == 0 && others.count * 20 <= count
  }

  // MARK: Decision

  /// What was decided.
  struct Decision {
    var writing: NumberWriting
    /// The cells that are no numbers of this writing.
    var odd: OddCells
    /// The digits behind the decimal mark.
    var decimals: DecimalCounts
    /// Whether the numbers are codes.
    var areCodes: Bool
    /// Whether all numbers are plain.
    var isPlain: Bool
  }

  /// Decides how the numbers are written; nil where there are none.
  ///
  /// - Parameter hasDecimalComma: Whether 1,234 is a number with decimals where nothing else in the column shows it.
  func decision(hasDecimalComma: Bool) -> Decision? {
    guard let affix = mainAffix, !areOpenRanges else { return nil }
    let decimal = decimalMark(hasDecimalComma: hasDecimalComma)
    var odd = others
    for (role, cells) in roles {
      if case .decimal(let mark) = role, mark != decimal { odd.formUnion(cells) }
      if role == .group(decimal) { odd.formUnion(cells) }
    }
    for (other, cells) in affixes where !Self.goes(other.withoutLimit, with: affix) {
      odd.formUnion(cells)
    }
    var writing = NumberWriting()
    writing.decimal = decimal
    writing.grouping = grouping(decimal)
    if writing.grouping == .comma, indianGroups > otherGroups { writing.hasIndianGroups = true }
    if written == 0, writing.grouping == nil { writing.decimal = .point }
    writing.affix = affix
    let negative = signs.filter { $0.key.isNegative }
    writing.negative =
      negative.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .minus
    let positive = signs[.plus] ?? 0
    writing.showsPlus = positive > 0 && positive >= signs[.none] ?? 0
    let limited = affixes.filter { !$0.key.limit.isEmpty }.values.reduce(0) { $0 + $1.count }
    // With nothing but limits there is no measurement.
    if limited * 2 > count { return nil }
    if limited > 0, limits.count == 1, let limit = limits.first,
      !limit.holds(least), !limit.holds(greatest)
    {
      writing.limit = limit
    }
    let decimals = counts[decimal] ?? DecimalCounts()
    if affix.isLetterUnit, decimals.most == 0 { return nil }
    // Plus signs before many digits are those of telephone numbers.
    let areTelephones = !isFew(positive) && decimals.most == 0 && greatest >= 1e7
    let areCodes =
      areTelephones
      || (writing.affix == NumberAffix() && decimals.areCodes && !areWrittenWithExponents(decimals))
    if !areCodes { odd.formUnion(beyond) }
    return Decision(
      writing: writing,
      odd: odd,
      decimals: decimals,
      areCodes: areCodes,
      isPlain: written == 0 && writing.isPlain
    )
  }

  /// Whether so few cells are written otherwise that the others decide.
  private func isFew(_ cells: Int) -> Bool { cells * 10 <= count }

  /// Whether what makes the numbers codes are a few such as 1E5 alone, as some programs write round numbers:
  /// none with several digits before the letter dwarfs all others, as the code 45E12 would.
  private func areWrittenWithExponents(_ decimals: DecimalCounts) -> Bool {
    !decimals.areFixedCodes && isFew(exponents) && greatestExponent <= 10 * greatestPlain
  }

  /// Whether all have a minus sign behind them, or parentheses: 50- is a range without an end, and (1) a
  /// remark.
  private var areOpenRanges: Bool {
    signs.allSatisfy { $0.key == .trailing || $0.key == .parentheses }
  }

  /// What stands before and behind the digits of most numbers.
  private var mainAffix: NumberAffix? {
    var cells: [NumberAffix: Int] = [:]
    for (affix, some) in affixes { cells[affix.withoutLimit, default: 0] += some.count }
    return cells.max {
      ($0.value, $1.key.prefix, $1.key.suffix) < ($1.value, $0.key.prefix, $0.key.suffix)
    }?.key
  }

  /// Whether a number may stand among those with another affix: one without a currency among those with
  /// one, and the other way round.
  private static func goes(_ affix: NumberAffix, with main: NumberAffix) -> Bool {
    affix == main || (affix == NumberAffix() && main.isCurrency)
      || (main == NumberAffix() && affix.isCurrency)
  }

  private func decimalMark(hasDecimalComma: Bool) -> NumberCell.Mark {
    let (comma, point) = (cells(.decimal(.comma)), cells(.decimal(.point)))
    if comma != point { return comma > point ? .comma : .point }
    if comma > 0 { return .point }
    let isCommaGroup = cells(.group(.comma)) + (groupings[.comma] ?? 0) > 0
    let isPointGroup = cells(.group(.point)) + (groupings[.point] ?? 0) > 0
    if isCommaGroup != isPointGroup { return isPointGroup ? .comma : .point }
    return hasDecimalComma ? .comma : .point
  }

  /// What stands between the thousands of most numbers that have them.
  private func grouping(_ decimal: NumberCell.Mark) -> NumberCell.Mark? {
    var found = groupings
    for (role, cells) in roles {
      switch role {
      case .group(let mark): found[mark, default: 0] += cells.count
      case .open(let mark) where mark != decimal: found[mark, default: 0] += cells.count
      case .none, .decimal, .open: break
      }
    }
    found[decimal] = nil
    return found.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
  }
}

extension DecimalCounts {
  /// Notes a cell, where a given mark stands before decimals.
  fileprivate mutating func note(_ cell: NumberCell, _ decimal: NumberCell.Mark) {
    if cell.sign == .plus { note(.plus) }
    if !cell.exponent.isEmpty {
      note(.noGrid)
      note(cell.isBareExponent ? .bareExponent : .exponent)
      return
    }
    note(cell.decimals(decimal))
    if cell.isPadded { note(.leadingZero) }
    if cell.isLarge { note(.large) }
  }
}

/// What the texts of a column show of durations.
struct DurationEvidence {
  private(set) var others = OddCells()
  /// The cells by the number of their parts.
  private var parts: [Int: OddCells] = [:]
  private var longCount = 0
  private var firstDigits: [Int: Int] = [:]
  private var hasShortFirst = false
  private(set) var decimals = DecimalCounts()
  /// The durations with a fraction of their last part.
  private(set) var fractions = OddCells()

  /// Takes the cells with a text that is no duration.
  mutating func takeOther(_ cells: CellGroup) { others.take(cells) }

  /// Takes the cells with one text.
  mutating func take(_ cells: CellGroup) {
    guard let cell = DurationCell(cells.text) else {
      others.take(cells)
      return
    }
    parts[cell.parts, default: OddCells()].take(cells)
    if cell.isLong { longCount += cells.count }
    firstDigits[cell.isPadded ? cell.firstDigits : 1, default: 0] += cells.count
    if cell.firstDigits == 1 { hasShortFirst = true }
    decimals.note(cell.decimals)
    if cell.value != cell.value.rounded() { fractions.take(cells) }
  }

  /// How the durations are written, and the cells that are none; nil where all are times of day.
  func decision() -> (writing: NumberWriting, odd: OddCells)? {
    guard longCount > 0,
      let main = parts.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) })?.key
    else { return nil }
    var odd = others
    for (count, cells) in parts where count != main { odd.formUnion(cells) }
    var writing = NumberWriting()
    let padded = firstDigits.keys.max() ?? 1
    writing.duration = NumberWriting.Duration(parts: main, firstDigits: hasShortFirst ? 1 : padded)
    return (writing, odd)
  }
}
