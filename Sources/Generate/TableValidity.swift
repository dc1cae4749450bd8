internal import HourglassData

/// Whether cells of a generated table could stand in the table that it was trained on.
enum TableValidity {
  /// What is wrong with a generated table, for each column with an impossible cell: a number out of
  /// the range of the real ones, a number with a fraction among whole ones or with more digits, a
  /// level that is not there, or a missing cell where none is missing.
  static func problems(of generated: Table, against real: Table) -> [String] {
    var problems: [String] = []
    if generated.columns.map(\.name) != real.columns.map(\.name) {
      problems.append("the columns are others, or in another order")
    }
    for column in real.columns where !column.kind.holdsTexts {
      guard let made = generated[column: column.name] else { continue }
      if made.kind != column.kind {
        problems.append("\(column.name) is of the kind \(made.kind.rawValue)")
      }
      if made.missingCount > 0, column.missingCount == 0 {
        problems.append("\(column.name) has missing cells")
      }
      if case .numbers = column.cells {
        let numbers = (0..<column.count).compactMap { column.number($0) }
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let cells = (0..<made.count).compactMap { made.number($0) }
        if let cell = cells.first(where: { !($0 >= low && $0 <= high) }) {
          problems.append("\(column.name) has \(cell), outside of \(low) to \(high)")
        }
        if column.kind == .integer, let cell = cells.first(where: { $0 != $0.rounded() }) {
          problems.append("\(column.name) has \(cell), which is no whole number")
        }
      } else {
        let levels = Set((0..<column.count).compactMap { column.text($0) })
        let cells = (0..<made.count).compactMap { made.text($0) }
        if let cell = cells.first(where: { !levels.contains($0) }) {
          problems.append("\(column.name) has the level \(cell), which is not there")
        }
      }
    }
    return problems
  }
}
