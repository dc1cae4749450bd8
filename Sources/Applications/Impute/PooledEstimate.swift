public import HourglassDatasets

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
    guard tables.count >= 2, let first = tables.first else { return [] }
    var pooled: [PooledEstimate] = []
    for name in columns {
      let all = tables.compactMap { $0[column: name] }
      guard all.count == tables.count, let column = first[column: name] else { continue }
      if case .numbers = column.cells, column.dateFormat == nil {
        pooled.append(PooledEstimate(column: name, estimates: all.map(mean)))
      } else if case .codes = column.cells {
        let levels = Set(
          all.flatMap { column in (0..<column.count).compactMap { column.text($0) } }
        )
        guard levels.count <= 20 else { continue }
        for level in levels.sorted() {
          let estimates = all.map { share(of: level, in: $0) }
          pooled.append(PooledEstimate(column: name, level: level, estimates: estimates))
        }
      }
    }
    return pooled
  }

  /// The mean of a column and its variance, that of a number divided by their count.
  private static func mean(of column: Table.Column) -> (value: Double, variance: Double) {
    let numbers = (0..<column.count).compactMap { column.number($0) }
    let count = Double(max(numbers.count, 1))
    let mean = numbers.reduce(0, +) / count
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / max(count - 1, 1) / count)
  }

  private static func share(
    of level: String,
    in column: Table.Column
  ) -> (value: Double, variance: Double) {
    let texts = (0..<column.count).compactMap { column.text($0) }
    let count = Double(max(texts.count, 1))
    let share = Double(texts.count { $0 == level }) / count
    return (share, share * (1 - share) / count)
  }
}
