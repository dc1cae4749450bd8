import HourglassNetworks
import HourglassTestSupport
import Testing

@testable import HourglassEncodings
@testable import HourglassImpute

@Suite struct ImputationBaselineTests {
  private let layout = FeatureSchema([.number, .number, .category(levels: 2)])

  /// Rows (x, 2 x + 1, whether x is above 2) for x from 0 to 4, some cells of which are missing.
  private var rows: EncodedTable {
    var (values, observed): ([Float], [Float]) = ([], [])
    for x in 0..<5 {
      values += [Float(x), 2 * Float(x) + 1, x > 2 ? 1 : 0, x > 2 ? 0 : 1]
      observed += [1, 1, 1]
    }
    return EncodedTable(layout: layout, count: 5, values: values, observed: observed)
      .hiding((0..<15).map { $0 == 3 * 3 + 1 })
  }

  @Test func meansAreOfWhatIsThere() {
    let means = FieldMeans(rows)
    #expect(means.means == [2, 4.5, 0.4, 0.6])
    #expect(means.lows == [0, 1, 0, 0])
    #expect(means.highs == [4, 9, 1, 1])
  }

  @Test func regressionFindsTheLine() throws {
    let means = FieldMeans(rows)
    let regression = try #require(try ChainedRegression(learning: rows, means: means))
    let filled = regression.filled(rows)
    #expect(abs(filled[3 * 4 + 1] - 7) < 0.5, "\(filled[3 * 4 + 1])")
    #expect(filled[0...3] == rows.values[0...3])
  }

  @Test func nearestRowsHaveTheCell() async throws {
    let far: [Float] = (0..<40).flatMap { [100 + Float($0), -50, 1, 0] }
    let reference = EncodedTable(
      layout: layout,
      count: 45,
      values: rows.values + far,
      observed: rows.observed + Array(repeating: 1, count: 120)
    )
    let wanted = (0..<15).map { $0 == 3 * 3 + 1 }
    let result = try await NearestRows(reference).predictions(
      rows,
      wanted: wanted,
      otherwise: FieldMeans(reference),
      on: smallEngine()
    )
    // The four others that have the cell, and one from far away.
    #expect(abs(result.plain[3 * 4 + 1] + 6.4) < 1e-3)
    // Nearer rows count for more: 5 and 9 stand next to x = 3.
    #expect(result.weighted[3 * 4 + 1] > result.plain[3 * 4 + 1])
  }

  @Test func blendFindsTheRightPart() {
    let means = FieldMeans(rows)
    let truth = EncodedTable(layout: layout, count: 5, values: rows.values, observed: rows.observed)
    let all = truth.observed.map { $0 == 1 }
    let wrong = [Float](repeating: 3, count: 20)
    let blend = CellBlend(
      [rows.values, wrong],
      of: truth,
      cells: all,
      means: means,
      fallback: [0.5, 0.5]
    )
    for weights in blend.weights { #expect(weights[0] > 0.7 && weights[1] < 0.3, "\(weights)") }
    let none = all.map { _ in false }
    let blind = CellBlend(
      [rows.values, wrong],
      of: truth,
      cells: none,
      means: means,
      fallback: [0.5, 0.5]
    )
    #expect(blind.weights.allSatisfy { $0 == [0.5, 0.5] })
  }

  @Test func gapsAreBridgedByALine() {
    let numbers = FeatureSchema.numbers(1)
    let rows = EncodedTable(
      layout: numbers,
      count: 7,
      values: [0, 1, 0, 0, 4, 0, 0],
      observed: [0, 1, 0, 0, 1, 0, 0]
    )
    let filled = LinearInterpolation.filled(rows, groups: [0..<5, 5..<7], means: FieldMeans(rows))
    #expect(filled == [1, 1, 2, 3, 4, 2.5, 2.5])
  }
}
