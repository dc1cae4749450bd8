public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
public import HourglassTasksCommon
internal import HourglassTensors

extension FittedAnomalyDetector {
  /// For each row of a table the normal row that is nearest to it, with the columns that were trained on
  /// in their own units: what the row should have looked like.
  ///
  /// A missing cell of a normal row is the middle of its column.
  ///
  /// - Returns: As many rows; `nil` where the model is none of tables or keeps no rows.
  /// - Throws: `dataset` where a column that was trained on is missing; `interrupted` on cancellation.
  public func nearestNormalRows(
    to table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table? {
    guard case .table(let columns) = encoding, case .rows(let scorer) = scorer,
      let references = scorer.references
    else { return nil }
    return try await HourglassError.wrapping {
      let items = try EncodedRows(.table(table), encoding: encoding)
      let nearest = try await scorer.neighbors(of: items, count: 1, on: engine) ?? []
      let rows = references.rows(nearest.map { $0.first?.row ?? 0 })
      return columns.decoded(values: rows.values, count: rows.count)
    }
  }
}
