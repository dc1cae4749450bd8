import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

extension Dataset {
  /// The number of items that stand on their own: rows, images, sounds, or whole series.
  var lawCount: Int {
    if case .series(let set) = self { set.sample.groups.count } else { count }
  }

  /// Some of these items.
  func taking(_ items: [Int]) throws -> Dataset {
    switch self {
    case .table(let table): .table(try table.whole().rows(items))
    case .images(let set): .images(set.items(items))
    case .sounds(let set): .sounds(set.items(items))
    case .series(let set):
      try LawData.windows(
        of: set.sample.table.rows(items.flatMap { Array(set.sample.groups[$0]) })
      )
    }
  }

  /// The table of rows or of a series.
  var lawTable: Table? {
    switch self {
    case .table(let table): table.sample
    case .series(let set): set.sample.table
    case .images, .sounds: nil
    }
  }

  /// The same with other cells.
  func with(_ table: Table) throws -> Dataset {
    if case .series = self { try LawData.windows(of: table) } else { .table(table) }
  }

  /// Data from which little or nothing can be learned, by what is wrong with them.
  func degenerate() throws -> [(name: String, data: Dataset)] {
    var inputs: [(String, Dataset)] = [
      ("one item", try taking([0])),
      ("two items", try taking([0, 1])),
      ("fewer items than a batch", try taking(Array(0..<min(5, lawCount)))),
    ]
    if case .series = self {
    } else {
      inputs.append(("equal items", try taking(Array(repeating: 0, count: 20))))
    }
    if case .sounds(let set) = self {
      let special: [(String, Float)] = [("not a number", .nan), ("silence", 0), ("huge", 1e30)]
      for (name, value) in special {
        let sounds = (0..<set.count).map { index in
          Sound(
            name: "\(index)",
            sampleRate: 16_000,
            channels: [[Float](repeating: value, count: 16_000)]
          )
        }
        inputs.append((name, .sounds(SoundSet(name: name, sounds: sounds))))
      }
    }
    if case .images(let set) = self { inputs += try Self.degenerateImages(like: set) }
    guard let table = lawTable else { return inputs }
    let place = table.columns.firstIndex { $0.kind == .number } ?? 0
    let count = table.rowCount
    let none = [Bool](repeating: true, count: count)
    let kinds: [(String, [Double], [Bool])] = [
      ("a constant column", [Double](repeating: 0.1, count: count), []),
      ("a column of missing cells", [Double](repeating: 0, count: count), none),
      ("infinity", (0..<count).map { $0 == 3 ? .infinity : Double($0) }, []),
      ("not a number", (0..<count).map { $0 == 3 ? .nan : Double($0) }, []),
      ("one huge value", (0..<count).map { $0 == 3 ? 1e300 : Double($0) }, []),
    ]
    for (name, values, missing) in kinds {
      let column = Table.Column(
        name: table.columns[place].name,
        kind: .number,
        cells: .numbers(values, missing: missing)
      )
      // A series with such a value cannot be made, and the error says so.
      if case .series = self, values.contains(where: { !$0.isFinite }) {
        #expect(throws: DatasetError.self) { try with(table.replacing(column)) }
        continue
      }
      inputs.append((name, try with(table.replacing(column))))
    }
    let blank = table.columns.map { column in
      column.kind == .number
        ? Table.Column(
          name: column.name,
          kind: .number,
          cells: .numbers([Double](repeating: 0, count: count), missing: none)
        ) : column
    }
    inputs.append(("no number at all", try with(Table(name: table.name, columns: blank))))
    for (name, factor) in [("only zeros", 0), ("huge values", 1e30)] {
      let columns = table.columns.map { column in
        guard column.kind == .number, case .numbers(let numbers, let missing) = column.cells else {
          return column
        }
        return Table.Column(
          name: column.name,
          kind: .number,
          cells: .numbers(numbers.map { $0 * factor }, missing: missing)
        )
      }
      inputs.append((name, try with(Table(name: table.name, columns: columns))))
    }
    return inputs
  }

  /// Twenty images of which nothing varies, or one pixel does not, or some are far too bright.
  private static func degenerateImages(like set: ImageSet) throws -> [(String, Dataset)] {
    let count = min(set.count, 20)
    let shape = try #require(set.commonShape)
    let pixels: [[Float]] = try (0..<count).map { try set.image($0).planes().flatMap(\.self) }
    let values: [Float] = pixels.flatMap(\.self)
    func images(_ name: String, _ values: [Float]) throws -> (String, Dataset) {
      let tensor = Tensor(values, shape: Shape([count] + shape.dimensions))
      return (name, .images(ImageSet(try NumericDataset(name: name, images: tensor))))
    }
    let constant: [Float] = pixels.flatMap { [Float(0.1)] + $0.dropFirst() }
    var outlier = values
    outlier[pixels[0].count] = 1e30
    return [
      try images("a constant pixel", constant),
      try images("only zeros", values.map { _ in 0 }),
      try images("one huge value", outlier),
      try images("huge values", values.map { $0 * 1e30 }),
    ]
  }
}

extension Table {
  /// The cells row by row as numbers, so that results can be compared; -1 stands for a missing one.
  var lawValues: [Float] {
    (0..<rowCount).flatMap { row in
      columns.map { column in
        if let number = column.number(row) { return Float(min(max(number, -1e37), 1e37)) }
        guard let text = column.text(row) else { return -1 }
        return Float(text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 65_521 })
      }
    }
  }
}
