/// Measures how well latent vectors keep the neighbors that items have among each other.
///
/// With n items, k neighbors of each, and the rank r(i, j) of item j among the others by their distance
/// from item i in the data, 1 for the nearest,
///
///     trustworthiness = 1 - 2 / (n k (2 n - 3 k - 1)) Σᵢ Σⱼ (r(i, j) - k)
///
/// where j goes over the k nearest of i by their latent vectors that are not so in the data. The share kept
/// is that of the k nearest in the data that are among the k nearest by their latent vectors.
///
/// Reference: Venna, Kaski, 2001, "Neighborhood Preservation in Nonlinear Projection Methods: An
/// Experimental Study", doi:10.1007/3-540-44668-0_68, equation 1.
package struct NeighborhoodPreservation: Sendable {
  /// How well latent vectors preserve neighbors.
  package struct Score: Hashable, Sendable {
    /// 1 where all items that are near by their latent vectors are so in the data, about 1/2 for random ones.
    package var trustworthiness: Double
    /// The part, from 0 to 1, of the nearest items in the data that are among as many nearest latent vectors.
    package var kept: Double
  }

  /// The items.
  package let items: EncodedRows
  /// The number of neighbors of an item.
  package let count: Int

  /// The most items that are measured; more are not needed for two digits.
  package static let itemLimit = 2_000
  /// The number of neighbors where there are enough items.
  private static let usualCount = 15

  /// Prepares a measurement on the first items; none where there are too few for it.
  package init?(_ items: EncodedRows) {
    guard items.count >= 6 else { return nil }
    let measured = min(items.count, Self.itemLimit)
    self.items = items.count > measured ? items.selecting(Array(0..<measured)) : items
    count = min(Self.usualCount, (measured - 1) / 3)
  }

  /// Scores several maps of the items, of which `codes` are the first rows: `[items or more, width]`.
  package func scores(
    of codes: [Tensor],
    on engine: isolated ComputeEngine
  ) async throws -> [Score] {
    let total = items.count
    let own = Array(0..<total)
    var near: [[Int32]] = []
    for map in codes {
      let map = EncodedRows(codes: map).selecting(own)
      let found = try await NearestNeighbors(map)
        .nearest(to: map, without: own, count: count, on: engine)
      near.append(found.rows)
    }
    // Ranks take all distances of an item: those to the blocks of references are gathered first.
    var distances = [Float](repeating: 0, count: total * total)
    try await NearestNeighbors(items).forEachDistance(of: items, on: engine) {
      item,
      start,
      _,
      row in
      for index in row.indices { distances[item * total + start + index] = row[index] }
    }
    var excess = [Double](repeating: 0, count: codes.count)
    var kept = [Int](repeating: 0, count: codes.count)
    var ranks = [Int](repeating: 0, count: total)
    for item in 0..<total {
      if item % 64 == 0 { try Task.checkCancellation() }
      let first = item * total
      let order = (0..<total).filter { $0 != item }.sorted {
        (distances[first + $0], $0) < (distances[first + $1], $1)
      }
      for (place, other) in order.enumerated() { ranks[other] = place + 1 }
      for map in codes.indices {
        // Latent vectors that are too far apart for their squares have no nearest ones: the worst rank.
        for other in near[map][item * count..<(item + 1) * count] {
          guard other >= 0 else {
            excess[map] += Double(total - 1 - count)
            continue
          }
          let rank = ranks[Int(other)]
          if rank <= count { kept[map] += 1 } else { excess[map] += Double(rank - count) }
        }
      }
    }
    let (n, k) = (Double(total), Double(count))
    return codes.indices.map { map in
      Score(
        trustworthiness: 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess[map],
        kept: Double(kept[map]) / (n * k)
      )
    }
  }
}
