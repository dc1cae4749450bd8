import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassEvaluation
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassGenerate
@testable import HourglassReduce
@testable import HourglassStatistics
@testable import HourglassTasksCommon

@Suite struct NeighborTests {
  private let engine = smallEngine()

  /// Rows of a kind of data, all trained on.
  private func rows(_ data: Dataset) throws -> EncodedRows {
    let items = try RawItems(data)
    let all = Array(0..<items.count)
    let encoding = try ItemEncoding(items, training: all)
    return try EncodedRows(items, encoding: encoding)
  }

  /// The squared distance over the values that both have, brought to the number of all values.
  private func distances(_ rows: EncodedRows) -> [[Double]] {
    var all: [(values: [Double], observed: [Bool])] = []
    rows.forEachItem { _, values, observed in
      all.append(
        (
          values.indices.map { Double(values[$0]) },
          observed.indices.map { observed[$0] > 0 }
        )
      )
    }
    return all.map { first in
      all.map { second in
        let shared = first.values.indices.filter { first.observed[$0] && second.observed[$0] }
        if shared.isEmpty { return .infinity }
        let sum = shared.reduce(0.0) { $0 + pow(first.values[$1] - second.values[$1], 2) }
        return sum * Double(first.values.count) / Double(shared.count)
      }
    }
  }

  private func search(_ rows: EncodedRows, _ count: Int) async throws -> [Int32] {
    let own = Array(0..<rows.count)
    return try await NearestNeighbors(rows)
      .nearest(to: rows, without: own, count: count, on: engine).rows
  }

  @Test(arguments: [DataKind.table, .images, .series])
  func theNearestAreFound(_ kind: DataKind) async throws {
    let data: Dataset =
      switch kind {
      case .images: try LawData.images()
      case .series: try LawData.series()
      default: LawData.table()
      }
    let rows = try rows(data)
    let found = try await search(rows, 5)
    let distances = distances(rows)
    for row in 0..<rows.count {
      let others = (0..<rows.count).filter { $0 != row }
      let nearest = others.map { distances[row][$0] }.sorted().prefix(5)
      let own = found[row * 5..<row * 5 + 5].map { distances[row][Int($0)] }
      for (value, wanted) in zip(own, nearest) {
        #expect(abs(value - wanted) < 1e-5 * max(1, wanted), "row \(row)")
      }
      #expect(Set(found[row * 5..<row * 5 + 5]).count == 5)
      #expect(!found[row * 5..<row * 5 + 5].contains(Int32(row)))
    }
  }

  /// Rows of a tensor with observed masks, some of which are 0.
  private func gapped(_ count: Int, _ layout: FeatureSchema, seed: UInt64) -> EncodedTable {
    var generator = SeededGenerator(seed: seed)
    return EncodedTable(
      layout: layout,
      count: count,
      values: (0..<count * layout.width).map { _ in generator.nextNormal() },
      observed: (0..<count * layout.count).map { _ in 1 }
    ).hiding((0..<count * layout.count).map { _ in generator.nextUniform() < 0.3 })
  }

  @Test(arguments: [false, true], [false, true])
  func weightsGapsAndCountsAreThoseOfTheFormula(_ isReused: Bool, _ isMean: Bool) async throws {
    let layout = FeatureSchema([.number, .category(levels: 3), .number])
    let weights = [1, 0.5, 0.5, 0.5, 3]
    let counts = isMean ? [1, 0.7, 0.7, 0.7, 1] : nil
    let items = gapped(40, layout, seed: 1)
    let whole = TensorSource(Tensor(gapped(300, layout, seed: 2).values, shape: [300, 5]))
    let lacking = gapped(300, layout, seed: 3)
    let fields = [0, 1, 1, 1, 2]
    for (references, observed) in [
      (whole as any BatchSource, [Float](repeating: 1, count: 900)),
      (EncodedRows(lacking), lacking.observed),
    ] {
      let search = NearestNeighbors(
        references,
        layout: layout,
        weights: weights,
        counts: counts,
        isReused: isReused
      )
      let found = try await search.nearest(to: EncodedRows(items), count: 7, on: engine)
      let length = references.itemShape.elementCount
      var all = [Float](repeating: 0, count: 300 * length)
      var span = all.mutableSpan
      references.copyItems(Array(0..<300).span, into: &span)
      for item in 0..<40 {
        let distances = (0..<300).map { row in
          var (sum, shared) = (0.0, 0.0)
          for place in 0..<5 {
            let both = Double(
              items.observed[item * 3 + fields[place]] * observed[row * 3 + fields[place]]
            )
            let difference = Double(items.values[item * 5 + place] - all[row * length + place])
            sum += weights[place] * both * difference * difference
            shared += (counts?[place] ?? 1) * both
          }
          if shared == 0 { return counts == nil && length == 5 ? 0 : .infinity }
          return counts == nil ? sum : sum / shared
        }
        let expected = distances.sorted().prefix(7).filter { $0 < .infinity }
        let own = found.of(item).map(\.distance)
        #expect(own.count == expected.count)
        for (one, other) in zip(own, expected) { #expect(abs(one - other) < 1e-6 * max(1, other)) }
      }
    }
  }

  @Test func roundingOfProductsChangesNothing() async throws {
    // So far from 0 that products in single precision lose all digits; and many that are equal.
    var generator = SeededGenerator(seed: 5)
    let far = (0..<2_000).map { _ in 40_000 + (8 * generator.nextUniform()).rounded() / 16 }
    let rows = Tensor(far, shape: [500, 4])
    let found = try await NearestNeighbors(TensorSource(rows))
      .nearest(to: TensorSource(rows), without: Array(0..<500), count: 6, on: engine)
    for item in 0..<500 {
      let distances = (0..<500).map { row in
        (0..<4).reduce(0.0) { $0 + pow(Double(far[item * 4 + $1] - far[row * 4 + $1]), 2) }
      }
      let expected = (0..<500).filter { $0 != item }
        .sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(6)
      #expect(found.of(item).map(\.row) == Array(expected))
    }
  }

  @Test func blocksChangeNothing() throws {
    var generator = SeededGenerator(seed: 4)
    let distances = (0..<50).map { _ in (generator.nextUniform() * 20).rounded() }
    var whole = NeighborLists(1, count: 7)
    whole.take(distances.span, from: 0, for: 0, without: 11)
    var parts = NeighborLists(1, count: 7)
    for start in stride(from: 0, to: 50, by: 8) {
      let end = min(start + 8, 50)
      parts.take(distances.span.extracting(start..<end), from: start, for: 0, without: 11)
    }
    #expect(parts.rows == whole.rows)
    let expected = (0..<50).filter { $0 != 11 }.sorted { (distances[$0], $0) < (distances[$1], $1) }
    #expect(whole.rows == expected.prefix(7).map { Int32($0) })
    var few = NeighborLists(1, count: 7)
    few.take(distances.span.extracting(0..<3), from: 0, for: 0, without: 1)
    #expect(few.rows.filter { $0 >= 0 }.count == 2)
  }

  @Test func partnersAreNeighborsAmongThoseTrainedOn() async throws {
    let rows = try rows(LawData.table())
    let learning = (0..<rows.count).filter { $0 % 5 != 0 }
    let pairs = try await pairs(rows, learning, seed: 1)
    let bytes = targets(pairs)
    #expect(targets(try await self.pairs(rows, learning, seed: 1)) == bytes)
    #expect(targets(try await self.pairs(rows, learning, seed: 2)) != bytes)
    let isLearned = Set(learning)
    let nearest = try await NearestNeighbors(rows.selecting(learning)).nearest(
      to: rows,
      without: (0..<rows.count).map { learning.firstIndex(of: $0) ?? -1 },
      count: 4,
      isMeasured: false,
      on: engine
    )
    func lists(_ item: Int) -> Set<Int> {
      Set(nearest.rows[item * 4..<item * 4 + 4].map { learning[Int($0)] })
    }
    var drawn = [Set<Int>](repeating: [], count: rows.count)
    for epoch in 0..<60 {
      let source = try #require(pairs.drawn(inEpoch: epoch) as? NeighborPairs)
      for item in 0..<rows.count {
        let partner = source.partner(of: item)
        #expect(isLearned.contains(partner) && partner != item)
        let isMutual = isLearned.contains(item) && lists(partner).contains(item)
        #expect(lists(item).contains(partner) || isMutual, "\(item) with \(partner)")
        drawn[item].insert(partner)
      }
    }
    #expect(drawn.enumerated().allSatisfy { $1.isSuperset(of: lists($0)) }, "all are drawn")
  }

  private func pairs(
    _ rows: EncodedRows,
    _ learning: [Int],
    seed: UInt64
  ) async throws -> NeighborPairs {
    try await NeighborPairs(
      rows,
      learning: learning,
      count: 4,
      seed: seed,
      on: engine,
      progress: { _ in }
    )
  }

  private func targets(_ pairs: NeighborPairs) -> [Float] {
    let indices = Array(0..<pairs.count)
    var targets = [Float](repeating: 0, count: pairs.count * pairs.targetShape.elementCount)
    var span = targets.mutableSpan
    pairs.copyTargets(indices.span, into: &span)
    return targets
  }

  @Test func keepingHasItsFormulas() async throws {
    let rows = try rows(Dataset(table(curvedRows(60))))
    let keeping = try #require(NeighborhoodPreservation(rows))
    #expect(keeping.count == 15)
    var generator = SeededGenerator(seed: 2)
    let random = Tensor((0..<120).map { _ in generator.nextNormal() }, shape: [60, 2])
    let values = rows.withoutMasks
    let same = Tensor((0..<60).flatMap(values.item), shape: [60, 8])
    let scores = try await keeping.scores(of: [same, random], on: engine)
    #expect(scores[0].trustworthiness == 1)
    #expect(scores[0].kept == 1)
    // The definitions, word for word.
    let distances = distances(rows)
    func order(_ from: [Double], _ item: Int) -> [Int] {
      (0..<60).filter { $0 != item }.sorted { (from[$0], $0) < (from[$1], $1) }
    }
    var (excess, kept) = (0.0, 0)
    for item in 0..<60 {
      let near = order(distances[item], item)
      let map = (0..<60).map { other in
        (0..<2).reduce(0.0) {
          $0 + pow(Double(random.scalars[item * 2 + $1] - random.scalars[other * 2 + $1]), 2)
        }
      }
      for other in order(map, item).prefix(15) {
        let rank = 1 + (near.firstIndex(of: other) ?? 0)
        if rank > 15 { excess += Double(rank - 15) } else { kept += 1 }
      }
    }
    let expected = 1 - 2 / (60.0 * 15 * (120 - 45 - 1)) * excess
    #expect(abs(scores[1].trustworthiness - expected) < 1e-3)
    #expect(abs(scores[1].kept - Double(kept) / 900) < 5e-3)
    #expect(NeighborhoodPreservation(rows.selecting([0, 1, 2])) == nil)
  }

  @Test func codesThatPreserveNeighborsKeepThemBetter() async throws {
    let data = try table(curvedRows(1_200))
    func report(_ preserves: DimensionReducer.Preservation) async throws -> Evaluation {
      let reducer = DimensionReducer(
        dimensions: 1,
        learning: TrainingSettings(epochs: 30, seed: 2),
        preserves: preserves
      )
      let fitted = try await reducer.fit(data, session: TrainingSession(engine: engine))
      return try await fitted.evaluate(table(curvedRows(400, seed: 9)), on: engine)
    }
    let neighbors = try await report(.neighbors())
    let values = try await report(.values)
    #expect(neighbors.itemCount == 400)
    let own = try #require(neighbors["15-NN kept"])
    #expect(try own > #require(values["15-NN kept"]))
    #expect(try own > #require(neighbors["PCA", "15-NN kept"]))
    #expect(neighbors.tables[0].methods[1] == values.tables[0].methods[1], "PCA is the same")
    #expect(try #require(neighbors["R²"]) > 0.2, "and it reconstructs")
  }

  @Test func settingsAreChecked() async throws {
    let data = try table(curvedRows(30))
    for reducer in [
      DimensionReducer(preserves: .neighbors(count: 0)),
      DimensionReducer(preserves: .neighbors(weight: -1)),
      DimensionReducer(dimensions: 17, preserves: .neighbors()),
    ] {
      await #expect(throws: HourglassError.self) {
        try await reducer.fit(data, session: TrainingSession(engine: engine))
      }
    }
  }
}
