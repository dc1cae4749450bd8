internal import HourglassTensors

/// How trees grow.
package struct TreeSettings: Codable, Hashable, Sendable {
  /// The fewest training rows of a leaf.
  package var leastRows = 10
  /// How many times its expectation without a relation a split must gain.
  package var leastGain: Float = 1
  /// What one level more of a category costs a split by it.
  package var levelCost: Float = 0.5
  /// The most columns that a split chooses among, drawn at random where there are more.
  package var mostFeatures = 64
  /// As how many rows the distribution of the node above counts in that of a node.
  package var prior: Double = 1

  /// Makes settings with the defaults.
  package init() {}
}

/// Grows trees on rows of bins.
///
/// A split is judged by how far apart the distributions of the target are on both sides: by the sum over the
/// groups of its bins, or over the thresholds between ordered ones, of the squared distance of the shares in
/// units of its variance. In a category this is the statistic χ², in numbers that of Anderson and Darling, so
/// that what is rare counts.
///
/// Reference: Breiman, 2001, "Random Forests", doi:10.1023/A:1010933404324, for the bootstrapped rows.
struct BinTreeGrower: Sendable {
  let columns: [BinColumn]
  /// The bins of the training rows, `[columns][rows]`.
  let rows: [[UInt16]]
  let settings: TreeSettings

  /// The groups that the bins of a target are put in, which one vector holds.
  private static let mostGroups = 16
  private typealias Parts = SIMD16<Float>

  /// A tree for a column by others, on as many rows as there are, drawn with replacement.
  func tree(
    of target: Int,
    by features: [Int],
    _ generator: inout SeededGenerator
  ) -> BinTree {
    let count = rows[target].count
    let sample = (0..<count).map { _ in Int32(generator.below(count)) }
    let isOrdered = columns[target].isOrdered && columns[target].count > 2
    let (groups, groupCount) = targetGroups(target, &generator)
    let codes = (0..<Self.mostGroups).map { group in
      var code = Parts.zero
      if isOrdered {
        for threshold in 0..<groupCount - 1 where group > threshold { code[threshold] = 1 }
      } else {
        code[group] = 1
      }
      return code
    }
    var growth = Growth(
      sample: sample,
      target: target,
      features: features,
      isOrdered: isOrdered,
      groups: groups,
      codes: codes,
      mostBins: columns.reduce(1) { max($0, $1.count) }
    )
    grow(0..<count, depth: 0, &growth, &generator)
    growth.tree.link()
    return growth.tree
  }

  /// A tree that grows, with the memory that it needs for it.
  private struct Growth {
    var sample: [Int32]
    let target: Int
    let features: [Int]
    let isOrdered: Bool
    let groups: [UInt8]
    let codes: [Parts]
    var tree = BinTree()
    var scaled: [Parts]
    var sums: [Parts]
    var counts: [Float]
    var order: [UInt16]
    var own: [UInt8]

    init(
      sample: [Int32],
      target: Int,
      features: [Int],
      isOrdered: Bool,
      groups: [UInt8],
      codes: [Parts],
      mostBins: Int
    ) {
      self.sample = sample
      self.target = target
      self.features = features
      self.isOrdered = isOrdered
      self.groups = groups
      self.codes = codes
      scaled = codes
      sums = Array(repeating: .zero, count: mostBins)
      counts = Array(repeating: 0, count: mostBins)
      order = Array(repeating: 0, count: mostBins)
      own = Array(repeating: 0, count: sample.count)
    }
  }

  /// The best way to part the rows of a node.
  private struct Split {
    var gain: Float
    var feature = -1
    var goesLeft: [Bool] = []
  }

  /// The group of each bin of the target: those of numbers have about as many rows, the most frequent levels
  /// of a category have one of their own, and the others are put together at random, in each tree others.
  private func targetGroups(
    _ target: Int,
    _ generator: inout SeededGenerator
  ) -> (groups: [UInt8], count: Int) {
    let bins = columns[target].count
    let most = Self.mostGroups
    if bins <= most { return ((0..<bins).map { UInt8($0) }, bins) }
    var counts = [Int](repeating: 0, count: bins)
    for bin in rows[target] { counts[Int(bin)] += 1 }
    if columns[target].isOrdered {
      var sum = 0
      let total = max(rows[target].count, 1)
      let groups = counts.map { count in
        let group = min((sum + count / 2) * most / total, most - 1)
        sum += count
        return UInt8(group)
      }
      return (groups, most)
    }
    let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    var groups = [UInt8](repeating: 0, count: bins)
    for (place, bin) in order.enumerated() {
      let own = most / 2
      groups[bin] = UInt8(place < own ? place : own + generator.below(most - own))
    }
    return (groups, most)
  }

  private func grow(
    _ range: Range<Int>,
    depth: Int,
    _ growth: inout Growth,
    _ generator: inout SeededGenerator
  ) {
    let node = growth.tree.features.count
    growth.tree.features.append(-1)
    growth.tree.thresholds.append(0)
    growth.tree.rights.append(0)
    growth.tree.starts.append(Int32(growth.tree.bins.count))
    guard depth < BinTree.mostSplits, let split = split(range, &growth, &generator) else {
      addEntries(range, &growth)
      return
    }
    let column = rows[split.feature]
    var right: [Int32] = []
    var place = range.lowerBound
    for index in range {
      let row = growth.sample[index]
      if split.goesLeft[Int(column[Int(row)])] {
        growth.sample[place] = row
        place += 1
      } else {
        right.append(row)
      }
    }
    let middle = place
    for row in right {
      growth.sample[place] = row
      place += 1
    }
    growth.tree.features[node] = Int32(split.feature)
    if columns[split.feature].isOrdered {
      let last = (split.goesLeft.firstIndex(of: false) ?? 1) - 1
      growth.tree.thresholds[node] = Int32(last)
    } else {
      growth.tree.thresholds[node] = Int32(growth.tree.sets.count)
      var words = [UInt16](repeating: 0, count: (split.goesLeft.count + 15) / 16)
      for (bin, isLeft) in split.goesLeft.enumerated() where isLeft {
        words[bin / 16] |= 1 << UInt16(bin % 16)
      }
      growth.tree.sets += words
    }
    grow(range.lowerBound..<middle, depth: depth + 1, &growth, &generator)
    growth.tree.rights[node] = Int32(growth.tree.features.count)
    grow(middle..<range.upperBound, depth: depth + 1, &growth, &generator)
  }

  /// Keeps how many rows of a leaf have which bin.
  private func addEntries(_ range: Range<Int>, _ growth: inout Growth) {
    let column = rows[growth.target]
    let own = range.map { column[Int(growth.sample[$0])] }.sorted()
    var sum = growth.tree.sums[growth.tree.sums.count - 1]
    for (place, bin) in own.enumerated() {
      sum += 1
      if place + 1 == own.count || own[place + 1] != bin {
        growth.tree.bins.append(bin)
        growth.tree.sums.append(sum)
      }
    }
  }

  private func split(
    _ range: Range<Int>,
    _ growth: inout Growth,
    _ generator: inout SeededGenerator
  ) -> Split? {
    let count = range.count
    guard count >= 2 * settings.leastRows, !growth.features.isEmpty else { return nil }
    var all = Parts.zero
    let target = rows[growth.target]
    for (place, index) in range.enumerated() {
      let group = growth.groups[Int(target[Int(growth.sample[index])])]
      growth.own[place] = group
      all += growth.codes[Int(group)]
    }
    let total = Float(count)
    let shares = all / total
    let variances = shares * (1 - shares)
    guard variances.max() > 1e-6 else { return nil }
    var weights = 1 / (variances + 1 / total)
    weights.replace(with: 0, where: variances .<= 1e-6)
    let scales = weights.squareRoot()
    for group in growth.codes.indices { growth.scaled[group] = growth.codes[group] * scales }
    all *= scales
    let parts = Float((0..<Self.mostGroups).count { weights[$0] > 0 })
    // Thresholds next to each other gain together.
    let chance = growth.isOrdered ? 1 + parts / 8 : parts
    var best = Split(gain: settings.leastGain * chance)
    let pivot = growth.isOrdered ? -1 : Int(growth.own[generator.below(count)])
    let isWide = growth.features.count > settings.mostFeatures
    for place in 0..<min(growth.features.count, settings.mostFeatures) {
      let feature = growth.features[isWide ? generator.below(growth.features.count) : place]
      improve(&best, by: feature, range, all, pivot, &growth)
    }
    return best.feature < 0 ? nil : best
  }

  /// Takes the best split by a column, where it is better than the best one so far.
  private func improve(
    _ best: inout Split,
    by feature: Int,
    _ range: Range<Int>,
    _ all: Parts,
    _ pivot: Int,
    _ growth: inout Growth
  ) {
    let bins = columns[feature].count
    for bin in 0..<bins {
      growth.sums[bin] = .zero
      growth.counts[bin] = 0
    }
    let column = rows[feature]
    for (place, index) in range.enumerated() {
      let bin = Int(column[Int(growth.sample[index])])
      growth.sums[bin] += growth.scaled[Int(growth.own[place])]
      growth.counts[bin] += 1
    }
    var present = 0
    for bin in 0..<bins where growth.counts[bin] > 0 {
      growth.order[present] = UInt16(bin)
      present += 1
    }
    guard present > 1 else { return }
    var cost: Float = 0
    if !columns[feature].isOrdered {
      let keys = (0..<bins).map { bin -> Float in
        guard growth.counts[bin] > 0 else { return 0 }
        let sum = pivot < 0 ? growth.sums[bin].sum() : growth.sums[bin][pivot]
        return sum / growth.counts[bin]
      }
      growth.order[..<present].sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
      cost = settings.levelCost * Float(present - 2)
    }
    let (total, least) = (Float(range.count), Float(settings.leastRows))
    let base = (all * all).sum() / total + cost
    var left = Parts.zero
    var leftRows: Float = 0
    var found = -1
    for place in 0..<present - 1 {
      let bin = Int(growth.order[place])
      left += growth.sums[bin]
      leftRows += growth.counts[bin]
      if leftRows < least { continue }
      let rightRows = total - leftRows
      if rightRows < least { break }
      let right = all - left
      let gain = (left * left).sum() / leftRows + (right * right).sum() / rightRows - base
      if gain > best.gain {
        best.gain = gain
        found = place
      }
    }
    guard found >= 0 else { return }
    best.feature = feature
    best.goesLeft = Array(repeating: false, count: bins)
    if columns[feature].isOrdered {
      for bin in 0...Int(growth.order[found]) { best.goesLeft[bin] = true }
      return
    }
    // Levels that no row has here go where more rows go.
    let rows = growth.order[0...found].reduce(Float(0)) { $0 + growth.counts[Int($1)] }
    if 2 * rows > total { best.goesLeft = Array(repeating: true, count: bins) }
    for place in 0..<present { best.goesLeft[Int(growth.order[place])] = place <= found }
  }
}

extension SeededGenerator {
  /// A place among so many, each as often as the others.
  mutating func below(_ count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// The next number of the uniform distribution on [0, 1), in steps of 2^-53.
  mutating func nextShare() -> Double { Double(next() >> 11) * 0x1p-53 }
}
