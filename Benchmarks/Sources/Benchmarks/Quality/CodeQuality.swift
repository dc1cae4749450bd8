import Hourglass
import HourglassBenchmarkSupport

/// The quality of latent vectors, by standard measures.
enum CodeQuality {
  /// The accuracy of k-nearest-neighbor classification of test latent vectors by training ones; among
  /// equally frequent classes the one of the nearest vector counts.
  static func neighborAccuracy(
    training: Tensor,
    classes: [Int],
    test: Tensor,
    truth: [Int],
    count: Int = 10
  ) throws -> Double {
    let nearest = try NearestItems(training)
    let found = try nearest.numbers(near: test, count: count).map { numbers in
      var votes: [Int: Int] = [:]
      for number in numbers { votes[classes[number], default: 0] += 1 }
      let most = votes.values.max() ?? 0
      return numbers.map { classes[$0] }.first { votes[$0] == most } ?? 0
    }
    return share(found, truth)
  }

  /// The accuracy of a logistic regression on standardized training latent vectors, whose penalty is chosen
  /// on a tenth of these.
  static func logisticAccuracy(
    training: Tensor,
    classes: [Int],
    test: Tensor,
    truth: [Int]
  ) -> Double {
    share(LinearClassifier(training, classes: classes).classes(of: test), truth)
  }

  private static func share(_ found: [Int], _ truth: [Int]) -> Double {
    Double(zip(found, truth).count { $0 == $1 }) / Double(max(truth.count, 1))
  }

  /// The trustworthiness of latent vectors `[count, width]`: by how much items that are no neighbors of an
  /// item are among the nearest of its latent vector.
  ///
  /// Reference: Venna, Kaski, 2001, "Neighborhood Preservation in Nonlinear Projection Methods",
  /// doi:10.1007/3-540-44668-0_68.
  ///
  /// - Parameters:
  ///   - codes: The latent vectors.
  ///   - items: The items in the same order, `[count, values]`.
  ///   - count: The number of neighbors of an item, below half the number of items.
  static func trustworthiness(of codes: Tensor, items: Tensor, count: Int = 15) throws -> Double {
    let total = items.shape[0]
    let nearItems = try NearestItems(items)
    // One neighbor more, since the nearest vector of an item may be its own.
    let near = try NearestItems(codes).numbers(near: codes, count: count + 1)
    var excess = 0.0
    for item in 0..<total {
      try Task.checkCancellation()
      var ranks = [Int](repeating: 0, count: total)
      let ranking = try nearItems.numbers(near: items, only: item, count: total)
      for (rank, other) in ranking.filter({ $0 != item }).enumerated() { ranks[other] = rank + 1 }
      for other in near[item].filter({ $0 != item }).prefix(count) {
        excess += Double(max(ranks[other] - count, 0))
      }
    }
    let (n, k) = (Double(total), Double(count))
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess
  }
}

/// Rows among which the nearest ones of others are looked for, exactly.
struct NearestItems {
  private let index: SearchIndex
  private let width: Int

  /// Takes rows `[count, width]`.
  init(_ rows: Tensor) throws {
    width = rows.shape[1]
    index = try SearchIndex(rows.scalars, dimension: width)
  }

  /// The numbers of the rows nearest to each query `[count, width]`, nearest first.
  func numbers(near queries: Tensor, count: Int) throws -> [[Int]] {
    try index.nearest(to: (0..<queries.shape[0]).map { row(queries, $0) }, count: count)
      .map { $0.map { $0.number - 1 } }
  }

  /// The numbers of the rows nearest to one of some queries, nearest first.
  func numbers(near queries: Tensor, only number: Int, count: Int) throws -> [Int] {
    try index.nearest(to: row(queries, number), count: count).map { $0.number - 1 }
  }

  private func row(_ rows: Tensor, _ number: Int) -> [Float] {
    Array(rows.scalars[number * width..<(number + 1) * width])
  }
}
