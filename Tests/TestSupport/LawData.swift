internal import Foundation
package import HourglassData
internal import HourglassMedia
internal import HourglassTensors

/// Small data of each kind, as the laws of every application need them.
package enum LawData {
  /// Rows in which a category and two numbers say the same, with missing cells and an identifier.
  package static func table(_ count: Int = 240) -> Dataset {
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
  package static func images(_ count: Int = 80) throws -> Dataset {
    .images(ImageSet(try NumericDataset(name: "spots", images: spots(count))))
  }

  /// Spots of warm light on a cold ground.
  package static func colorImages(_ count: Int = 80) throws -> Dataset {
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
  package static func sounds(_ count: Int = 12) -> Dataset {
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
  package static func series(machines: Int = 6, length: Int = 96) throws -> Dataset {
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

  package static func windows(of table: Table) throws -> Dataset {
    .series(
      try SeriesSet(
        table,
        options: SeriesOptions(timeColumn: "time", group: "machine", window: 16, stride: 8)
      )
    )
  }
}
