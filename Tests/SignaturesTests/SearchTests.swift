import Foundation
import HourglassSignatures
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct SearchTests {
  private func index(_ rows: [[Float]], perItem: Int = 1) throws -> SignatureIndex {
    try SignatureIndex(
      items: stride(from: 0, to: rows.count, by: perItem).map { start in
        NewItem(
          name: "\(start / perItem)",
          signatures: Array(rows[start..<min(start + perItem, rows.count)]),
          metadata: ["half": start < rows.count / 2 ? "first" : "second"]
        )
      }
    )
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }.squareRoot()
  }

  /// Far from the origin, differences of squared lengths would lose every digit.
  @Test(arguments: [Float(0), 1000, 1e6], [1, 7, 64])
  func agreesWithAPlainLoop(_ offset: Float, _ dimension: Int) throws {
    let rows = vectors(1003, dimension: dimension, seed: 1, offset: offset)
    let queries = vectors(131, dimension: dimension, seed: 2, offset: offset)
    let index = try index(rows)
    let batch = try index.matches(for: queries, count: 7)
    #expect(batch == (try index.matches(for: queries, count: 7, threads: 2)))
    for (query, found) in zip(queries, batch) {
      let plain = rows.indices.map { (distance(rows[$0], query), $0) }.sorted { $0 < $1 }.prefix(7)
      #expect(found.map(\.distance) == plain.map(\.0))
      #expect(found.map(\.name) == plain.map { "\($0.1)" })
      #expect(found == (try index.matches(for: query, count: 7, threads: 2)))
    }
  }

  @Test func threadsDoNotMatterForManyRows() throws {
    let index = try index(vectors(20_000, dimension: 64, seed: 3), perItem: 4)
    let queries = vectors(50, dimension: 64, seed: 4)
    let one = try index.matches(for: queries, count: 12)
    for threads in [2, 3, 7] {
      #expect(one == (try index.matches(for: queries, count: 12, threads: threads)))
    }
    #expect(one[0] == (try index.matches(for: queries[0], count: 12, threads: 2)))
  }

  /// Searches one by one read codes of a byte for each number after a few times; batches never do.
  @Test(arguments: ["usual", "far", "outlier", "equal", "one dimension varies", "odd"])
  func codesChangeNothing(_ form: String) throws {
    let dimension = form == "odd" ? 33 : 64
    let count = (1 << 22) / dimension + 37
    var rows = vectors(count, dimension: dimension, seed: 3, offset: form == "far" ? 1e5 : 0)
    switch form {
    case "outlier": rows[500][7] = 1e9
    case "equal": rows = [[Float]](repeating: rows[0], count: count)
    case "one dimension varies": rows = rows.map { [Float](repeating: 2, count: 63) + [$0[0]] }
    default: break
    }
    let index = try index(rows, perItem: 2)
    var queries = vectors(12, dimension: dimension, seed: 4, offset: form == "far" ? 1e5 : 0)
    queries[9] = rows[count / 2]
    queries[10] = queries[10].map { $0 * 1e6 }
    let filter = try SignatureFilter(conditions: ["half=second"])
    for onePerItem in [true, false] {
      let batch = try index.matches(for: queries, count: 12, onePerItem: onePerItem)
      let filtered = try index.matches(for: queries, count: 5, filter: filter)
      for (place, query) in queries.enumerated() {
        for threads in [1, 2] {
          let found = try index.matches(
            for: query,
            count: 12,
            onePerItem: onePerItem,
            threads: threads
          )
          #expect(found == batch[place], "query \(place)")
        }
        #expect(try index.matches(for: query, count: 5, filter: filter) == filtered[place])
      }
    }
  }

  @Test func anItemIsFoundOnceByItsBestRow() throws {
    let rows = vectors(300, dimension: 5, seed: 5)
    let index = try index(rows, perItem: 3)
    let query = vectors(1, dimension: 5, seed: 6)[0]
    let best = (0..<100).map { item in
      ((item * 3..<item * 3 + 3).map { distance(rows[$0], query) }.min() ?? 0, item)
    }.sorted { $0 < $1 }
    let found = try index.matches(for: query, count: 20)
    #expect(found.map(\.name) == best.prefix(20).map { "\($0.1)" })
    #expect(found.map(\.distance) == best.prefix(20).map(\.0))
    #expect(try index.matches(for: query, count: 1000).count == 100)
    #expect(try index.matches(for: query, count: 1000, onePerItem: false).count == 300)
  }

  @Test func identicalRowsAreAtZeroAndInTheirOrder() throws {
    let row = vectors(1, dimension: 33, seed: 7, offset: 1e6)[0]
    let index = try index([[Float]](repeating: row, count: 50))
    for found in try index.matches(for: [row, row, row], count: 9) {
      #expect(found.map(\.distance) == [Double](repeating: 0, count: 9))
      #expect(found.map(\.itemID) == Array(1...9))
    }
  }

  @Test func filtersHold() throws {
    let index = try index(vectors(100, dimension: 4, seed: 8))
    let query = vectors(1, dimension: 4, seed: 9)[0]
    let filter = try SignatureFilter(conditions: ["half=second"])
    let found = try index.matches(for: [query, query], count: 100, filter: filter)
    #expect(found[0].count == 50 && found[0] == found[1])
    #expect(found[0].allSatisfy { $0.itemID > 50 })
    let without = SignatureFilter(excludedItems: [found[0][0].itemID])
    #expect(try index.matches(for: query, count: 100, filter: without).count == 99)
    #expect(
      failure { _ = try SignatureFilter(conditions: ["x"]) } == .unusableCondition(text: "x")
    )
  }

  @Test func anEmptyIndexHasNoMatches() throws {
    #expect(try SignatureIndex(items: []).matches(for: [1, 2]).isEmpty)
  }

  @Test func anQueryClipIsFoundWithItsOffset() throws {
    let songs = (0..<30).map { vectors(120, dimension: 16, seed: 100 + UInt64($0)) }
    let index = try SignatureIndex(
      items: songs.enumerated().map { number, rows in
        NewItem(
          name: "\(number)",
          signatures: rows,
          positions: rows.indices.map { Double($0) * 0.5 }
        )
      }
    )
    var generator = SeededGenerator(seed: 10)
    for number in 0..<30 {
      let start = Int.random(in: 0..<110, using: &generator)
      let queryClip = songs[number][start..<start + 10].map { row in
        row.map { $0 + 0.8 * generator.nextNormal() }
      }
      let found = try index.sequenceMatches(for: queryClip, spacing: 0.5)
      #expect(found.first?.name == "\(number)")
      #expect(found.first?.offset == Double(start) * 0.5)
      #expect(found.first?.alignedCount == 10)
      if found.count > 1 { #expect(found[1].distance > found[0].distance * 1.3) }
    }
    let exact = try index.sequenceMatches(for: Array(songs[3][5..<9]), spacing: 0.5)
    #expect(exact.first?.distance == 0)
    #expect(
      failure { _ = try index.sequenceMatches(for: [[0]], spacing: 0) }
        == .unusableSpacing(value: 0)
    )
  }

  @Test func anQueryClipIsPlacedBetweenSignatures() throws {
    // Signatures along smooth curves, half a unit apart; a query lies anywhere on them.
    let waves = vectors(2, dimension: 24, seed: 31)
    func signature(_ time: Double) -> [Float] {
      zip(waves[0], waves[1]).map { wave, phase in
        sin(0.4 * Float(time) * (1 + abs(wave)) + 3 * phase)
      }
    }
    let positions = (0..<40).map { Double($0) * 0.5 }
    let index = try SignatureIndex(
      items: [NewItem(name: "curve", signatures: positions.map(signature), positions: positions)]
    )
    for time in stride(from: 3.0, through: 12, by: 0.13) {
      func place(_ isPlacedBetween: Bool) throws -> Double {
        let found = try index.sequenceMatches(
          for: [signature(time)],
          spacing: 0.5,
          isPlacedBetween: isPlacedBetween
        )
        return try #require(found.first).offset
      }
      let (near, between) = (try place(false), try place(true))
      #expect(abs(near - time) <= 0.25 + 1e-9 && abs(between - time) < 0.08, "\(time) \(between)")
      #expect(abs(near - between) <= 0.25 + 1e-9)
    }
  }
}
