internal import HourglassSystem
package import HourglassTensors

/// Rows that have certain bins in some columns.
package struct DemandedBins: Sendable {
  /// The rows, `[columns][count]`.
  package let rows: [[UInt16]]
  /// The probability that a row has such bins, as the rows that were drawn estimate it.
  package let probability: Double
  /// How many different rows were found, where these were fewer than were wanted, so that some come several times.
  package let differentCount: Int?
}

extension TreeChains {
  /// The number of training rows.
  package var rowCount: Int { (marginals.first ?? []).reduce(0) { $0 + Int($1) } }

  /// New rows that have certain bins in some columns; `nil` where no row can have them.
  ///
  /// The rows are drawn along the chain in which these columns come first of all. A column that does not come first
  /// gives each row a weight, the probability that it has such a bin given those before it. Rows are drawn until their
  /// weights allow to choose as many as are wanted, each about as often as its weight says and none twice. Where a
  /// limit is reached before, rows come several times.
  ///
  /// All of them come from one chain; rows without conditions come from all chains alike.
  ///
  /// Reference: Kitagawa, 1996, "Monte Carlo Filter and Smoother for Non-Gaussian Nonlinear State Space Models",
  /// doi:10.1080/10618600.1996.10474692, appendix, for choosing by weights at even steps.
  ///
  /// - Parameter allowed: For each such column the share of each bin that is allowed, from 0 to 1.
  package func demanded(
    _ count: Int,
    allowing allowed: [Int: [Double]],
    _ generator: inout SeededGenerator
  ) -> DemandedBins? {
    guard !allowed.isEmpty else {
      return DemandedBins(rows: drawn(count, &generator), probability: 1, differentCount: nil)
    }
    let ranked = chains.indices.min { first, second in
      let (a, b) = (lateness(of: allowed, chains[first]), lateness(of: allowed, chains[second]))
      return (a, first) < (b, second)
    }
    guard let ranked, count > 0 else { return nil }
    let chain = chains[ranked]
    let isFirst = allowed.count == 1 && allowed[chain.order[0]] != nil
    let size = isFirst ? count : Self.particles * count
    let most = max(size, min(Self.mostParticles * count, Self.mostCells / max(columns.count, 1)))
    var found = WeightedRows()
    repeat {
      found.append(weighted(size, chain, allowed, resamples: false, &generator))
      guard found.greatest > -.infinity else { return nil }
    } while found.effectiveCount < Double(count) && found.rows.count < most
    let probability = found.meanWeight
    guard found.effectiveCount < Double(count) else {
      return DemandedBins(
        rows: transposed(found.chosen(count, &generator)),
        probability: probability,
        differentCount: nil
      )
    }
    // What comes after the demanded columns can still differ where those before are few.
    let others = weighted(size, chain, allowed, resamples: true, &generator)
    let candidates = [found.chosen(count, &generator), others.chosen(count, &generator)]
    let different = candidates.map { Set($0).count }
    let best = different[1] > different[0] ? 1 : 0
    return DemandedBins(
      rows: transposed(candidates[best]),
      probability: probability,
      differentCount: different[best] < count ? different[best] : nil
    )
  }

  /// How many rows are drawn for one that is wanted where weights are needed: at once, and at most.
  private static let (particles, mostParticles) = (8, 256)
  /// The most cells of rows that are drawn at most.
  private static let mostCells = 1 << 23

  private func transposed(_ rows: [[UInt16]]) -> [[UInt16]] {
    columns.indices.map { column in rows.map { $0[column] } }
  }

  /// How late the columns come in a chain, the sum of their places.
  private func lateness(of allowed: [Int: [Double]], _ chain: Chain) -> Int {
    chain.order.enumerated().reduce(0) { $0 + (allowed[$1.element] == nil ? 0 : $1.offset) }
  }

  /// Rows along a chain that have certain bins, with their weights.
  ///
  /// - Parameter resamples: Whether rows are chosen anew by their weights as soon as these differ much, so that what
  ///   is drawn afterwards is drawn for rows of high weight.
  private func weighted(
    _ count: Int,
    _ chain: Chain,
    _ allowed: [Int: [Double]],
    resamples: Bool,
    _ generator: inout SeededGenerator
  ) -> WeightedRows {
    var found = WeightedRows()
    found.rows = Array(repeating: [UInt16](repeating: 0, count: columns.count), count: count)
    found.logWeights = Array(repeating: 0, count: count)
    for (place, column) in chain.order.enumerated() {
      guard let own = allowed[column] else {
        for index in found.rows.indices {
          found.rows[index][column] = drawn(place, chain, found.rows[index], &generator)
        }
        continue
      }
      for index in found.rows.indices {
        let sum = demand(column, place, chain, own, &found.rows[index], &generator)
        found.logWeights[index] += sum > 0 ? log(sum) : -.infinity
      }
      if resamples, found.effectiveCount < 0.5 * Double(count), found.greatest > -.infinity {
        found.rows = found.chosen(count, &generator)
        found.logWeights = Array(repeating: 0, count: count)
      }
    }
    return found
  }

  /// Draws an allowed bin of a column for a row, and gives the probability that the row has one.
  private func demand(
    _ column: Int,
    _ place: Int,
    _ chain: Chain,
    _ own: [Double],
    _ row: inout [UInt16],
    _ generator: inout SeededGenerator
  ) -> Double {
    let all = smoothed(place, chain, row)
    var products = [Double](repeating: 0, count: all.count)
    var sum = 0.0
    for bin in all.indices where bin < own.count {
      products[bin] = all[bin] * own[bin]
      sum += products[bin]
    }
    guard sum > 0 else { return 0 }
    var left = generator.nextShare() * sum
    var chosen = products.lastIndex { $0 > 0 } ?? 0
    for (bin, product) in products.enumerated() where product > 0 {
      left -= product
      if left < 0 {
        chosen = bin
        break
      }
    }
    row[column] = UInt16(chosen)
    return sum
  }
}

/// Rows of which some count more than others.
private struct WeightedRows {
  var rows: [[UInt16]] = []
  /// The logarithms of their weights, so that many conditions do not leave numbers too small to add.
  var logWeights: [Double] = []

  var greatest: Double { logWeights.max() ?? -.infinity }

  /// The sum of the weights in units of the greatest: as many rows can be chosen by their weights, none of them twice.
  var effectiveCount: Double {
    let greatest = greatest
    return greatest > -.infinity ? logWeights.reduce(0) { $0 + exp($1 - greatest) } : 0
  }

  var meanWeight: Double {
    exp(greatest) * effectiveCount / Double(max(rows.count, 1))
  }

  mutating func append(_ other: WeightedRows) {
    rows += other.rows
    logWeights += other.logWeights
  }

  /// Some rows, each about as often as its weight says, in a random order.
  func chosen(_ count: Int, _ generator: inout SeededGenerator) -> [[UInt16]] {
    let greatest = greatest
    let weights = logWeights.map { exp($0 - greatest) }
    let step = weights.reduce(0, +) / Double(count)
    var (left, place) = (generator.nextShare() * step, 0)
    var made: [[UInt16]] = []
    for _ in 0..<count {
      while place + 1 < rows.count, left >= weights[place] {
        left -= weights[place]
        place += 1
      }
      made.append(rows[place])
      left += step
    }
    made.shuffle(using: &generator)
    return made
  }
}
