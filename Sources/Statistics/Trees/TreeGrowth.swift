internal import CHourglassTrees

/// How an ensemble of trees is grown: gradient boosting of a squared error, or of the cross-entropy of classes.
///
/// XGBoost grows it on one thread, so that the same rows give the same trees whatever else runs.
///
/// Reference: Chen, Guestrin, 2016, "XGBoost: A Scalable Tree Boosting System", doi:10.1145/2939672.2939785.
package struct TreeGrowth: Hashable, Sendable {
  /// The number of trees of each output, 1 or more.
  package var rounds: Int
  /// The most splits above a leaf, from 1 to 12.
  package var depth: Int
  /// What a tree counts, above 0 and at most 1.
  package var learningRate: Float
  /// The part of the rows that each tree is grown on, above 0 and at most 1.
  package var rowShare: Float
  /// The part of the columns that are tried at each split, above 0 and at most 1.
  package var columnShare: Float
  /// The least weight of the rows of a leaf; of a squared error each row counts 1.
  package var leastWeight: Float
  /// The most thresholds of a column that are tried, from 2 to 1024.
  package var bins: Int
  /// Of the draws of rows and columns.
  package var seed: UInt32

  package init(
    rounds: Int,
    depth: Int = 6,
    learningRate: Float = 0.05,
    rowShare: Float = 0.7,
    columnShare: Float = 0.5,
    leastWeight: Float = 3,
    bins: Int = 64,
    seed: UInt32 = 0
  ) {
    self.rounds = rounds
    self.depth = depth
    self.learningRate = learningRate
    self.rowShare = rowShare
    self.columnShare = columnShare
    self.leastWeight = leastWeight
    self.bins = bins
    self.seed = seed
  }

  /// Why trees could not be grown.
  package struct Failure: Error, CustomStringConvertible {
    /// How many rows and columns they were to be grown on.
    package let rows: Int
    package let columns: Int
    /// What XGBoost says.
    package let problem: String

    package var description: String {
      "cannot grow trees on \(rows) rows of \(columns) columns: \(problem)."
    }
  }

  /// What is predicted.
  package enum Target: Sendable {
    /// A number for each row; the output is added to 0.
    case numbers([Float])
    /// A class for each row, from 0 to below a count that is 2 or more. Of two classes the output is the
    /// logit of the second; of more there is an output for each, the softmax of which has the probabilities.
    case classes([Int], count: Int)

    /// The number of outputs.
    package var outputCount: Int {
      if case .classes(_, let count) = self, count > 2 { count } else { 1 }
    }
  }

  /// Grows trees.
  ///
  /// - Parameters:
  ///   - rows: The values of the rows, `[rows, width]`.
  ///   - width: The number of columns.
  ///   - target: What is predicted of each row.
  /// - Returns: `nil` where there is no row, or a value is not finite.
  /// - Throws: `Failure` where memory is short or XGBoost refuses.
  package func ensemble(
    _ rows: [Float],
    width: Int,
    target: Target
  ) throws(Failure) -> TreeEnsemble? {
    let targets: [Float]
    var classes = 0
    switch target {
    case .numbers(let numbers): targets = numbers
    case .classes(let numbers, let count):
      guard count >= 2, numbers.allSatisfy({ (0..<count).contains($0) }) else { return nil }
      targets = numbers.map(Float.init)
      classes = count
    }
    guard width > 0, !targets.isEmpty, rows.count == targets.count * width,
      rows.allSatisfy(\.isFinite), targets.allSatisfy(\.isFinite)
    else { return nil }
    var growth = hg_growth(
      rounds: Int32(clamping: rounds),
      depth: Int32(clamping: depth),
      classes: Int32(clamping: classes),
      learning_rate: learningRate,
      row_share: rowShare,
      column_share: columnShare,
      least_weight: leastWeight,
      penalty: 1,
      bins: Int32(clamping: bins),
      seed: Int32(seed >> 1)
    )
    var grown = hg_trees()
    var problem = [CChar](repeating: 0, count: Int(HG_TREES_PROBLEM))
    let status = hg_trees_grow(
      rows,
      targets,
      Int64(targets.count),
      Int64(width),
      &growth,
      &grown,
      &problem
    )
    guard status == 0 else {
      let bytes = problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw Failure(
        rows: targets.count,
        columns: width,
        problem: String(decoding: bytes, as: UTF8.self)
      )
    }
    defer { hg_trees_free(&grown) }
    let count = Int(grown.nodes)
    return TreeEnsemble(
      columns: Array(UnsafeBufferPointer(start: grown.columns, count: count)),
      values: Array(UnsafeBufferPointer(start: grown.values, count: count)),
      outputCount: target.outputCount,
      width: width
    )
  }
}
