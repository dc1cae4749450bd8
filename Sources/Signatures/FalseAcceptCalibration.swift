internal import HourglassSystem

/// When a distance is small enough to be a match: a threshold for a false-accept rate that is
/// asked for.
///
/// It is fitted to the distances of items not in the database: items compared with a database that does not
/// hold them, as a database gives them of itself when each item is left out in turn. A distance d has the
/// conformal p-value
///
///     p(d) = (1 + #{i : d_i <= d}) / (n + 1)
///
/// and is accepted where p(d) is at most the rate. What is guaranteed: if a query that is not in the
/// database has a distance that is exchangeable with the n distances of the calibration, it is
/// accepted with at most the probability asked for, on average over calibrations, whatever the
/// distribution of the distances. Distances of items left out in turn share their partners, so that
/// for them this holds approximately; distances of held-out items satisfy it exactly.
///
/// Several distances may be of one item, as those of clips of a song are: they are alike. With n distances of
/// K items of as many each
///
///     p(d) = (1 + K/n #{i : d_i <= d}) / (K + 1)
///
/// so that no rate below 1 / (K + 1) is promised, however many clips are cut.
///
/// Reference: Bates, Candès, Lei, Romano, Sesia, 2023, "Testing for outliers with conformal
/// p-values", Annals of Statistics 51(1), arXiv:2104.08279, equation 3 and section 3; Lee, Barber, Willett,
/// 2023, "Distribution-free inference with hierarchical data", arXiv:2306.06342, section 3 (several of one
/// item).
package struct FalseAcceptCalibration: Hashable, Sendable {
  /// The distances of items not in the database, ascending.
  package let distances: [Double]
  /// The number of items that they are of.
  package let itemCount: Int

  /// Fits to distances of items not in the database, in any order.
  ///
  /// Throws `SignatureError.unusableCalibration` where there are none, or one is negative or not
  /// finite.
  ///
  /// - Parameter itemCount: The number of items that they are of; one for each distance where it is left out.
  package init(distances: [Double], itemCount: Int? = nil) throws(SignatureError) {
    guard !distances.isEmpty else { throw .unusableCalibration(found: "none") }
    if let wrong = distances.first(where: { !($0 >= 0) || !$0.isFinite }) {
      throw .unusableCalibration(found: "\(wrong)")
    }
    self.distances = distances.sorted()
    self.itemCount = min(max(itemCount ?? distances.count, 1), distances.count)
  }

  /// The smallest rate that so many items allow, `1 / (K + 1)`.
  package var smallestRate: Double { 1 / Double(itemCount + 1) }

  /// What a distance counts for.
  private var weight: Double { Double(itemCount) / Double(distances.count) }

  /// How rarely an item not in the database is as near as this, from `smallestRate` to 1.
  package func pValue(of distance: Double) -> Double {
    (1 + weight * Double(countOfDistances(upTo: distance))) * smallestRate
  }

  /// Whether a distance is that of a match at a false-accept rate.
  package func accepts(_ distance: Double, falseAcceptRate: Double) throws(SignatureError) -> Bool {
    guard let threshold = try threshold(falseAcceptRate: falseAcceptRate) else { return false }
    return distance < threshold
  }

  /// The distance below which a query is accepted; none where the rate is below `smallestRate`, and
  /// nothing can be accepted.
  package func threshold(falseAcceptRate: Double) throws(SignatureError) -> Double? {
    guard falseAcceptRate > 0, falseAcceptRate < 1 else {
      throw .unusableRate(value: falseAcceptRate)
    }
    // The k-th smallest distance: p(d) <= rate says that fewer than k distances are at most d. The
    // margin is for rates such as 0.1 that binary numbers do not hold exactly.
    let items = falseAcceptRate * Double(itemCount + 1) - 1 + 1e-9
    guard items >= 0 else { return nil }
    return distances[min(Int(items / weight), distances.count - 1)]
  }

  /// The number of distances that are at most this one.
  private func countOfDistances(upTo distance: Double) -> Int {
    var (low, high) = (0, distances.count)
    while low < high {
      let middle = (low + high) / 2
      if distances[middle] <= distance { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension FalseAcceptCalibration: Codable {
  private enum CodingKeys: CodingKey {
    case distances, itemCount
  }

  /// Reads the distances and checks that they are valid.
  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: CodingKeys.self) {
      try self.init(
        distances: container.decode([Double].self, forKey: .distances),
        itemCount: container.decode(Int.self, forKey: .itemCount)
      )
      return
    }
    try self.init(distances: decoder.singleValueContainer().decode([Double].self))
  }

  /// Writes the distances, and the number of items where these are fewer.
  package func encode(to encoder: any Encoder) throws {
    guard itemCount < distances.count else {
      var container = encoder.singleValueContainer()
      return try container.encode(distances)
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(distances, forKey: .distances)
    try container.encode(itemCount, forKey: .itemCount)
  }
}
