internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassTensors

/// What the cells of a generated row must be to each other, or a column to itself.
///
///     SynthesisConstraint("start <= end")
///     SynthesisConstraint("age >= 18")
///     SynthesisConstraint("net + tax = total")
///     SynthesisConstraint("unique(seat)")
///
/// Numbers, dates and times are compared; a missing cell keeps every comparison. The first of a sum is
/// computed: the column behind the sign is set to what the others add up to, and rows where it would
/// leave its range are not made.
public struct SynthesisConstraint: Hashable, Sendable, Codable, CustomStringConvertible {
  /// One side of a comparison.
  package enum Term: Hashable, Sendable, Codable {
    /// The cell of a column.
    case column(String)
    /// The same for all rows.
    case number(Double)
  }

  /// A comparison of two terms.
  package enum Relation: String, Hashable, Sendable, Codable, CaseIterable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"

    func holds(_ first: Double, _ second: Double) -> Bool {
      switch self {
      case .lessOrEqual: first <= second
      case .greaterOrEqual: first >= second
      case .less: first < second
      case .greater: first > second
      }
    }
  }

  /// The kinds of constraints.
  package enum Rule: Hashable, Sendable, Codable {
    /// One term stands to another as it should.
    case comparison(Term, Relation, Term)
    /// Some columns add up to another one.
    case sum([String], String)
    /// No two rows have the same cells in some columns.
    case unique([String])
  }

  /// What must hold.
  package let rule: Rule
  /// The constraint as it was written.
  public let description: String

  /// Reads a constraint; `nil` where the text is none.
  public init?(_ text: String) {
    let text = Self.trimmed(text)
    description = text
    if text.hasPrefix("unique("), text.hasSuffix(")") {
      let names = Self.parts(text.dropFirst(7).dropLast(), of: ",")
      guard let names else { return nil }
      rule = .unique(names)
      return
    }
    for relation in Relation.allCases {
      guard let range = Self.range(of: relation.rawValue, in: text) else { continue }
      let (left, right) = (text[..<range.lowerBound], text[range.upperBound...])
      guard let first = Self.term(left), let second = Self.term(right) else { return nil }
      if case (.number, .number) = (first, second) { return nil }
      rule = .comparison(first, relation, second)
      return
    }
    guard let sign = text.firstIndex(of: "="),
      let addends = Self.parts(text[..<sign], of: "+"), addends.count > 1
    else { return nil }
    let total = Self.trimmed(text[text.index(after: sign)...])
    guard !total.isEmpty else { return nil }
    rule = .sum(addends, total)
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var part = Substring(text)
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }

  private static func parts(_ text: some StringProtocol, of sign: Character) -> [String]? {
    let parts = text.split(separator: sign, omittingEmptySubsequences: false).map { trimmed($0) }
    return parts.contains("") ? nil : parts
  }

  private static func term(_ text: some StringProtocol) -> Term? {
    let text = trimmed(text)
    if let number = Double(text), number.isFinite { return .number(number) }
    return text.isEmpty ? nil : .column(text)
  }

  private static func range(of word: String, in text: String) -> Range<String.Index>? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(word) {
        return start..<text.index(start, offsetBy: word.count)
      }
      start = text.index(after: start)
    }
    return nil
  }

  /// The columns that it speaks of.
  public var columns: [String] {
    switch rule {
    case .comparison(let first, _, let second):
      [first, second].compactMap { if case .column(let name) = $0 { name } else { nil } }
    case .sum(let addends, let total): addends + [total]
    case .unique(let names): names
    }
  }
}

/// Generated rows that keep constraints, taken one by one.
struct ConstrainedRows {
  private let constraints: [SynthesisConstraint]
  /// The sums in an order in which what is added up is set before.
  private let sums: [Sum]
  /// The ends of each column that a sum sets.
  private let ranges: [String: ClosedRange<Double>]
  private var seen: [Set<[String]>]

  init(_ constraints: [SynthesisConstraint], ranges: [String: ClosedRange<Double>]) {
    self.constraints = constraints
    sums = Self.ordered(constraints).sums
    self.ranges = ranges
    seen = constraints.map { _ in [] }
  }

  /// Columns that add up to another one.
  private typealias Sum = (addends: [String], total: String)

  /// The sums in an order in which what is added up is set before, and the first one that has no place in
  /// it: what it sets is set by another one too, or depends on itself.
  private static func ordered(
    _ constraints: [SynthesisConstraint]
  ) -> (sums: [Sum], open: SynthesisConstraint?) {
    var waiting = constraints.filter { if case .sum = $0.rule { true } else { false } }
    var sums: [Sum] = []
    while !waiting.isEmpty {
      let totals = waiting.compactMap { constraint -> String? in
        if case .sum(_, let total) = constraint.rule { total } else { nil }
      }
      let next = waiting.firstIndex { constraint in
        guard case .sum(let addends, let total) = constraint.rule else { return false }
        return !addends.contains { totals.contains($0) } && totals.count { $0 == total } == 1
      }
      guard let next, case .sum(let addends, let total) = waiting.remove(at: next).rule else {
        return (sums, waiting.first)
      }
      sums.append((addends, total))
    }
    return (sums, nil)
  }

  /// A sum that sets what another one sets, or what it depends on itself.
  static func unorderedSum(_ constraints: [SynthesisConstraint]) -> SynthesisConstraint? {
    ordered(constraints).open
  }

  /// A table with its sums set.
  func summed(_ table: Table) -> Table {
    var table = table
    for (addends, total) in sums {
      guard let column = table[column: total] else { continue }
      let parts = addends.compactMap { table[column: $0] }
      let sums = (0..<table.rowCount).map { row -> Double? in
        var sum = 0.0
        for part in parts {
          guard let number = part.number(row) else { return nil }
          sum += number
        }
        return sum
      }
      let cells = Table.Cells.numbers(sums.map { $0 ?? 0 }, missing: sums.map { $0 == nil })
      table = table.replacing(column.replacing(cells: cells))
    }
    return table
  }

  /// Whether a row of a table with its sums set may be taken, which it then is.
  mutating func take(_ row: Int, of table: Table) -> Bool {
    for constraint in constraints {
      switch constraint.rule {
      case .comparison(let first, let relation, let second):
        guard let left = Self.number(first, table, row), let right = Self.number(second, table, row)
        else { continue }
        if !relation.holds(left, right) { return false }
      case .sum(_, let total):
        guard let number = table[column: total]?.number(row), let range = ranges[total] else {
          continue
        }
        if !range.contains(number) { return false }
      case .unique: continue
      }
    }
    var keys: [(place: Int, key: [String])] = []
    for (place, constraint) in constraints.enumerated() {
      guard case .unique(let names) = constraint.rule else { continue }
      let key = names.map { table[column: $0]?.text(row) ?? "" }
      if seen[place].contains(key) { return false }
      keys.append((place, key))
    }
    for (place, key) in keys { seen[place].insert(key) }
    return true
  }

  private static func number(
    _ term: SynthesisConstraint.Term,
    _ table: Table,
    _ row: Int
  ) -> Double? {
    switch term {
    case .number(let number): number
    case .column(let name): table[column: name]?.number(row)
    }
  }
}
