public import HourglassData
internal import HourglassEncodings
public import HourglassEngines
public import HourglassModelFiles
public import HourglassTasksCommon
internal import HourglassTensors

/// An imputer that has learned: it fills the missing cells of tables and series.
///
/// It is a value: nothing that is done with it changes it. A row of a table is filled alike alone and in
/// any company.
public struct FittedImputer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "impute"

  /// How it was set up.
  public let configuration: Imputer
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it fills cells that were deleted to evaluate it, measured when it was learned.
  public let report: ImputationReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  /// What was learned.
  struct State: Sendable {
    let fields: ImputedFields
    let predictor: CellPredictor
    let blend: CellBlend
    let uncertainty: CellUncertainty
  }

  let state: State

  init(
    configuration: Imputer,
    header: ModelHeader,
    report: ImputationReport?,
    checkpoint: String?,
    state: State
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.state = state
  }

  /// The names of the columns that it fills.
  public var columns: [String] { state.fields.encoding.fields.map(\.name) }

  /// A table whose missing cells are filled by the most likely values; all others are as they were.
  ///
  /// Numbers stay within the range that was trained on, and on the grid of their column. Cells of
  /// columns that nothing could be learned of stay missing.
  ///
  /// - Throws: `dataset` where a learned column is not there; `interrupted` on cancellation.
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
    do {
      return try await ImputedCells(state, dataset, on: engine).table()
    } catch {
      throw HourglassError(error)
    }
  }

  /// For each missing cell that is filled the values that the truth is among with some confidence,
  /// column by column and row by row.
  ///
  /// The intervals are made on observed cells that were deleted: of cells that are missing as these
  /// are, at least that share lies within; the report tells what share of the deleted ones does.
  ///
  /// - Parameters:
  ///   - dataset: A table or series.
  ///   - level: The confidence, from 0.5 to 0.99.
  /// - Throws: `application` for another level; `dataset` where a learned column is not there.
  public func intervals(
    of dataset: Dataset,
    level: Double = 0.9,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [CellInterval] {
    do {
      try requireSetting((0.5...0.99).contains(level), "the level", "0.5 to 0.99", level)
      return try await ImputedCells(state, dataset, on: engine).intervals(level: level)
    } catch {
      throw HourglassError(error)
    }
  }

  /// What is said of the missing cells of some data, from which filled tables are made.
  package func filling(
    of dataset: Dataset,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> Filling {
    do {
      return Filling(cells: try await ImputedCells(state, dataset, on: engine))
    } catch {
      throw HourglassError(error)
    }
  }

  /// Several filled tables, each with values drawn from what the missing cells may be: numbers from
  /// what was found on deleted cells, and levels by their probabilities.
  ///
  /// What differs between them tells how sure the filled values are, see `PooledEstimate`. The same
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
    do {
      let cells = try await ImputedCells(state, dataset, on: engine)
      return (0..<max(count, 0)).map { cells.drawn(seed: seed, number: $0, firstRow: firstRow) }
    } catch {
      throw HourglassError(error)
    }
  }
}
