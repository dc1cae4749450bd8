import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassAutoencoders
@testable import HourglassData
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassTasksCommon

/// The parts of the score of a row of a table.
@Suite struct TableScoreTests {
  /// The residual of ridge regression by the formula, with the inverse by Cramer's rule for two neighbors.
  @Test func theHullOfTwoRowsHasAClosedForm() {
    let rows: [Float] = [0, 0, 0, 2, 0, 0]
    var hull = LocalHull(rows.span, width: 3)
    func squares(_ point: [Float], _ neighbors: [Int]) -> [Double] {
      var sums = [0.0, 0, 0]
      hull.addSquares(of: point.span, neighbors: neighbors, fields: [0, 1, 2], to: &sums)
      return sums
    }
    let point: [Float] = [3, 1, 0]
    let left = squares(point, [0, 1])
    // The neighbors are (-1, 0, 0) and (1, 0, 0) from their mean (1, 0, 0), and the point (2, 1, 0).
    // V Vᵀ = [[1, -1], [-1, 1]], the penalty 0.1: the projection is 2 · 2 / 2.1 along the first axis.
    let expected = [(2 - 4 / 2.1) * (2 - 4 / 2.1), 1, 0]
    for (found, wanted) in zip(left, expected) { #expect(abs(found - wanted) < 1e-12) }
    // Neighbors that are all alike leave the difference from them.
    #expect(squares(point, [0, 0]) == [9, 1, 0])
    #expect(squares(point, []) == [9, 1, 0])
  }

  /// Rows wider than a vector, against the same formula in plain loops.
  @Test func theHullOfWideRowsIsThatOfPlainLoops() throws {
    var generator = SeededGenerator.named("hull", seed: 1)
    let (width, count) = (19, 12)
    let rows = (0..<count * width).map { _ in Float(generator.nextNormal()) }
    let point = (0..<width).map { _ in Float(generator.nextNormal()) }
    let neighbors = Array(1...10)
    var sums = [Double](repeating: 0, count: 3)
    var hull = LocalHull(rows.span, width: width)
    let fields = (0..<width).map { $0 % 3 }
    hull.addSquares(of: point.span, neighbors: neighbors, fields: fields, to: &sums)
    // e minimizes |x - m - Vᵀ a|² + λ |a|²: gradient descent finds the same a.
    let k = neighbors.count
    let mean = (0..<width).map { place in
      neighbors.reduce(0.0) { $0 + Double(rows[$1 * width + place]) / Double(k) }
    }
    let vectors = neighbors.map { row in
      (0..<width).map { Double(rows[row * width + $0]) - mean[$0] }
    }
    let penalty = 0.1 * vectors.joined().reduce(0) { $0 + $1 * $1 } / Double(k)
    var shares = [Double](repeating: 0, count: k)
    func residual() -> [Double] {
      (0..<width).map { place in
        Double(point[place]) - mean[place]
          - (0..<k).reduce(0.0) { $0 + shares[$1] * vectors[$1][place] }
      }
    }
    for _ in 0..<4_000 {
      let left = residual()
      for index in 0..<k {
        let slope = zip(left, vectors[index]).reduce(0) { $0 + $1.0 * $1.1 }
        shares[index] += 0.005 * (slope - penalty * shares[index])
      }
    }
    var expected = [Double](repeating: 0, count: 3)
    for (place, value) in residual().enumerated() { expected[fields[place]] += value * value }
    for (found, wanted) in zip(sums, expected) { #expect(abs(found - wanted) < 1e-6 * wanted) }
  }

  @Test func aScaleIsTheShareOfUsualValuesThatAreAsHigh() {
    let scale = ScoreScale((1...1_000).map(Double.init))
    #expect(scale.surprise(0) == 0)
    for value in [100.0, 500, 800, 890] {
      let share = (1_001 - value) / 1_000
      #expect(abs(scale.surprise(value) + log(share)) < 0.01, "\(value)")
    }
    // It rises without end, also beyond all usual values.
    let values = stride(from: 0.0, through: 5_000, by: 50).map { scale.surprise($0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 || ($0 == 0 && $1 == 0) })
    #expect(ScoreScale([0, 0, 0]).surprise(0) >= 0)
    #expect(ScoreScale([0, 0, 0]).surprise(1) > ScoreScale([0, 0, 0]).surprise(0))
  }

  private static func sensors(_ count: Int, valve: Double, mode: String) -> Table {
    var generator = SeededGenerator(seed: 4)
    let level = (0..<count).map { _ in Double(generator.nextNormal()) }
    return Table(
      name: "sensors",
      columns: [
        Table.Column(name: "level", kind: .number, cells: .numbers(level, missing: [])),
        Table.Column(
          name: "double",
          kind: .number,
          cells: .numbers(level.map { 2 * $0 + 0.1 * Double(generator.nextNormal()) }, missing: [])
        ),
        Table.Column(
          name: "valve",
          kind: .constant,
          cells: .numbers(Array(repeating: valve, count: count), missing: [])
        ),
        Table.Column(
          name: "mode",
          kind: .category,
          cells: .codes(
            (0..<count).map { Int32($0 % 2) },
            levels: ["auto", mode]
          )
        ),
      ]
    )
  }

  /// A constant that changes and a level that was never seen are unusual, and are the reason.
  @Test func whatWasNeverSeenIsUnusual() async throws {
    let engine = smallEngine()
    let detector = AnomalyDetector(
      falseAlarmRate: 0.02,
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 10, seed: 1)
    )
    let fitted = try await detector.fit(
      Self.sensors(200, valve: 5, mode: "manual"),
      session: TrainingSession(engine: engine)
    )
    #expect(fitted.ignoredColumns.isEmpty)
    let same = try await fitted.findings(
      in: Self.sensors(60, valve: 5, mode: "manual"),
      on: engine
    )
    #expect(same.anomalyCount <= 6)
    let moved = try await fitted.findings(
      in: Self.sensors(60, valve: 6, mode: "manual"),
      on: engine
    )
    #expect(moved.anomalyCount == 60)
    #expect(moved.allSatisfy { $0.reasons.first?.name == "valve" })
    let unseen = try await fitted.findings(
      in: Self.sensors(60, valve: 5, mode: "ZZ9"),
      on: engine
    )
    #expect(unseen.indices.filter { $0 % 2 == 1 }.allSatisfy { unseen.anomalies[$0] })
    #expect(unseen[1].reasons.first?.name == "mode")
    // As when it is read back.
    let again = try FittedAnomalyDetector(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(
      try await again.findings(in: Self.sensors(9, valve: 6, mode: "ZZ9"), on: engine).scores
        == fitted.findings(in: Self.sensors(9, valve: 6, mode: "ZZ9"), on: engine).scores
    )
  }

  /// So is a new level where anomalies may have been among the rows that were trained on.
  @Test func aNewLevelIsUnusualAmongMixedRows() async throws {
    let engine = smallEngine()
    let fitted = try await AnomalyDetector(
      falseAlarmRate: 0.02,
      learned: .mixed,
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 10, seed: 1)
    ).fit(
      Self.sensors(200, valve: 5, mode: "manual"),
      session: TrainingSession(engine: engine)
    )
    let unseen = try await fitted.findings(
      in: Self.sensors(60, valve: 5, mode: "ZZ9"),
      on: engine
    )
    let new = unseen.indices.filter { $0 % 2 == 1 }
    #expect(new.allSatisfy { unseen.anomalies[$0] && unseen[$0].reasons.first?.name == "mode" })
    #expect(unseen.anomalyCount <= new.count + 3)
  }

  /// Where columns depend on each other, rows that break the dependence are found by more than their
  /// columns' tails, and the weights say so.
  @Test func theWeightsFollowTheDependenceOfColumns() async throws {
    let engine = smallEngine()
    var generator = SeededGenerator(seed: 6)
    let level = (0..<400).map { _ in Double(generator.nextNormal()) }
    let columns = (0..<4).map { column in
      Table.Column(
        name: "x\(column)",
        kind: .number,
        cells: .numbers(level.map { $0 + 0.05 * Double(generator.nextNormal()) }, missing: [])
      )
    }
    let detector = AnomalyDetector(
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 10, seed: 1)
    )
    let fitted = try await detector.fit(
      Table(name: "t", columns: columns),
      session: TrainingSession(engine: engine)
    )
    guard case .rows(let scorer) = fitted.scorer else {
      Issue.record("rows of a table are scored by parts")
      return
    }
    #expect(abs(scorer.parts.reduce(0) { $0 + $1.weight } - 1) < 1e-6)
    let tails = try #require(scorer.parts.first { $0.kind == .tails })
    let hull = try #require(scorer.parts.first { $0.kind == .neighbor(.standardized, 1) })
    #expect(hull.area > tails.area + 0.05)
    #expect(hull.weight > 2 * tails.weight)
    let table = try #require(fitted.evaluation?.tables.last)
    #expect(table.methods.first?.name == "all parts")
    #expect(table.methods.count == scorer.parts.count + 2)
  }

  /// Without rows that are kept only the network scores.
  @Test func noRowsCanBeKept() async throws {
    let engine = smallEngine()
    let detector = AnomalyDetector(
      architecture: .dense(hidden: [16], activation: .silu),
      references: 0,
      learning: TrainingSettings(epochs: 10, seed: 1)
    )
    let table = Self.sensors(200, valve: 5, mode: "manual")
    let fitted = try await detector.fit(table, session: TrainingSession(engine: engine))
    #expect(fitted.tensors["references"] == nil)
    #expect(try await fitted.nearestNormalRows(to: table, on: engine) == nil)
    let again = try FittedAnomalyDetector(ModelFile(bytes: try fitted.bytes(), path: "model"))
    let scores = try await fitted.findings(in: table, on: engine).scores
    #expect(try await again.findings(in: table, on: engine).scores == scores)
    #expect(Set(scores).count > 100)
  }

  private static func table(_ columns: [[Double]]) -> Table {
    Table(
      name: "numbers",
      columns: columns.enumerated().map { place, values in
        Table.Column(name: "x\(place)", kind: .number, cells: .numbers(values, missing: []))
      }
    )
  }

  /// 2 min(shares) of the ranks, with one more row for the one that is scored.
  @Test func tailsAreTheSharesOfRowsAsFarOut() throws {
    let table = Self.table([(0..<9).map(Double.init)])
    let encoding = try TableEncoding(learning: table, rows: Array(0..<9))
    let items = EncodedRows(try encoding.encoded(table))
    let rows = RawRows(items, encoding)
    let tails = ColumnTails(rows, items, encoding)
    func part(_ value: Double, isOwn: Bool) -> Double {
      var parts = [0.0]
      var span = parts.mutableSpan
      let raw = [value]
      tails.measure(raw.span, isObserved: { _ in true }, isOwn: isOwn, into: &span)
      return parts[0]
    }
    #expect(abs(part(100, isOwn: false) + log(0.2)) < 1e-12)
    #expect(abs(part(rows.column(0)[0], isOwn: true) + log(2.0 / 9)) < 1e-9)
    #expect(part(rows.column(0)[4], isOwn: true) == 0)
  }

  /// Rows like those that were trained on have not moved; a shifted column has, and is named.
  @Test func onlyAColumnThatMovedIsNamed() async throws {
    let engine = smallEngine()
    func rows(_ seed: UInt64, shift: Double = 0) -> Table {
      var generator = SeededGenerator(seed: seed)
      return Self.table(
        (0..<4).map { column in
          (0..<400).map { _ in Double(generator.nextNormal()) + (column == 2 ? shift : 0) }
        }
      )
    }
    let detector = AnomalyDetector(
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 5, seed: 1)
    )
    let fitted = try await detector.fit(rows(1), session: TrainingSession(engine: engine))
    for seed in 2..<6 as Range<UInt64> {
      let counts = try #require(try await fitted.findings(in: rows(seed), on: engine).counts)
      #expect(fitted.movedColumns(counts).isEmpty)
    }
    let counts = try #require(
      try await fitted.findings(in: rows(9, shift: 0.6), on: engine).counts
    )
    let moved = fitted.movedColumns(counts)
    #expect(moved.map(\.name) == ["x2"])
    #expect(try #require(moved.first).distance > 0.15)
  }

  /// What a row scores depends neither on its company nor on the threads.
  @Test func aScoreIsTheSameInAnyCompany() async throws {
    let engine = smallEngine()
    var generator = SeededGenerator(seed: 3)
    let table = Self.table(
      (0..<5).map { _ in (0..<1_200).map { _ in Double(generator.nextNormal()) } }
    )
    let detector = AnomalyDetector(
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 3, seed: 1)
    )
    let fitted = try await detector.fit(table, session: TrainingSession(engine: engine))
    let all = try await fitted.findings(in: table, on: engine)
    let some = try await fitted.findings(in: table.rows([7, 1_000, 3]), on: engine)
    #expect(some.scores == [all.scores[7], all.scores[1_000], all.scores[3]])
    let single = try await fitted.findings(in: table, on: ComputeEngine(threads: 1))
    #expect(single.scores == all.scores)
    let again = try FittedAnomalyDetector(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(try await again.findings(in: table, on: engine).scores == all.scores)
  }

  /// A model file whose rows are no numbers is damaged, and traps nothing.
  @Test func damagedRowsAreRefused() async throws {
    let engine = smallEngine()
    let detector = AnomalyDetector(
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 3, seed: 1)
    )
    let table = Self.sensors(60, valve: 5, mode: "manual")
    let fitted = try await detector.fit(table, session: TrainingSession(engine: engine))
    for name in [
      "references", "references.observed", "parts.weights", "parts.0.scale",
      "calibration.scores",
    ] {
      var tensors = fitted.tensors
      let tensor = try #require(tensors[name])
      var values = tensor.scalars
      values[0] = .nan
      tensors[name] = Tensor(values, shape: tensor.shape)
      let bytes = try ModelFile.bytes(tensors: tensors, header: fitted.core.header, path: "model")
      #expect(throws: (any Error).self, "\(name)") {
        try FittedAnomalyDetector(ModelFile(bytes: bytes, path: "model"))
      }
    }
  }
}
