internal import HourglassSystem

/// Cells of categories whose levels were not in the training data, and that count as missing there.
package struct UnknownLevels: Hashable, Sendable {
  /// A level of a column, and the number of its cells.
  package struct Level: Hashable, Sendable, Encodable {
    /// The name of the column.
    package var column: String
    /// The level.
    package var level: String
    /// The number of cells.
    package var count: Int
  }

  private var counts: [String: [String: Int]] = [:]
  /// The cells of levels beyond the most that are kept of a column.
  private var others: [String: Int] = [:]

  /// The most levels of a column that are kept by name.
  private static let mostLevels = 1_000
  /// The levels of a column that a sentence names.
  private static let shownLevels = 3

  /// Counts nothing.
  package init() {}

  /// Counts a cell.
  package mutating func add(_ level: String, of column: String, count: Int = 1) {
    let known = counts[column, default: [:]]
    if known[level] == nil, known.count >= Self.mostLevels {
      others[column, default: 0] += count
    } else {
      counts[column, default: [:]][level, default: 0] += count
    }
  }

  /// Counts the cells of more rows.
  package mutating func add(_ other: UnknownLevels) {
    for level in other.levels { add(level.level, of: level.column, count: level.count) }
    others.merge(other.others, uniquingKeysWith: +)
  }

  /// The levels, by column and the most frequent first.
  package var levels: [Level] {
    counts.sorted { $0.key < $1.key }.flatMap { column, levels in
      levels.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
        .map { Level(column: column, level: $0.key, count: $0.value) }
    }
  }

  /// The number of cells of each column.
  package var cells: [String: Int] {
    counts.mapValues { $0.values.reduce(0, +) }.merging(others, uniquingKeysWith: +)
  }

  /// A sentence for each column.
  package var sentences: [String] {
    cells.sorted { $0.key < $1.key }.map { column, count in
      let own = levels.filter { $0.column == column }
      let shown = own.prefix(Self.shownLevels).map {
        "\"\(clipped($0.level))\" \(NumberText.grouped($0.count))"
      }
      return
        "warning: \(NumberText.counted(count, "cell")) of \(column) have levels that the training data did not "
        + "have, and count as missing: \(shown.joined(separator: ", "))"
        + (own.count > shown.count || others[column] != nil ? ", ..." : "")
    }
  }
}
