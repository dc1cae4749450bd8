internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassStatistics
internal import HourglassTensors

/// How well bootstrapped trees tell generated rows from real ones that nothing was trained on: a half is chance.
///
/// Reference: Lopez-Paz, Oquab, 2017, "Revisiting classifier two-sample tests", arXiv:1610.06545.
enum RowDetection {
  /// The most rows of each kind, and the fewest.
  private static let (mostRows, fewestRows) = (1_000, 30)

  /// The area under the ROC curve of rows that the trees were not grown on, in two parts; `nil` where there are
  /// too few rows.
  ///
  /// - Throws: `missingColumn` where a table has other columns.
  static func areaUnderROC(
    of generated: Table,
    among real: Table,
    _ fields: SynthesisFields,
    seed: UInt64
  ) throws -> Double? {
    guard case .table(let encoding) = fields.encoding, TableTrees.areBinned(fields) else {
      return nil
    }
    let count = min(real.rowCount, generated.rowCount, mostRows)
    guard count >= fewestRows else { return nil }
    func bins(_ table: Table) throws -> [[UInt16]] {
      let rows = (0..<count).map { $0 * table.rowCount / count }
      return try encoding.bins(of: table.rows(rows)).map { $0.map { UInt16(max($0, 0)) } }
    }
    let all = zip(try bins(real), try bins(generated)).map { $0 + $1 }
    let columns = TableTrees.columns(of: fields)
    var scores = [Double](repeating: 0, count: 2 * count)
    for part in 0..<2 {
      let learned = (0..<2 * count).filter { $0 % 2 == part }
      let others = (0..<2 * count).filter { $0 % 2 != part }
      let trees = TreeClassifier(
        learning: all.map { bins in learned.map { bins[$0] } },
        columns,
        isSecond: learned.map { $0 >= count },
        seed: seed
      )
      let found = trees.probabilities(of: all.map { bins in others.map { bins[$0] } })
      for (place, score) in zip(others, found) { scores[place] = score }
    }
    return RankMetrics.areaUnderROC(scores: scores, positives: scores.indices.map { $0 >= count })
  }
}
