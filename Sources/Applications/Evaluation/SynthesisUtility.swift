internal import HourglassDatasets

/// What supervised models make of generated rows: whether they tell them from real ones, and whether what
/// they learn from them holds of real ones.
///
/// Both by gradient boosting of trees, judged on real rows that were held out. The area under the ROC
/// curve of the former is 1/2 where nobody can tell them apart. For the latter each column in turn is
/// predicted from the others: whether a number is above its median, whether a category is the most frequent
/// one; the mean area of models learnt from generated rows stands beside that of models learnt from as
/// many real ones.
///
/// Reference: Lopez-Paz, Oquab, 2016, "Revisiting Classifier Two-Sample Tests", arXiv:1610.06545, for the
/// former; Esteban, Hyland, Rätsch, 2017, arXiv:1706.02633, section 4.2, for the latter.
public struct SynthesisUtility: Hashable, Sendable, Codable {
  /// The area under the ROC curve of a model that tells generated rows from real ones.
  public var toldApart: Double
  /// The columns that were predicted.
  public var columns: [String]
  /// The mean area of models learnt from generated rows.
  public var fromGenerated: Double
  /// The mean area of models learnt from as many real rows.
  public var fromReal: Double

  private static let rowLimit = 2_500
  private static let leastRows = 100
  private static let columnLimit = 8
  private static let treeCount = 40

  /// Measures; `nil` where there are too few rows, or no column can be predicted.
  ///
  /// - Throws: `missingColumn` where the tables have other columns.
  init?(generated: Table, heldOut: Table, learnt: Table) throws {
    let names = learnt.columns.filter { $0.kind != .identifier && $0.kind != .constant }.map(\.name)
    let count = min(Self.rowLimit, generated.rowCount, learnt.rowCount)
    guard names.count >= 2, count >= Self.leastRows, heldOut.rowCount >= Self.leastRows else {
      return nil
    }
    let made = try generated.selecting(names).prefix(count)
    let real = try Self.strided(learnt, count).selecting(names)
    let test = try Self.strided(heldOut, Self.rowLimit).selecting(names)
    toldApart = try Self.toldApart(made, test)
    columns = []
    (fromGenerated, fromReal) = (0, 0)
    let chosen = (0..<min(names.count, Self.columnLimit)).map {
      names[$0 * names.count / min(names.count, Self.columnLimit)]
    }
    for name in chosen {
      let mark = Mark(try real.required(name))
      let truth = mark.marks(try test.required(name))
      let rest = Set([name])
      func area(_ rows: Table) throws -> Double? {
        let marks = mark.marks(try rows.required(name))
        let trees = try BoostedTrees(
          rows.removing(rest),
          isPositive: marks,
          treeCount: Self.treeCount
        )
        return RankMetrics.areaUnderROC(
          scores: try trees.probabilities(of: test),
          positives: truth
        )
      }
      guard let own = try area(made), let other = try area(real) else { continue }
      columns.append(name)
      fromGenerated += own
      fromReal += other
    }
    guard !columns.isEmpty else { return nil }
    fromGenerated /= Double(columns.count)
    fromReal /= Double(columns.count)
  }

  /// At most so many rows, evenly chosen.
  private static func strided(_ table: Table, _ limit: Int) -> Table {
    guard table.rowCount > limit else { return table }
    return table.rows((0..<limit).map { $0 * table.rowCount / limit })
  }

  /// Half of both is learnt from and the other half judged.
  private static func toldApart(_ made: Table, _ real: Table) throws -> Double {
    let count = min(made.rowCount, real.rowCount)
    let all = try joined(made.prefix(count), real.prefix(count))
    let marks = (0..<2 * count).map { $0 < count }
    let (learned, test) = (
      marks.indices.filter { $0 % 2 == 0 }, marks.indices.filter { $0 % 2 == 1 }
    )
    let trees = try BoostedTrees(
      all.rows(learned),
      isPositive: learned.map { marks[$0] },
      treeCount: treeCount
    )
    return RankMetrics.areaUnderROC(
      scores: try trees.probabilities(of: all.rows(test)),
      positives: test.map { marks[$0] }
    ) ?? 0.5
  }

  /// The rows of two tables, whose categories may have other levels.
  private static func joined(_ first: Table, _ second: Table) throws -> Table {
    let columns = try first.columns.map { column in
      let other = try second.required(column.name)
      let numbers = [column, other].map { part in (0..<part.count).map { part.number($0) } }
      if case .numbers = column.cells, case .numbers = other.cells {
        let all = numbers.flatMap(\.self)
        let cells = Table.Cells.numbers(all.map { $0 ?? 0 }, missing: all.map { $0 == nil })
        return column.replacing(cells: cells)
      }
      let texts = [column, other].flatMap { part in (0..<part.count).map { part.text($0) } }
      return column.replacing(cells: .texts(texts))
    }
    return Table(name: "rows", columns: columns)
  }

  /// What of a column is to be predicted.
  private enum Mark {
    case above(Double)
    case level(String)

    init(_ column: Table.Column) {
      if case .numbers = column.cells {
        let numbers = (0..<column.count).compactMap { column.number($0) }.sorted()
        self = .above(numbers.isEmpty ? 0 : numbers[numbers.count / 2])
        return
      }
      var counts: [String: Int] = [:]
      for row in 0..<column.count {
        if let text = column.text(row) { counts[text, default: 0] += 1 }
      }
      let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      self = .level(best?.key ?? "")
    }

    func marks(_ column: Table.Column) -> [Bool] {
      (0..<column.count).map { row in
        switch self {
        case .above(let number): column.number(row).map { $0 > number } ?? false
        case .level(let level): column.text(row) == level
        }
      }
    }
  }
}
