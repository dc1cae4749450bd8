internal import CHourglassNearest
internal import HourglassSystem

extension SignatureIndex {
  /// What is known of the approximate search; none where every answer is exact.
  ///
  /// Queries with a filter are answered exactly in any case.
  package var approximation: ApproximateSearch? { usableGraph?.search }

  /// The graph, where there is one that finds enough.
  var usableGraph: EvaluatedGraph? { graph.flatMap { $0.isGoodEnough ? $0 : nil } }

  /// The same index with a graph over its rows; without one where there are no rows.
  ///
  /// The graph is first made without some of the rows, which then are the queries by which the
  /// breadth of walks is chosen, and is completed with them. `progress` is called with the share that is
  /// done, and may throw to cancel.
  package func graphed(
    _ settings: GraphSettings = .standard,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> SignatureIndex {
    guard count > 0 else { return self }
    let held = spreadRows(min(settings.queries, count / 5))
    let truth = try GraphTruth(self, held: held, neighbors: settings.neighbors)
    let builder = try NearestGraphBuilder(
      NearestGraph.Shape(
        count: count,
        dimension: dimension,
        links: settings.links,
        isCoded: isFineEnoughForCodes(truth)
      ),
      panels: panels,
      breadth: settings.breadth,
      seed: settings.seed,
      held: held
    )
    var done = 0
    func add(upTo end: Int) throws {
      while done < end {
        try progress(Double(done) / Double(builder.whole))
        done = min(done + 2000, end)
        try builder.add(upTo: done)
      }
    }
    try add(upTo: builder.firstPart)
    let search = try truth.search(along: try builder.graph(), in: self, settings)
    try add(upTo: builder.whole)
    try progress(1)
    var result = self
    result.graph = EvaluatedGraph(
      graph: try builder.graph(),
      search: search,
      isGoodEnough: search.recall >= settings.recall
    )
    return result
  }

  /// The same index with the graph of a file, made anew and kept there where the file has none of
  /// these rows; where it cannot be written, the graph is used and not kept.
  package func graphed(
    keptIn path: String,
    _ settings: GraphSettings = .standard,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> SignatureIndex {
    let cache = GraphCache(path: path)
    if let graph = try cache.graph(of: self, settings) {
      var result = self
      result.graph = graph
      return result
    }
    let result = try graphed(settings, progress: progress)
    if let graph = result.graph {
      // The answer does not depend on it: a folder that cannot be written to costs time alone.
      do throws(FileError) { try cache.keep(graph, of: self, settings) } catch {}
    }
    return result
  }

  /// The same index with walks that keep another number of candidates, whatever they then find.
  package func walking(breadth: Int) -> SignatureIndex {
    var result = self
    result.graph?.search.breadth = breadth
    result.graph?.isGoodEnough = true
    return result
  }

  /// The bytes that the graph takes; 0 where there is none.
  package var graphBytes: Int { graph?.graph.byteCount ?? 0 }

  /// Some rows, at regular steps.
  private func spreadRows(_ number: Int) -> [Int] {
    (0..<number).map { $0 * count / number }
  }

  /// Whether codes of a byte order neighbors as the numbers do.
  ///
  /// Rounding to steps moves a distance by less than half a step, as it moves the two ends of it
  /// independently, number by number; that may be a fortieth of the distance of the tenth neighbor.
  private func isFineEnoughForCodes(_ truth: GraphTruth) -> Bool {
    guard dimension <= Int(HG_GRAPH_MOST_CODED) else { return false }
    let far = truth.farthest.filter { $0 > 0 }.sorted()
    guard !far.isEmpty else { return true }
    let step = hg_graph_range(panels, Int64(count), Int64(dimension)) / 255
    return step * 20 <= far[far.count / 4].squareRoot()
  }
}

/// The exact neighbors of rows that a graph has not seen.
private struct GraphTruth {
  /// The queries `[queries, dimension]`.
  let queries: [Float]
  let neighbors: Int
  /// The squared distance of the last neighbor of each query.
  let farthest: [Double]
  /// How many neighbors each query has.
  let counts: [Int]

  /// Compares each held row with all others; with no held row the first one asks for itself.
  init(_ index: SignatureIndex, held: [Int], neighbors: Int) throws(SignatureError) {
    let asking = held.isEmpty ? [0] : held
    queries = asking.flatMap(index.vector(at:))
    self.neighbors = neighbors
    var allowed = [UInt8](repeating: 1, count: index.count)
    for row in held { allowed[row] = 0 }
    var distances = [Double](repeating: 0, count: asking.count * neighbors)
    var rows = [Int64](repeating: -1, count: asking.count * neighbors)
    let status = hg_nearest_search(
      index.panels,
      index.norms,
      nil,
      (0..<index.count).map(Int32.init),
      allowed,
      1,
      Int64(index.count),
      Int64(index.dimension),
      queries,
      Int64(asking.count),
      Int64(neighbors),
      0,
      1,
      &distances,
      &rows
    )
    guard status == 0 else { throw .largerThanMemory(needed: index.count * 5) }
    counts = asking.indices.map { query in
      (query * neighbors..<(query + 1) * neighbors).count { rows[$0] >= 0 }
    }
    farthest = zip(asking.indices, counts).map { query, count in
      count > 0 ? distances[query * neighbors + count - 1] : 0
    }
  }

  /// The narrowest walk that finds enough, or else the broadest.
  func search(
    along graph: NearestGraph,
    in index: SignatureIndex,
    _ settings: GraphSettings
  ) throws(SignatureError) -> ApproximateSearch {
    let most = min(max(settings.mostBreadth, neighbors), max(graph.shape.count, neighbors))
    var (low, high) = (neighbors, neighbors)
    var recall = try self.recall(along: graph, in: index, breadth: high)
    while recall < settings.recall, high < most {
      low = high
      high = min(high * 3 / 2 + 1, most)
      recall = try self.recall(along: graph, in: index, breadth: high)
    }
    if recall >= settings.recall {
      while high - low > max(1, low / 16) {
        let middle = (low + high) / 2
        let found = try self.recall(along: graph, in: index, breadth: middle)
        if found >= settings.recall { (high, recall) = (middle, found) } else { low = middle }
      }
    }
    return ApproximateSearch(
      recall: recall,
      queries: counts.count,
      breadth: high,
      signatures: graph.shape.count
    )
  }

  /// The share of the neighbors that walks find.
  ///
  /// One as near as the last neighbor counts as it does: of equal distances any may be found.
  private func recall(
    along graph: NearestGraph,
    in index: SignatureIndex,
    breadth: Int
  ) throws(SignatureError) -> Double {
    let found = try graph.found(
      near: queries,
      in: index,
      count: neighbors,
      breadth: breadth,
      onePerItem: false,
      threads: 1
    )
    var (hits, all) = (0, 0)
    for (query, count) in counts.enumerated() {
      all += count
      hits += (query * neighbors..<query * neighbors + count).count {
        found.rows[$0] >= 0 && found.distances[$0] <= farthest[query]
      }
    }
    return all > 0 ? Double(hits) / Double(all) : 1
  }
}
