/// What share of normal items has a score at least as high: a threshold that keeps its promise.
///
///     p(s) = (1 + |{i : sᵢ ≥ s}|) / (n + 1)
///
/// where sᵢ are the scores of n normal items that nothing was trained on. A new normal item, drawn
/// like these, has p ≤ α with a probability of at most α, whatever the score is made of. The
/// smallest p is 1 / (n + 1): at a smaller rate nothing can be rejected.
///
/// Reference: Bates, Candès, Lei, Romano, Sesia, 2023, "Testing for outliers with conformal
/// p-values", doi:10.1214/22-AOS2244, equation 1.
package struct ConformalCalibration: Hashable, Sendable {
  /// The scores of the held-out normal items, in rising order.
  package let scores: [Double]

  /// Makes a calibration from the scores of held-out normal items, in any order.
  package init(_ scores: [Double]) { self.scores = scores.sorted() }

  /// The number of held-out items.
  package var count: Int { scores.count }

  /// The smallest p-value that a score can have.
  package var smallestPValue: Double { 1 / Double(count + 1) }

  /// The p-value of a score, above 0 and at most 1.
  package func pValue(_ score: Double) -> Double {
    var low = 0
    var high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    return Double(1 + scores.count - low) / Double(scores.count + 1)
  }

  /// The score above which an item is an anomaly at a false-alarm rate; infinite where there are
  /// too few held-out items for that rate.
  package func threshold(falseAlarmRate rate: Double) -> Double {
    let allowed = Int((rate * Double(count + 1) * (1 + 1e-12)).rounded(.down)) - 1
    guard allowed >= 0 else { return .infinity }
    guard allowed < count else { return -.infinity }
    return scores[count - 1 - allowed]
  }

  /// The share of held-out items that are taken for anomalies where each half of them is evaluated by
  /// the other; `nil` where there are fewer than four.
  package func crossFalseAlarms(rate: Double, order: [Double]) -> Double? {
    guard order.count >= 4 else { return nil }
    let halves = [0, 1].map { half in order.indices.filter { $0 % 2 == half }.map { order[$0] } }
    var alarms = 0
    for (own, other) in [(0, 1), (1, 0)] {
      let threshold = ConformalCalibration(halves[other]).threshold(falseAlarmRate: rate)
      alarms += halves[own].count { $0 > threshold }
    }
    return Double(alarms) / Double(order.count)
  }
}
