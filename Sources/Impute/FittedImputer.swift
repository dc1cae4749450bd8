public import HourglassData
package import HourglassEncodings
public import HourglassEngines
public import HourglassTasksCommon
internal import HourglassTensors

/// A fitted imputer: it fills the missing cells of tables and series.
///
/// It is a value: nothing that is done with it changes it. A row of a table is filled alike alone and in
/// any company.
public struct FittedImputer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "impute"

  /// How it was set up.
  public let configuration: Imputer
  /// What every fitted model has: its header, evaluation and checkpoint.
  public let core: FittedCore

  /// The model.
  struct State: Sendable {
    let fields: ImputedFields
    let predictor: CellPredictor
    let blend: CellBlend
    let uncertainty: CellUncertainty
  }

  let state: State

  /// How cells are encoded.
  package var encoding: ItemEncoding { state.fields.encoding }

  /// The names of the columns that it fills.
  public var columns: [String] {
    state.fields.columns.fields.map(\.name).filter { state.fields.fills($0) }
  }

  /// How the columns of a table are encoded; none for a series.
  package var fields: TableEncoding? { state.fields.window == nil ? state.fields.columns : nil }

  /// A table whose missing cells are filled by the most likely values; all others are as they were.
  ///
  /// Numbers stay within the range that was trained on, and on the grid of their column. Cells of
  /// columns that could not be trained on, and of columns of remarks, stay missing.
  ///
  /// - Throws: `dataset` where a column that was trained on is missing; `interrupted` on cancellation.
  public func filled(
    _ table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    try await filled(.table(table), on: engine)
  }

  /// The table of a table or series, in its own order of rows, with missing cells filled.
  public func filled(
    _ dataset: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    try await HourglassError.wrapping {
      try await ImputedCells(state, dataset, on: engine).table()
    }
  }

  /// For each missing cell that is filled the values that the truth is among with some confidence,
  /// column by column and row by row.
  ///
  /// The intervals are made on observed cells that were deleted: of cells that are missing as these
  /// are, at least that share lies within; the evaluation has the share of the deleted ones that does.
  ///
  /// - Parameters:
  ///   - dataset: A table or series.
  ///   - level: The confidence, from 0.5 to 0.99.
  /// - Throws: `application` for another level; `dataset` where a column that was trained on is missing.
  public func intervals(
    of dataset: Dataset,
    level: Double = 0.9,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [CellInterval] {
    try await HourglassError.wrapping {
      try requireSetting((0.5...0.99).contains(level), "the level", "0.5 to 0.99", level)
      return try await ImputedCells(state, dataset, on: engine).intervals(level: level)
    }
  }

  /// The tables of a table or series with missing cells filled, batch by batch, in memory that the
  /// length of the data does not matter to.
  ///
  /// - Parameter body: Takes each batch and its rows, in their own order.
  /// - Throws: As for all at once, and what `body` throws.
  public func filled(
    _ dataset: Dataset,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (DatasetBatch, Table) async throws -> Void
  ) async throws {
    try await fillings(of: dataset, on: engine) { try await body($0, $0.wanted($1.filled)) }
  }

  /// What is said of the missing cells of some data, from which filled tables are made, batch by batch.
  package func fillings(
    of dataset: Dataset,
    on engine: ComputeEngine,
    _ body: (DatasetBatch, Filling) async throws -> Void
  ) async throws {
    let batches = try dataset.batches()
    try await batches.forEach(on: engine) { batch, engine in
      Filling(cells: try await ImputedCells(state, batch.data, on: engine))
    } take: {
      try await body($0, $1)
    }
  }

  /// Several filled tables, each with values drawn from what the missing cells may be: numbers from
  /// what was found on deleted cells, and levels by their probabilities.
  ///
  /// The differences between them show how certain the filled values are, see `PooledEstimate`. The same
  /// seed gives the same tables, and fewer of them the first of more.
  public func draws(
    of table: Table,
    count: Int,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [Table] {
    try await draws(of: .table(table), count: count, seed: seed, on: engine)
  }

  /// Several filled tables of a table or series.
  ///
  /// - Parameter firstRow: The number of rows before those of the dataset, where these are a part of
  ///   more: a row is then drawn as it is with all others.
  public func draws(
    of dataset: Dataset,
    count: Int,
    seed: UInt64 = 0,
    firstRow: Int = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [Table] {
    try await HourglassError.wrapping {
      let cells = try await ImputedCells(state, dataset, on: engine)
      return (0..<max(count, 0)).map { cells.drawn(seed: seed, number: $0, firstRow: firstRow) }
    }
  }
}
