internal import HourglassGraphs

/// Whether scored items as a whole are still like the normal ones that false alarms were counted on.
///
/// The p-values of normal items are uniform, so that of those above a rate r half are at most
/// (1 + r) / 2; single anomalies are below r and do not count. Where many more are, what is measured
/// has changed, and the false-alarm rate is no longer the one that was asked for.
///
/// Reference: Vovk, Nouretdinov, Gammerman, 2003, "Testing exchangeability on-line" (p-values that
/// are not uniform show that items are not exchangeable); Bates et al., 2023, doi:10.1214/22-AOS2244.
package struct ScoreDrift: Hashable, Sendable {
  /// The p-values above this rate are looked at.
  package static let rate = 0.1

  /// The number of p-values that were looked at.
  package private(set) var count = 0
  private var lower = 0
  private var alarms = 0
  private let calibrationCount: Int

  /// Begins to look at items whose p-values come from so many held-out ones.
  package init(calibrationCount: Int) { self.calibrationCount = calibrationCount }

  /// Takes the p-values of further items.
  package mutating func take(_ pValues: [Double]) {
    for value in pValues {
      guard value > Self.rate else {
        alarms += 1
        continue
      }
      count += 1
      if value <= (1 + Self.rate) / 2 { lower += 1 }
    }
  }

  /// The share of them in the lower half, 0.5 for items like the normal ones; `nil` where there are
  /// none.
  package var lowerShare: Double? { count > 0 ? Double(lower) / Double(count) : nil }

  /// The share of all items whose p-values are at most the rate; `nil` where there are none.
  package var alarmShare: Double? {
    alarms + count > 0 ? Double(alarms) / Double(alarms + count) : nil
  }

  /// Whether more than half of the items are below the rate, of which a tenth should be; or of the
  /// others far more than a half is in the lower half: by 0.1 and by four standard deviations, of
  /// these items and of the held-out ones together.
  package var isFound: Bool {
    if alarms + count >= 20, calibrationCount >= 20, (alarmShare ?? 0) > 0.5 { return true }
    guard let share = lowerShare, count >= 20, calibrationCount >= 20 else { return false }
    let variance = 0.25 / Double(count) + 0.25 / ((1 - Self.rate) * Double(calibrationCount))
    return share > 0.6 && share - 0.5 > 4 * variance.squareRoot()
  }
}

extension Findings {
  /// The same findings where anomalies are chosen together, so that of all that are called anomalies
  /// at most a share is false on average, and not a share of the normal items.
  ///
  /// With the p-values p₁ ≤ p₂ ≤ …, those up to the last pᵢ ≤ i rate / n are anomalies.
  ///
  /// Reference: Benjamini, Hochberg, 1995, "Controlling the false discovery rate",
  /// doi:10.1111/j.2517-6161.1995.tb02031.x; for conformal p-values Bates et al., 2023,
  /// doi:10.1214/22-AOS2244, theorem 2.
  ///
  /// - Parameter rate: The share, above 0 and below 1.
  public func limiting(falseDiscoveryRate rate: Double) -> Findings {
    precondition(rate > 0 && rate < 1, "a rate is above 0 and below 1, found \(rate)")
    let sorted = pValues.sorted()
    let count = Double(sorted.count)
    let last = sorted.indices.last { sorted[$0] <= Double($0 + 1) * rate / count * (1 + 1e-12) }
    let limit = last.map { sorted[$0] } ?? -1
    return Findings(
      scores: scores,
      pValues: pValues,
      anomalies: pValues.map { $0 <= limit },
      fieldNames: fieldNames,
      parts: parts,
      items: items
    )
  }
}
