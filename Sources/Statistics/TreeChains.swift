internal import HourglassSystem
package import HourglassTensors

/// The joint distribution of the columns of a table of bins: a mixture of chains of decision trees.
///
///     p(x) = 1/C Σ_c Π_j p_c(x_j | x before j in the order of chain c)
///
/// A conditional distribution is the mean of those of a few trees, each grown on bootstrapped rows. Each chain
/// has an order of its own, so that any column comes early in one of them, where rows can be drawn that have
/// certain bins in it. It gives probabilities of rows, and draws rows, all or with certain bins in some columns.
///
/// Reference: Reiter, 2005, "Using CART to generate partially synthetic public use microdata", Journal of
/// Official Statistics 21; Nowok, Raab, Dibben, 2016, "synthpop", doi:10.18637/jss.v074.i11.
package struct TreeChains: Hashable, Sendable {
  /// The columns.
  package let columns: [BinColumn]
  /// How trees grew.
  package let settings: TreeSettings
  /// The training rows of each bin, `[columns][bins]`.
  let marginals: [[Int32]]
  let chains: [Chain]

  /// An order of the columns with the trees of each.
  struct Chain: Hashable, Sendable {
    /// The columns, the first first.
    let order: [Int]
    /// The trees of the column at each place of the order; none for the first.
    let trees: [[BinTree]]
  }

  /// The number of trees.
  package var treeCount: Int { chains.reduce(0) { $0 + $1.trees.reduce(0) { $0 + $1.count } } }

  init(columns: [BinColumn], settings: TreeSettings, marginals: [[Int32]], chains: [Chain]) {
    self.columns = columns
    self.settings = settings
    self.marginals = marginals
    self.chains = chains
  }

  /// How many chains there are, and how many trees a column has in each.
  package struct Size: Codable, Hashable, Sendable {
    /// The chains, at least 1.
    package var chains: Int
    /// The trees of a column in each chain, at least 1.
    package var trees: Int

    /// Makes a size.
    package init(chains: Int, trees: Int) {
      self.chains = chains
      self.trees = trees
    }
  }

  /// Grows the trees.
  ///
  /// The same rows, settings and seed give the same trees, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - rows: The bins of the training rows, `[columns][rows]`, at least one row and one column.
  ///   - columns: What the columns are.
  ///   - threads: How many chains may grow at once.
  /// - Throws: `CancellationError`.
  package init(
    learning rows: [[UInt16]],
    _ columns: [BinColumn],
    _ size: Size,
    settings: TreeSettings = TreeSettings(),
    seed: UInt64,
    threads: Int = 1
  ) async throws {
    self.columns = columns
    self.settings = settings
    marginals = zip(rows, columns).map { bins, column in
      var counts = [Int32](repeating: 0, count: column.count)
      for bin in bins { counts[Int(bin)] += 1 }
      return counts
    }
    let orders = Self.orders(columns.count, chains: size.chains, seed: seed)
    let grower = BinTreeGrower(columns: columns, rows: rows, settings: settings)
    let places = orders.indices.flatMap { chain in columns.indices.map { (chain, $0) } }
    var grown = orders.map { $0.map { _ in [BinTree]() } }
    try await withThrowingTaskGroup(of: (Int, Int, [BinTree]).self) { group in
      func add(_ job: Int) {
        let (chain, place) = places[job]
        let order = orders[chain]
        group.addTask {
          try Task.checkCancellation()
          guard place > 0 else { return (chain, place, []) }
          let trees = (0..<size.trees).map { tree in
            var generator = SeededGenerator.named("tree \(chain) \(place) \(tree)", seed: seed)
            return grower.tree(of: order[place], by: Array(order[..<place]), &generator)
          }
          return (chain, place, trees)
        }
      }
      var next = min(max(threads, 1), places.count)
      for job in 0..<next { add(job) }
      for try await (chain, place, trees) in group {
        grown[chain][place] = trees
        if next < places.count {
          add(next)
          next += 1
        }
      }
    }
    chains = zip(orders, grown).map { Chain(order: $0, trees: $1) }
  }

  /// Orders in which any column is among the first of one of them, where there are enough.
  private static func orders(_ count: Int, chains: Int, seed: UInt64) -> [[Int]] {
    var generator = SeededGenerator.named("orders", seed: seed)
    var all = Array(0..<count)
    all.shuffle(using: &generator)
    return (0..<chains).map { chain in
      var first =
        count < chains
        ? [all[chain % count]] : Array(all[chain * count / chains..<(chain + 1) * count / chains])
      first.shuffle(using: &generator)
      var others = all.filter { !first.contains($0) }
      others.shuffle(using: &generator)
      return first + others
    }
  }
}

// MARK: - Probabilities

extension TreeChains {
  /// The logarithm of the probability of a row, in nats.
  ///
  /// - Parameter row: The bin of each column.
  package func logProbability(of row: [UInt16]) -> Double {
    var logs: [Double] = []
    for chain in chains {
      var sum = 0.0
      for (place, column) in chain.order.enumerated() {
        let own = Int(row[column])
        let all = probabilities(place, chain, row)
        sum += log(max(all[own], 1e-12))
      }
      logs.append(sum)
    }
    let most = logs.max() ?? 0
    return most + log(logs.reduce(0) { $0 + exp($1 - most) } / Double(max(logs.count, 1)))
  }

  /// The probability of each bin of the column at a place of a chain, by the bins of those before it.
  private func probabilities(_ place: Int, _ chain: Chain, _ row: [UInt16]) -> [Double] {
    let column = chain.order[place]
    let trees = chain.trees[place]
    if trees.isEmpty {
      let total = Double(marginals[column].reduce(0) { $0 + Int($1) })
      return marginals[column].map { Double($0) / total }
    }
    var probabilities = [Double](repeating: 0, count: columns[column].count)
    for tree in trees {
      tree.addProbabilities(
        of: tree.leaf(of: row, columns),
        prior: settings.prior,
        share: 1 / Double(trees.count),
        to: &probabilities
      )
    }
    return probabilities
  }

  /// The same, in which all training rows together count as a row more: a bin that no bootstrapped tree met
  /// has a probability above 0, so that rows which must have it can be drawn.
  func smoothed(_ place: Int, _ chain: Chain, _ row: [UInt16]) -> [Double] {
    var probabilities = probabilities(place, chain, row)
    let counts = marginals[chain.order[place]]
    let total = Double(counts.reduce(0) { $0 + Int($1) })
    let share = 1 / (total + 1)
    for (bin, count) in counts.enumerated() {
      probabilities[bin] = (1 - share) * probabilities[bin] + share * Double(count) / total
    }
    return probabilities
  }
}

// MARK: - Rows

extension TreeChains {
  /// New rows, `[columns][count]`.
  package func drawn(_ count: Int, _ generator: inout SeededGenerator) -> [[UInt16]] {
    var made = [[UInt16]](repeating: Array(repeating: 0, count: count), count: columns.count)
    var row = [UInt16](repeating: 0, count: columns.count)
    for place in 0..<count {
      let chain = chains[generator.below(chains.count)]
      for (step, column) in chain.order.enumerated() {
        row[column] = drawn(step, chain, row, &generator)
      }
      for column in columns.indices { made[column][place] = row[column] }
    }
    return made
  }

  func drawn(
    _ place: Int,
    _ chain: Chain,
    _ row: [UInt16],
    _ generator: inout SeededGenerator
  ) -> UInt16 {
    let trees = chain.trees[place]
    guard !trees.isEmpty else {
      let counts = marginals[chain.order[place]]
      var left = generator.below(counts.reduce(0) { $0 + Int($1) })
      for (bin, count) in counts.enumerated() {
        left -= Int(count)
        if left < 0 { return UInt16(bin) }
      }
      return 0
    }
    let tree = trees[trees.count == 1 ? 0 : generator.below(trees.count)]
    let leaf = tree.leaf(of: row, columns)
    let node = tree.drawnNode(from: leaf, prior: settings.prior) { generator.nextShare() }
    return tree.bin(of: node, at: generator.nextShare())
  }
}
