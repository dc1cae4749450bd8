package import HourglassData

/// The predictions of an imputer for the missing cells of some data, computed once for all results.
package struct Filling: Sendable {
  let cells: ImputedCells

  /// The rows as they were given.
  package var given: Table { cells.given }

  /// The table with the most likely values.
  package var filled: Table { cells.table() }

  /// What the truth of each missing cell is among at a level of confidence, from 0.5 to 0.99.
  package func intervals(level: Double) -> [CellInterval] { cells.intervals(level: level) }

  /// The table with drawn values.
  ///
  /// - Parameters:
  ///   - number: Which of several draws it is.
  ///   - firstRow: The number of rows before those of the data, where these are a part of more.
  package func drawn(seed: UInt64, number: Int, firstRow: Int) -> Table {
    cells.drawn(seed: seed, number: number, firstRow: firstRow)
  }
}
