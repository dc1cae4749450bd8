import Foundation
import HourglassData
import HourglassDenoise
import HourglassDetect
import HourglassEngines
import HourglassImpute
import HourglassReduce
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// What is made of series in a file chunk by chunk, beside what is made of all of their rows at once.
@Suite final class LargeSeriesJobTests {
  private let folder: URL
  private let engine = smallEngine()
  private let all: SeriesSet
  private let stored: StoredSeries
  private var large: Dataset { .series(SeriesData(stored)) }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var generator = SeededGenerator(seed: 3)
    var lines = ["t,g,u,v"]
    for group in ["a", "b"] {
      var time = 0
      for row in 0..<1_500 {
        time += row % 211 == 200 ? 4 : 1
        let isGap = row % 90 > 84
        let wave = row % 700 > 690 ? 9 : row % 20
        let noise = Double(generator.nextNormal())
        lines.append(
          "\(time),\(group),\(isGap ? "" : "\(Double(wave) + noise)"),\(Double(wave) - noise)"
        )
      }
    }
    let path = folder.appendingPathComponent("series.csv").path
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    let options = SeriesOptions(timeColumn: "t", group: "g", window: 16)
    all = try SeriesSet(Table(contentsOf: path), options: options)
    stored = try StoredSeries(StoredTable(contentsOf: path), options: options, stretchCells: 1)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var learning: TrainingSettings {
    TrainingSettings(epochs: 1, seed: 5)
  }

  @Test func findingsAndRangesAreTheSame() async throws {
    let fitted = try await AnomalyDetector(falseAlarmRate: 0.05, learning: learning)
      .fit(large, session: TrainingSession(engine: engine))
    let expected = try await fitted.findings(in: .series(all), on: engine)
    var joiner = RangeJoiner(window: 16)
    var numbers: [Int: Int] = [:]
    var count = 0
    try await fitted.findings(in: large, on: engine) { batch, findings in
      count += 1
      joiner.take(findings, of: try #require(batch.chunk))
      for (row, number) in joiner.numbersOfRows { numbers[batch.firstRow + row] = number }
    }
    #expect(count > 8)
    let ranges = fitted.ranges(of: expected, in: all)
    // Each group has two jumps, and false alarms besides.
    #expect(ranges.count >= 2 && joiner.mostUnusualFirst == ranges)
    for range in ranges { #expect(numbers[range.rows.lowerBound] == range.number) }
    let whole = try await fitted.findings(in: large, on: engine)
    #expect(whole.scores == expected.scores && whole.map(\.item) == expected.map(\.item))
  }

  @Test func denoisedRowsAreTheSame() async throws {
    let fitted = try await Denoiser(learning: learning)
      .fit(large, session: TrainingSession(engine: engine))
    let expected = try await fitted.denoised(all, on: engine)
    try await fitted.denoised(large, on: engine) { batch, table in
      #expect(table.columns == expected.rows(batch.rows.map { batch.firstRow + $0 }).columns)
    }
  }

  @Test func filledAndDrawnRowsAreTheSame() async throws {
    let fitted = try await Imputer(members: 1, learning: learning)
      .fit(large, session: TrainingSession(engine: engine))
    let expected = try await fitted.filled(.series(all), on: engine)
    let drawn = try await fitted.draws(of: .series(all), count: 2, seed: 9, on: engine)
    let intervals = try await fitted.intervals(of: .series(all), on: engine)
    #expect(expected.missingCount == 0 && drawn[0] != drawn[1])
    var tally = PooledTally()
    var joined: [CellInterval] = []
    try await fitted.filled(large, on: engine) { [engine] batch, filled in
      let rows = batch.rows.map { batch.firstRow + $0 }
      #expect(filled.columns == expected.rows(rows).columns)
      let tables = try await fitted.draws(
        of: batch.data,
        count: 2,
        seed: 9,
        firstRow: batch.firstRow,
        on: engine
      ).map { $0.rows(Array(batch.rows)) }
      for (table, all) in zip(tables, drawn) {
        #expect(table.columns == all.rows(rows).columns)
      }
      for (number, table) in tables.enumerated() { tally.add(table, number: number) }
      for var interval in try await fitted.intervals(of: batch.data, on: engine)
      where batch.rows.contains(interval.row) {
        interval.row += batch.firstRow
        joined.append(interval)
      }
    }
    #expect(Set(joined) == Set(intervals) && joined.count == intervals.count)
    let expectedPools = PooledEstimate.pooled(drawn, columns: ["u", "v"])
    let pools = tally.estimates(of: ["u", "v"])
    #expect(pools.map(\.column) == ["u", "v"] && expectedPools.map(\.column) == ["u", "v"])
    for (pool, expected) in zip(pools, expectedPools) {
      #expect(abs(pool.estimate - expected.estimate) < 1e-9)
      #expect(abs(pool.total - expected.total) < 1e-9)
    }
  }

  @Test func codesAreTheSame() async throws {
    let fitted = try await DimensionReducer(dimensions: 2, learning: learning)
      .fit(large, session: TrainingSession(engine: engine))
    let expected = try await fitted.codes(of: .series(all), on: engine)
    #expect(try await fitted.codes(of: large, on: engine) == expected)
  }

  @Test func levelsArePooledOverBlocks() {
    func table(_ levels: [String?], _ numbers: [Double]) -> Table {
      let names = ["x", "y"]
      return Table(
        name: "t",
        columns: [
          Table.Column(
            name: "level",
            kind: .category,
            cells: .codes(levels.map { $0 == "x" ? 0 : $0 == "y" ? 1 : -1 }, levels: names)
          ), Table.Column(name: "number", kind: .number, cells: .numbers(numbers, missing: [])),
        ]
      )
    }
    let first = table(["x", "y", "x", nil, "y", "y"], [1, 2, 4, 8, 16, 32])
    let second = table(["x", "x", "x", nil, "y", "x"], [1, 3, 4, 8, 15, 33])
    let whole = PooledEstimate.pooled([first, second], columns: ["level", "number"])
    var tally = PooledTally()
    for rows in [0..<1, 1..<4, 4..<6] {
      for (number, table) in [first, second].enumerated() {
        tally.add(table.rows(Array(rows)), number: number)
      }
    }
    let parts = tally.estimates(of: ["level", "number"])
    #expect(whole.map(\.level) == ["x", "y", nil] && parts.map(\.level) == ["x", "y", nil])
    for (part, whole) in zip(parts, whole) {
      #expect(abs(part.estimate - whole.estimate) < 1e-12)
      #expect(abs(part.total - whole.total) < 1e-12)
    }
    #expect(abs(whole[0].estimate - 0.6) < 1e-12 && abs(whole[2].estimate - 127.0 / 12) < 1e-12)
  }
}
