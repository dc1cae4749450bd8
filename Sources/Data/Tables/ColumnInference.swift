internal import HourglassSystem
internal import HourglassTensors

/// What kind of column some cells are, by the rules of `ColumnRule` applied to all of them.
///
/// A column whose cells are all plain numbers or missing is read as numbers; one with other texts, or with
/// numbers that would be written otherwise, as texts, whose evidence decides. Numbers of an array follow the
/// same rules as those of a text.
///
/// A column of texts is an error where at least 95% of its cells are numbers of more than 20
/// values: a few stray words must not turn a measurement into a name without a word.
///
/// The levels of booleans, ordinals and categories are in the order of their numbers or, else, of their
/// texts.
struct ColumnInference {
  static let fewestIdentifiers = 20
  static let mostLevels = 1000

  let path: String
  let name: String
  /// The kind that the user declared.
  var declared: ColumnKind?
  /// The kind of the column in data that these are read like, of which it is where its cells can be.
  var expected: ColumnKind?
  /// The levels of an ordinal column in their order, if the user gave it.
  var levels: [String]?
  /// The order of day and month that the user declared.
  var dateOrder: DateFormat.Order?
  /// What numbers count that the user declared to be dates.
  var epoch: DateFormat.Epoch?
  /// The number of cells that are not missing, where the cells at hand are drawn from more.
  var presentCount: Int?
  /// About how many texts differ, where the cells at hand are drawn from more.
  var distinctCount: Int?
  /// How many of the cells at hand were added to those that were drawn, and may be among these.
  var addedCount = 0
  /// The files that are read, where there are several.
  var parts: PartLines?
  /// Whether a comma stands before decimals where the column itself does not show it.
  var hasDecimalComma = false
  /// Whether no comma stands before decimals, so that 4,6 is a list.
  var refusesDecimalComma = false

  /// A column and how it was read.
  struct Meaning {
    var column: Table.Column
    var rule: ColumnRule
    var detail: String?
    var odd = OddCells()
    /// The cells that are no values, and count as missing.
    var unreadCount = 0
    /// The words among them that stand for a missing cell among numbers.
    var standIns: [ColumnReading.MissingWord] = []

    /// The report of it.
    func reading(_ name: String) -> ColumnReading {
      var reading = ColumnReading(name: name, rule: rule)
      reading.detail = detail
      reading.odd = odd
      switch column.kind {
      case .identifier: reading.ignored = "it names rows"
      case .constant where rule == .empty: reading.ignored = "it has no value"
      case .constant: reading.ignored = "it is the same in every row"
      default: break
      }
      return reading
    }
  }

  /// The inference by which the column is of the expected kind; none where a kind was declared.
  var expectation: ColumnInference? {
    guard declared == nil, let expected else { return nil }
    var inference = self
    (inference.declared, inference.expected) = (expected, nil)
    return inference
  }

  // MARK: Numbers

  /// The column of cells that are all numbers or missing.
  func column(
    numbers: [Double],
    missing: [Bool],
    decimals: Int?,
    isFixed: Bool
  ) throws(DatasetError) -> Table.Column {
    try meaning(numbers: numbers, missing: missing, decimals: decimals, isFixed: isFixed).column
  }

  /// The column of cells that are all numbers or missing, and how it was read.
  func meaning(
    numbers: [Double],
    missing: [Bool],
    decimals: Int?,
    isFixed: Bool
  ) throws(DatasetError) -> Meaning {
    let missing = missing.contains(true) ? missing : []
    if let expectation, missing.contains(false) || (missing.isEmpty && !numbers.isEmpty),
      let meaning = try? expectation.meaning(
        numbers: numbers,
        missing: missing,
        decimals: decimals,
        isFixed: isFixed
      )
    {
      return meaning.asExpected
    }
    let facts = NumberFacts(numbers, missing: missing, decimals: decimals)
    let rule = declared == nil ? rule(of: facts, numbers, missing) : .declared
    let kind = declared ?? rule.kindOfNumbers
    if declared == .integer && !facts.areWhole {
      throw wrongKind(.integer, Self.fractions(numbers, missing))
    }
    let mostLevels = kind == .boolean ? 2 : Self.mostLevels
    if [.boolean, .category, .ordinal].contains(kind) && facts.distinct.count > mostLevels {
      throw wrongKind(kind, "more than \(mostLevels) different numbers")
    }
    if kind == .constant && facts.distinct.count > 1 {
      throw wrongKind(.constant, "more than one number")
    }
    if kind.isDate {
      return Meaning(column: try dates(numbers: numbers, missing: missing, kind), rule: rule)
    }
    let column = Self.column(
      Table.Column(
        name: name,
        kind: kind,
        cells: .numbers(numbers, missing: missing),
        decimals: decimals,
        hasFixedDecimals: isFixed
      ),
      facts.distinct
    )
    return Meaning(column: kind == .ordinal ? try ordered(column) : column, rule: rule)
  }

  /// The column of numbers of an array, of a kind that nobody declared.
  static func column(name: String, numbers: [Double], missing: [Bool]) -> Table.Column {
    let facts = NumberFacts(numbers, missing: missing, decimals: nil)
    let rule = ColumnInference(path: "", name: name, declared: nil).rule(
      of: facts,
      numbers,
      missing
    )
    let kind = rule == .dates ? .integer : rule.kindOfNumbers
    return column(
      Table.Column(name: name, kind: kind, cells: .numbers(numbers, missing: missing)),
      facts.distinct
    )
  }

  /// A column of numbers with its cells as those of its kind.
  private static func column(_ column: Table.Column, _ distinct: [Double]) -> Table.Column {
    switch column.kind {
    case .number, .integer, .constant, .date, .time: column
    case .boolean, .category, .ordinal: column.replacing(cells: codes(column, distinct))
    case .identifier, .text:
      column.replacing(cells: .texts((0..<column.count).map { column.text($0) }))
    }
  }

  private func rule(
    of facts: NumberFacts,
    _ numbers: [Double],
    _ missing: [Bool]
  ) -> ColumnRule {
    if facts.distinct.count < 2 { return facts.distinct.isEmpty ? .empty : .oneValue }
    guard facts.areWhole else { return .numbers }
    if facts.areDays(numbers, missing) { return .dates }
    if facts.distinct.count == 2 { return .twoValues }
    return facts.identifierRule(name, numbers, missing, of: presentCount, added: addedCount)
      ?? .wholeNumbers
  }

  private static func codes(_ column: Table.Column, _ distinct: [Double]) -> Table.Cells {
    guard case .numbers(let values, _) = column.cells else { return column.cells }
    let levels = distinct.sorted()
    let format = NumberFormat(decimals: column.decimals, isFixed: column.hasFixedDecimals)
    let codes = values.indices.map { row in
      column.isMissing(row) ? -1 : Int32(levels.firstIndex(of: values[row]) ?? -1)
    }
    return .codes(codes, levels: levels.map(format.text))
  }

  /// Numbers as dates: those that count since 1970 where that is declared, else days as eight digits.
  private func dates(
    numbers: [Double],
    missing: [Bool],
    _ kind: ColumnKind
  ) throws(DatasetError) -> Table.Column {
    var format = DateFormat.isoDay
    format.day?.separators = ["", ""]
    if let epoch { format = DateFormat(epoch: epoch, decimals: 0) }
    var times: [Double] = []
    times.reserveCapacity(numbers.count)
    for (row, number) in numbers.enumerated() {
      if !missing.isEmpty, missing[row] {
        times.append(0)
      } else if kind == .date, let seconds = format.seconds(of: number) {
        times.append(seconds)
      } else {
        let text = NumberFormat(decimals: nil, isFixed: false).text(number)
        throw wrongKind(kind, "\(text) in row \(row + 1)")
      }
    }
    return Table.Column(
      name: name,
      kind: kind,
      cells: .numbers(times, missing: missing),
      dateFormat: format
    )
  }

  /// What whole numbers were expected to be and are not, with the first of them.
  private static func fractions(_ numbers: [Double], _ missing: [Bool]) -> String {
    let row = numbers.indices.first { row in
      (missing.isEmpty || !missing[row])
        && (numbers[row] != numbers[row].rounded() || abs(numbers[row]) >= 0x1p53)
    }
    let format = NumberFormat(decimals: nil, isFixed: false)
    return "numbers with decimals or beyond 2^53"
      + (row.map { ", such as \(format.text(numbers[$0]))" } ?? "")
  }

  // MARK: Levels

  /// The column with its levels in the order that the user gave.
  func ordered(_ column: Table.Column) throws(DatasetError) -> Table.Column {
    guard let levels, case .codes(let codes, let found) = column.cells else { return column }
    let declared = DeclaredLevels(levels)
    var places: [Int32] = []
    for level in found {
      guard let place = declared.place(of: level) else {
        throw wrongKind(.ordinal, "\"\(clipped(level))\", \(declared.absence)")
      }
      places.append(Int32(place))
    }
    return column.replacing(
      cells: .codes(codes.map { $0 < 0 ? -1 : places[Int($0)] }, levels: levels)
    )
  }

  /// The order of levels: by number where all are numbers, else by text.
  static func order(_ levels: [String]) -> [Int] {
    let numbers = levels.map { TableNumber.value(of: $0) }
    guard numbers.allSatisfy({ $0 != nil }) else {
      return levels.indices.sorted { levels[$0] < levels[$1] }
    }
    return levels.indices.sorted {
      (numbers[$0] ?? 0, levels[$0]) < (numbers[$1] ?? 0, levels[$1])
    }
  }

  /// The error of a column that was declared to be what it is not.
  func wrongKind(_ kind: ColumnKind, _ found: String) -> DatasetError {
    .table(.wrongKind(path: path, column: name, kind: kind, found: found))
  }

  /// The same with some of the cells.
  func wrongKind(_ kind: ColumnKind, _ cells: OddCells, _ remark: String = "") -> DatasetError {
    wrongKind(kind, cells.placed(in: parts).description + remark)
  }
}

extension ColumnInference.Meaning {
  /// The column, which was taken for the kind that was expected, by the rule for its values.
  var asExpected: ColumnInference.Meaning {
    var meaning = self
    meaning.rule =
      switch column.kind {
      case .date: .dates
      case .time: .timesOfDay
      case .integer where column.writing == nil: .wholeNumbers
      default: column.writing == nil ? .numbers : .writtenNumbers
      }
    return meaning
  }
}

extension ColumnRule {
  /// The kind of a column of numbers by this rule.
  fileprivate var kindOfNumbers: ColumnKind {
    switch self {
    case .empty, .oneValue: .constant
    case .dates: .date
    case .twoValues: .boolean
    case .runningNumbers, .namedIdentifier: .identifier
    case .wholeNumbers: .integer
    default: .number
    }
  }
}
