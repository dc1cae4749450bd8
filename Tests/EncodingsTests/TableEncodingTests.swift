import Foundation
import HourglassData
import HourglassEncodings
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct TableEncodingTests {
  private static func table() -> Table {
    var generator = SeededGenerator(seed: 3)
    let count = 400
    let tail = (0..<count).map { row in
      row % 3 == 0 ? 0 : (1 / Double.random(in: 0.0001...1, using: &generator)).rounded()
    }
    let decimals = (0..<count).map { _ in
      (Double.random(in: -5...5, using: &generator) * 100).rounded() / 100
    }
    let codes = (0..<count).map { Int32($0 % 4) - ($0 % 40 == 0 ? 1 : 0) }
    return Table(
      name: "made",
      columns: [
        .init(name: "tail", kind: .integer, cells: .numbers(tail, missing: []), decimals: 0),
        .init(
          name: "decimals",
          kind: .number,
          cells: .numbers(decimals, missing: (0..<count).map { $0 == 7 }),
          decimals: 2
        ),
        .init(name: "level", kind: .category, cells: .codes(codes, levels: ["a", "b", "c", "d"])),
        .init(
          name: "name",
          kind: .identifier,
          cells: .texts((0..<count).map { "row \($0)" })
        ),
      ]
    )
  }

  @Test(arguments: NumberScaling.allCases)
  func encodingComesBack(_ scaling: NumberScaling) throws {
    let table = Self.table()
    let rows = Array(0..<table.rowCount)
    let encoding = try TableEncoding(learning: table, rows: rows, scaling: scaling)
    #expect(encoding.width == 6)
    #expect(encoding.ignoredColumns == ["name"])
    #expect(encoding.problem == nil)
    let encoded = try encoding.encoded(table)
    #expect(encoded.observed.count { $0 == 0 } == table.missingCount)
    #expect(encoded.values.allSatisfy { $0.isFinite })
    let decoded = encoding.decoded(values: encoded.values, count: encoded.count, like: table)
    #expect(decoded.columns.map(\.name) == table.columns.map(\.name))
    for column in table.columns {
      let other = try #require(decoded[column: column.name])
      for row in rows where !column.isMissing(row) { #expect(other.text(row) == column.text(row)) }
    }
    let copy = try JSONDecoder().decode(TableEncoding.self, from: JSONEncoder().encode(encoding))
    #expect(copy == encoding)
  }

  @Test func theDefaultIsStandardizedAndKeepsTailsApart() throws {
    let table = Self.table()
    let encoding = try TableEncoding(learning: table, rows: Array(0..<table.rowCount))
    let encoded = try encoding.encoded(table)
    let tail = (0..<encoded.count).map { Double(encoded.values[$0 * encoded.width]) }
    let mean = tail.reduce(0, +) / Double(tail.count)
    let variance = tail.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(tail.count)
    #expect(abs(mean) < 1e-5)
    #expect(abs(variance - 1) < 1e-4)
    #expect((tail.max() ?? 0) < 8)
  }

  @Test func decodedNumbersStayInTheLearnedRange() throws {
    let table = Self.table()
    let encoding = try TableEncoding(learning: table, rows: Array(0..<table.rowCount))
    let far = [Float](repeating: 1e20, count: 6) + [Float](repeating: -.infinity, count: 6)
    let decoded = encoding.decoded(values: far, count: 2)
    guard case .numbers(let numbers, _) = decoded.columns[0].cells,
      case .numbers(let all, _) = table.columns[0].cells
    else {
      Issue.record("expected numbers")
      return
    }
    #expect(numbers == [all.max() ?? 0, all.min() ?? 0])
  }

  @Test func rareLevelsAreOneAndOthersUnknown() throws {
    let table = Self.table()
    let rows = Array(0..<table.rowCount)
    let encoding = try TableEncoding(learning: table, rows: rows, levelLimit: 3)
    #expect(encoding.fields[2].width == 3)
    let new = table.rows([1, 2]).replacing(
      .init(name: "level", kind: .category, cells: .codes([0, 1], levels: ["z", "b"]))
    )
    let unknown = try encoding.unknownLevels(of: new.selecting(encoding.columns))
    #expect(unknown.levels.map(\.level) == ["z"] && unknown.cells == ["level": 1])
    #expect(throws: DatasetError.self) { try encoding.encoded(table.removing(["tail"])) }
  }

  /// The reader distinguishes texts by their bytes, and so do the encoding and its file.
  @Test func accentsThatAreComposedInTwoWaysAreTwoLevels() throws {
    let levels = ["caf\u{e9}", "cafe\u{301}", "tea"]
    let table = Table(
      name: "t",
      columns: [
        .init(name: "level", kind: .category, cells: .codes([0, 1, 2, 1, 0, 2], levels: levels))
      ]
    )
    let encoding = try TableEncoding(learning: table, rows: Array(0..<6))
    #expect(encoding.problem == nil)
    let encoded = try encoding.encoded(table)
    let decoded = encoding.decoded(values: encoded.values, count: 6).columns[0]
    for row in 0..<6 {
      #expect(
        decoded.text(row).map { Array($0.utf8) }
          == table.columns[0].text(row).map { Array($0.utf8) }
      )
    }
  }

  /// Numbers whose squares are beyond all numbers of double precision.
  @Test(arguments: [1e160, 1e300, 8e307])
  func hugeNumbersAreScaled(_ size: Double) throws {
    let numbers = (0..<60).map { Double($0 - 30) / 30 * size }
    let table = Table(
      name: "t",
      columns: [.init(name: "x", kind: .number, cells: .numbers(numbers, missing: []))]
    )
    for scaling in NumberScaling.allCases {
      let encoding = try TableEncoding(learning: table, rows: Array(0..<60), scaling: scaling)
      #expect(encoding.problem == nil, "\(scaling)")
      let values = try encoding.encoded(table).values
      #expect(values.allSatisfy { $0.isFinite && abs($0) < 10 }, "\(scaling)")
      #expect(Set(values).count == 60, "\(scaling)")
    }
  }

  @Test func nothingToLearnIsAnError() {
    let column = Table.Column(name: "a", kind: .constant, cells: .numbers([1, 1], missing: []))
    let error = DatasetError.table(.nothingToLearn(path: "t", ignoredColumns: ["a"]))
    #expect(throws: error) {
      try TableEncoding(learning: Table(name: "t", columns: [column]), rows: [0, 1])
    }
  }
}
