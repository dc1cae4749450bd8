import Foundation
import HourglassData
import HourglassEvaluation
import HourglassImpute
import HourglassModelFiles
import HourglassNetworks
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ImputerTests {
  private static let quick = Imputer(
    architecture: .dense(hidden: [48], activation: .silu),
    latent: 16,
    members: 2,
    learning: TrainingSettings(epochs: 60, earlyStopping: nil, seed: 3)
  )

  @Test func mixedCellsAreFilledOnTheirGridAndWithinTheirRange() async throws {
    let engine = smallEngine()
    let (gaps, truth) = mixed(240)
    let fitted = try await Self.quick.fit(gaps, session: TrainingSession(engine: engine))
    let filled = try await fitted.filled(gaps, on: engine)
    #expect(filled.missingCount == gaps.columns[4].missingCount, "names stay missing")
    var right = 0
    var cells = 0
    for (before, after) in zip(gaps.columns, filled.columns) {
      for row in 0..<gaps.rowCount {
        if let text = before.text(row) {
          #expect(after.text(row) == text)
        } else if before.name == "group" {
          cells += 1
          if after.text(row) == truth.columns[2].text(row) { right += 1 }
        } else if before.name == "count" {
          let number = try #require(after.number(row))
          #expect(number == number.rounded() && (0...8).contains(number))
        } else if before.name == "place" {
          #expect(after.text(row) == "here")
        }
      }
    }
    #expect(cells > 20)
    #expect(Double(right) > 0.8 * Double(cells), "\(right) of \(cells)")
    let evaluation = try #require(fitted.evaluation)
    #expect(
      evaluation.tables[0].methods.map(\.name)
        == [
          "hourglass", "mean", "5 nearest neighbors", "chained regression", "network alone",
          "trees alone",
        ]
    )
    let (error, mean) = (
      try #require(evaluation["RMSE"]), try #require(evaluation["mean", "RMSE"])
    )
    #expect(error < 0.7 * mean)
    let accuracy = try #require(evaluation["accuracy"])
    #expect(accuracy > (try #require(evaluation["mean", "accuracy"])))
    #expect(evaluation.verdict?.metric == "relative error")
    // The error of all numbers is that of their columns, each by its cells.
    let columns = try #require(evaluation.tables.first { $0.title == "RMSE by column" })
    let squares = columns.methods.map { row in
      (cells: row.values[0] ?? 0, square: (row.values[0] ?? 0) * pow(row.values[1] ?? 0, 2))
    }
    let total = squares.reduce(0) { $0 + $1.cells }
    #expect(abs((squares.reduce(0) { $0 + $1.square } / total).squareRoot() - error) < 1e-9)
  }

  @Test func drawsDifferByAsMuchAsTheResultIsOff() async throws {
    let engine = smallEngine()
    let (gaps, truth) = mixed(240)
    let fitted = try await Self.quick.fit(gaps, session: TrainingSession(engine: engine))
    let draws = try await fitted.draws(of: gaps, count: 20, seed: 1, on: engine)
    let two = try await fitted.draws(of: gaps, count: 2, seed: 1, on: engine)
    #expect(two == Array(draws.prefix(2)))
    #expect(draws[0] != draws[1])
    let filled = try await fitted.filled(gaps, on: engine)
    var (spread, miss) = (0.0, 0.0)
    for row in 0..<gaps.rowCount where gaps.columns[0].isMissing(row) {
      let middle = try #require(filled.columns[0].number(row))
      miss += pow(middle - (try #require(truth.columns[0].number(row))), 2)
      for draw in draws {
        spread += pow(try #require(draw.columns[0].number(row)) - middle, 2) / 20
      }
    }
    #expect(spread > 0.2 * miss && spread < 5 * miss, "\(spread) against \(miss)")
  }

  @Test func intervalsHoldTheShareThatTheyPromise() async throws {
    let engine = smallEngine()
    let (gaps, truth) = mixed(900)
    let fitted = try await Self.quick.fit(gaps, session: TrainingSession(engine: engine))
    let filled = try await fitted.filled(gaps, on: engine)
    let intervals = try await fitted.intervals(of: .table(gaps), level: 0.8, on: engine)
    #expect(intervals.count == gaps.missingCount - filled.missingCount - constantGaps(gaps))
    var held: [String: (held: Int, cells: Int)] = [:]
    for interval in intervals {
      let (before, after, whole) = (
        try #require(gaps[column: interval.column]), try #require(filled[column: interval.column]),
        try #require(truth[column: interval.column])
      )
      #expect(before.isMissing(interval.row))
      #expect(interval.filled == after.text(interval.row))
      var isHeld = false
      if interval.column == "group" {
        #expect(interval.lowest == nil && interval.levels.contains(interval.filled))
        isHeld = interval.levels.contains(try #require(whole.text(interval.row)))
      } else {
        let low = try #require(interval.lowest.flatMap(Double.init))
        let high = try #require(interval.highest.flatMap(Double.init))
        #expect(low <= high && interval.levels.isEmpty)
        #expect((low...high).contains(try #require(Double(interval.filled))))
        isHeld = (low...high).contains(try #require(whole.number(interval.row)))
      }
      held[interval.column, default: (0, 0)].cells += 1
      held[interval.column, default: (0, 0)].held += isHeld ? 1 : 0
    }
    #expect(held.count == 3)
    // The quantiles come from 70 deleted cells and are tried on 155: the standard deviation is 0.06.
    let sizes = try #require(held["size"])
    let share = Double(sizes.held) / Double(sizes.cells)
    #expect(share > 0.65 && share < 0.95, "\(share) of \(sizes.cells)")
    // Of few different values an interval holds more than it promises.
    for name in ["count", "group"] {
      let cells = try #require(held[name])
      #expect(Double(cells.held) > 0.65 * Double(cells.cells), "\(name): \(cells)")
    }
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.tables.last?.title.hasPrefix("Intervals of 90 %") == true)
    #expect(try #require(evaluation["numbers", "coverage"]) > 0.82)
    #expect(try #require(evaluation["numbers", "mean width"]) < 0.6)
    let wider = try await fitted.intervals(of: .table(gaps), level: 0.99, on: engine)
    for (narrow, wide) in zip(intervals, wider) where narrow.lowest != nil {
      #expect(try #require(wide.lowest.flatMap(Double.init)) <= Double(narrow.lowest ?? "") ?? 0)
      #expect(try #require(wide.highest.flatMap(Double.init)) >= Double(narrow.highest ?? "") ?? 0)
    }
    let again = try FittedImputer(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(try await again.intervals(of: .table(gaps), level: 0.8, on: engine) == intervals)
    await #expect(throws: HourglassError.self) {
      try await fitted.intervals(of: .table(gaps), level: 1, on: engine)
    }
  }

  /// The numbers come from the formulas by hand: means 1, 2, 6 with variances 1, 2, 3.
  @Test func estimatesArePooledByRubinsRules() throws {
    let pooled = PooledEstimate(column: "x", estimates: [(1, 1), (2, 2), (6, 3)])
    #expect(pooled.estimate == 3 && pooled.within == 2 && pooled.between == 7)
    #expect(abs(pooled.total - (2 + 28.0 / 3)) < 1e-12)
    #expect(abs(pooled.missingShare - 28.0 / 34) < 1e-12)
    let freedom = try #require(pooled.degreesOfFreedom)
    #expect(abs(freedom - 2 * pow(34.0 / 28, 2)) < 1e-12)
    let same = PooledEstimate(column: "x", estimates: [(1, 1), (1, 1)])
    #expect(same.degreesOfFreedom == nil && same.total == 1 && same.missingShare == 0)
  }

  @Test func drawnTablesArePooled() async throws {
    let engine = smallEngine()
    let (gaps, truth) = mixed(240)
    let fitted = try await Self.quick.fit(gaps, session: TrainingSession(engine: engine))
    let draws = try await fitted.draws(of: gaps, count: 5, seed: 2, on: engine)
    let pooled = PooledEstimate.pooled(draws, columns: ["size", "group", "name"])
    #expect(pooled.map(\.column) == ["size", "group", "group", "group"])
    let size = pooled[0]
    let whole = (0..<240).compactMap { truth.columns[0].number($0) }
    let mean = whole.reduce(0, +) / 240
    #expect(abs(size.estimate - mean) < 4 * size.standardError)
    #expect(size.missingShare > 0 && size.missingShare < 0.3, "\(size)")
    #expect(abs(pooled.dropFirst().reduce(0) { $0 + $1.estimate } - 1) < 1e-9)
    #expect(PooledEstimate.pooled([draws[0]], columns: ["size"]).isEmpty)
  }

  @Test func gapsOfASeriesAreFilled() async throws {
    let engine = smallEngine()
    let times = (0..<400).map { Double($0) }
    let wave = times.map { sin($0 / 6) }
    let missing = times.map { Int($0) % 40 >= 30 && Int($0) % 40 < 38 }
    let table = Table(
      name: "wave",
      columns: [
        Table.Column(name: "time", kind: .integer, cells: .numbers(times, missing: [])),
        Table.Column(
          name: "height",
          kind: .number,
          cells: .numbers(zip(wave, missing).map { $1 ? 0 : $0 }, missing: missing)
        ),
      ]
    )
    let series = Dataset.series(
      try SeriesSet(table, options: SeriesOptions(timeColumn: "time", window: 48))
    )
    let fitted = try await Self.quick.fit(series, session: TrainingSession(engine: engine))
    let filled = try await fitted.filled(series, on: engine)
    #expect(filled.missingCount == 0)
    var (own, mean) = (0.0, 0.0)
    for row in 0..<400 where missing[row] {
      own += pow(try #require(filled.columns[1].number(row)) - wave[row], 2)
      mean += wave[row] * wave[row]
    }
    #expect(own < 0.2 * mean, "\(own) against \(mean)")
    let again = try FittedImputer(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(try await again.filled(series, on: engine) == filled)
    await #expect(throws: HourglassError.self) { try await fitted.filled(table, on: engine) }
  }

  @Test func imagesAreRefused() async throws {
    let images = Dataset.images(ImageSet(try NumericDataset(name: "spots", images: spots(3))))
    await #expect(throws: HourglassError.self) { try await Imputer().fit(images) }
  }
}

/// The missing cells of constants, which are filled without a doubt.
private func constantGaps(_ table: Table) -> Int {
  table.columns.filter { $0.kind == .constant }.reduce(0) { $0 + $1.missingCount }
}

/// A table of the numbers of rows; the last column is missing on demand.
private func numbers(_ rows: Tensor, hidingLast: Bool = false) -> Table {
  let (count, width) = (rows.shape[0], rows.shape[1])
  return Table(
    name: "rows",
    columns: (0..<width).map { column in
      let isHidden = hidingLast && column == width - 1
      return Table.Column(
        name: "x\(column)",
        kind: .number,
        cells: .numbers(
          (0..<count).map { isHidden ? 0 : Double(rows[flat: $0 * width + column]) },
          missing: isHidden ? Array(repeating: true, count: count) : []
        )
      )
    }
  )
}

/// Rows of a number, a count, a category, a constant and names that hang together, with a fifth of the
/// cells missing, and the whole of them.
private func mixed(_ count: Int) -> (gaps: Table, whole: Table) {
  var generator = SeededGenerator(seed: 5)
  var (sizes, counts, groups, names): ([Double], [Double], [Int32], [String]) = ([], [], [], [])
  for row in 0..<count {
    let group = Int32(generator.nextUniform() * 3)
    sizes.append(Double(group) * 2 + 0.3 * Double(generator.nextNormal()))
    counts.append((Double(group) * 3 + 2 * Double(generator.nextUniform())).rounded())
    groups.append(min(group, 2))
    names.append("name \(row)")
  }
  func gaps() -> [Bool] { (0..<count).map { _ in generator.nextUniform() < 0.2 } }
  let (first, second, third, fourth, fifth) = (gaps(), gaps(), gaps(), gaps(), gaps())
  func table(_ hides: Bool) -> Table {
    Table(
      name: "mixed",
      columns: [
        Table.Column(
          name: "size",
          kind: .number,
          cells: .numbers(
            sizes.indices.map { hides && first[$0] ? 0 : sizes[$0] },
            missing: hides ? first : []
          )
        ),
        Table.Column(
          name: "count",
          kind: .integer,
          cells: .numbers(
            counts.indices.map { hides && second[$0] ? 0 : counts[$0] },
            missing: hides ? second : []
          )
        ),
        Table.Column(
          name: "group",
          kind: .category,
          cells: .codes(
            groups.indices.map { hides && third[$0] ? -1 : groups[$0] },
            levels: ["low", "middle", "high"]
          )
        ),
        Table.Column(
          name: "place",
          kind: .constant,
          cells: .codes(fourth.map { hides && $0 ? -1 : 0 }, levels: ["here"])
        ),
        Table.Column(
          name: "name",
          kind: .identifier,
          cells: .texts(names.indices.map { hides && fifth[$0] ? nil : names[$0] })
        ),
      ]
    )
  }
  return (table(true), table(false))
}
