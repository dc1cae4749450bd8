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
    var hull = LocalHull(width: 3)
    let point: [Float] = [3, 1, 0]
    let left = hull.residual(of: point.span, rows: rows.span, neighbors: [0, 1])
    // The neighbors are (-1, 0, 0) and (1, 0, 0) from their mean (1, 0, 0), and the point (2, 1, 0).
    // V Vᵀ = [[1, -1], [-1, 1]], the penalty 0.1: the projection is 2 · 2 / 2.1 along the first axis.
    let expected = [2 - 4 / 2.1, 1, 0]
    for (found, wanted) in zip(left, expected) { #expect(abs(found - wanted) < 1e-12) }
    // Neighbors that are all alike leave the difference from them.
    let alike = hull.residual(of: point.span, rows: rows.span, neighbors: [0, 0])
    #expect(alike == [3, 1, 0])
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
    #expect(abs(scorer.parts.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
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
}
