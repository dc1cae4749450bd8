/// How well scores tell positives from negatives, whatever threshold is chosen.
public enum RankMetrics {
  /// The area under the receiver operating characteriztic: the probability that a positive has a
  /// higher score than a negative, where equal scores count for a half.
  ///
  /// `nil` where there are no positives or no negatives.
  ///
  /// Reference: Hanley, McNeil, 1982, "The meaning and use of the area under a receiver operating
  /// characteriztic (ROC) curve", doi:10.1148/radiology.143.1.7063747.
  public static func areaUnderROC(scores: [Double], positives: [Bool]) -> Double? {
    precondition(scores.count == positives.count, "each score is of a positive or a negative")
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let positiveCount = positives.count { $0 }
    let negativeCount = positives.count - positiveCount
    guard positiveCount > 0, negativeCount > 0 else { return nil }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      // Ranks are counted from 1; equal scores share the mean of theirs.
      let rank = Double(start + 1 + end) / 2
      rankSum += rank * Double(order[start..<end].count { positives[$0] })
      start = end
    }
    let least = Double(positiveCount) * Double(positiveCount + 1) / 2
    return (rankSum - least) / (Double(positiveCount) * Double(negativeCount))
  }

  /// Average precision: Σ (recall gained at a threshold) · (precision there), over all thresholds.
  ///
  /// `nil` where there are no positives.
  ///
  /// Reference: Davis, Goadrich, 2006, "The relationship between Precision-Recall and ROC curves",
  /// doi:10.1145/1143844.1143874; without interpolation.
  public static func averagePrecision(scores: [Double], positives: [Bool]) -> Double? {
    precondition(scores.count == positives.count, "each score is of a positive or a negative")
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let positiveCount = positives.count { $0 }
    guard positiveCount > 0 else { return nil }
    var (found, sum, start) = (0, 0.0, 0)
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let gained = order[start..<end].count { positives[$0] }
      found += gained
      sum += Double(gained) / Double(positiveCount) * Double(found) / Double(end)
      start = end
    }
    return sum
  }
}
