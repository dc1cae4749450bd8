import HourglassStatistics
import HourglassTensors
import Testing

/// Boosted trees: what is grown, what is read back, and what is refused.
@Suite struct TreeEnsembleTests {
  /// Rows of three columns from 0 to 1.
  private static func rows(_ count: Int, seed: UInt64 = 4) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<3 * count).map { _ in generator.nextUniform() }
  }

  private static func outputs(_ ensemble: TreeEnsemble, _ rows: [Float]) -> [[Float]] {
    (0..<rows.count / 3).map { row in
      var outputs = [Float](repeating: 0, count: ensemble.outputCount)
      ensemble.add(rows, from: 3 * row, to: &outputs)
      return outputs
    }
  }

  /// x1 < 0.5 ? 1 : (x0 < 0.25 ? 2 : 3), and then a leaf of 10.
  @Test func treesAreFollowedBreadthFirst() throws {
    let ensemble = try #require(
      TreeEnsemble(
        columns: [1, -1, 0, -1, -1, -1],
        values: [0.5, 1, 0.25, 2, 3, 10],
        outputCount: 1,
        width: 3
      )
    )
    #expect(ensemble.treeCount == 2)
    let rows: [Float] = [0, 0.4, 0, 0, 0.5, 0, 0.25, 0.9, 0]
    #expect(Self.outputs(ensemble, rows) == [[11], [12], [13]])
    let turns = try #require(
      TreeEnsemble(
        columns: [1, -1, 0, -1, -1, -1],
        values: [0.5, 1, 0.25, 2, 3, 10],
        outputCount: 2,
        width: 3
      )
    )
    #expect(Self.outputs(turns, rows) == [[1, 10], [2, 10], [3, 10]])
  }

  @Test func nodesThatAreNoTreesAreRefused() {
    func isRefused(
      _ columns: [Int32],
      _ values: [Float]? = nil,
      outputs: Int = 1,
      width: Int = 3
    ) -> Bool {
      TreeEnsemble(
        columns: columns,
        values: values ?? columns.map { _ in 1 },
        outputCount: outputs,
        width: width
      ) == nil
    }
    #expect(!isRefused([1, -1, -1]))
    #expect(isRefused([1, -1]), "a split lacks a child")
    #expect(isRefused([1]), "a split lacks both")
    #expect(isRefused([3, -1, -1]), "a column that is not there")
    #expect(isRefused([-2, -1, -1]), "no column")
    #expect(isRefused([1, -1, -1], [1, 2]), "a value is missing")
    #expect(isRefused([1, -1, -1], [1, .nan, 0]), "not a number")
    #expect(isRefused([1, -1, -1], [.infinity, 1, 0]), "not finite")
    #expect(isRefused([1, -1, -1], outputs: 2), "one tree of two outputs")
    #expect(isRefused([-1], outputs: 0))
    #expect(!isRefused([]))
  }

  @Test func ensemblesAreSplitByTheirTrees() throws {
    let (columns, values): ([Int32], [Float]) = ([1, -1, -1, -1, -1, -1], [0.5, 1, 2, 3, 4, 5])
    func split(_ counts: [Int], _ outputs: [Int]) -> [TreeEnsemble?]? {
      TreeEnsemble.split(
        columns: columns,
        values: values,
        counts: counts,
        outputCounts: outputs,
        width: 2
      )
    }
    let parts = try #require(split([2, 0, 2], [1, 1, 2]))
    #expect(parts.map { $0?.treeCount } == [2, nil, 2])
    #expect(parts[0]?.values == [0.5, 1, 2, 3])
    #expect(split([2, 0, 1], [1, 1, 1]) == nil, "a tree is left over")
    #expect(split([5, 0, 0], [1, 1, 1]) == nil, "too few trees")
    #expect(split([3, 0, 1], [2, 1, 1]) == nil, "three trees of two outputs")
    #expect(split([-1, 4, 1], [1, 1, 1]) == nil)
    #expect(split([4], [1, 1]) == nil)
  }

  @Test func aSquareErrorIsBoosted() throws {
    let (rows, new) = (Self.rows(600), Self.rows(200, seed: 5))
    func truth(_ rows: [Float]) -> [Float] {
      (0..<rows.count / 3).map { rows[3 * $0] > 0.5 ? rows[3 * $0 + 1] : -rows[3 * $0 + 2] }
    }
    let growth = TreeGrowth(rounds: 100, depth: 4, learningRate: 0.1, seed: 3)
    let ensemble = try #require(try growth.ensemble(rows, width: 3, target: .numbers(truth(rows))))
    #expect(ensemble.treeCount == 100)
    var (own, mean) = (Float(0), Float(0))
    for (output, number) in zip(Self.outputs(ensemble, new), truth(new)) {
      own += (output[0] - number) * (output[0] - number)
      mean += number * number
    }
    #expect(own < 0.03 * mean, "\(own) of \(mean)")
    // The same seed gives the same trees, another one others.
    #expect(try growth.ensemble(rows, width: 3, target: .numbers(truth(rows))) == ensemble)
    var other = growth
    other.seed = 8
    #expect(try other.ensemble(rows, width: 3, target: .numbers(truth(rows))) != ensemble)
    // Read back from its nodes it is the same.
    #expect(
      TreeEnsemble(
        columns: ensemble.columns,
        values: ensemble.values,
        outputCount: 1,
        width: 3
      ) == ensemble
    )
  }

  @Test(arguments: [2, 4])
  func classesAreBoosted(_ count: Int) throws {
    let (rows, new) = (Self.rows(800), Self.rows(200, seed: 5))
    func truth(_ rows: [Float]) -> [Int] {
      (0..<rows.count / 3).map { min(Int(rows[3 * $0 + 1] * Float(count)), count - 1) }
    }
    let growth = TreeGrowth(rounds: 40, depth: 4, learningRate: 0.2, leastWeight: 1)
    let ensemble = try #require(
      try growth.ensemble(rows, width: 3, target: .classes(truth(rows), count: count))
    )
    #expect(ensemble.outputCount == (count == 2 ? 1 : count))
    let right = zip(Self.outputs(ensemble, new), truth(new)).count { outputs, level in
      let logits = count == 2 ? [0, outputs[0]] : outputs
      return logits.firstIndex(of: logits.max() ?? 0) == level
    }
    #expect(right > 190, "\(right) of 200")
  }

  @Test func rowsThatAreNoneAreRefused() throws {
    let growth = TreeGrowth(rounds: 2)
    #expect(try growth.ensemble([], width: 3, target: .numbers([])) == nil)
    #expect(try growth.ensemble([1, 2], width: 3, target: .numbers([1])) == nil)
    #expect(try growth.ensemble([1, 2, .nan], width: 3, target: .numbers([1])) == nil)
    #expect(try growth.ensemble([1, 2, 3], width: 3, target: .numbers([.infinity])) == nil)
    #expect(try growth.ensemble([1, 2, 3], width: 3, target: .classes([2], count: 2)) == nil)
  }

  @Test func columnsThatGoTogetherAreFound() {
    var generator = SeededGenerator(seed: 1)
    // Column 7 is minus column 2 with some noise; the others are noise.
    let rows = (0..<100).flatMap { _ -> [Float] in
      var row = (0..<8).map { _ in generator.nextNormal() }
      row[7] = 0.2 * row[7] - row[2]
      return row
    }
    let correlations = ColumnCorrelations(rows, count: 100, width: 8)
    #expect(correlations.strongest(for: 7..<8, limit: 1) == [2])
    #expect(correlations.strongest(for: 2..<4, limit: 1) == [7])
    #expect(correlations.strongest(for: 2..<4, limit: 6) == [0, 1, 4, 5, 6, 7])
    #expect(correlations.strongest(for: 2..<3, limit: 3).contains(7))
  }
}
