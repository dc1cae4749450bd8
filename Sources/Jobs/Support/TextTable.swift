/// Rows of texts in columns that line up, the first one to the left and the others to the right.
struct TextTable: Hashable, Sendable {
  /// The titles and the rows.
  private(set) var rows: [[String]]

  /// Begins a table with its titles.
  init(_ titles: [String]) { rows = [titles] }

  /// Adds a row.
  mutating func append(_ row: [String]) { rows.append(row) }

  /// The lines of the table.
  var lines: [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.indices.map { Self.cell(row[$0], width: widths[$0], isFirst: $0 == 0) }
        .joined(separator: "  ")
    }
  }

  /// A text brought to a width, with blanks behind it or before it.
  static func cell(_ text: String, width: Int, isFirst: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return isFirst ? text + blanks : blanks + text
  }
}
