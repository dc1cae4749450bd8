internal import HourglassTensors

/// The probability that rows of bins are of the second of two kinds, by bootstrapped trees.
///
/// Reference: Breiman, 2001, "Random Forests", doi:10.1023/A:1010933404324.
package struct TreeClassifier: Sendable {
  private let columns: [BinColumn]
  private let trees: [BinTree]

  /// Grows trees.
  ///
  /// - Parameters:
  ///   - rows: The bins of the rows, `[columns][rows]`.
  ///   - isSecond: Whether each row is of the second kind.
  package init(
    learning rows: [[UInt16]],
    _ columns: [BinColumn],
    isSecond: [Bool],
    count: Int = 20,
    settings: TreeSettings = TreeSettings(),
    seed: UInt64
  ) {
    self.columns = columns + [BinColumn(count: 2, isOrdered: false)]
    let grower = BinTreeGrower(
      columns: self.columns,
      rows: rows + [isSecond.map { $0 ? 1 : 0 }],
      settings: settings
    )
    trees = (0..<count).map { tree in
      var generator = SeededGenerator.named("classifying tree \(tree)", seed: seed)
      return grower.tree(of: columns.count, by: Array(columns.indices), &generator)
    }
  }

  /// The probability of the second kind of each row.
  package func probabilities(of rows: [[UInt16]]) -> [Double] {
    (0..<(rows.first?.count ?? 0)).map { place in
      let row = rows.map { $0[place] }
      var sums = [0.0, 0.0]
      for tree in trees {
        tree.addProbabilities(
          of: tree.leaf(of: row, columns),
          prior: 1,
          share: 1 / Double(trees.count),
          to: &sums
        )
      }
      return sums[1]
    }
  }
}
