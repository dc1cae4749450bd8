internal import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
internal import HourglassModelFiles
internal import HourglassSystem
public import HourglassTasksCommon
internal import HourglassTensors

extension FittedSynthesizer {
  /// The rows that are drawn before a value that never came is given up.
  static let patience = 60_000
  /// The most rows that are drawn for those that are wanted.
  static let mostDraws = 2_000_000

  /// New rows of a table that meet conditions.
  ///
  /// Trees draw values, ranges and balanced levels of single columns without rejecting rows, all along the one of
  /// their chains in which these columns come first of all; rows without conditions come from all chains. For what
  /// couples columns, and for a variational autoencoder, rows are drawn until enough of them meet the conditions.
  ///
  /// - Parameters:
  ///   - count: The number of rows, at least 1.
  ///   - conditions: What every row must have.
  ///   - constraints: What the cells of a row must be to each other.
  ///   - balanced: A column of categories, each of whose levels should come as often as the others.
  ///   - seed: Where all random numbers come from.
  ///   - engine: Where it is computed.
  /// - Throws: `application(.unknownValue)` for a value that was not in the training data, `.valueTooRare`
  ///   where the rows that meet the conditions come too rarely, `.unsuitedKind` where the model is not of a
  ///   table.
  public func table(
    _ count: Int,
    where conditions: [SynthesisCondition] = [],
    keeping constraints: [SynthesisConstraint] = [],
    balancing balanced: String? = nil,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    try await demanded(
      count,
      where: conditions,
      keeping: constraints,
      balancing: balanced,
      seed: seed,
      on: engine
    ).table
  }

  /// The same rows with what should be known of them.
  ///
  /// - Throws: As `table`.
  package func demanded(
    _ count: Int,
    where conditions: [SynthesisCondition] = [],
    keeping constraints: [SynthesisConstraint] = [],
    balancing balanced: String? = nil,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> DemandedTable {
    try await HourglassError.wrapping {
      try requireHeld(count)
      guard kind == .table else {
        throw TaskError.unsuitedKind(
          name: header.provenance.dataName,
          job: "generate rows of a table from",
          expected: "a table",
          found: kind.phrase
        )
      }
      if conditions.isEmpty, constraints.isEmpty, balanced == nil {
        return DemandedTable(try await model.newTable(count, seed: seed, on: engine))
      }
      let columns = model.fields.columns
      for condition in conditions { try Self.check(condition, columns) }
      try Self.checkPairs(conditions)
      for constraint in constraints { try Self.check(constraint, columns) }
      try Self.checkSums(constraints)
      let quotas = try balanced.map { try LevelQuotas($0, columns, conditions, count: count) }
      let demands = Demands(
        conditions: conditions,
        constraints: constraints,
        quotas: quotas,
        ranges: Self.ranges(of: columns)
      )
      switch model {
      case .trees(let trees): return try await drawn(count, demands, by: trees, seed)
      case .network(let network):
        return try await matching(count, demands, by: network, seed, on: engine)
      }
    }
  }

  /// Rows that meet demands, with what should be known of them.
  package struct DemandedTable: Sendable {
    /// The rows.
    package var table: Table
    /// What values are unlikely to occur together in training rows, a sentence each.
    package var improbable: [String] = []
    /// What else may be wrong with them, a sentence each.
    package var warnings: [String] = []

    init(_ table: Table) { self.table = table }
  }

  /// What rows must be to be taken.
  struct Demands {
    let conditions: [SynthesisCondition]
    let constraints: [SynthesisConstraint]
    var quotas: LevelQuotas?
    let ranges: [String: ClosedRange<Double>]

    /// The values that rows must have, in words.
    var conditionWords: String {
      conditions.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
    }

    /// The demands in words, for who asked for too much, with a level that still lacks rows.
    func words(_ quotas: LevelQuotas?) -> String {
      let texts =
        conditions.map { "\($0.column) = \($0.value)" } + constraints.map(\.description)
        + (quotas?.open.map { ["\(quotas?.column ?? "") = \($0)"] } ?? [])
      return texts.joined(separator: ", ")
    }
  }

  private func matching(
    _ count: Int,
    _ demands: Demands,
    by model: SynthesisNetwork,
    _ seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> DemandedTable {
    var kept = ConstrainedRows(demands.constraints, ranges: demands.ranges)
    var met = DemandTally()
    let table = try await Self.taken(count, demands, &kept) { block, _ in
      let codes = model.newCodes(model.blockSize, block: block, seed: seed, isPrior: false)
      let made = try await model.table(at: codes, block: block, seed: seed, on: engine)
      let found = (0..<made.rowCount).count { row in
        demands.conditions.allSatisfy { $0.holds(in: made, row) }
      }
      met.add(made.rowCount, probability: Double(found) / Double(max(made.rowCount, 1)))
      return made
    }
    var result = DemandedTable(model.fields.formed(table, seed: seed))
    result.improbable = [
      met.improbable(demands.conditionWords, trainingRows: header.provenance.itemCount)
    ].compactMap(\.self)
    return result
  }

  /// The first rows of blocks that are as they must be.
  ///
  /// - Parameters:
  ///   - kept: The rows that were taken before, which count for what a constraint asks of all rows.
  ///   - rowsOfBlock: Gives the rows of a block by its number, and how many are still wanted; `nil` where none can be
  ///     as they must be.
  /// - Throws: `valueTooRare` where rows that are taken come too rarely.
  static func taken(
    _ count: Int,
    _ demands: Demands,
    _ kept: inout ConstrainedRows,
    _ rowsOfBlock: (Int, Int) async throws -> Table?
  ) async throws -> Table {
    var quotas = demands.quotas
    var parts: [Table] = []
    var (found, drawn, block, last) = (0, 0, 0, 0)
    while found < count {
      guard drawn - last < patience, drawn < mostDraws,
        let made = try await rowsOfBlock(block, count - found)
      else {
        throw TaskError.valueTooRare(
          conditions: demands.words(quotas),
          drawn: drawn,
          found: found,
          wanted: count
        )
      }
      let table = kept.summed(made)
      var rows: [Int] = []
      for row in 0..<made.rowCount where found + rows.count < count {
        guard demands.conditions.allSatisfy({ $0.holds(in: table, row) }),
          quotas?.hasRoom(for: row, of: table) ?? true, kept.take(row, of: table)
        else { continue }
        quotas?.take(row, of: table)
        rows.append(row)
      }
      parts.append(table.rows(rows))
      found += rows.count
      drawn += made.rowCount
      block += 1
      if !rows.isEmpty { last = drawn }
      try Task.checkCancellation()
    }
    return Table(joining: parts, name: "generated")
  }

  /// The least and the greatest number of each column.
  private static func ranges(of columns: [TableEncoding.Field]) -> [String: ClosedRange<Double>] {
    var ranges: [String: ClosedRange<Double>] = [:]
    for column in columns {
      guard case .bins(let bins) = column.content, case .intervals(let intervals) = bins.content,
        let low = intervals.first?.knots.first, let high = intervals.last?.knots.last, low <= high
      else { continue }
      ranges[column.name] = low...high
    }
    return ranges
  }

  /// Checks that a constraint speaks of columns that it can speak of.
  private static func check(_ constraint: SynthesisConstraint, _ columns: [TableEncoding.Field])
    throws
  {
    for name in constraint.columns {
      let column = try column(name, columns)
      if case .unique = constraint.rule { continue }
      guard case .bins(let bins) = column.content, case .intervals = bins.content else {
        throw TaskError.unknownValue(
          column: name,
          value: constraint.description,
          expected: "a column of numbers, dates or times in the constraint"
        )
      }
    }
  }

  /// Checks that no sum sets a column that another one sets, or that it depends on itself.
  private static func checkSums(_ constraints: [SynthesisConstraint]) throws {
    guard let open = ConstrainedRows.unorderedSum(constraints) else { return }
    throw TaskError.invalidSetting(
      name: "a sum of the constraints",
      expected: "one that alone sets its column, and does not depend on what it sets",
      found: open.description
    )
  }

  private static func column(_ name: String, _ columns: [TableEncoding.Field]) throws
    -> TableEncoding.Field
  {
    if let column = columns.first(where: { $0.name == name }) { return column }
    throw DatasetError.table(
      .missingColumn(path: "the model", name: name, found: columns.map(\.name))
    )
  }

  /// Checks that no two conditions ask for different values of a column.
  private static func checkPairs(_ conditions: [SynthesisCondition]) throws {
    var values: [String: String] = [:]
    for condition in conditions {
      let earlier = values.updateValue(condition.value, forKey: condition.column)
      guard let earlier, earlier != condition.value else { continue }
      throw TaskError.invalidSetting(
        name: "the conditions on column \(condition.column)",
        expected: "one value",
        found: "\(earlier) and \(condition.value)"
      )
    }
  }

  /// Checks that a condition can be met at all.
  private static func check(
    _ condition: SynthesisCondition,
    _ columns: [TableEncoding.Field]
  ) throws {
    let column = try column(condition.column, columns)
    if let expected = column.expectation(against: condition.value) {
      throw TaskError.unknownValue(
        column: condition.column,
        value: condition.value,
        expected: expected
      )
    }
  }
}

/// A number in so many parts that differ by one at most, the larger ones first.
package func evenShares(of count: Int, among parts: Int) -> [Int] {
  (0..<parts).map { count / parts + ($0 < count % parts ? 1 : 0) }
}

/// How many more rows of each level of a column are wanted, so that all come equally often.
struct LevelQuotas: Sendable {
  /// The column.
  let column: String
  private(set) var left: [String: Int]

  init(
    _ name: String,
    _ columns: [TableEncoding.Field],
    _ conditions: [SynthesisCondition],
    count: Int
  ) throws {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw DatasetError.table(
        .missingColumn(path: "the model", name: name, found: columns.map(\.name))
      )
    }
    guard case .bins(let bins) = column.content, case .levels(let levels, _, _) = bins.content,
      levels.count > 1,
      !conditions.contains(where: { $0.column == name })
    else {
      throw TaskError.unsuitedKind(
        name: name,
        job: "balance",
        expected: "a column of categories without a condition of its own",
        found: conditions.contains { $0.column == name } ? "one with a condition" : "another column"
      )
    }
    self.column = name
    left = [:]
    for (level, share) in zip(levels, evenShares(of: count, among: levels.count)) {
      left[level] = share
    }
  }

  /// The same for one level alone.
  func keeping(_ level: String) -> LevelQuotas {
    var one = self
    one.left = left.filter { $0.key == level }
    return one
  }

  /// A level of which rows are still wanted.
  var open: String? { left.filter { $0.value > 0 }.keys.min() }

  /// Whether more rows of a row's level are wanted.
  func hasRoom(for row: Int, of table: Table) -> Bool {
    table[column: column]?.text(row).flatMap { left[$0] }.map { $0 > 0 } ?? false
  }

  /// Counts a row.
  mutating func take(_ row: Int, of table: Table) {
    if let level = table[column: column]?.text(row) { left[level]? -= 1 }
  }
}

extension SynthesisCondition {
  /// Whether a row of a table has the value, as a text or as a number.
  package func holds(in table: Table, _ row: Int) -> Bool {
    guard let cells = table[column: column] else { return false }
    if cells.isMissing(row) { return value.isEmpty }
    if case .numbers(let numbers, _) = cells.cells {
      let wanted = cells.dateFormat.map { $0.seconds(of: value.utf8) } ?? Double(value)
      if let wanted { return numbers[row] == wanted }
    }
    return cells.text(row) == value
  }
}

extension TableEncoding.Field {
  /// What a value of the column should have been, in words; `nil` where it may be one.
  fileprivate func expectation(against value: String) -> String? {
    guard case .bins(let bins) = content else { return nil }
    if value.isEmpty {
      return bins.hasMissing ? nil : "a value, for no cell of the column is missing"
    }
    switch bins.content {
    case .identifier: return "another column, for this one only names rows"
    case .intervals(let intervals):
      let low = intervals.first?.knots.first ?? 0
      let high = intervals.last?.knots.last ?? 0
      if let dateFormat {
        if let time = dateFormat.seconds(of: value.utf8), time >= low, time <= high { return nil }
        return "a date or time from \(dateFormat.text(low)) to \(dateFormat.text(high))"
      }
      guard let number = Double(value), number >= low, number <= high else {
        return "a number from \(NumberText.plain(low)) to \(NumberText.plain(high))"
      }
      return nil
    case .levels(let levels, let rare, _):
      if levels.contains(value) || rare.contains(value) { return nil }
      return levels.asChoices(and: rare.count)
    }
  }
}

extension [String] {
  /// The first of them as what a value may be, in words.
  ///
  /// - Parameter others: How many more there are besides these.
  func asChoices(and others: Int = 0) -> String {
    let known = prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    return "one of \(known)\(count > 8 ? " and \(count + others - 8) others" : "")"
  }
}
