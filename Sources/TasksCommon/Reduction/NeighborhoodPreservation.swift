package import HourglassEncodings
package import HourglassEngines
internal import HourglassNetworks
package import HourglassTensors

/// Measures how well codes keep the neighbors that items have among each other.
///
/// With n items, k neighbors of each, and the rank r(i, j) of item j among the others by their distance
/// from item i in the data, 1 for the nearest,
///
///     trustworthiness = 1 - 2 / (n k (2 n - 3 k - 1)) Σᵢ Σⱼ (r(i, j) - k)
///
/// where j goes over the k nearest of i by their codes that are not so in the data. The share kept is
/// that of the k nearest in the data that are among the k nearest by their codes.
///
/// Reference: Venna, Kaski, 2001, "Neighborhood Preservation in Nonlinear Projection Methods: An
/// Experimental Study", doi:10.1007/3-540-44668-0_68, equation 1.
package struct NeighborhoodPreservation: Sendable {
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
  ) async throws -> [ReductionReport.Neighbors.Score] {
    let total = items.count
    let near = codes.map { nearest(by: $0) }
    // Ranks take all distances of an item: those to the blocks of references are gathered first.
    var distances = [Float](repeating: 0, count: total * total)
    try await NeighborSearch(items).forEachDistance(of: items, on: engine) { item, start, row in
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
        // Codes that are too far apart for their squares have no nearest ones: the worst rank.
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
      ReductionReport.Neighbors.Score(
        trustworthiness: 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess[map],
        kept: Double(kept[map]) / (n * k)
      )
    }
  }

  /// The places of the nearest items by their codes, `[items, count]`.
  private func nearest(by codes: Tensor) -> [Int32] {
    let width = codes.shape[1]
    let values = codes.scalars.span
    var nearest = NeighborLists(items.count, count: count)
    var row = [Float](repeating: 0, count: items.count)
    for item in 0..<items.count {
      for other in 0..<items.count {
        var sum: Float = 0
        for place in 0..<width {
          let difference = values[item * width + place] - values[other * width + place]
          sum += difference * difference
        }
        row[other] = sum
      }
      nearest.take(row.span, from: 0, for: item, without: item)
    }
    return nearest.rows
  }
}
