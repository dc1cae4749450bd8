package import HourglassTensors

extension TreeChains {
  /// The names of the tensors.
  private enum Name {
    static let order = "trees.order"
    static let rows = "trees.columns"
    static let sizes = "trees.sizes"
    static let features = "trees.feature"
    static let thresholds = "trees.threshold"
    static let rights = "trees.right"
    static let entries = "trees.entries"
    static let sets = "trees.sets"
    static let bins = "trees.bins"
    static let counts = "trees.rows"
  }

  /// Everything but the columns and the settings as vectors of whole numbers, by name.
  package var tensors: [String: Tensor] {
    let trees = chains.flatMap { $0.trees.flatMap(\.self) }
    var vectors: [String: [Float]] = [
      Name.order: chains.flatMap { $0.order.map { Float($0) } },
      Name.rows: marginals.flatMap { $0.map { Float($0) } },
      Name.sizes: trees.flatMap {
        [Float($0.features.count), Float($0.bins.count), Float($0.sets.count)]
      },
      Name.features: trees.flatMap { $0.features.map { Float($0) } },
      Name.thresholds: trees.flatMap { $0.thresholds.map { Float($0) } },
      Name.rights: trees.flatMap { $0.rights.map { Float($0) } },
      Name.sets: trees.flatMap { $0.sets.map { Float($0) } },
      Name.bins: trees.flatMap { $0.bins.map { Float($0) } },
    ]
    vectors[Name.entries] = trees.flatMap { tree in
      tree.features.indices.map { node in
        tree.features[node] < 0 ? Float(tree.ends[node] - tree.starts[node]) : 0
      }
    }
    vectors[Name.counts] = trees.flatMap { tree in
      tree.bins.indices.map { Float(tree.sums[$0 + 1] - tree.sums[$0]) }
    }
    return vectors.filter { !$0.value.isEmpty }.mapValues { Tensor($0, shape: [$0.count]) }
  }

  /// Why trees cannot be made of what a file holds.
  package struct Damage: Error {
    /// What is wrong.
    package let problem: String
  }

  /// Takes tensors of a file and checks them.
  ///
  /// - Throws: `Damage`.
  package init(
    tensors: [String: Tensor],
    _ columns: [BinColumn],
    _ size: Size,
    settings: TreeSettings
  ) throws(Damage) {
    func vector(_ name: String) throws(Damage) -> [Int] {
      guard let tensor = tensors[name] else { return [] }
      var numbers: [Int] = []
      numbers.reserveCapacity(tensor.shape.elementCount)
      for scalar in tensor.scalars {
        guard let number = Int(exactly: scalar), abs(number) <= 1 << 24 else {
          throw Damage(problem: "\(name) should hold whole numbers")
        }
        numbers.append(number)
      }
      return numbers
    }
    let (width, most) = (columns.count, 1 << 16)
    guard width > 0, (1...most).contains(size.chains), (1...most).contains(size.trees),
      columns.allSatisfy({ (1..<most).contains($0.count) }),
      (1e-6...1_000).contains(settings.prior)
    else { throw Damage(problem: "it should have chains of trees") }
    let order = try vector(Name.order)
    guard order.count == size.chains * width else {
      throw Damage(problem: "each chain should have an order of all columns")
    }
    let orders = (0..<size.chains).map { Array(order[$0 * width..<($0 + 1) * width]) }
    guard orders.allSatisfy({ $0.sorted() == Array(0..<width) }) else {
      throw Damage(problem: "each chain should have an order of all columns")
    }
    marginals = try Self.marginals(try vector(Name.rows), columns)
    let (sizes, features) = (try vector(Name.sizes), try vector(Name.features))
    let (thresholds, rights) = (try vector(Name.thresholds), try vector(Name.rights))
    let (entries, sets) = (try vector(Name.entries), try vector(Name.sets))
    let (bins, counts) = (try vector(Name.bins), try vector(Name.counts))
    let wanted = size.chains * (width - 1) * size.trees
    var sums = [0, 0, 0]
    for (place, value) in sizes.enumerated() {
      guard value >= 0 else { throw Damage(problem: "its trees should have sizes") }
      sums[place % 3] += value
    }
    guard sizes.count == 3 * wanted, sums == [features.count, bins.count, sets.count],
      thresholds.count == features.count, rights.count == features.count,
      entries.count == features.count, counts.count == bins.count,
      entries.allSatisfy({ $0 >= 0 }), counts.allSatisfy({ $0 > 0 }),
      bins.allSatisfy({ (0..<most).contains($0) }), sets.allSatisfy({ (0..<most).contains($0) })
    else { throw Damage(problem: "its trees should have nodes, entries and sets of their sizes") }
    var (tree, node, entry, word) = (0, 0, 0, 0)
    var chains: [Chain] = []
    for order in orders {
      var all: [[BinTree]] = [[]]
      for place in 1..<max(width, 1) {
        let known = Set(order[..<place])
        var own: [BinTree] = []
        for _ in 0..<size.trees {
          let (nodes, leaves, words) = (sizes[3 * tree], sizes[3 * tree + 1], sizes[3 * tree + 2])
          let part = node..<node + nodes
          var made = BinTree()
          made.features = features[part].map { Int32($0) }
          made.thresholds = thresholds[part].map { Int32($0) }
          made.rights = rights[part].map { Int32($0) }
          made.sets = sets[word..<word + words].map { UInt16($0) }
          made.bins = bins[entry..<entry + leaves].map { UInt16($0) }
          var sum = 0
          for count in counts[entry..<entry + leaves] {
            sum += count
            guard sum < 1 << 30 else { throw Damage(problem: "its trees have too many rows") }
            made.sums.append(Int32(sum))
          }
          var start = 0
          for count in entries[part] {
            made.starts.append(Int32(start))
            start += count
            guard start <= leaves else {
              throw Damage(problem: "the leaves of its trees should have entries")
            }
          }
          guard start == leaves, BinTree.isGood(made, of: order[place], by: known, columns) else {
            throw Damage(problem: "its trees should ask for columns that come before")
          }
          made.link()
          own.append(made)
          tree += 1
          node += nodes
          entry += leaves
          word += words
        }
        all.append(own)
      }
      chains.append(Chain(order: order, trees: all))
    }
    self.columns = columns
    self.settings = settings
    self.chains = chains
  }

  private static func marginals(
    _ rows: [Int],
    _ columns: [BinColumn]
  ) throws(Damage) -> [[Int32]] {
    guard rows.count == columns.reduce(0, { $0 + $1.count }), rows.allSatisfy({ $0 >= 0 }) else {
      throw Damage(problem: "each bin should have a number of rows")
    }
    var start = 0
    var marginals: [[Int32]] = []
    for column in columns {
      let own = rows[start..<start + column.count].map { Int32($0) }
      guard own.contains(where: { $0 > 0 }) else {
        throw Damage(problem: "each column should have rows")
      }
      marginals.append(own)
      start += column.count
    }
    return marginals
  }
}
