internal import HourglassData
internal import HourglassSystem
internal import HourglassTensors

/// The first rows of a table that is a result, shown where it is not written.
package struct TablePreview: Hashable, Sendable {
  /// The most rows of a preview.
  static let rowCount = 5

  /// The names of the columns.
  let titles: [String]
  /// The cells of each row.
  let rows: [[String]]

  /// Takes the first rows of a table.
  init(_ table: Table) {
    let count = min(table.rowCount, Self.rowCount)
    titles = table.columns.map(\.name)
    rows = (0..<count).map { row in table.columns.map { $0.text(row) ?? "" } }
  }

  /// Takes the first rows of latent vectors `[count, width]`, behind the columns that say what a row is.
  init(_ vectors: Tensor, beside columns: [Table.Column]) {
    let (count, width) = (min(vectors.shape[0], Self.rowCount), vectors.shape[1])
    titles = columns.map(\.name) + (0..<width).map { "z\($0 + 1)" }
    rows = (0..<count).map { row in
      columns.map { $0.text(row) ?? "" }
        + vectors.scalars[row * width..<(row + 1) * width].map { NumberText.plain(Double($0)) }
    }
  }

  /// The rows in columns that line up, as many columns as a width has room for.
  package func lines(width: Int) -> [String] {
    let widths = titles.indices.map { column in
      ([titles[column]] + rows.map { $0[column] }).map { min($0.count, Self.widestCell) }.max() ?? 0
    }
    var (shown, used) = (0, 0)
    while shown < widths.count, shown == 0 || used + 2 + widths[shown] <= width {
      used += 2 + widths[shown]
      shown += 1
    }
    let lines = ([titles] + rows).map { row in
      (0..<shown).map {
        "  " + TextTable.cell(Self.clipped(row[$0]), width: widths[$0], isFirst: false)
      }
      .joined()
    }
    let rest = titles.count - shown
    return rest == 0 ? lines : lines + ["  and \(NumberText.counted(rest, "further column"))"]
  }

  /// The most letters of a cell that are shown.
  private static let widestCell = 24

  private static func clipped(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 })
    return line.count > widestCell ? line.prefix(widestCell - 3) + "..." : line
  }
}

extension Dataset {
  /// The first items in memory, or all of data that are in memory and no larger part of which is needed: what
  /// a preview is computed from.
  func firstPart() async throws -> Dataset {
    isInMemory ? self : try await batches().next()?.data ?? self
  }

  /// As few of the first items as a preview shows.
  func previewed() async throws -> Dataset {
    try await firstPart().prefix(TablePreview.rowCount)
  }
}
