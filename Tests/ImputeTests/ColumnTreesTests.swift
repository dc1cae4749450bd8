import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassImpute

/// Trees as a part of an imputer.
@Suite struct ColumnTreesTests {
  private static let imputer = Imputer(
    architecture: .dense(hidden: [16], activation: .silu),
    latent: 8,
    members: 1,
    learning: TrainingSettings(epochs: 5, earlyStopping: nil, seed: 3)
  )

  /// A step of one column, its sign, which of three thirds it is in, and noise.
  private static func steps(_ count: Int, missing share: Float) -> Table {
    var generator = SeededGenerator(seed: 9)
    let x = (0..<count).map { _ in Double(generator.nextNormal()) }
    func gaps() -> [Bool] { x.map { _ in generator.nextUniform() < share } }
    func numbers(_ name: String, _ values: [Double]) -> Table.Column {
      let missing = gaps()
      return Table.Column(
        name: name,
        kind: .number,
        cells: .numbers(zip(values, missing).map { $1 ? 0 : $0 }, missing: missing)
      )
    }
    func levels(_ name: String, _ codes: [Int32], _ levels: [String]) -> Table.Column {
      let missing = gaps()
      return Table.Column(
        name: name,
        kind: .category,
        cells: .codes(zip(codes, missing).map { $1 ? -1 : $0 }, levels: levels)
      )
    }
    return Table(
      name: "steps",
      columns: [
        Table.Column(name: "x", kind: .number, cells: .numbers(x, missing: [])),
        numbers("step", x.map { abs($0) < 0.6 ? 5 + 0.01 * $0 : 1 + 0.01 * $0 }),
        levels("sign", x.map { $0 < 0 ? 0 : 1 }, ["minus", "plus"]),
        levels("third", x.map { $0 < -0.4 ? 0 : $0 < 0.4 ? 1 : 2 }, ["low", "middle", "high"]),
        numbers("noise", x.map { _ in Double(generator.nextNormal()) }),
      ]
    )
  }

  @Test func stepsAreFilledByTrees() async throws {
    let table = Self.steps(400, missing: 0.1)
    let fitted = try await Self.imputer.fit(table, session: TrainingSession(engine: smallEngine()))
    let trees = try #require(fitted.state.predictor.trees)
    #expect(fitted.state.predictor.parts.last == "boosted trees")
    #expect(trees.ensembles.map { $0?.outputCount } == [1, 1, 1, 3, 1])
    // Five epochs teach a network little: the trees make the result.
    let evaluation = try #require(fitted.evaluation)
    let columns = try #require(evaluation.tables.first { $0.title == "RMSE by column" })
    let step = try #require(columns.methods.first { $0.name == "step" })
    func error(_ name: String) throws -> Double {
      let place = try #require(columns.metrics.firstIndex { $0.name == name }, "\(name)")
      return try #require(step.values[place])
    }
    let regression = try error("chained regression")
    #expect(try error("hourglass") < 0.6 * regression)
    #expect(try error("trees alone") < 0.6 * regression)
    let filled = try await fitted.filled(table, on: smallEngine())
    #expect(filled.missingCount == 0)
    // A file gives the same trees and the same cells.
    let again = try FittedImputer(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(again.state.predictor.trees == trees)
    #expect(try await again.filled(table, on: smallEngine()) == filled)
    // A row is filled alike alone.
    let row = try #require((0..<400).first { table.columns[1].isMissing($0) })
    let alone = try await again.filled(table.rows([row]), on: smallEngine())
    #expect(alone.columns.map { $0.text(0) } == filled.columns.map { $0.text(row) })
  }

  @Test func theNumberOfThreadsDoesNotMatter() async throws {
    let table = Self.steps(200, missing: 0.2)
    let data = try ImputationData(.table(table))
    let rows = try ImputedFields(data).rows(of: data)
    let means = FieldMeans(rows)
    var filled = means.filled(rows.count)
    for index in filled.indices where rows.values[index] != 0 { filled[index] = rows.values[index] }
    let plan = try #require(TreePlan(rowCount: 200, layout: rows.layout, seconds: nil))
    var grown: [ColumnTrees] = []
    for threads in [1, 4] {
      grown.append(
        try #require(
          try await ColumnTrees(
            learning: rows,
            filled: filled,
            fillings: [CellBlend(weights: rows.layout.fields.map { _ in [1] })],
            means: means,
            plan: plan,
            seed: 2,
            threads: threads
          )
        )
      )
    }
    #expect(grown[0] == grown[1])
  }

  @Test func treesCanBeLeftOut() async throws {
    var imputer = Self.imputer
    imputer.usesTrees = false
    let table = Self.steps(100, missing: 0.1)
    let fitted = try await imputer.fit(table, session: TrainingSession(engine: smallEngine()))
    #expect(fitted.state.predictor.trees == nil)
    #expect(fitted.tensors.keys.allSatisfy { !$0.hasPrefix("trees.") })
  }

  @Test func damagedTreesAreRefused() async throws {
    let table = Self.steps(60, missing: 0.1)
    let fitted = try await Self.imputer.fit(table, session: TrainingSession(engine: smallEngine()))
    func error(_ change: (inout [String: Tensor]) throws -> Void) throws -> String {
      var tensors = fitted.tensors
      try change(&tensors)
      let bytes = try ModelFile.bytes(tensors: tensors, header: fitted.header, path: "model")
      do {
        _ = try FittedImputer(ModelFile(bytes: bytes, path: "model"))
      } catch { return "\(error)" }
      return ""
    }
    func changed(_ name: String, _ place: Int, _ value: Float) throws -> String {
      try error { tensors in
        var scalars = try #require(tensors[name]).scalars
        scalars[place] = value
        tensors[name] = Tensor(scalars, shape: [scalars.count])
      }
    }
    #expect(try error { _ in }.isEmpty)
    for (name, value) in [
      ("trees.columns", Float(0.5)), ("trees.columns", 1_000), ("trees.columns", -2),
      ("trees.columns", 3e9), ("trees.counts", -1), ("trees.counts", 0.5), ("trees.counts", 1e9),
    ] {
      let text = try changed(name, 0, value)
      #expect(text.contains("its trees should be whole trees over its columns"), "\(name): \(text)")
    }
    #expect(
      try changed("trees.values", 0, .nan).contains("trees.values should hold finite numbers")
    )
    for name in ["trees.values", "trees.counts", "trees.filling"] {
      #expect(try error { $0[name] = nil }.contains(name))
    }
    let short = try error { tensors in
      let all = try #require(tensors["trees.columns"]).scalars
      let values = try #require(tensors["trees.values"]).scalars
      tensors["trees.columns"] = Tensor(Array(all.dropLast()), shape: [all.count - 1])
      tensors["trees.values"] = Tensor(Array(values.dropLast()), shape: [all.count - 1])
    }
    #expect(short.contains("its trees should be whole trees"))
    // Without the columns of the trees the weights of the blend do not fit.
    #expect(try error { $0["trees.columns"] = nil }.contains("blend.weights"))
  }

  @Test func widerTablesGetFewerTrees() throws {
    func plan(_ rows: Int, _ columns: Int, seconds: Double? = nil) -> TreePlan? {
      TreePlan(rowCount: rows, layout: .numbers(columns), seconds: seconds)
    }
    #expect(plan(29, 5) == nil && plan(1_000, 1) == nil)
    let narrow = try #require(plan(1_000, 10))
    #expect(narrow.rounds == 200 && narrow.isGrownAgain)
    let wide = try #require(plan(2_000, 3_000))
    #expect(wide.rounds < 100 && wide.inputLimit < 32 && !wide.isGrownAgain)
    #expect(plan(2_000, 200_000) == nil)
    #expect(plan(1_000, 10, seconds: 0.1) == nil)
    #expect(narrow.rounds(of: .category(levels: 4)) == 100)
    #expect(narrow.rounds(of: .category(levels: 1)) == nil && narrow.rounds(of: .point) == nil)
    #expect(narrow.rounds(of: .category(levels: 1_000)) == nil)
  }
}
