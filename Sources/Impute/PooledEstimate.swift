public import HourglassData
internal import HourglassGraphs
internal import HourglassTensors

/// The mean of a column, or the share of a level, over several completed tables, with what is unsure
/// of it because cells were missing.
///
/// With m tables, Q_i the estimate of one and U_i its variance, Q = Σ Q_i / m, W = Σ U_i / m and
/// B = Σ (Q_i - Q)² / (m - 1), the variance is T = W + (1 + 1/m) B.
///
/// Reference: Rubin, 1987, "Multiple Imputation for Nonresponse in Surveys",
/// doi:10.1002/9780470316696, equations 3.1.2 to 3.1.10.
public struct PooledEstimate: Hashable, Sendable, Codable {
  /// The name of the column.
  public var column: String
  /// The level whose share it is; `nil` for the mean of numbers.
  public var level: String?
  /// Q, the pooled mean or share.
  public var estimate: Double
  /// W, the mean variance of the estimate of one table.
  public var within: Double
  /// B, the variance between the tables.
  public var between: Double
  /// T, the variance of the pooled estimate.
  public var total: Double
  /// The degrees of freedom of Student's distribution of (estimate - truth) / √total; `nil` where the
  /// tables do not differ, and the normal distribution holds.
  public var degreesOfFreedom: Double?
  /// (1 + 1/m) B / T, the share of the variance that is due to missing cells, from 0 to 1.
  public var missingShare: Double

  /// The square root of the total variance.
  public var standardError: Double { total.squareRoot() }

  /// Pools estimates of several tables with their variances; there are two or more.
  public init(column: String, level: String? = nil, estimates: [(value: Double, variance: Double)])
  {
    precondition(estimates.count >= 2, "two tables or more are pooled, not \(estimates.count)")
    let count = Double(estimates.count)
    self.column = column
    self.level = level
    let mean = estimates.reduce(0) { $0 + $1.value } / count
    estimate = mean
    within = estimates.reduce(0) { $0 + $1.variance } / count
    between =
      estimates.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / (count - 1)
    let extra = (1 + 1 / count) * between
    total = within + extra
    missingShare = total > 0 ? extra / total : 0
    let ratio = extra > 0 ? 1 + within / extra : .infinity
    degreesOfFreedom = ratio.isFinite ? (count - 1) * ratio * ratio : nil
  }

  /// Pools the means of columns of numbers, and the shares of the levels of others with at most 20,
  /// over completed tables of the same columns; empty for fewer than two tables.
  ///
  /// - Parameter columns: The names of the columns; the others are left out.
  public static func pooled(_ tables: [Table], columns: [String]) -> [PooledEstimate] {
    var tally = PooledTally()
    for (number, table) in tables.enumerated() { tally.add(table, number: number) }
    return tally.estimates(of: columns)
  }
}

/// What completed tables that come block by block add up to, for pooled estimates.
package struct PooledTally: Sendable {
  /// The most levels of a column whose shares are reported.
  private static let mostLevels = 20

  /// The cells of a column of one completed table.
  private enum Cells: Sendable {
    /// Their number, their mean, and the sum of the squares of their distances from it.
    case numbers(count: Double, mean: Double, squares: Double)
    /// The number of cells of each level; none where there are more levels than are reported.
    case levels([String: Int]?, count: Int)
  }

  /// For each completed table the cells of its columns.
  private var tables: [[String: Cells]] = []

  package init() {}

  /// Adds the next rows of one of the completed tables, whose numbers are from 0 on.
  package mutating func add(_ table: Table, number: Int) {
    while tables.count <= number { tables.append([:]) }
    for column in table.columns {
      guard let cells = Self.cells(column) else { continue }
      tables[number][column.name] =
        tables[number][column.name].map { Self.joined($0, cells) } ?? cells
    }
  }

  /// The estimates of some columns; none for fewer than two tables.
  package func estimates(of names: [String]) -> [PooledEstimate] {
    var pooled: [PooledEstimate] = []
    for name in names {
      let all = tables.compactMap { $0[name] }
      guard all.count >= 2, all.count == tables.count, let first = all.first else { continue }
      switch first {
      case .numbers:
        let estimates = all.map { cells -> (value: Double, variance: Double) in
          guard case .numbers(let count, let mean, let squares) = cells else { return (0, 0) }
          return (mean, squares / max(count - 1, 1) / max(count, 1))
        }
        pooled.append(PooledEstimate(column: name, estimates: estimates))
      case .levels:
        let counts = all.compactMap { cells -> (levels: [String: Int], count: Double)? in
          guard case .levels(let levels?, let count) = cells else { return nil }
          return (levels, Double(max(count, 1)))
        }
        let levels = Set(counts.flatMap(\.levels.keys))
        guard counts.count == all.count, levels.count <= Self.mostLevels else { continue }
        for level in levels.sorted() {
          let estimates = counts.map { cells -> (value: Double, variance: Double) in
            let share = Double(cells.levels[level] ?? 0) / cells.count
            return (share, share * (1 - share) / cells.count)
          }
          pooled.append(PooledEstimate(column: name, level: level, estimates: estimates))
        }
      }
    }
    return pooled
  }

  private static func cells(_ column: Table.Column) -> Cells? {
    if case .numbers = column.cells {
      guard column.dateFormat == nil else { return nil }
      let numbers = (0..<column.count).compactMap { column.number($0) }
      let count = Double(numbers.count)
      let mean = numbers.reduce(0, +) / max(count, 1)
      let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return .numbers(count: count, mean: mean, squares: squares)
    }
    guard case .codes = column.cells else { return nil }
    var counts: [String: Int] = [:]
    var count = 0
    for row in 0..<column.count {
      guard let text = column.text(row) else { continue }
      counts[text, default: 0] += 1
      count += 1
    }
    return .levels(counts.count <= mostLevels ? counts : nil, count: count)
  }

  /// The cells of two parts of a column.
  ///
  /// Reference: Chan, Golub, LeVeque, 1983, "Algorithms for computing the sample variance",
  /// doi:10.1080/00031305.1983.10483115, equations 2.1.
  private static func joined(_ first: Cells, _ second: Cells) -> Cells {
    switch (first, second) {
    case (.numbers(let count, let mean, let squares), .numbers(let more, let other, let rest)):
      let all = count + more
      guard all > 0 else { return first }
      let distance = other - mean
      return .numbers(
        count: all,
        mean: mean + distance * more / all,
        squares: squares + rest + distance * distance * count * more / all
      )
    case (.levels(let levels, let count), .levels(let more, let rest)):
      guard let levels, let more else { return .levels(nil, count: count + rest) }
      let sums = levels.merging(more, uniquingKeysWith: +)
      return .levels(sums.count <= mostLevels ? sums : nil, count: count + rest)
    case (.numbers, .levels), (.levels, .numbers): return first
    }
  }
}
