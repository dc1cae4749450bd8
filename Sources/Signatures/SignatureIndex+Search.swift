internal import CHourglassNearest
internal import Synchronization

extension SignatureIndex {
  /// The stored signatures nearest to a query, nearest first.
  ///
  /// With `onePerItem` an item is found once, by its nearest signature. Throws `SignatureError` where
  /// the query has another number of dimensions or a number that cannot be used. An empty index has no
  /// matches.
  package func matches(
    for query: [Float],
    count: Int = 10,
    onePerItem: Bool = true,
    filter: SignatureFilter = .all,
    threads: Int = 1
  ) throws(SignatureError) -> [Match] {
    try matches(
      for: [query],
      count: count,
      onePerItem: onePerItem,
      filter: filter,
      threads: threads
    )[0]
  }

  /// The stored signatures nearest to each query of a batch; each is answered as it is alone.
  ///
  /// A batch is several times quicker than its queries one by one.
  package func matches(
    for queries: [[Float]],
    count: Int = 10,
    onePerItem: Bool = true,
    filter: SignatureFilter = .all,
    threads: Int = 1
  ) throws(SignatureError) -> [[Match]] {
    try neighbors(
      of: queries,
      count: count,
      onePerItem: onePerItem,
      filter: filter,
      threads: threads
    ).map { neighbors in
      neighbors.map { neighbor in
        let item = items[Int(itemOfRow[neighbor.row])]
        return Match(
          name: item.name,
          distance: neighbor.distance,
          position: positions[neighbor.row],
          itemID: item.id
        )
      }
    }
  }

  /// For each item the distance to the nearest signature of another item, as an item not in the database
  /// would have it: what `FalseAcceptCalibration` is fitted to.
  ///
  /// Each signature of an item asks for itself; the item's distance is the least of them.
  ///
  /// - Parameters:
  ///   - chosen: The numbers of the items whose distances are asked for; of all items without them.
  ///     Numbers that no item has are passed over.
  ///   - limit: Bounds the number of items, taken at regular steps.
  package func distancesBetweenItems(
    of chosen: Set<Int64>? = nil,
    limit: Int = 10_000,
    threads: Int = 1
  ) throws(SignatureError) -> [Double] {
    guard items.count > 1, limit > 0 else { return [] }
    let places = items.indices.filter { chosen?.contains(items[$0].id) ?? true }
    let step = max((places.count + limit - 1) / limit, 1)
    var distances: [Double] = []
    for number in stride(from: 0, to: places.count, by: step) {
      let place = places[number]
      let queries = items[place].rows.map(vector(at:))
      // The nearest item is the item itself, unless others are identical to it.
      let found = try neighbors(
        of: queries,
        count: 2,
        onePerItem: true,
        filter: .all,
        threads: threads
      )
      let others = found.joined().filter { Int(itemOfRow[$0.row]) != place }
      if let least = others.map(\.distance).min() { distances.append(least) }
    }
    return distances
  }

  /// For each of some items the distance that it would have were it not in the database: to the nearest signature of
  /// an item that is no twin of it.
  ///
  /// A twin has the same signatures: an item that is stored twice would still be in the database without one of them. Of
  /// twins the first counts alone.
  ///
  /// - Parameter chosen: The numbers of items of one signature each; numbers that no item has are passed over.
  package func distancesOfNewItems(
    _ chosen: [Int64],
    threads: Int = 1
  ) throws(SignatureError) -> [Double] {
    let wanted = Set(chosen)
    var distances: [Double] = []
    for item in items where wanted.contains(item.id) {
      guard let first = item.rows.first else { continue }
      var count = 4
      var found: [Neighbor] = []
      // The item itself and its twins come first.
      repeat {
        count = min(2 * count, items.count)
        found = try neighbors(
          of: [vector(at: first)],
          count: count,
          onePerItem: true,
          filter: .all,
          threads: threads
        )[0]
      } while found.last?.distance == 0 && count < items.count
      let twins = found.prefix { $0.distance == 0 }.map { items[Int(itemOfRow[$0.row])].id }
      if twins.contains(where: { $0 < item.id && wanted.contains($0) }) { continue }
      if let other = found.first(where: { $0.distance > 0 }) { distances.append(other.distance) }
    }
    return distances
  }

  /// The numbers of an item and of its twins, whose signatures are the same at three places.
  package func twins(of id: Int64, threads: Int = 1) throws(SignatureError) -> Set<Int64> {
    guard let item = items.first(where: { $0.id == id }) else { return [] }
    var twins: Set<Int64>?
    for place in 1...3 {
      let row = item.rows.lowerBound + place * item.rows.count / 4
      guard row < item.rows.upperBound else { continue }
      let found = try neighbors(
        of: [vector(at: row)],
        count: 20,
        onePerItem: true,
        filter: .all,
        threads: threads
      )[0].filter { $0.distance == 0 }.map { items[Int(itemOfRow[$0.row])].id }
      twins = twins?.intersection(found) ?? Set(found)
    }
    return (twins ?? []).union([id])
  }

  /// A row of the index and its distance to a query.
  struct Neighbor {
    let row: Int
    let distance: Double
  }

  /// The rows nearest to each query, nearest first.
  func neighbors(
    of queries: [[Float]],
    count: Int,
    onePerItem: Bool,
    filter: SignatureFilter,
    threads: Int
  ) throws(SignatureError) -> [[Neighbor]] {
    let most = min(count, onePerItem ? items.count : self.count)
    guard most > 0 else { return queries.map { _ in [] } }
    for query in queries {
      try Vectors.check(query, dimension: dimension, subject: "a query")
    }
    var result: [[Neighbor]] = []
    result.reserveCapacity(queries.count)
    // A part of the queries at a time bounds the memory that the best rows take.
    let part = 960
    for start in stride(from: 0, to: queries.count, by: part) {
      let asked = queries[start..<min(start + part, queries.count)]
      if filter.isEmpty, most <= Self.mostWalkedFor, let graph = usableGraph {
        result += try walkedNeighbors(of: asked, most, onePerItem, graph, threads)
      } else {
        result += try scannedNeighbors(of: asked, most, onePerItem, filter, threads)
      }
    }
    return result
  }

  /// The most neighbors that are looked for along a graph; for more, comparing all is no slower.
  private static let mostWalkedFor = 1000

  /// Neighbors along a graph.
  ///
  /// Queries that it gives no or too few answers to are answered exactly.
  private func walkedNeighbors(
    of queries: ArraySlice<[Float]>,
    _ most: Int,
    _ onePerItem: Bool,
    _ graph: EvaluatedGraph,
    _ threads: Int
  ) throws(SignatureError) -> [[Neighbor]] {
    let found = try graph.graph.found(
      near: Array(queries.joined()),
      in: self,
      count: most,
      // The breadth was chosen for ten neighbors.
      breadth: graph.search.breadth + 2 * max(most - 10, 0),
      onePerItem: onePerItem,
      threads: threads
    )
    var result: [[Neighbor]] = []
    result.reserveCapacity(queries.count)
    for (number, query) in queries.enumerated() {
      let places = number * most..<(number + 1) * most
      // Fewer can only be where a walk stayed within few items, or could not begin.
      if found.rows[places.upperBound - 1] < 0 {
        result += try scannedNeighbors(of: [query], most, onePerItem, .all, threads)
        continue
      }
      result.append(
        places.map {
          Neighbor(row: Int(found.rows[$0]), distance: found.distances[$0].squareRoot())
        }
      )
    }
    return result
  }

  /// Neighbors among all rows.
  private func scannedNeighbors(
    of queries: ArraySlice<[Float]>,
    _ most: Int,
    _ onePerItem: Bool,
    _ filter: SignatureFilter,
    _ threads: Int
  ) throws(SignatureError) -> [[Neighbor]] {
    let allowed: [UInt8] = filter.isEmpty ? [] : items.map { filter.allows($0) ? 1 : 0 }
    let flat = Array(queries.joined())
    let size = queries.count
    var distances = [Double](repeating: 0, count: size * most)
    var rows = [Int64](repeating: -1, count: size * most)
    // A thread costs more than it gives below some 100 microseconds of work.
    let isSmall = self.count * dimension * size < 1 << 20
    // Many queries keep the processor busy with products, whatever memory they read.
    let coded =
      size == 1 ? codes.rows(panels, count: self.count, dimension: dimension) : nil
    let status = withExtendedLifetime(coded) {
      hg_nearest_search(
        panels,
        norms,
        coded?.codes,
        itemOfRow,
        allowed,
        filter.isEmpty ? 0 : 1,
        Int64(self.count),
        Int64(dimension),
        flat,
        Int64(size),
        Int64(most),
        onePerItem ? 1 : 0,
        isSmall ? 1 : Int32(clamping: threads),
        &distances,
        &rows
      )
    }
    guard status == 0 else { throw .largerThanMemory(needed: size * most * 24) }
    return (0..<size).map { query in
      let found = (query * most..<(query + 1) * most).prefix { rows[$0] >= 0 }
      return found.map { Neighbor(row: Int(rows[$0]), distance: distances[$0].squareRoot()) }
    }
  }
}

/// The rows of an index in a byte for each number, which an exact search for one query reads first.
///
/// They are made once a few such searches were made: for one they would cost more than they give.
/// What is found is the same with and without them.
final class RowCodes: Sendable {
  private struct State {
    var searches = 0
    var rows: CodedRows?
  }

  /// The fewest numbers for which reading them takes longer than anything else.
  private static let fewestNumbers = 1 << 22
  /// The searches that are made without codes.
  private static let firstSearches = 4

  private let state = Mutex(State())

  /// The codes for a search; none where the search is quicker without them, or memory does not suffice.
  func rows(_ panels: [Float], count: Int, dimension: Int) -> CodedRows? {
    guard panels.count >= Self.fewestNumbers else { return nil }
    return state.withLock { state in
      state.searches += 1
      // Where there was no memory for them once, they are not asked for again.
      if state.searches == Self.firstSearches + 1 {
        state.rows = CodedRows(panels, count: count, dimension: dimension)
      }
      return state.rows
    }
  }
}
