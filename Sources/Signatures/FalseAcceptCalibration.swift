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
/// Reference: Bates, Candès, Lei, Romano, Sesia, 2023, "Testing for outliers with conformal
/// p-values", Annals of Statistics 51(1), arXiv:2104.08279, equation 3 and section 3.
package struct FalseAcceptCalibration: Hashable, Sendable {
  /// The distances of items not in the database, ascending.
  package let distances: [Double]

  /// Fits to distances of items not in the database, in any order.
  ///
  /// Throws `SignatureError.unusableCalibration` where there are none, or one is negative or not
  /// finite.
  package init(distances: [Double]) throws(SignatureError) {
    guard !distances.isEmpty else { throw .unusableCalibration(found: "none") }
    if let wrong = distances.first(where: { !($0 >= 0) || !$0.isFinite }) {
      throw .unusableCalibration(found: "\(wrong)")
    }
    self.distances = distances.sorted()
  }

  /// The smallest rate that so many distances allow, `1 / (n + 1)`.
  package var smallestRate: Double { 1 / Double(distances.count + 1) }

  /// How rarely an item not in the database is as near as this, from `smallestRate` to 1.
  package func pValue(of distance: Double) -> Double {
    Double(1 + countOfDistances(upTo: distance)) * smallestRate
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
    let rank = min(Int(falseAcceptRate * Double(distances.count + 1) + 1e-9), distances.count)
    return rank >= 1 ? distances[rank - 1] : nil
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
  /// Reads the distances and checks that they are valid.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(distances: container.decode([Double].self))
  }

  /// Writes the distances.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(distances)
  }
}
