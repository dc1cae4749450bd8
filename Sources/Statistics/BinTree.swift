/// A column of bins: how many there are, and whether their order means something.
package struct BinColumn: Codable, Hashable, Sendable {
  /// The number of bins, 1 to 65,535.
  package var count: Int
  /// Whether neighboring bins are alike; the levels of a category are in no order.
  package var isOrdered: Bool

  /// Makes a column.
  package init(count: Int, isOrdered: Bool) {
    self.count = count
    self.isOrdered = isOrdered
  }
}

/// A decision tree that gives the distribution of the bins of one column by the bins of others.
///
/// Its nodes are in preorder: the left child follows its parent. A leaf keeps how many training rows have which
/// bin; the entries of the leaves below a node lie side by side, so that each node has a distribution as well.
///
/// Reference: Breiman, Friedman, Olshen, Stone, 1984, "Classification and Regression Trees",
/// doi:10.1201/9781315139470.
struct BinTree: Hashable, Sendable {
  /// The column that each node asks for; -1 for a leaf.
  var features: [Int32] = []
  /// The last bin that goes left, or for a category where its set of bins begins in `sets`.
  var thresholds: [Int32] = []
  /// The right child of each node; 0 for a leaf.
  var rights: [Int32] = []
  /// The first entry of each node.
  var starts: [Int32] = []
  /// The entry behind the last one of each node.
  var ends: [Int32] = []
  /// The parent of each node; -1 for the root.
  var parents: [Int32] = []
  /// The bins of a category that go left, 16 to a word.
  var sets: [UInt16] = []
  /// The bin of each entry.
  var bins: [UInt16] = []
  /// The rows of all entries before each one, and of all.
  var sums: [Int32] = [0]

  /// The most splits above a leaf.
  static let mostSplits = 64

  /// Sets what follows from the nodes and the starts of leaves: parents and ends.
  mutating func link() {
    parents = Array(repeating: -1, count: features.count)
    ends = Array(repeating: Int32(bins.count), count: features.count)
    for node in features.indices where features[node] >= 0 {
      parents[node + 1] = Int32(node)
      parents[Int(rights[node])] = Int32(node)
    }
    for node in features.indices.dropLast() { ends[node] = starts[node + 1] }
    for node in features.indices.reversed() where features[node] >= 0 {
      ends[node] = ends[Int(rights[node])]
    }
  }

  /// The training rows of a node.
  func rows(of node: Int) -> Int { Int(sums[Int(ends[node])] - sums[Int(starts[node])]) }

  /// The leaf of a row.
  ///
  /// - Parameter bins: The bins of the row, one for each column.
  func leaf(of bins: [UInt16], _ columns: [BinColumn]) -> Int {
    var node = 0
    while features[node] >= 0 {
      let feature = Int(features[node])
      let own = Int(bins[feature])
      let goesLeft =
        columns[feature].isOrdered
        ? own <= Int(thresholds[node])
        : sets[Int(thresholds[node]) + own / 16] >> UInt16(own % 16) & 1 == 1
      node = goesLeft ? node + 1 : Int(rights[node])
    }
    return node
  }

  /// A bin of a node, as often as rows have it.
  ///
  /// - Parameter share: From 0 to below 1.
  func bin(of node: Int, at share: Double) -> UInt16 {
    var (first, last) = (Int(starts[node]), Int(ends[node]) - 1)
    let count = rows(of: node)
    let wanted = Int(sums[first]) + min(Int(share * Double(count)), count - 1)
    while first < last {
      let middle = (first + last) / 2
      if Int(sums[middle + 1]) > wanted { last = middle } else { first = middle + 1 }
    }
    return bins[first]
  }

  /// The node that a bin is drawn from: the leaf, or now and then one above it, which counts as so many rows
  /// as `prior` in each distribution.
  ///
  /// - Parameter share: Gives numbers from 0 to below 1.
  func drawnNode(from leaf: Int, prior: Double, _ share: () -> Double) -> Int {
    var node = leaf
    while parents[node] >= 0, share() * (Double(rows(of: node)) + prior) < prior {
      node = Int(parents[node])
    }
    return node
  }

  /// Adds the probability of each bin in a leaf, smoothed by the nodes above it.
  func addProbabilities(
    of leaf: Int,
    prior: Double,
    share: Double,
    to probabilities: inout [Double]
  ) {
    var node = leaf
    var left = share
    while true {
      let parent = Int(parents[node])
      let count = Double(rows(of: node))
      // Far above, what is left is too little to matter.
      let own = parent < 0 || left < 1e-9 ? left : left * count / (count + prior)
      for entry in Int(starts[node])..<Int(ends[node]) {
        probabilities[Int(bins[entry])] += own * Double(sums[entry + 1] - sums[entry]) / count
      }
      left -= own
      if parent < 0 || left <= 0 { return }
      node = parent
    }
  }
}

extension BinTree {
  /// Whether a tree that was read from a file can be used.
  ///
  /// - Parameters:
  ///   - target: The column whose bins it gives.
  ///   - known: The columns that it may ask for.
  static func isGood(
    _ tree: BinTree,
    of target: Int,
    by known: Set<Int>,
    _ columns: [BinColumn]
  ) -> Bool {
    let count = tree.features.count
    guard count > 0, tree.sums.count == tree.bins.count + 1,
      tree.bins.allSatisfy({ Int($0) < columns[target].count })
    else { return false }
    // In preorder, what waits are the right children on the way.
    var waiting: [Int] = []
    var depths = [Int](repeating: 0, count: count)
    for node in 0..<count {
      let feature = Int(tree.features[node])
      if feature >= 0 {
        guard known.contains(feature) else { return false }
        let right = Int(tree.rights[node])
        guard right > node + 1, right < count, waiting.last.map({ right < $0 }) ?? true,
          depths[node] < mostSplits
        else { return false }
        depths[node + 1] = depths[node] + 1
        depths[right] = depths[node] + 1
        if !columns[feature].isOrdered {
          let words = (columns[feature].count + 15) / 16
          let start = Int(tree.thresholds[node])
          guard start >= 0, start + words <= tree.sets.count else { return false }
        }
        waiting.append(right)
      } else {
        let end = node + 1 < count ? Int(tree.starts[node + 1]) : tree.bins.count
        guard tree.starts[node] >= 0, Int(tree.starts[node]) < end, end <= tree.bins.count else {
          return false
        }
        if node + 1 < count {
          guard waiting.popLast() == node + 1 else { return false }
        } else if !waiting.isEmpty {
          return false
        }
      }
    }
    return true
  }
}
