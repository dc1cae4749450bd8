internal import HourglassData
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTensors

extension ScatterMap.Coloring {
  /// The colors of points by a column of their table: by class where there are few different texts
  /// or levels, else by number.
  init(column: Table.Column, of name: String) throws(Failure) {
    let rows = 0..<column.count
    if case .numbers = column.cells, column.dateFormat == nil {
      self = .values(name: column.name, of: rows.map { column.number($0) ?? .nan })
      return
    }
    let texts = rows.map { column.text($0) }
    let names = ItemLabels.ordered(Set(texts.compactMap(\.self)))
    guard names.count <= ItemLabels.classLimit else {
      if column.dateFormat != nil {
        self = .values(name: column.name, of: rows.map { column.number($0) ?? .nan })
        return
      }
      throw Failure(
        "--color: the column \(column.name) of \(name) has \(NumberText.grouped(names.count)) "
          + "different values, expected numbers or at most \(ItemLabels.classLimit) classes.",
        exitCode: .data
      )
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self = .classes(names: names, of: texts.map { $0.flatMap { places[$0] } ?? -1 })
  }

  /// The colors of some points.
  func selecting(_ rows: [Int]) -> ScatterMap.Coloring {
    switch self {
    case .none: .none
    case .classes(let names, let classes): .classes(names: names, of: rows.map { classes[$0] })
    case .values(let name, let values): .values(name: name, of: rows.map { values[$0] })
    }
  }
}

extension Dataset {
  /// The column of a table that is held in memory.
  func colorColumn(_ name: String) throws -> Table.Column {
    guard case .table(let table) = self, table.isInMemory else {
      throw Failure.usage("--color needs a table that is held in memory, and \(self.name) is none")
    }
    return try table.sample.selecting([name]).columns[0]
  }
}

extension ScatterMap {
  /// A map of the first two latent dimensions `[rows, dimensions]`, in colors.
  init(codes: Tensor, coloring: Coloring, title: String, noun: String) {
    let width = codes.shape[1]
    let rows = 0..<codes.shape[0]
    let numbers =
      width == 2 ? "two numbers each" : "the first two of \(width) numbers each"
    self.init(
      title: title,
      subtitle: "\(NumberText.counted(rows.count, noun)), \(numbers)",
      x: rows.map { Double(codes.scalars[$0 * width]) },
      y: rows.map { Double(codes.scalars[$0 * width + 1]) },
      coloring: coloring,
      axes: ("z1", "z2")
    )
  }
}
