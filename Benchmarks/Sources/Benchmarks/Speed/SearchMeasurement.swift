import Hourglass
import HourglassBenchmarkSupport

/// Measures the answers of an index to some queries, on one thread.
struct SearchMeasurement {
  var queries: [[Float]]
  var rounds: Int

  /// How many neighbors are asked for.
  static let neighbors = 10

  /// The median time of an exact answer to a query alone, in milliseconds.
  func millisecondsForOne(_ index: SearchIndex) throws -> Double {
    var times: [Double] = []
    for number in 0..<max(rounds, 5) * 3 {
      let query = queries[number % queries.count]
      times.append(try seconds { _ = try index.nearest(to: query, count: Self.neighbors) })
    }
    return 1000 * median(times)
  }

  /// The median time of exact answers to 100 queries at once, in milliseconds.
  func millisecondsForBatch(_ index: SearchIndex) throws -> Double {
    let batch = (0..<100).map { queries[$0 % queries.count] }
    let times = try (0..<rounds).map { _ in
      try seconds { _ = try index.nearest(to: batch, count: Self.neighbors) }
    }
    return 1000 * median(times)
  }

  /// The distance of the last of the nearest, for each query.
  func truth(_ index: SearchIndex) throws -> [Double] {
    try index.nearest(to: queries, count: Self.neighbors).map { $0.last?.distance ?? .infinity }
  }

  /// The narrowest walk that finds a share of the nearest, and its speed.
  func approximate(
    _ index: SearchIndex,
    recall target: Double,
    _ truth: [Double]
  ) throws -> SearchFigures.Approximate {
    var (low, high) = (Self.neighbors - 1, Self.neighbors)
    var recall = try self.recall(index, breadth: high, truth)
    while recall < target, high < 10_000 {
      low = high
      high *= 2
      recall = try self.recall(index, breadth: high, truth)
    }
    while high - low > 1, recall >= target {
      let middle = (low + high) / 2
      let found = try self.recall(index, breadth: middle, truth)
      if found >= target { (high, recall) = (middle, found) } else { low = middle }
    }
    let walking = index.walked(breadth: high)
    let single = try (0..<rounds).map { _ in
      try seconds {
        for query in queries { _ = try walking.nearest(to: query, count: Self.neighbors) }
      }
    }
    let batch = try (0..<rounds).map { _ in
      try seconds { _ = try walking.nearest(to: queries, count: Self.neighbors) }
    }
    return SearchFigures.Approximate(
      target: target,
      breadth: high,
      recall: recall,
      rate: Double(queries.count) / median(single),
      batchRate: Double(queries.count) / median(batch)
    )
  }

  private func recall(
    _ index: SearchIndex,
    breadth: Int,
    _ truth: [Double]
  ) throws -> Double {
    let found = try index.walked(breadth: breadth)
      .nearest(to: queries, count: Self.neighbors)
    var (hits, all) = (0, 0)
    for (matches, last) in zip(found, truth) {
      hits += matches.count { $0.distance <= last }
      all += min(Self.neighbors, index.count)
    }
    return Double(hits) / Double(all)
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body).inSeconds
  }

  private func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
}

/// What was measured of the search; the names are those of the JSON.
struct SearchFigures: Encodable {
  /// What was measured of walks with one recall.
  struct Approximate: Encodable {
    var target: Double
    var breadth: Int
    var recall: Double
    /// Queries a second, one by one.
    var rate: Double
    /// Queries a second, all at once.
    var batchRate: Double

    enum CodingKeys: String, CodingKey {
      case target, breadth, recall
      case rate = "queries_per_s"
      case batchRate = "batch_queries_per_s"
    }
  }

  var count: Int
  var dimensions: Int
  var queries: Int
  /// Milliseconds for one query.
  var exact: Double
  /// Milliseconds for a hundred.
  var exactBatch: Double
  /// Seconds; none where the graph was kept from an earlier run.
  @OrNull var build: Double? = nil
  var graph = 0.0
  var approximate: [Approximate] = []
  @OrNull var peakMemory: Double? = nil

  enum CodingKeys: String, CodingKey {
    case count, dimensions, queries, approximate
    case exact = "exact_ms"
    case exactBatch = "exact_batch_ms"
    case build = "build_s"
    case graph = "graph_mib"
    case peakMemory = "peak_rss_mib"
  }

  /// The figures for people.
  var text: String {
    var lines = [
      "\(count.grouped) vectors of \(dimensions) numbers, "
        + "the 10 nearest of \(queries.grouped) queries, one thread",
      "exact: \(exact.fixed(2)) ms alone, "
        + "\(exactBatch.fixed(1)) ms for 100 at once",
      (build.map { "graph: made in \($0.fixed(1)) s, " } ?? "graph: kept, ")
        + "\(graph.fixed(0)) MiB",
    ]
    for walk in approximate {
      lines.append(
        "recall \(walk.recall.fixed(4)) with breadth \(walk.breadth): "
          + "\(walk.rate.fixed(0)) queries a second one by one, "
          + "\(walk.batchRate.fixed(0)) at once"
      )
    }
    lines.append(PeakMemory.text(peakMemory))
    return lines.joined(separator: "\n")
  }
}
