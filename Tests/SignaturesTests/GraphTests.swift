import Testing

@testable import HourglassSignatures

/// The search along a graph, beside the exact one.
@Suite struct GraphTests {
  private func index(_ rows: [[Float]]) throws -> SignatureIndex {
    try SignatureIndex(rows: Array(rows.joined()), dimension: rows[0].count)
  }

  /// The share of the exact neighbors that an index finds; every distance has to be exact.
  private func recall(_ graphed: SignatureIndex, _ queries: [[Float]]) throws -> Double {
    var exact = graphed
    exact.graph = nil
    var hits = 0
    for (found, truth) in zip(
      try graphed.matches(for: queries, count: 10),
      try exact.matches(for: queries, count: 10)
    ) {
      #expect(found.count == truth.count)
      #expect(found == found.sorted { ($0.distance, $0.itemID) < ($1.distance, $1.itemID) })
      #expect(Set(found.map(\.itemID)).count == found.count)
      // A match has its distance, so that one that is found twice is the same in both.
      #expect(zip(found, truth).allSatisfy { $0.distance >= $1.distance })
      hits += Set(found).intersection(truth).count
    }
    return Double(hits) / Double(10 * queries.count)
  }

  @Test(arguments: [3, 32, 70])
  func findsWhatTheExactSearchFinds(_ dimension: Int) throws {
    let rows = clustered(5000, dimension: dimension, seed: 1)
    let graphed = try index(rows).graphed()
    let known = try #require(graphed.approximation)
    #expect(known.recall >= 0.99 && known.queries == 200 && known.signatures == 5000)
    #expect(try recall(graphed, clustered(200, dimension: dimension, seed: 1, skipping: 1)) > 0.97)
    // Enough breadth is exact.
    let broad = graphed.walking(breadth: 4000)
    #expect(try recall(broad, clustered(50, dimension: dimension, seed: 1, skipping: 2)) > 0.999)
  }

  @Test func isTheSameEachTimeAndOnEveryNumberOfThreads() throws {
    let rows = clustered(3000, dimension: 16, seed: 2)
    let queries = clustered(70, dimension: 16, seed: 2, skipping: 1)
    let first = try index(rows).graphed()
    let second = try index(rows).graphed()
    #expect(try #require(first.graph).graph.stored().bytes == second.graph?.graph.stored().bytes)
    let answers = try first.matches(for: queries, count: 7)
    #expect(answers == (try second.matches(for: queries, count: 7)))
    #expect(answers == (try first.matches(for: queries, count: 7, threads: 3)))
    #expect(answers[9] == (try first.matches(for: queries[9], count: 7)))
  }

  /// Many equal rows, such as those of silence, must neither hide others nor be hidden.
  @Test func equalRowsAreFoundInTheirOrder() throws {
    var rows = clustered(2000, dimension: 8, seed: 3)
    for place in stride(from: 0, to: 2000, by: 2) { rows[place] = [Float](repeating: 0, count: 8) }
    rows[7][0] = -0.0
    let graphed = try index(rows).graphed()
    let zero = try graphed.matches(for: [Float](repeating: 0, count: 8), count: 12)
    #expect(zero.map(\.itemID) == (0..<12).map { Int64(2 * $0 + 1) })
    #expect(zero.allSatisfy { $0.distance == 0 })
    let queries = clustered(100, dimension: 8, seed: 3, skipping: 1)
    #expect(try recall(graphed, queries) > 0.97)
    let alike = try index([[Float]](repeating: [1, 2], count: 500)).graphed()
    #expect(try alike.matches(for: [1, 2], count: 500).map(\.itemID) == Array(1...500))
  }

  @Test(arguments: 1...7) func fewRowsAreAllFound(_ count: Int) throws {
    let rows = vectors(count, dimension: 3, seed: 4)
    let graphed = try index(rows).graphed()
    #expect(graphed.approximation?.recall == 1)
    let query = vectors(1, dimension: 3, seed: 5)[0]
    #expect(try graphed.matches(for: query) == (try index(rows).matches(for: query)))
    #expect(try SignatureIndex(items: []).graphed().matches(for: [Float]()).isEmpty)
  }

  /// One number far from all others makes steps of a byte too coarse: the rows themselves are walked.
  @Test func oneFarRowDoesNotHideTheOthers() throws {
    var rows = clustered(3000, dimension: 12, seed: 6)
    rows[1234][5] = 1e6
    let graphed = try index(rows).graphed()
    #expect(try #require(graphed.graph).graph.shape.isCoded == false)
    #expect(try recall(graphed, clustered(100, dimension: 12, seed: 6, skipping: 1)) > 0.97)
    #expect(try graphed.matches(for: rows[1234], count: 1)[0].itemID == 1235)
  }

  @Test func aQueryFarFromAllRowsIsAnsweredExactly() throws {
    let rows = clustered(2000, dimension: 12, seed: 7)
    let graphed = try index(rows).graphed()
    #expect(try #require(graphed.graph).graph.shape.isCoded)
    var query = rows[3]
    query[2] = 1e9
    let near = clustered(1, dimension: 12, seed: 7, skipping: 1)[0]
    let exact = try index(rows).matches(for: [query, near], count: 5)
    #expect(try graphed.matches(for: [query, near], count: 5)[0] == exact[0])
  }

  @Test func itemsWithManySignaturesAreFoundOnce() throws {
    let rows = clustered(4000, dimension: 6, seed: 8)
    let items = (0..<8).map { item in
      NewItem(name: "\(item)", signatures: Array(rows[item * 500..<(item + 1) * 500]))
    }
    let exact = try SignatureIndex(items: items)
    let graphed = try exact.graphed()
    let query = clustered(1, dimension: 6, seed: 8, skipping: 1)[0]
    // A walk comes upon few of the items; all are asked for.
    #expect(try graphed.matches(for: query, count: 8) == (try exact.matches(for: query, count: 8)))
    let filter = SignatureFilter(excludedItems: [1, 2])
    #expect(
      try graphed.matches(for: query, count: 8, filter: filter)
        == (try exact.matches(for: query, count: 8, filter: filter))
    )
  }

  /// Where walks cannot find enough, every answer is exact.
  @Test func aGraphThatFindsTooLittleIsNotUsed() throws {
    var settings = GraphSettings()
    settings.links = 2
    settings.breadth = 2
    settings.mostBreadth = 10
    let rows = vectors(3000, dimension: 40, seed: 9)
    let graphed = try index(rows).graphed(settings)
    #expect(graphed.approximation == nil && graphed.graph != nil)
    let queries = vectors(20, dimension: 40, seed: 10)
    #expect(try recall(graphed, queries) == 1)
  }
}
