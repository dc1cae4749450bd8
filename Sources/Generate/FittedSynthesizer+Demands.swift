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
  ) async throws -> Table {
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
      let table = try await rows(count, cells, demands, by: trees, &kept, part: "", seed)
      return trees.fields.formed(table, seed: seed)
    }
    // As many rows of each level, in a random order.
    var parts: [Table] = []
    for (level, wanted) in quotas.left.sorted(by: { $0.key < $1.key }) where wanted > 0 {
      var own = cells
      own[quotas.column] = .level(level)
      let part = " of \(level)"
      var ofLevel = demands
      ofLevel.quotas = quotas.keeping(level)
      parts.append(try await rows(wanted, own, ofLevel, by: trees, &kept, part: part, seed))
    }
    let table = Table(joining: parts, name: "generated")
    var order = Array(0..<table.rowCount)
    var generator = SeededGenerator.named("order of levels", seed: seed)
    order.shuffle(using: &generator)
    return trees.fields.formed(table.rows(order), seed: seed)
  }

  /// Rows with some cells that keep all constraints.
  private func rows(
    _ count: Int,
    _ cells: [String: CellDemand],
    _ demands: Demands,
    by trees: TableTrees,
    _ kept: inout ConstrainedRows,
    part: String,
    _ seed: UInt64
  ) async throws -> Table {
    // Some more than are wanted, where constraints refuse some.
    let spare = demands.constraints.isEmpty ? 0 : 32
    return try await Self.taken(count, demands, &kept) { block, wanted in
      let size = min(wanted + spare, TableTrees.demandedBlockSize)
      return trees.rows(size, cells, block: "\(block)\(part)", seed: seed)
    }
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
