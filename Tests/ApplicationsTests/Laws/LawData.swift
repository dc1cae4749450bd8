import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import Testing

/// Small data of each kind, as the laws of every application need them.
enum LawData {
  /// Rows in which a category and two numbers say the same, with missing cells and an identifier.
  static func table(_ count: Int = 240) -> Dataset {
    var generator = SeededGenerator(seed: 11)
    let angles = (0..<count).map { _ in 6 * Double(generator.nextUniform()) }
    let names = ["x", "y", "twice"]
    let values = [angles.map { sin($0) }, angles.map { cos($0) }, angles.map { 2 * sin($0) + 1 }]
    var columns: [Table.Column] = []
    for (place, name) in names.enumerated() {
      let missing = (0..<count).map { ($0 + place) % 11 == 3 }
      let numbers = zip(values[place], missing).map { $1 ? 0 : $0 }
      columns.append(
        Table.Column(name: name, kind: .number, cells: .numbers(numbers, missing: missing))
      )
    }
    let halves = angles.enumerated().map { row, angle -> Int32 in
      if row % 13 == 5 { return -1 }
      return angle < 2 ? 0 : angle < 4 ? 1 : 2
    }
    columns.append(
      Table.Column(
        name: "half",
        kind: .category,
        cells: .codes(halves, levels: ["first", "second", "third"])
      )
    )
    let sizes = angles.enumerated().map { $0 % 17 == 2 ? -1 : Int32(min($1 / 1.5, 3)) }
    columns.append(
      Table.Column(
        name: "size",
        kind: .ordinal,
        cells: .codes(sizes, levels: ["tiny", "small", "large", "huge"])
      )
    )
    columns.append(
      Table.Column(
        name: "since",
        kind: .date,
        cells: .numbers(
          angles.map { 1.6e9 + (2e7 * $0 / 86_400).rounded() * 86_400 },
          missing: (0..<count).map { $0 % 19 == 7 }
        ),
        dateFormat: .isoDay
      )
    )
    columns.append(
      Table.Column(
        name: "name",
        kind: .identifier,
        cells: .texts((0..<count).map { "row \($0)" })
      )
    )
    return .table(Table(name: "mixed", columns: columns))
  }

  /// Soft spots of light, gray.
  static func images(_ count: Int = 80) throws -> Dataset {
    .images(ImageSet(try NumericDataset(name: "spots", images: spots(count))))
  }

  /// Spots of warm light on a cold ground.
  static func colorImages(_ count: Int = 80) throws -> Dataset {
    let gray = spots(count)
    var values: [Float] = []
    for image in 0..<count {
      let plane = gray.scalars[image * 64..<(image + 1) * 64]
      values += plane.map { 0.2 + 0.7 * $0 } + plane.map { 0.3 + 0.4 * $0 }
      values += plane.map { 0.5 - 0.3 * $0 }
    }
    let images = Tensor(values, shape: [count, 3, 8, 8])
    return .images(ImageSet(try NumericDataset(name: "warm spots", images: images)))
  }

  /// Tones of four pitches, a second each.
  static func sounds(_ count: Int = 12) -> Dataset {
    var generator = SeededGenerator(seed: 5)
    let sounds = (0..<count).map { index in
      let pitch = 200.0 * Double(1 + index % 4) * 2 * .pi / 16_000
      let samples = (0..<16_000).map {
        0.5 * Float(sin(Double($0) * pitch)) + 0.02 * generator.nextNormal()
      }
      return Sound(name: "\(index)", sampleRate: 16_000, channels: [samples])
    }
    return .sounds(SoundSet(name: "tones", sounds: sounds))
  }

  /// Waves of six machines, two channels, with gaps.
  static func series(machines: Int = 6, length: Int = 96) throws -> Dataset {
    var generator = SeededGenerator(seed: 7)
    let rows = 0..<machines * length
    let waves = rows.map { sin(Double($0 % length) / 3 + Double($0 / length)) }
    func noise() -> Double { 0.05 * Double(generator.nextNormal()) }
    let table = Table(
      name: "waves",
      columns: [
        Table.Column(
          name: "time",
          kind: .integer,
          cells: .numbers(rows.map { Double($0 % length) }, missing: []),
          decimals: 0
        ),
        Table.Column(
          name: "machine",
          kind: .category,
          cells: .codes(
            rows.map { Int32($0 / length) },
            levels: (0..<machines).map { "m\($0)" }
          )
        ),
        Table.Column(
          name: "height",
          kind: .number,
          cells: .numbers(
            waves.enumerated().map { $0 % 17 == 0 ? 0 : $1 + noise() },
            missing: rows.map { $0 % 17 == 0 }
          )
        ),
        Table.Column(
          name: "depth",
          kind: .number,
          cells: .numbers(waves.map { 3 - 2 * $0 + noise() }, missing: [])
        ),
      ]
    )
    return try windows(of: table)
  }

  static func windows(of table: Table) throws -> Dataset {
    .series(
      try SeriesSet(
        table,
        options: SeriesOptions(timeColumn: "time", group: "machine", window: 16, stride: 8)
      )
    )
  }
}

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
