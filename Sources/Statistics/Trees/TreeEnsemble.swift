/// Trees whose leaves add up to one output or more: sums of step functions of the columns of a row.
///
/// A tree is its nodes, breadth first: the k-th split of a tree, counted from 0, has the nodes 1 + 2 k and
/// 2 + 2 k of the tree as its children. The tree ends where every split has both, so that whatever the
/// nodes are, no path has a circle. Trees of several outputs take turns.
///
/// Reference: Friedman, 2001, "Greedy function approximation: a gradient boosting machine",
/// doi:10.1214/aos/1013203451.
package struct TreeEnsemble: Hashable, Sendable {
  /// The column of each split, and -1 for a leaf, `[nodes]`.
  package let columns: [Int32]
  /// The threshold of each split, below which a row goes to the first child, and what a leaf adds to its
  /// output, `[nodes]`.
  package let values: [Float]
  /// The number of outputs, 1 or more.
  package let outputCount: Int

  /// The first child of each split among all nodes, and 0 for a leaf.
  private let children: [Int32]
  /// The first node of each tree.
  private let roots: [Int32]

  /// The number of trees.
  package var treeCount: Int { roots.count }

  /// The most nodes of an ensemble.
  package static let nodeLimit = 1 << 26

  /// Takes nodes.
  ///
  /// - Parameter width: The number of columns of a row.
  /// - Returns: `nil` where the nodes are no whole trees, as many for each output, or name a column that is
  ///   not there or a value that is not finite.
  package init?(columns: [Int32], values: [Float], outputCount: Int, width: Int) {
    guard outputCount >= 1, columns.count == values.count, columns.count <= Self.nodeLimit,
      columns.allSatisfy({ $0 >= -1 && Int($0) < width }), values.allSatisfy(\.isFinite)
    else { return nil }
    var children = [Int32](repeating: 0, count: columns.count)
    var roots: [Int32] = []
    var start = 0
    while start < columns.count {
      roots.append(Int32(start))
      var (node, end) = (start, start + 1)
      while node < end {
        guard node < columns.count else { return nil }
        if columns[node] >= 0 {
          children[node] = Int32(end)
          end += 2
        }
        node += 1
      }
      start = end
    }
    guard roots.count.isMultiple(of: outputCount) else { return nil }
    self.columns = columns
    self.values = values
    self.outputCount = outputCount
    self.children = children
    self.roots = roots
  }

  /// Adds what the trees say of a row to its outputs, tree by tree in their order.
  ///
  /// - Parameters:
  ///   - rows: The values of rows, `[rows, width]`.
  ///   - start: Where the row begins among them.
  ///   - outputs: The outputs, `[outputCount]`.
  package func add(_ rows: [Float], from start: Int, to outputs: inout [Float]) {
    var output = 0
    for root in roots {
      var node = Int(root)
      var column = columns[node]
      while column >= 0 {
        let isFirst = rows[start + Int(column)] < values[node]
        node = Int(children[node]) + (isFirst ? 0 : 1)
        column = columns[node]
      }
      outputs[output] += values[node]
      output += 1
      if output == outputCount { output = 0 }
    }
  }

  /// The same trees over other columns: that of a split is the number of its place in `places`.
  package func renamed(_ places: [Int]) -> TreeEnsemble? {
    TreeEnsemble(
      columns: columns.map { $0 < 0 ? -1 : Int32(places[Int($0)]) },
      values: values,
      outputCount: outputCount,
      width: (places.max() ?? -1) + 1
    )
  }
}

extension TreeEnsemble {
  /// The ensembles that lie one after the other in some nodes.
  ///
  /// - Parameters:
  ///   - counts: The number of trees of each.
  ///   - outputCounts: The number of outputs of each.
  ///   - width: The number of columns of a row.
  /// - Returns: `nil` where the nodes are no such trees; an ensemble without trees is `nil` among them.
  package static func split(
    columns: [Int32],
    values: [Float],
    counts: [Int],
    outputCounts: [Int],
    width: Int
  ) -> [TreeEnsemble?]? {
    guard columns.count == values.count, counts.count == outputCounts.count else { return nil }
    var ensembles: [TreeEnsemble?] = []
    var start = 0
    for (count, outputs) in zip(counts, outputCounts) {
      guard (0...columns.count).contains(count) else { return nil }
      var end = start
      for _ in 0..<count {
        // A tree has one node more than twice its splits.
        var open = 1
        while open > 0 {
          guard end < columns.count else { return nil }
          open += columns[end] >= 0 ? 1 : -1
          end += 1
        }
      }
      if count == 0 {
        ensembles.append(nil)
      } else {
        guard
          let ensemble = TreeEnsemble(
            columns: Array(columns[start..<end]),
            values: Array(values[start..<end]),
            outputCount: outputs,
            width: width
          )
        else { return nil }
        ensembles.append(ensemble)
      }
      start = end
    }
    return start == columns.count ? ensembles : nil
  }
}
