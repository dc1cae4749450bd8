import Foundation
import HourglassAutoencoders
import HourglassData
import HourglassDenoise
import HourglassEncodings
import HourglassEngines
import HourglassEvaluation
import HourglassGenerate
import HourglassImpute
import HourglassModelFiles
import HourglassNetworks
import HourglassTasksCommon
import HourglassTestSupport
import Testing

/// Several series of levels that have nothing in common.
@Suite struct SeriesScaleTests {
  private static let levels = [1_000.0, 2, 50]
  private let engine = smallEngine()

  private static func truth(_ group: Int, _ row: Int) -> Double {
    levels[group] * (1 + 0.2 * sin(Double(row + 5 * group) / 5))
  }

  /// The series of some levels, with a gap in each forty rows, and a channel that never varies in a series.
  private func series(_ groups: [Int], length: Int = 240) throws -> SeriesSet {
    let places = groups.flatMap { group in (0..<length).map { (group, $0) } }
    let missing = places.map { $0.1 % 40 >= 30 && $0.1 % 40 < 36 }
    let table = Table(
      name: "shops",
      columns: [
        Table.Column(
          name: "shop",
          kind: .category,
          cells: .codes(places.map { Int32($0.0) }, levels: ["large", "small", "middle"])
        ),
        Table.Column(
          name: "day",
          kind: .integer,
          cells: .numbers(places.map { Double($0.1) }, missing: []),
          decimals: 0
        ),
        Table.Column(
          name: "sales",
          kind: .number,
          cells: .numbers(
            zip(places, missing).map { $1 ? 0 : Self.truth($0.0, $0.1) },
            missing: missing
          )
        ),
        Table.Column(
          name: "doors",
          kind: .integer,
          cells: .numbers(
            places.map { Double($0.0 + 3) },
            missing: places.map { $0.1 == 17 }
          ),
          decimals: 0
        ),
      ]
    )
    return try SeriesSet(
      table,
      options: SeriesOptions(timeColumn: "day", group: "shop", window: 32)
    )
  }

  /// The root mean squared error of a series relative to its level.
  private func error(_ filled: Table, _ group: Int, from first: Int) throws -> Double {
    var (sum, count) = (0.0, 0.0)
    for row in 0..<240 where row % 40 >= 30 && row % 40 < 36 {
      let number = try #require(filled[column: "sales"]?.number(first + row))
      sum += pow((number - Self.truth(group, row)) / Self.levels[group], 2)
      count += 1
    }
    return (sum / count).squareRoot()
  }

  @Test func eachIsFilledOnItsOwnScale() async throws {
    let imputer = Imputer(
      members: 1,
      learning: TrainingSettings(epochs: 40, learningRate: 0.003, earlyStopping: nil, seed: 2)
    )
    let all = try series([0, 1, 2])
    let fitted = try await imputer.fit(.series(all), session: TrainingSession(engine: engine))
    let filled = try await fitted.filled(.series(all), on: engine)
    for group in 0..<3 {
      #expect(try error(filled, group, from: 240 * group) < 0.05)
      #expect(filled[column: "doors"]?.number(240 * group + 17) == Double(group + 3))
    }
    let evaluation = try #require(fitted.evaluation)
    #expect(try #require(evaluation["RMSE"]) < 0.15)
    let again = try FittedImputer(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(try await again.filled(.series(all), on: engine) == filled)
    // A series that the model does not know is taken on the scale of its own values.
    let known = try await imputer.fit(
      .series(series([0, 1])),
      session: TrainingSession(engine: engine)
    )
    let unknown = try await known.filled(.series(series([2])), on: engine)
    #expect(try error(unknown, 2, from: 0) < 0.05)
    #expect(unknown[column: "doors"]?.number(17) == 5)
  }

  @Test func constantChannelsStay() async throws {
    let all = try series([0, 1, 2])
    let fitted = try await Denoiser(
      noise: .gaussian(standardDeviation: 0.3),
      architecture: .uNet(base: 8, depth: 1, activation: .relu),
      learning: TrainingSettings(epochs: 20, learningRate: 0.004, earlyStopping: nil, seed: 1)
    ).fit(.series(all), session: TrainingSession(engine: engine))
    let result = try await fitted.denoised(all, on: engine)
    #expect(result[column: "doors"]?.cells == all.table[column: "doors"]?.cells)
    for group in 0..<3 {
      let number = try #require(result[column: "sales"]?.number(240 * group + 5))
      #expect(abs(number / Self.truth(group, 5) - 1) < 0.2)
    }
    let wave = (0..<200).map { Double($0) }
    let valve = Table(
      name: "pipe",
      columns: [
        Table.Column(name: "t", kind: .number, cells: .numbers(wave, missing: [])),
        Table.Column(
          name: "flow",
          kind: .number,
          cells: .numbers(wave.map { 5 + sin($0 / 3) }, missing: [])
        ),
        Table.Column(
          name: "valve",
          kind: .constant,
          cells: .numbers(wave.map { _ in 0 }, missing: [])
        ),
      ]
    )
    let pipe = try SeriesSet(valve, options: SeriesOptions(timeColumn: "t", window: 16))
    let smooth = try await Denoiser(learning: TrainingSettings(epochs: 2))
      .fit(.series(pipe), session: TrainingSession(engine: engine)).denoised(pipe, on: engine)
    #expect(smooth[column: "valve"] == valve.columns[2])
    #expect(smooth[column: "flow"] != valve.columns[1])
  }

  @Test func generatedSeriesHaveKeysTimesAndLengths() async throws {
    let learning = TrainingSettings(epochs: 20, earlyStopping: nil, seed: 1)
    let all = try series([0, 1], length: 30)
    let fitted = try await Synthesizer(latent: 2, learning: learning)
      .fit(.series(all), session: TrainingSession(engine: engine))
    guard case .table(let made) = try await fitted.generated(12, on: engine) else {
      Issue.record("no table was made")
      return
    }
    let table = made.sample
    #expect(table.columns.map(\.name) == ["window", "step", "shop", "day", "sales", "doors"])
    // Series of 30 rows have no 31st, although windows are of 32.
    #expect(table.rowCount == 12 * 30)
    for row in 0..<table.rowCount {
      #expect(table[column: "day"]?.number(row) == Double(row % 30))
      let level = table[column: "shop"]?.text(row) == "large" ? 1_000.0 : 2
      let sales = try #require(table[column: "sales"]?.number(row))
      #expect(abs(sales / level - 1) < 1, "\(sales) at \(level)")
      #expect(table[column: "doors"]?.number(row) == (level == 2 ? 4 : 3))
    }
  }
}
