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
    let made = try #require(chains.drawn(500, allowing: [0: [0, 1, 0], 3: high], &generator))
    #expect(made[0].allSatisfy { $0 == 1 } && made[3].allSatisfy { $0 >= 15 })
    // The other columns are as in the rows that have it: the mean of the third one.
    let own = rows[0].indices.filter { rows[0][$0] == 1 && rows[3][$0] >= 15 }
    let mean = Double(own.reduce(0) { $0 + Int(rows[2][$1]) }) / Double(own.count)
    let other = Double(made[2].reduce(0) { $0 + Int($1) }) / 500
    #expect(abs(mean - other) < 0.5)
    #expect(chains.drawn(5, allowing: [0: [0, 0, 0]], &generator) == nil)
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
        let some = read.drawn(5, allowing: [3: Array(repeating: 1, count: 20)], &generator)
        #expect(some.map { $0.allSatisfy { $0.count == 5 } } ?? true)
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
      let made = try #require(chains.drawn(4, allowing: [column: [0, 0, 1]], &generator))
      #expect(made[column].allSatisfy { $0 == 2 })
    }
    // Many conditions at once, each of them rare.
    let all = Dictionary(uniqueKeysWithValues: columns.indices.map { ($0, [0, 0, 1.0]) })
    let made = try #require(chains.drawn(3, allowing: all, &generator))
    #expect(made.allSatisfy { $0 == [2, 2, 2] })
    #expect(chains.drawn(3, allowing: [0: [0, 0, 0]], &generator) == nil)
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
