import HourglassModelFiles
import HourglassNetworks
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassImpute

/// Columns of texts that mostly occur once, and categories that one part predicts better than the blend.
@Suite struct RemarkColumnsTests {
  private static let quick = Imputer(
    architecture: .dense(hidden: [24], activation: .silu),
    latent: 8,
    members: 1,
    learning: TrainingSettings(epochs: 20, earlyStopping: nil, seed: 3)
  )

  /// Remarks that have nothing to do with the rest, and a group that follows a number; a fifth of both is missing.
  private func customers(_ count: Int) -> Table {
    var generator = SeededGenerator(seed: 6)
    func uniform() -> Double { Double(generator.nextUniform()) }
    let numbers = (0..<count).map { _ in 10 * uniform() }
    let groups = numbers.map { $0 < 5 ? "low" : "high" }
    let remarks = (0..<count).map { row in
      uniform() < 0.3 ? "moves in \(row)" : ["pays late", "see file"][uniform() < 0.5 ? 0 : 1]
    }
    func column(_ name: String, _ texts: [String]) -> Table.Column {
      let levels = Array(Set(texts)).sorted()
      let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
      let codes = texts.map { uniform() < 0.2 ? -1 : places[$0] ?? -1 }
      return Table.Column(name: name, kind: .category, cells: .codes(codes, levels: levels))
    }
    return Table(
      name: "customers",
      columns: [
        Table.Column(name: "number", kind: .number, cells: .numbers(numbers, missing: [])),
        column("group", groups), column("remark", remarks),
      ]
    )
  }

  @Test func remarksStayMissingUnlessAskedFor() async throws {
    let engine = smallEngine()
    let table = customers(400)
    let missing = try #require(table[column: "remark"]).missingCount
    #expect(missing > 40)
    let session = TrainingSession(engine: engine)
    let fitted = try await Self.quick.fit(table, session: session)
    #expect(fitted.columns == ["number", "group"])
    let warnings = try #require(fitted.evaluation?.warnings)
    #expect(
      warnings.contains { $0.contains("remark stay missing") && $0.contains("--fill-remarks") }
    )
    let filled = try await fitted.filled(table, on: engine)
    #expect(filled[column: "remark"]?.missingCount == missing)
    #expect(filled[column: "group"]?.missingCount == 0)
    let draw = try #require(try await fitted.draws(of: table, count: 1, on: engine).first)
    #expect(draw[column: "remark"]?.missingCount == missing)
    let intervals = try await fitted.intervals(of: .table(table), on: engine)
    #expect(Set(intervals.map(\.column)) == ["group"])
    // So it is with the model of a file.
    let loaded = try FittedImputer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.filled(table, on: engine) == filled)
    var all = Self.quick
    all.fillsRemarks = true
    let other = try await all.fit(table, session: session)
    #expect(other.columns == ["number", "group", "remark"])
    #expect(try await other.filled(table, on: engine).missingCount == 0)
    #expect(other.evaluation?.warnings.contains { $0.contains("stay missing") } == false)
  }

  @Test func columnsOfRemarksAreThoseOfRareTexts() throws {
    func column(_ counts: [Int]) -> Table.Column {
      let codes = counts.enumerated().flatMap { Array(repeating: Int32($0), count: $1) }
      return Table.Column(
        name: "x",
        kind: .category,
        cells: .codes(codes, levels: counts.indices.map { "\($0)" })
      )
    }
    #expect(RemarkColumns.isOfRemarks(column([200, 200] + Array(repeating: 1, count: 20))))
    #expect(RemarkColumns.isOfRemarks(column([5, 5, 5] + Array(repeating: 2, count: 12))))
    // Nine rare texts, or as many frequent ones.
    #expect(!RemarkColumns.isOfRemarks(column([200] + Array(repeating: 1, count: 9))))
    #expect(
      !RemarkColumns.isOfRemarks(
        column(Array(repeating: 3, count: 12) + Array(repeating: 1, count: 12))
      )
    )
    // Ten of ten are more than chance, one more of the seven that differ is not.
    let (right, wrong) = (Array(repeating: true, count: 10), Array(repeating: false, count: 10))
    #expect(RemarkColumns.isBetter(right, than: wrong))
    #expect(!RemarkColumns.isBetter(right, than: right))
    let (seven, six) = (
      (0..<10).map { $0 < 7 }, (0..<10).map { $0 >= 4 }
    )
    #expect(!RemarkColumns.isBetter(seven, than: six))
  }

  /// A part that is always right, and another one that is sure and always wrong.
  @Test func aPartThatIsBetterThanTheBlendIsTakenAlone() {
    let layout = FeatureSchema([.category(levels: 3), .number])
    let count = 30
    var (truth, right, wrong): ([Float], [Float], [Float]) = ([], [], [])
    for row in 0..<count {
      func cell(_ level: Int, _ value: Float) -> [Float] {
        (0..<3).map { $0 == level ? value : 0 } + [Float(row)]
      }
      truth += cell(row % 3, 1)
      right += cell(row % 3, 0.4)
      wrong += cell((row + 1) % 3, 1)
    }
    let rows = EncodedTable(
      layout: layout,
      count: count,
      values: truth,
      observed: Array(repeating: 1, count: 2 * count)
    )
    let means = FieldMeans(rows)
    let cells = Array(repeating: true, count: 2 * count)
    let bad = CellBlend(weights: [[0.5, 0.5], [0.5, 0.5]])
    let better = bad.preferringParts([right, wrong], of: rows, cells: cells, means: means)
    #expect(better.weights == [[1, 0], [0.5, 0.5]])
    // A blend that is right as often stays.
    let good = CellBlend(weights: [[0.9, 0.1], [0.5, 0.5]])
    #expect(good.preferringParts([right, wrong], of: rows, cells: cells, means: means) == good)
    // Three cells are too few to say.
    let few = cells.indices.map { $0 < 6 }
    #expect(bad.preferringParts([right, wrong], of: rows, cells: few, means: means) == bad)
  }
}
