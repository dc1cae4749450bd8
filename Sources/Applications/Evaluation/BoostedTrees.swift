internal import HourglassDatasets

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A classifier of rows of a table into two classes: gradient boosting of trees on columns that are cut
/// into at most 255 bins.
///
/// A tree grows at the leaf whose split gains most, up to 31 leaves of at least 20 rows; missing cells go
/// to the side where they gain more. It is what users of tables reach for first, so that it tells what
/// generated rows are good for.
///
/// Reference: Friedman, 2001, "Greedy Function Approximation: A Gradient Boosting Machine",
/// doi:10.1214/aos/1013203451, algorithm 5; Ke et al., 2017, "LightGBM", NIPS, for bins and for growth by
/// leaves.
struct BoostedTrees: Sendable {
  private static let leafLimit = 31
  private static let leastRows = 20
  private static let leastCurvature = 1e-3
  private static let learningRate = 0.1

  private let columns: [BinnedColumn]
  private let trees: [[Node]]
  private let start: Double

  private struct Node: Sendable {
    var column = -1
    /// Bins up to this one go to the left.
    var bin = 0
    var missingGoesLeft = false
    var left = 0
    var right = 0
    var value = 0.0
  }

  /// Learns to tell the rows that are marked from the others.
  ///
  /// - Parameters:
  ///   - table: Rows; identifiers are left out.
  ///   - isPositive: A mark for each row.
  ///   - treeCount: The number of trees.
  init(_ table: Table, isPositive: [Bool], treeCount: Int = 100) throws {
    precondition(table.rowCount == isPositive.count, "each row is marked or not")
    columns = table.columns.filter { $0.kind != .identifier }.map { BinnedColumn($0) }
    let bins = zip(columns, table.columns.filter { $0.kind != .identifier }).map { $0.bins(of: $1) }
    let share = Double(isPositive.count { $0 }) / Double(max(isPositive.count, 1))
    let bounded = min(max(share, 1e-6), 1 - 1e-6)
    start = log(bounded / (1 - bounded))
    var scores = [Double](repeating: start, count: isPositive.count)
    var trees: [[Node]] = []
    guard share > 0, share < 1 else {
      self.trees = []
      return
    }
    for _ in 0..<treeCount {
      try Task.checkCancellation()
      var gradients: [Double] = []
      var curvatures: [Double] = []
      gradients.reserveCapacity(scores.count)
      curvatures.reserveCapacity(scores.count)
      for (score, mark) in zip(scores, isPositive) {
        let probability = 1 / (1 + exp(-score))
        gradients.append(probability - (mark ? 1 : 0))
        curvatures.append(probability * (1 - probability))
      }
      var growth = Growth(bins: bins, gradients: gradients, curvatures: curvatures)
      growth.grow()
      for leaf in growth.leaves {
        for row in leaf.rows { scores[Int(row)] += growth.nodes[leaf.node].value }
      }
      trees.append(growth.nodes)
    }
    self.trees = trees
  }

  /// The probability that each row is one of those that were marked.
  ///
  /// - Throws: `missingColumn` where a column that was learnt from is not there.
  func probabilities(of table: Table) throws -> [Double] {
    let bins = try columns.map { $0.bins(of: try table.required($0.name)) }
    return (0..<table.rowCount).map { row in
      var score = start
      for tree in trees {
        var node = 0
        while tree[node].column >= 0 {
          let bin = Int(bins[tree[node].column][row])
          let goesLeft =
            bin == BinnedColumn.missing ? tree[node].missingGoesLeft : bin <= tree[node].bin
          node = goesLeft ? tree[node].left : tree[node].right
        }
        score += tree[node].value
      }
      return 1 / (1 + exp(-score))
    }
  }

  /// One tree while it grows.
  private struct Growth {
    struct Leaf {
      var node: Int
      var rows: [Int32]
      /// Σ gradient, Σ curvature and the number of rows of each bin of each column.
      var sums: [SIMD4<Double>]
      var total: SIMD4<Double>
      var best: Split?
    }

    struct Split {
      var gain: Double
      var column: Int
      var bin: Int
      var missingGoesLeft: Bool
    }

    let bins: [[UInt8]]
    let gradients: [Double]
    let curvatures: [Double]
    var nodes = [Node()]
    var leaves: [Leaf] = []

    init(bins: [[UInt8]], gradients: [Double], curvatures: [Double]) {
      self.bins = bins
      self.gradients = gradients
      self.curvatures = curvatures
    }

    mutating func grow() {
      let all = (0..<Int32(gradients.count)).map { $0 }
      leaves = [leaf(0, all, sums: histogram(all))]
      while leaves.count < BoostedTrees.leafLimit {
        var chosen: Int?
        for (place, leaf) in leaves.enumerated() {
          guard let gain = leaf.best?.gain else { continue }
          if chosen.map({ gain > leaves[$0].best?.gain ?? 0 }) ?? true { chosen = place }
        }
        guard let chosen, let split = leaves[chosen].best else { break }
        divide(chosen, split)
      }
      for leaf in leaves {
        let value = -leaf.total[0] / max(leaf.total[1], 1e-12)
        nodes[leaf.node].value = BoostedTrees.learningRate * value
      }
    }

    private mutating func divide(_ place: Int, _ split: Split) {
      let leaf = leaves[place]
      var (left, right): ([Int32], [Int32]) = ([], [])
      let column = bins[split.column]
      for row in leaf.rows {
        let bin = Int(column[Int(row)])
        let goesLeft = bin == BinnedColumn.missing ? split.missingGoesLeft : bin <= split.bin
        if goesLeft { left.append(row) } else { right.append(row) }
      }
      nodes[leaf.node].column = split.column
      nodes[leaf.node].bin = split.bin
      nodes[leaf.node].missingGoesLeft = split.missingGoesLeft
      nodes[leaf.node].left = nodes.count
      nodes[leaf.node].right = nodes.count + 1
      nodes += [Node(), Node()]
      // The sums of the larger side are what the smaller one leaves.
      let isLeftSmaller = left.count <= right.count
      let smaller = histogram(isLeftSmaller ? left : right)
      var larger = leaf.sums
      for index in larger.indices { larger[index] -= smaller[index] }
      let node = nodes[leaf.node]
      leaves[place] = self.leaf(node.left, left, sums: isLeftSmaller ? smaller : larger)
      leaves.append(self.leaf(node.right, right, sums: isLeftSmaller ? larger : smaller))
    }

    private func histogram(_ rows: [Int32]) -> [SIMD4<Double>] {
      var sums = [SIMD4<Double>](repeating: .zero, count: bins.count * 256)
      let (gradients, curvatures) = (gradients.span, curvatures.span)
      for place in bins.indices {
        let column = bins[place]
        add(rows.span, column.span, gradients, curvatures, to: &sums, at: place * 256)
      }
      return sums
    }

    private func add(
      _ rows: Span<Int32>,
      _ column: Span<UInt8>,
      _ gradients: Span<Double>,
      _ curvatures: Span<Double>,
      to sums: inout [SIMD4<Double>],
      at start: Int
    ) {
      for place in rows.indices {
        let row = Int(rows[place])
        sums[start + Int(column[row])] += SIMD4(gradients[row], curvatures[row], 1, 0)
      }
    }

    private func leaf(_ node: Int, _ rows: [Int32], sums: [SIMD4<Double>]) -> Leaf {
      var total = SIMD4<Double>.zero
      for bin in 0..<(bins.isEmpty ? 0 : 256) { total += sums[bin] }
      var leaf = Leaf(node: node, rows: rows, sums: sums, total: total)
      leaf.best = bestSplit(leaf)
      return leaf
    }

    private func bestSplit(_ leaf: Leaf) -> Split? {
      guard leaf.rows.count >= 2 * BoostedTrees.leastRows else { return nil }
      func value(_ sum: SIMD4<Double>) -> Double { sum[0] * sum[0] / max(sum[1], 1e-12) }
      func isEnough(_ sum: SIMD4<Double>) -> Bool {
        sum[2] >= Double(BoostedTrees.leastRows) && sum[1] >= BoostedTrees.leastCurvature
      }
      let own = value(leaf.total)
      var best: Split?
      for column in bins.indices {
        let missing = leaf.sums[column * 256 + BinnedColumn.missing]
        var left = SIMD4<Double>.zero
        for bin in 0..<BinnedColumn.missing {
          let here = leaf.sums[column * 256 + bin]
          if here[2] == 0 { continue }
          left += here
          for missingGoesLeft in missing[2] > 0 ? [false, true] : [false] {
            let first = missingGoesLeft ? left + missing : left
            let second = leaf.total - first
            guard isEnough(first), isEnough(second) else { continue }
            let gain = value(first) + value(second) - own
            if gain > max(best?.gain ?? 0, 1e-9) {
              best = Split(gain: gain, column: column, bin: bin, missingGoesLeft: missingGoesLeft)
            }
          }
        }
      }
      return best
    }
  }
}

/// A column cut into bins by what was learnt from.
private struct BinnedColumn: Sendable {
  /// The bin of a missing cell, and of a level that was never seen.
  static let missing = 255

  let name: String
  /// The greatest number of each bin but the last.
  private let bounds: [Double]
  /// The bin of each level; none for numbers.
  private let levels: [String: Int]?

  init(_ column: Table.Column) {
    name = column.name
    if case .numbers = column.cells {
      levels = nil
      let sorted = (0..<column.count).compactMap { column.number($0) }.sorted()
      var distinct: [Double] = []
      for number in sorted where distinct.last != number { distinct.append(number) }
      if distinct.count <= Self.missing {
        bounds = Array(distinct.dropLast())
      } else {
        var cuts: [Double] = []
        for part in 1..<Self.missing {
          let cut = sorted[part * sorted.count / Self.missing]
          if cuts.last != cut { cuts.append(cut) }
        }
        bounds = cuts
      }
      return
    }
    bounds = []
    var seen: [String: Int] = [:]
    for row in 0..<column.count { if let text = column.text(row) { seen[text, default: 0] += 1 } }
    // Rare levels beyond the bins are treated as missing ones.
    let kept = seen.keys.sorted { (-(seen[$0] ?? 0), $0) < (-(seen[$1] ?? 0), $1) }
      .prefix(Self.missing).sorted()
    levels = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
  }

  func bins(of column: Table.Column) -> [UInt8] {
    (0..<column.count).map { row in
      if let levels {
        return UInt8(column.text(row).flatMap { levels[$0] } ?? Self.missing)
      }
      guard let number = column.number(row) else { return UInt8(Self.missing) }
      var (low, high) = (0, bounds.count)
      while low < high {
        let middle = (low + high) / 2
        if bounds[middle] < number { low = middle + 1 } else { high = middle }
      }
      return UInt8(low)
    }
  }
}
