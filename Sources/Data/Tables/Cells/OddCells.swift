internal import HourglassSystem

/// Some cells of a column: how many they are, and the first three of them.
///
/// They are the same in whatever parts a column is looked at.
package struct OddCells: Codable, Hashable, Sendable {
  /// A cell.
  package struct Cell: Codable, Hashable, Sendable {
    /// What is written in it.
    package var text: String
    /// The line of the file that its row begins at, from 1.
    package var line: Int
    /// The file, where several are one table.
    package var file: String?
  }

  /// The number of cells.
  package private(set) var count = 0
  /// The first three different ones, in the order of their lines.
  package private(set) var first: [Cell] = []

  private static let mostShown = 3

  package init() {}

  /// Takes the cells with one text.
  mutating func take(_ cells: CellGroup) {
    count += cells.count
    if first.count == Self.mostShown, cells.line >= first[Self.mostShown - 1].line { return }
    keep(Cell(text: String(decoding: cells.text, as: UTF8.self), line: cells.line))
  }

  /// Takes other cells.
  mutating func formUnion(_ other: OddCells) {
    count += other.count
    for cell in other.first { keep(cell) }
  }

  private mutating func keep(_ cell: Cell) {
    if let known = first.firstIndex(where: { $0.text == cell.text }) {
      first[known].line = min(first[known].line, cell.line)
    } else {
      first.append(cell)
    }
    first.sort { $0.line < $1.line }
    if first.count > Self.mostShown { first.removeLast() }
  }

  /// The same cells with their files and the lines in these, where the lines were counted over several files.
  func placed(in parts: PartLines?) -> OddCells {
    guard let parts else { return self }
    var placed = self
    for index in first.indices where first[index].file == nil {
      let place = parts.place(ofLine: first[index].line)
      placed.first[index].line = place.line
      placed.first[index].file = place.file
    }
    return placed
  }

  /// The cells in words, as in `"soon" in line 3 and "x" in line 9`.
  package var description: String {
    let cells = first.map { cell in
      "\"\(clipped(cell.text))\" in " + (cell.file.map { "\($0), " } ?? "")
        + "line \(cell.line)"
    }
    let some = cells.dropLast().joined(separator: ", ")
    let listed = some.isEmpty ? cells.last ?? "" : "\(some) and \(cells.last ?? "")"
    return count > first.count ? "\(listed) (\(count) such cells)" : listed
  }
}

/// The cells of a column that have one text.
struct CellGroup {
  /// The text.
  var text: [UInt8]
  /// The number of cells.
  var count: Int
  /// The line of the first one.
  var line: Int
}

/// The lines that the rows of a text begin at: a row that takes several lines, and blank lines, move all
/// rows that follow.
struct RowLines: Sendable {
  /// A row, and the distance of its line and of those of the rows behind it from their numbers.
  private var shifts: [(row: Int, shift: Int)] = []

  /// Notes the line that the next row begins at; rows are numbered from 0, lines from 1.
  mutating func note(row: Int, line: Int) {
    if shifts.last?.shift != line - row { shifts.append((row, line - row)) }
  }

  /// The line of a row.
  func line(of row: Int) -> Int {
    var (low, high) = (0, shifts.count)
    while low < high {
      let middle = (low + high) / 2
      if shifts[middle].row <= row { low = middle + 1 } else { high = middle }
    }
    return row + (low == 0 ? 1 : shifts[low - 1].shift)
  }

  /// Forgets the rows before one, which becomes the first.
  mutating func removeRows(before row: Int) {
    let shift = line(of: row)
    shifts = shifts.filter { $0.row > row }.map {
      (row: $0.row - row, shift: $0.shift + row)
    }
    shifts.insert((0, shift), at: 0)
  }
}
