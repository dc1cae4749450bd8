internal import HourglassData
internal import HourglassEncodings
internal import HourglassTasksCommon
internal import HourglassTensors

extension FittedSynthesizer {
  /// New rows that meet demands, drawn by trees: those of single columns without rejecting a row.
  ///
  /// - Throws: `valueTooRare` where no row can meet them, or where those that keep a constraint between columns
  ///   come too rarely.
  func drawn(
    _ count: Int,
    _ demands: Demands,
    by trees: TableTrees,
    _ seed: UInt64
  ) async throws -> DemandedTable {
    var cells = demands.numberRanges
    for condition in demands.conditions {
      guard let field = trees.fields.columns.first(where: { $0.name == condition.column }) else {
        continue
      }
      // What comparisons leave of the column has to hold the value, or no row can meet both.
      let value = field.demand(for: condition.value)
      if case .number(let number) = value, let range = cells[field.name] {
        guard case .numbers(let numbers) = range, numbers.contains(number) else {
          throw TaskError.valueTooRare(
            conditions: demands.words(nil),
            drawn: 0,
            found: 0,
            wanted: count
          )
        }
      }
      cells[field.name] = value
    }
    var kept = ConstrainedRows(demands.constraints, ranges: demands.ranges)
    guard let quotas = demands.quotas else {
      var result = try await rows(count, cells, demands, by: trees, &kept, part: "", seed)
      result.table = trees.fields.formed(result.table, seed: seed)
      return result
    }
    // As many rows of each level, in a random order.
    var parts: [DemandedTable] = []
    for (level, wanted) in quotas.left.sorted(by: { $0.key < $1.key }) where wanted > 0 {
      var own = cells
      own[quotas.column] = .level(level)
      let part = " of \(level)"
      var ofLevel = demands
      ofLevel.quotas = quotas.keeping(level)
      parts.append(try await rows(wanted, own, ofLevel, by: trees, &kept, part: part, seed))
    }
    let table = Table(joining: parts.map(\.table), name: "generated")
    var order = Array(0..<table.rowCount)
    var generator = SeededGenerator.named("order of levels", seed: seed)
    order.shuffle(using: &generator)
    var result = DemandedTable(trees.fields.formed(table.rows(order), seed: seed))
    result.improbable = Array(parts.flatMap(\.improbable).prefix(Self.mostWarnings))
    result.warnings = Array(parts.flatMap(\.warnings).prefix(Self.mostWarnings))
    return result
  }

  /// The most warnings of levels that come as often as others.
  private static let mostWarnings = 5

  /// Rows with some cells that keep all constraints.
  private func rows(
    _ count: Int,
    _ cells: [String: CellDemand],
    _ demands: Demands,
    by trees: TableTrees,
    _ kept: inout ConstrainedRows,
    part: String,
    _ seed: UInt64
  ) async throws -> DemandedTable {
    // Some more than are wanted, where constraints refuse some.
    let spare = demands.constraints.isEmpty ? 0 : 32
    var met = DemandTally()
    let table = try await Self.taken(count, demands, &kept) { block, wanted in
      let size = min(wanted + spare, TableTrees.demandedBlockSize)
      let found = trees.rows(size, cells, block: "\(block)\(part)", seed: seed)
      guard let found else { return nil }
      met.add(size, probability: found.probability, differentCount: found.differentCount)
      return found.table
    }
    var result = DemandedTable(table)
    // Ranges are demanded of single columns as well, but only values are named here.
    let level = demands.quotas.flatMap { quotas in
      quotas.left.count == 1 ? quotas.left.keys.first.map { "\(quotas.column) = \($0)" } : nil
    }
    let words = [demands.conditionWords, level ?? ""].filter { !$0.isEmpty }
      .joined(separator: ", ")
    result.improbable = [met.improbable(words, trainingRows: trees.chains.rowCount)]
      .compactMap(\.self)
    result.warnings = [met.scarcity(words)].compactMap(\.self)
    return result
  }
}

extension FittedSynthesizer.Demands {
  /// The numbers that comparisons with a number leave to single columns, by their names.
  fileprivate var numberRanges: [String: CellDemand] {
    var ends: [String: (low: Double, high: Double)] = [:]
    let sums = Set(
      constraints.compactMap { if case .sum(_, let total) = $0.rule { total } else { nil } }
    )
    for constraint in constraints {
      guard case .comparison(let first, let relation, let second) = constraint.rule else {
        continue
      }
      let name: String
      let number: Double
      // Whether the column is below the number.
      let isBelow: Bool
      let isStrict = relation == .less || relation == .greater
      let isRising = relation == .less || relation == .lessOrEqual
      switch (first, second) {
      case (.column(let column), .number(let value)):
        (name, number, isBelow) = (column, value, isRising)
      case (.number(let value), .column(let column)):
        (name, number, isBelow) = (column, value, !isRising)
      default: continue
      }
      // What a sum sets is not drawn.
      if sums.contains(name) { continue }
      var own = ends[name] ?? (-.infinity, .infinity)
      if isBelow {
        own.high = min(own.high, isStrict ? number.nextDown : number)
      } else {
        own.low = max(own.low, isStrict ? number.nextUp : number)
      }
      ends[name] = own
    }
    return ends.reduce(into: [:]) { demands, entry in
      let (name, own) = entry
      // An empty range leaves missing cells alone.
      demands[name] = own.low <= own.high ? .numbers(own.low...own.high) : .missing
    }
  }
}

extension TableEncoding.Field {
  /// The cells that a value as it is written in the table stands for.
  fileprivate func demand(for value: String) -> CellDemand {
    guard !value.isEmpty else { return .missing }
    guard case .bins(let bins) = content, case .intervals = bins.content else {
      return .level(value)
    }
    let number = dateFormat.map { $0.seconds(of: value.utf8) } ?? Double(value)
    return number.map { .number($0) } ?? .level(value)
  }
}
