import HourglassData
import HourglassGenerate
import HourglassTestSupport
import Testing

@Suite struct TableSimilarityTests {
  /// What `Scripts/goldens/make_table_similarity.py` writes.
  private struct Golden: Decodable {
    struct Rows: Decodable {
      var x: [Double]
      var y: [Double]
      var hue: [String]
      var size: [String]

      var table: Table {
        Table(
          name: "rows",
          columns: [
            Table.Column(name: "x", kind: .number, cells: .numbers(x, missing: [])),
            Table.Column(name: "y", kind: .number, cells: .numbers(y, missing: [])),
            column("hue", hue),
            column("size", size),
          ]
        )
      }

      private func column(_ name: String, _ texts: [String]) -> Table.Column {
        let levels = Array(Set(texts)).sorted()
        let codes = texts.map { Int32(levels.firstIndex(of: $0) ?? -1) }
        return Table.Column(name: name, kind: .category, cells: .codes(codes, levels: levels))
      }
    }

    var real: Rows
    var synthetic: Rows
    var columns: [String: Double]
    var pairs: [String: Double]
  }

  @Test func agreesWithSDMetrics() throws {
    let golden = try golden(Golden.self, "table_similarity")
    let found = try TableSimilarity(of: golden.synthetic.table, to: golden.real.table)
    #expect(found.columns.count == 4 && found.pairs.count == 6)
    for column in found.columns {
      let expected = try #require(golden.columns[column.name])
      #expect(abs(column.score - expected) < 1e-6, "\(column.name)")
    }
    for pair in found.pairs {
      let expected = try #require(golden.pairs["\(pair.first) \(pair.second)"])
      #expect(abs(pair.score - expected) < 1e-6, "\(pair.first), \(pair.second)")
    }
    #expect(abs(found.columnShapes - golden.columns.values.reduce(0, +) / 4) < 1e-6)
  }

  @Test func aTableIsLikeItself() throws {
    let table = try golden(Golden.self, "table_similarity").real.table
    let found = try TableSimilarity(of: table, to: table)
    #expect(found.columnShapes == 1 && found.pairTrends == 1)
  }

  @Test func missingCellsAreAClassOfTheirOwnInPairs() throws {
    func table(_ missing: [Bool]) -> Table {
      Table(
        name: "rows",
        columns: [
          Table.Column(name: "n", kind: .number, cells: .numbers([1, 2, 3, 4], missing: missing)),
          Table.Column(
            name: "c",
            kind: .boolean,
            cells: .codes([0, 0, 1, 1], levels: ["a", "b"])
          ),
        ]
      )
    }
    let found = try TableSimilarity(
      of: table([true, false, false, false]),
      to: table([false, false, false, true])
    )
    #expect(found.pairTrends == 0.5)
  }
}
