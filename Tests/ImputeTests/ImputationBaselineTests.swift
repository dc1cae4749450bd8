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
      given: truth,
      cells: all,
      means: means,
      distinguishes: false,
      fallback: [0.5, 0.5]
    )
    for weights in blend.weights { #expect(weights[0] > 0.7 && weights[1] < 0.3, "\(weights)") }
    let none = all.map { _ in false }
    let blind = CellBlend(
      [rows.values, wrong],
      of: truth,
      given: truth,
      cells: none,
      means: means,
      distinguishes: false,
      fallback: [0.5, 0.5]
    )
    #expect(blind.weights.allSatisfy { $0 == [0.5, 0.5] })
  }

  @Test func cellsThatAloneAreMissingHaveWeightsOfTheirOwn() {
    // The first prediction is right where the other cell of the row is there, and wrong where it is not.
    let layout = FeatureSchema.numbers(2)
    let values = (0..<400).map { Float($0 * 37 % 101) / 50 - 1 }
    let truth = EncodedTable(
      layout: layout,
      count: 200,
      values: values,
      observed: values.map { _ in 1 }
    )
    var observed = [Float](repeating: 1, count: 400)
    for row in 0..<200 {
      observed[2 * row] = 0
      if row % 2 == 0 { observed[2 * row + 1] = 0 }
    }
    let given = EncodedTable(layout: layout, count: 200, values: values, observed: observed)
    let first = values.indices.map { $0 / 2 % 2 == 0 ? -values[$0] : values[$0] }
    let second = values.indices.map { values[($0 + 6) % 400] * 0.5 }
    let blend = CellBlend(
      [first, second],
      of: truth,
      given: given,
      cells: observed.map { $0 == 0 },
      means: FieldMeans(truth),
      distinguishes: true,
      fallback: [0.5, 0.5]
    )
    let alone = blend.alone?[0] ?? []
    #expect(alone[0] > 0.9 && alone[1] < 0.2, "\(alone)")
    #expect(blend.weights[0][0] < 0.5, "\(blend.weights[0])")
    let filled = blend.combined([first, second], of: given, means: FieldMeans(truth))
    for row in stride(from: 1, to: 200, by: 2) {
      #expect(abs(filled[2 * row] - values[2 * row]) < 0.2)
    }
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
