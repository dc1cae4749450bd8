import Foundation
import HourglassTensors
import Testing

@testable import HourglassStatistics

/// Trees keep what goes together, count it as it comes, and give rows that have what they must have.
@Suite struct TreeChainsTests {
  private static let columns = [
    BinColumn(count: 3, isOrdered: false), BinColumn(count: 2, isOrdered: false),
    BinColumn(count: 20, isOrdered: true), BinColumn(count: 20, isOrdered: true),
  ]

  /// The first column has level 0 in one row of a hundred, where the second always has 1, as one in twenty others
  /// have; the fourth follows the third.
  private static func rows(_ count: Int) -> [[UInt16]] {
    var generator = SeededGenerator(seed: 4)
    var rows = [[UInt16]](repeating: [], count: 4)
    for _ in 0..<count {
      let first: UInt16 = generator.nextUniform() < 0.01 ? 0 : generator.nextUniform() < 0.3 ? 1 : 2
      let third = UInt16(20 * generator.nextUniform())
      rows[0].append(first)
      rows[1].append(first == 0 || generator.nextUniform() < 0.05 ? 1 : 0)
      rows[2].append(third)
      rows[3].append(min(third + UInt16(3 * generator.nextUniform()), 19))
    }
    return rows
  }

  private func chains(_ rows: [[UInt16]], threads: Int = 1) async throws -> TreeChains {
    try await TreeChains(
      learning: rows,
      Self.columns,
      TreeChains.Size(chains: 4, trees: 3),
      seed: 2,
      threads: threads
    )
  }

  @Test func rareStructureIsKept() async throws {
    let chains = try await chains(Self.rows(10_000))
    var generator = SeededGenerator(seed: 1)
    let made = chains.drawn(10_000, &generator)
    let rare = made[0].indices.filter { made[0][$0] == 0 }
    #expect((70...130).contains(rare.count))
    #expect(rare.count { made[1][$0] == 1 } * 20 >= rare.count * 19)
    let apart = made[2].indices.count { made[3][$0] < made[2][$0] || made[3][$0] > made[2][$0] + 2 }
    #expect(apart < 600)
  }

  @Test func probabilitiesAddUpToOne() async throws {
    let few = [BinColumn(count: 3, isOrdered: true), BinColumn(count: 2, isOrdered: false)]
    var generator = SeededGenerator(seed: 3)
    let first = (0..<400).map { _ in UInt16(3 * generator.nextUniform()) }
    let second = first.map { $0 > 0 && generator.nextUniform() < 0.8 ? UInt16(1) : 0 }
    let chains = try await TreeChains(
      learning: [first, second],
      few,
      TreeChains.Size(chains: 2, trees: 3),
      seed: 1
    )
    var sum = 0.0
    for a in 0..<3 {
      for b in 0..<2 { sum += exp(chains.logProbability(of: [UInt16(a), UInt16(b)])) }
    }
    #expect(abs(sum - 1) < 1e-9)
    #expect(chains.logProbability(of: [1, 1]) > chains.logProbability(of: [0, 1]) + 2)
  }

  @Test func rowsHaveWhatTheyMustHave() async throws {
    let rows = Self.rows(6_000)
    let chains = try await chains(rows)
    var generator = SeededGenerator(seed: 1)
    let high = (0..<20).map { $0 >= 15 ? 1.0 : 0 }
    let found = chains.demanded(500, allowing: [0: [0, 1, 0], 3: high], &generator)
    let made = try #require(found).rows
    #expect(made[0].allSatisfy { $0 == 1 } && made[3].allSatisfy { $0 >= 15 })
    // The other columns are as in the rows that have it: the mean of the third one.
    let own = rows[0].indices.filter { rows[0][$0] == 1 && rows[3][$0] >= 15 }
    let mean = Double(own.reduce(0) { $0 + Int(rows[2][$1]) }) / Double(own.count)
    let other = Double(made[2].reduce(0) { $0 + Int($1) }) / 500
    #expect(abs(mean - other) < 0.5)
    // So is how many rows have it.
    let share = Double(own.count) / 6_000
    #expect(abs(try #require(found).probability / share - 1) < 0.2)
    #expect(chains.demanded(5, allowing: [0: [0, 0, 0]], &generator) == nil)
  }

  /// A column that has a bin only where two columns before it have certain bins, and is the last of the only chain: of
  /// a hundred rows one has a weight, and 256 rows came from some twenty.
  @Test func demandedRowsDifferWhereTheDemandComesLast() async throws {
    let columns =
      (0..<7).map { _ in BinColumn(count: 10, isOrdered: false) } + [
        BinColumn(count: 2, isOrdered: false)
      ]
    var draws = SeededGenerator(seed: 5)
    var rows = [[UInt16]](repeating: [], count: 8)
    for _ in 0..<20_000 {
      for column in 0..<7 { rows[column].append(UInt16(min(10 * draws.nextUniform(), 9))) }
      rows[7].append(rows[1].last == 3 && rows[2].last == 7 ? 1 : 0)
    }
    let size = TreeChains.Size(chains: 1, trees: 2)
    let grown = try await TreeChains(learning: rows, columns, size, seed: 2)
    // The same trees with the last column at the end of the order.
    var order = try #require(grown.chains.first).order
    if order.last != 7 {
      order.removeAll { $0 == 7 }
      order.append(7)
    }
    let grower = BinTreeGrower(columns: columns, rows: rows, settings: grown.settings)
    var generator = SeededGenerator(seed: 1)
    let trees = order.indices.map { place in
      place == 0
        ? [] : [grower.tree(of: order[place], by: Array(order[..<place]), &generator)]
    }
    let chains = TreeChains(
      columns: columns,
      settings: grown.settings,
      marginals: grown.marginals,
      chains: [TreeChains.Chain(order: order, trees: trees)]
    )
    let found = try #require(chains.demanded(256, allowing: [7: [0, 1]], &generator))
    #expect(found.rows[7].allSatisfy { $0 == 1 } && found.differentCount == nil)
    let made = (0..<256).map { row in found.rows.map { $0[row] } }
    #expect(Set(made).count >= 230)
    // They are those that the demand is about.
    #expect(made.count { $0[1] == 3 && $0[2] == 7 } > 230)
    #expect((0.005...0.02).contains(found.probability))
    // What no training row has is improbable.
    let third = (0..<10).map { $0 == 3 ? 1.0 : 0 }
    let never = chains.demanded(64, allowing: [1: third, 2: third, 7: [0, 1]], &generator)
    #expect(try #require(never).probability < 1e-3)
  }

  @Test func threadsChangeNothing() async throws {
    let rows = Self.rows(500)
    #expect(try await chains(rows) == chains(rows, threads: 3))
  }

  @Test func tensorsBringThemBackAndDamageIsFound() async throws {
    let chains = try await chains(Self.rows(800))
    let size = TreeChains.Size(chains: 4, trees: 3)
    func read(_ tensors: [String: Tensor]) throws -> TreeChains {
      try TreeChains(tensors: tensors, Self.columns, size, settings: chains.settings)
    }
    #expect(try read(chains.tensors) == chains)
    for (name, tensor) in chains.tensors.sorted(by: { $0.key < $1.key }) {
      var missing = chains.tensors
      missing[name] = nil
      #expect(throws: TreeChains.Damage.self, "\(name)") { try read(missing) }
      var shorter = chains.tensors
      shorter[name] = Tensor(Array(tensor.scalars.dropLast()), shape: [tensor.shape[0] - 1])
      #expect(throws: TreeChains.Damage.self, "\(name)") { try read(shorter) }
      for value in [Float(-7), 1e9, 0.5, .nan] {
        var other = chains.tensors
        var scalars = tensor.scalars
        scalars[scalars.count / 2] = value
        other[name] = Tensor(scalars, shape: tensor.shape)
        // A threshold below all bins, or above them, sends all rows to one side.
        guard let read = try? read(other) else { continue }
        var generator = SeededGenerator(seed: 1)
        let made = read.drawn(20, &generator)
        for (bins, column) in zip(made, Self.columns) {
          #expect(bins.allSatisfy { Int($0) < column.count })
        }
        #expect(read.logProbability(of: made.map { $0[0] }) <= 0)
        let some = read.demanded(5, allowing: [3: Array(repeating: 1, count: 20)], &generator)
        #expect(some.map { $0.rows.allSatisfy { $0.count == 5 } } ?? true)
      }
    }
    #expect(throws: TreeChains.Damage.self) {
      try TreeChains(
        tensors: chains.tensors,
        Self.columns,
        TreeChains.Size(chains: 5, trees: 3),
        settings: chains.settings
      )
    }
  }

  /// A level of one row is in no tree that did not draw this row, and can be asked for all the same.
  @Test func aLevelOfOneRowCanBeAskedFor() async throws {
    var generator = SeededGenerator(seed: 9)
    let columns = (0..<12).map { _ in BinColumn(count: 3, isOrdered: false) }
    var rows = columns.map { _ in (0..<300).map { _ in UInt16(2 * generator.nextUniform()) } }
    for column in columns.indices { rows[column][column] = 2 }
    let chains = try await TreeChains(
      learning: rows,
      columns,
      TreeChains.Size(chains: 2, trees: 1),
      seed: 1
    )
    for column in columns.indices {
      let found = chains.demanded(4, allowing: [column: [0, 0, 1]], &generator)
      let made = try #require(found).rows
      #expect(made[column].allSatisfy { $0 == 2 })
    }
    // Many conditions at once, each of them rare.
    let all = Dictionary(uniqueKeysWithValues: columns.indices.map { ($0, [0, 0, 1.0]) })
    let made = try #require(chains.demanded(3, allowing: all, &generator)).rows
    #expect(made.allSatisfy { $0 == [2, 2, 2] })
    #expect(chains.demanded(3, allowing: [0: [0, 0, 0]], &generator) == nil)
  }

  /// Rows that part one by one make no tree that is deeper than a stack.
  @Test func treesHaveALimitedDepth() async throws {
    let count = 30_000
    let column = BinColumn(count: 3_000, isOrdered: true)
    let rows = (0..<count).map { UInt16($0 / 10) }
    let chains = try await TreeChains(
      learning: [rows, rows],
      [column, column],
      TreeChains.Size(chains: 1, trees: 1),
      seed: 1
    )
    for tree in chains.chains[0].trees[1] {
      var depths = [Int](repeating: 0, count: tree.features.count)
      for node in depths.indices.dropFirst() { depths[node] = depths[Int(tree.parents[node])] + 1 }
      #expect(try #require(depths.max()) <= BinTree.mostSplits)
    }
  }
}
