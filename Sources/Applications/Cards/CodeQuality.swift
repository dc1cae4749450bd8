internal import HourglassTensors

/// How much codes of items tell of these, by measures that others use too.
enum CodeQuality {
  /// The share of test codes whose class the most frequent one of the nearest training codes is.
  static func neighborAccuracy(
    training: Tensor,
    classes: [Int],
    test: Tensor,
    truth: [Int],
    count: Int = 10
  ) -> Double {
    let vote = NearestNeighbors(PaddedRows(training), count: count)
    return share(vote.classes(of: PaddedRows(test), from: classes), truth)
  }

  /// The share of test codes whose class a logistic regression on standardized training codes tells, whose
  /// penalty is chosen by a tenth of these.
  static func logisticAccuracy(
    training: Tensor,
    classes: [Int],
    test: Tensor,
    truth: [Int],
    rounds: Int = 300
  ) -> Double {
    let count = (classes.max() ?? 0) + 1
    let rows = PaddedRows(training)
    let penalty = SoftmaxRegression.penalty(
      for: rows,
      classes: classes,
      classCount: count,
      rounds: rounds
    )
    let model = SoftmaxRegression(
      rows,
      classes: classes,
      classCount: count,
      penalty: penalty,
      rounds: rounds
    )
    return share(model.classes(of: PaddedRows(test)), truth)
  }

  private static func share(_ found: [Int], _ truth: [Int]) -> Double {
    Double(zip(found, truth).count { $0 == $1 }) / Double(max(truth.count, 1))
  }

  /// The trustworthiness of all codes `[count, width]`: see `NeighborhoodPreservation`, which measures some.
  ///
  /// - Parameters:
  ///   - codes: The codes.
  ///   - items: The items in the same order, `[count, values]`.
  ///   - count: The number of neighbors of an item, below half the number of items.
  static func trustworthiness(of codes: Tensor, items: Tensor, count: Int = 15) throws -> Double {
    let (near, rows) = (PaddedRows(codes), PaddedRows(items))
    let total = rows.count
    // One neighbor more, since the nearest code of an item is its own.
    let vote = NearestNeighbors(near, count: count + 1)
    var excess = 0.0
    for item in 0..<total {
      if item % 64 == 0 { try Task.checkCancellation() }
      let distances = rows.squaredDistances(to: rows, row: item)
      let others = vote.nearest(to: near, row: item).filter { $0 != item }.prefix(count)
      for other in others {
        // The rank is 1 for the nearest; equal distances go by the order of the items.
        let own = (distances[other], other)
        var rank = 0
        for place in 0..<total where place != item && (distances[place], place) <= own { rank += 1 }
        excess += Double(max(rank - count, 0))
      }
    }
    let (n, k) = (Double(total), Double(count))
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess
  }
}
