/// What share of normal items has a score at least as high: a threshold that keeps its promise.
///
///     p(s) = (1 + K/n |{i : sᵢ ≥ s}|) / (K + 1)
///
/// where sᵢ are the scores of n normal items that nothing was trained on, and K of the n are independent: all of
/// them, or, of times of a series, as many as there are blocks of dependent times. A new normal item, drawn like
/// these, has p ≤ α with a probability of at most α, whatever the score is made of; for blocks of several items
/// that is so of an item of a new block on average. The smallest p is 1 / (K + 1): at a smaller rate nothing can be
/// rejected.
///
/// Where each item is scored by what was fitted to other folds of the same items (cross-conformal), the probability
/// is at most about 2 α in general, and about α where all folds give nearly the same fit.
///
/// Reference: Bates, Candès, Lei, Romano, Sesia, 2023, "Testing for outliers with conformal
/// p-values", doi:10.1214/22-AOS2244, equation 1; Lee, Barber, Willett, 2023, "Distribution-free inference with
/// hierarchical data", arXiv:2306.06342, section 3 (several items of a block); Barber, Candès, Ramdas, Tibshirani,
/// 2021, "Predictive inference with the jackknife+", doi:10.1214/20-AOS1965, section 4 (folds).
package struct ConformalCalibration: Hashable, Sendable {
  /// The scores of the held-out normal items, in rising order.
  package let scores: [Double]
  /// The number of them that are independent, K; 0 where all were trained on, so that they promise nothing.
  package let independentCount: Int

  /// Makes a calibration from the scores of held-out normal items, in any order.
  ///
  /// - Parameter independentCount: How many of them are independent, from 0 to all; all where it is left out.
  package init(_ scores: [Double], independentCount: Int? = nil) {
    self.scores = scores.sorted()
    self.independentCount = min(max(independentCount ?? scores.count, 0), scores.count)
  }

  /// The number of held-out items.
  package var count: Int { scores.count }

  /// The smallest p-value that a score can have, and the smallest rate that is promised; 1 where none is.
  package var smallestPValue: Double { 1 / Double(independentCount + 1) }

  /// Whether so many items are too few for a promise at a false-alarm rate.
  package func isTooFew(forRate rate: Double) -> Bool { allowed(rate) == nil }

  /// The p-value of a score, above 0 and at most 1.
  package func pValue(_ score: Double) -> Double {
    var low = 0
    var high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    if independentCount == count { return Double(1 + count - low) / Double(count + 1) }
    return (1 + weight * Double(count - low)) * smallestPValue
  }

  /// The score above which an item is an anomaly at a false-alarm rate; infinite where there are
  /// too few held-out items for that rate.
  package func threshold(falseAlarmRate rate: Double) -> Double {
    guard let allowed = allowed(rate) else { return .infinity }
    guard allowed < count else { return -.infinity }
    return scores[count - 1 - allowed]
  }

  /// What a score counts for.
  private var weight: Double { Double(independentCount) / Double(max(count, 1)) }

  /// How many scores may be at least as high as that of an anomaly; none below the smallest rate.
  ///
  /// The margins are for rates that binary numbers do not hold exactly.
  private func allowed(_ rate: Double) -> Int? {
    let independent = rate * Double(independentCount + 1) * (1 + 1e-12)
    guard independentCount > 0 || count == 0, independent >= 1 else { return nil }
    if independentCount == count { return Int(independent.rounded(.down)) - 1 }
    return Int(((independent - 1) / weight + 1e-9).rounded(.down))
  }

  /// The share of held-out items that are taken for anomalies where each half of them is evaluated by
  /// the other; `nil` where half of them are too few for the rate.
  ///
  /// - Parameters:
  ///   - order: The scores in an order that is random, or that of time where the items depend on their neighbors.
  ///   - areOrdered: Whether they are in the order of time; the halves are then the first and the second one.
  package func crossFalseAlarms(
    rate: Double,
    order: [Double],
    areOrdered: Bool = false
  ) -> Double? {
    guard order.count >= 4 else { return nil }
    let halves = [0, 1].map { half in
      order.indices.filter { areOrdered ? ($0 * 2 >= order.count) == (half == 1) : $0 % 2 == half }
        .map { order[$0] }
    }
    var alarms = 0
    for (own, other) in [(0, 1), (1, 0)] {
      let independent = independentCount == count ? nil : independentCount / 2
      let calibration = ConformalCalibration(halves[other], independentCount: independent)
      guard !calibration.isTooFew(forRate: rate) else { return nil }
      let threshold = calibration.threshold(falseAlarmRate: rate)
      alarms += halves[own].count { $0 > threshold }
    }
    return Double(alarms) / Double(order.count)
  }
}
