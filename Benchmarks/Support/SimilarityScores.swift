public import HourglassData
internal import HourglassGenerate

/// How alike a generated table is to the one that it was trained on, as the evaluation of `generate` has it.
///
/// Reference: the quality report of SDMetrics, Datacebo, 2022.
public struct SimilarityScores {
  /// The mean similarity of the columns, from 0 to 1.
  public let columnShapes: Double
  /// The mean similarity of what pairs of columns have to do with each other, from 0 to 1.
  public let pairTrends: Double

  /// Compares two tables of the same columns.
  ///
  /// - Throws: What the tables have not in common.
  public init(of synthetic: Table, to real: Table) throws {
    let similarity = try TableSimilarity(of: synthetic, to: real)
    (columnShapes, pairTrends) = (similarity.columnShapes, similarity.pairTrends)
  }
}
