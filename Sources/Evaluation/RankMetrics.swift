/// How well scores separate positives from negatives, over all thresholds.
package enum RankMetrics {
  /// The area under the receiver operating characteristic: the probability that a positive has a
  /// higher score than a negative, where equal scores count for a half.
  ///
  /// `nil` where there are no positives or no negatives.
  ///
  /// Reference: Hanley, McNeil, 1982, "The meaning and use of the area under a receiver operating
  /// characteristic (ROC) curve", doi:10.1148/radiology.143.1.7063747.
  package static func areaUnderROC(scores: [Double], positives: [Bool]) -> Double? {
    let ranked = RankedScores(scores: scores, positives: positives)
    return ranked.areaUnderROC(of: Array(scores.indices))
  }

  /// Average precision: Σ (recall gained at a threshold) · (precision there), over all thresholds.
  ///
  /// `nil` where there are no positives.
  ///
  /// Reference: Davis, Goadrich, 2006, "The relationship between Precision-Recall and ROC curves",
  /// doi:10.1145/1143844.1143874; without interpolation.
  package static func averagePrecision(scores: [Double], positives: [Bool]) -> Double? {
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

/// Scores that are ranked once, so that the area under the curve of many draws of them is found quickly.
package struct RankedScores: Sendable {
  private let ranks: [Int]
  private let positives: [Bool]
  private let rankCount: Int

  /// Ranks scores; equal ones have one rank.
  package init(scores: [Double], positives: [Bool]) {
    precondition(scores.count == positives.count, "each score is of a positive or a negative")
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var ranks = [Int](repeating: 0, count: scores.count)
    var rank = -1
    for (place, index) in order.enumerated() {
      if place == 0 || scores[index] != scores[order[place - 1]] { rank += 1 }
      ranks[index] = rank
    }
    self.ranks = ranks
    self.positives = positives
    rankCount = rank + 1
  }

  /// The area under the receiver operating characteristic of the items at some places, which may be repeated.
  package func areaUnderROC(of places: [Int]) -> Double? {
    var counts = [(positives: Int, negatives: Int)](repeating: (0, 0), count: rankCount)
    for place in places {
      if positives[place] {
        counts[ranks[place]].positives += 1
      } else {
        counts[ranks[place]].negatives += 1
      }
    }
    // Twice the pairs in the right order, where equal scores count for a half.
    var (twice, below, positiveCount) = (0, 0, 0)
    for count in counts {
      twice += count.positives * (2 * below + count.negatives)
      below += count.negatives
      positiveCount += count.positives
    }
    guard positiveCount > 0, below > 0 else { return nil }
    return Double(twice) / (2 * Double(positiveCount) * Double(below))
  }
}
