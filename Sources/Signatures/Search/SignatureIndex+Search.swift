internal import CNearest

extension SignatureIndex {
  /// The stored signatures nearest to a query, nearest first.
  ///
  /// With `onePerItem` an item is found once, by its nearest signature. Throws `SignatureError` where
  /// the query has another number of dimensions or a number that cannot be used. An empty index has no
  /// matches.
  public func matches(
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
  public func matches(
    for queries: [[Float]],
    count: Int = 10,
    onePerItem: Bool = true,
    filter: SignatureFilter = .all,
    threads: Int = 1
  ) throws(SignatureError) -> [[Match]] {
    try neighbours(
      of: queries,
      count: count,
      onePerItem: onePerItem,
      filter: filter,
      threads: threads
    ).map { neighbours in
      neighbours.map { neighbour in
        let item = items[Int(itemOfRow[neighbour.row])]
        return Match(
          name: item.name,
          distance: neighbour.distance,
          position: positions[neighbour.row],
          itemID: item.id
        )
      }
    }
  }

  /// For each item the distance to the nearest signature of another item, as a stranger would have it:
  /// what `FalseAcceptCalibration` learns from.
  ///
  /// Each signature of an item asks for itself; the item's distance is the least of them. `limit`
  /// bounds the number of items, taken at regular steps.
  public func distancesBetweenItems(
    limit: Int = 10_000,
    threads: Int = 1
  ) throws(SignatureError) -> [Double] {
    guard items.count > 1, limit > 0 else { return [] }
    let step = (items.count + limit - 1) / limit
    var distances: [Double] = []
    for place in stride(from: 0, to: items.count, by: step) {
      let queries = items[place].rows.map(vector(at:))
      // The nearest item is the item itself, unless others are identical to it.
      let found = try neighbours(
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

  /// A row of the index and its distance to a query.
  struct Neighbour {
    let row: Int
    let distance: Double
  }

  /// The rows nearest to each query, nearest first.
  func neighbours(
    of queries: [[Float]],
    count: Int,
    onePerItem: Bool,
    filter: SignatureFilter,
    threads: Int
  ) throws(SignatureError) -> [[Neighbour]] {
    let most = min(count, onePerItem ? items.count : self.count)
    guard most > 0 else { return queries.map { _ in [] } }
    for query in queries {
      try Vectors.check(query, dimension: dimension, subject: "a query")
    }
    let allowed: [UInt8] = filter.isEmpty ? [] : items.map { filter.allows($0) ? 1 : 0 }
    var result: [[Neighbour]] = []
    result.reserveCapacity(queries.count)
    // A part of the queries at a time bounds the memory that the best rows take.
    let part = 960
    for start in stride(from: 0, to: queries.count, by: part) {
      let flat = Array(queries[start..<min(start + part, queries.count)].joined())
      let size = flat.count / dimension
      var distances = [Double](repeating: 0, count: size * most)
      var rows = [Int64](repeating: -1, count: size * most)
      // A thread costs more than it gives below some 100 microseconds of work.
      let isSmall = self.count * dimension * size < 1 << 20
      let status = hg_nearest_search(
        panels,
        norms,
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
      guard status == 0 else { throw .largerThanMemory(needed: size * most * 24) }
      for query in 0..<size {
        let found = (query * most..<(query + 1) * most).prefix { rows[$0] >= 0 }
        result.append(
          found.map { Neighbour(row: Int(rows[$0]), distance: distances[$0].squareRoot()) }
        )
      }
    }
    return result
  }
}
