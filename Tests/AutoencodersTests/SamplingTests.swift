import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct SamplingTests {
  /// Each of 4 values a 1 with probability 1/2, whatever the latent vector, which is N(1, 1) for all items.
  private func shifted() throws -> FittedAutoencoder {
    let learner = Autoencoder(
      encoder: .dense(hidden: [], activation: .tanh),
      bottleneck: .gaussian(latent: 2, beta: 7),
      objective: .likelihood(.bernoulli)
    )
    let variables = [
      "bottleneck.weight": Tensor.zeros([4, 4]),
      "bottleneck.bias": Tensor([1, 1, 0, 0], shape: [4]),
      "decoder.0.weight": Tensor.zeros([4, 2]),
      "decoder.0.bias": Tensor.zeros([4]),
    ]
    return try FittedAutoencoder(learner, variables: variables, itemShape: [4], record: nil)
  }

  @Test func boundsAreThoseOfTheFormula() async throws {
    let engine = referenceEngine()
    let model = try shifted()
    let items = TensorSource(Tensor([0, 1, 1, 0, 1, 1, 0, 0], shape: [2, 4]))
    let evidence = 4 * -0.693147180559945
    // The divergence of N(1, 1) from N(0, 1) is 1/2 for each of two numbers.
    for bound in try await model.evidenceLowerBounds(items, on: engine) {
      #expect(abs(bound - (evidence - 1)) < 1e-5)
    }
    let many = try await model.importanceWeightedBounds(items, draws: 300, seed: 2, on: engine)
    #expect(many.count == 2)
    for bound in many { #expect(abs(bound.importanceWeighted - evidence) < 0.35, "\(bound)") }
  }

  @Test func itemsBecomeZerosAndOnes() throws {
    let source = TensorSource(Tensor(repeating: 0.3, shape: [2, 2000]))
    let binarized = BinarizedSource(source, seed: 5)
    func row(_ indices: [Int]) -> [Float] {
      var values = [Float](repeating: 0, count: 2000 * indices.count)
      var span = values.mutableSpan
      binarized.copyItems(indices.span, into: &span)
      return values
    }
    let both = row([0, 1])
    #expect(both.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(abs(both.reduce(0, +) / 4000 - 0.3) < 0.03)
    #expect(row([1]) == Array(both[2000...]))
    #expect(both[..<2000] != both[2000...])
  }

  @Test(arguments: [false, true])
  func drawnTablesHaveTheirFrequencies(isPosterior: Bool) async throws {
    let layout = FeatureSchema([.category(levels: 3), .number])
    var generator = SeededGenerator(seed: 2)
    var rows: [Float] = []
    for row in 0..<1000 {
      // Levels 0, 1, 2 in 6, 3, 1 of ten rows; the number follows the level.
      let level = row % 10 < 6 ? 0 : row % 10 < 9 ? 1 : 2
      rows += (0..<3).map { $0 == level ? 1 : 0 }
      rows += [Float(level) - 0.5 + 0.2 * generator.nextNormal(), 1, 1]
    }
    let source = TensorSource(Tensor(rows, shape: [1000, 6]))
    let learner = Autoencoder(
      encoder: .dense(hidden: [32], activation: .relu),
      bottleneck: .gaussian(latent: 2),
      objective: .likelihood(.gaussianLearnedVariance),
      fields: layout
    )
    let engine = ComputeEngine()
    let trainer = Trainer(
      optimizer: Optimizer(learningRate: 0.005),
      batchSize: 50,
      epochs: 60,
      seed: 3
    )
    let model = try await trainer.fit(learner, to: source, on: engine)
    let origin: CodeOrigin = isPosterior ? .posterior(source) : .prior
    let drawn = try await model.draw(count: 2000, seed: 7, from: origin, on: engine)
    #expect(drawn.shape == [2000, 4])
    var (counts, squares) = ([Int](repeating: 0, count: 3), 0.0)
    for row in 0..<2000 {
      let item = Array(drawn.scalars[row * 4..<row * 4 + 4])
      #expect(item[..<3].sorted() == [0, 0, 1])
      let level = item[1] == 1 ? 1 : item[2] == 1 ? 2 : 0
      counts[level] += 1
      squares += Double((item[3] - Float(level) + 0.5) * (item[3] - Float(level) + 0.5))
    }
    for (found, expected) in zip(counts, [1200, 600, 200]) {
      #expect(abs(found - expected) < 200, "\(counts)")
    }
    #expect(squares / 2000 < 0.25, "the number does not follow the level: \(squares / 2000)")
    #expect(try await model.draw(count: 2000, seed: 7, from: origin, on: engine) == drawn)
  }
}
