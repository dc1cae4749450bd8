internal import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
internal import HourglassModelFiles
internal import HourglassTensors

extension FittedSynthesizer {
  /// The rows that are drawn before a value that never came is given up.
  private static let patience = 60_000
  /// The most rows that are drawn for those that are wanted.
  private static let mostDraws = 2_000_000

  /// New rows of a table that meet conditions.
  ///
  /// Rows are drawn until enough of them meet the conditions; they are distributed as generated rows
  /// that meet them are.
  ///
  /// - Parameters:
  ///   - count: The number of rows, at least 1.
  ///   - conditions: What every row must have.
  ///   - seed: Where all random numbers come from.
  ///   - engine: Where it is computed.
  /// - Throws: `application(.unknownValue)` for a value that was not learnt, `.valueTooRare` where the
  ///   rows that meet the conditions come too rarely, `.unsuitedKind` where no table was learnt.
  public func table(
    _ count: Int,
    where conditions: [SynthesisCondition] = [],
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    do {
      try requireSetting(count >= 1, "the number of items", "at least 1", count)
      guard case .table(let columns) = model.fields else {
        throw ApplicationError.unsuitedKind(
          name: header.provenance.dataName,
          job: "generate rows of a table from",
          expected: "a table",
          found: kind.plural
        )
      }
      if conditions.isEmpty { return try await model.newTable(count, seed: seed, on: engine) }
      for condition in conditions { try Self.check(condition, columns) }
      return try await matching(count, conditions, seed, on: engine)
    } catch {
      throw HourglassError(error)
    }
  }

  private func matching(
    _ count: Int,
    _ conditions: [SynthesisCondition],
    _ seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Table {
    var parts: [Table] = []
    var (found, drawn, block) = (0, 0, 0)
    while found < count {
      let isHopeless = found == 0 && drawn >= Self.patience
      guard !isHopeless, drawn < Self.mostDraws else {
        throw ApplicationError.valueTooRare(
          conditions: conditions.map { "\($0.column) = \($0.value)" }.joined(separator: ", "),
          drawn: drawn,
          found: found,
          wanted: count
        )
      }
      let size = SynthesisNetwork.blockSize
      let codes = model.newCodes(size, block: block, seed: seed, isPrior: false)
      let table = try await model.table(at: codes, block: block, seed: seed, on: engine)
      let rows = (0..<size).filter { row in conditions.allSatisfy { $0.holds(in: table, row) } }
      parts.append(table.rows(Array(rows.prefix(count - found))))
      found += rows.count
      drawn += size
      block += 1
      try Task.checkCancellation()
    }
    return Table(joining: parts, name: "generated")
  }

  /// Checks that a condition can be met at all.
  private static func check(
    _ condition: SynthesisCondition,
    _ columns: [CellGroups]
  ) throws {
    guard let column = columns.first(where: { $0.name == condition.column }) else {
      throw DatasetError.table(
        .missingColumn(
          path: "the model",
          name: condition.column,
          found: columns.map(\.name)
        )
      )
    }
    if let expected = column.expectation(against: condition.value) {
      throw ApplicationError.unknownValue(
        column: condition.column,
        value: condition.value,
        expected: expected
      )
    }
  }
}

extension SynthesisCondition {
  /// Whether a row of a table has the value, as a text or as a number.
  func holds(in table: Table, _ row: Int) -> Bool {
    guard let cells = table[column: column] else { return false }
    if cells.isMissing(row) { return value.isEmpty }
    if case .numbers(let numbers, _) = cells.cells, let number = Double(value) {
      return numbers[row] == number
    }
    return cells.text(row) == value
  }
}

extension CellGroups {
  /// What a value of the column should have been, in words; `nil` where it may be one.
  fileprivate func expectation(against value: String) -> String? {
    if value.isEmpty {
      return hasMissing ? nil : "a value, for no cell of the column is missing"
    }
    switch content {
    case .identifier: return "another column, for this one only names rows"
    case .intervals(let intervals):
      let low = intervals.first?.knots.first ?? 0
      let high = intervals.last?.knots.last ?? 0
      guard let number = Double(value), number >= low, number <= high else {
        return "a number from \(NumberText.plain(low)) to \(NumberText.plain(high))"
      }
      return nil
    case .levels(let levels, let rare, _):
      if levels.contains(value) || rare.contains(value) { return nil }
      let known = levels.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
      return
        "one of \(known)\(levels.count > 8 ? " and \(levels.count + rare.count - 8) others" : "")"
    }
  }
}
