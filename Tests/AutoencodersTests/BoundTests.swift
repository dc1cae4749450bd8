import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassTensors
import Testing

/// Importance-weighted bounds beside logarithms of probabilities that are known.
@Suite struct BoundTests {
  private let engine = referenceEngine()

  // MARK: A linear model with normal noise, whose evidence has a formula

  private static let direction: [Double] = [0.8, -0.5, 1.2]
  private static let offset: [Double] = [0.1, 0.4, -0.3]
  private static let variance = 0.25

  /// x = w z + b + noise; the posterior of z is the true one, with its deviation times a factor.
  private func linear(deviation factor: Double = 1) throws -> FittedAutoencoder {
    let (w, b) = (Self.direction, Self.offset)
    let variance = Self.variance
    let precision = 1 + w.reduce(0) { $0 + $1 * $1 } / variance
    let slopes = w.map { $0 / variance / precision }
    let mean = -zip(slopes, b).reduce(0) { $0 + $1.0 * $1.1 }
    let logVariance = log(factor * factor / precision)
    let learner = Autoencoder(
      encoder: .dense(hidden: [], activation: .tanh),
      bottleneck: .gaussian(latent: 1, beta: 3),
      objective: .likelihood(.gaussian(variance: Float(variance)))
    )
    let variables = [
      "bottleneck.weight": Tensor(slopes.map { Float($0) } + [0, 0, 0], shape: [2, 3]),
      "bottleneck.bias": Tensor([Float(mean), Float(logVariance)], shape: [2]),
      "decoder.0.weight": Tensor(w.map { Float($0) }, shape: [3, 1]),
      "decoder.0.bias": Tensor(b.map { Float($0) }, shape: [3]),
    ]
    return try FittedAutoencoder(learner, variables: variables, itemShape: [3], record: nil)
  }

  /// ln N(x; b, w wᵀ + σ² I).
  private func evidence(_ x: [Double]) -> Double {
    let (w, variance) = (Self.direction, Self.variance)
    let distance = zip(x, Self.offset).map { $0 - $1 }
    let square = w.reduce(0) { $0 + $1 * $1 }
    let along = zip(distance, w).reduce(0) { $0 + $1.0 * $1.1 }
    let all = distance.reduce(0) { $0 + $1 * $1 }
    let form = (all - along * along / (variance + square)) / variance
    let determinant = 2 * log(variance) + log(variance + square)
    return -0.5 * (form + determinant + 3 * log(2 * Double.pi))
  }

  private static let items: [[Double]] = [[0.3, 0.1, 0.9], [-1, 2, 0], [3, -3, 4]]

  private var source: TensorSource {
    TensorSource(Tensor(Self.items.flatMap { $0.map { Float($0) } }, shape: [3, 3]))
  }

  @Test(arguments: [1, 7, 300])
  func trueDistributionsOfCodesGiveTheEvidenceItself(draws: Int) async throws {
    let bounds = try await linear().importanceWeightedBounds(source, draws: draws, on: engine)
    for (bound, x) in zip(bounds, Self.items) {
      #expect(abs(bound.importanceWeighted - evidence(x)) < 1e-5)
      #expect(abs(bound.single - evidence(x)) < 1e-5)
    }
  }

  @Test func boundsRiseToTheEvidence() async throws {
    let model = try linear(deviation: 2.5)
    var (last, gaps) = (-Double.infinity, [Double]())
    for draws in [1, 4, 16, 64, 5_000] {
      // The mean over many seeds: a single bound may be above by chance.
      var sum = 0.0
      let seeds = draws < 5_000 ? 200 : 1
      for seed in 0..<seeds {
        let bounds = try await model.importanceWeightedBounds(
          source,
          draws: draws,
          seed: UInt64(seed),
          on: engine
        )
        for bound in bounds { #expect(bound.importanceWeighted >= bound.single - 1e-12) }
        sum += bounds.reduce(0) { $0 + $1.importanceWeighted } / Double(3 * seeds)
      }
      #expect(sum > last, "\(draws) draws give \(sum) after \(last)")
      last = sum
      gaps.append(Self.items.reduce(0) { $0 + evidence($1) } / 3 - sum)
    }
    let left = try #require(gaps.last)
    #expect(gaps[0] > 0.5 && abs(left) < 0.06, "\(gaps)")
    // Without importance weights the bound is that with the divergence in closed form.
    // Both are means over draws whose deviation is some ten nats.
    let closed = try await model.evidenceLowerBounds(source, draws: 20_000, on: engine)
    let drawn = try await model.importanceWeightedBounds(source, draws: 20_000, on: engine)
    for (closed, drawn) in zip(closed, drawn) { #expect(abs(closed - drawn.single) < 0.3) }
  }

  // MARK: Two numbers and a curved decoder, integrated on a lattice

  @Test(arguments: [false, true])
  func boundsAreThoseOfAnIntegral(isShifted: Bool) async throws {
    var generator = SeededGenerator(seed: 4)
    func drawn(_ shape: Shape, _ scale: Float) -> Tensor {
      Tensor((0..<shape.elementCount).map { _ in scale * generator.nextNormal() }, shape: shape)
    }
    let learner = Autoencoder(
      encoder: .dense(hidden: [6], activation: .tanh),
      bottleneck: .gaussian(latent: 2),
      objective: .likelihood(.bernoulli)
    )
    let variables = [
      "encoder.0.weight": drawn([6, 5], 0.5), "encoder.0.bias": drawn([6], 0.5),
      "bottleneck.weight": drawn([4, 6], 0.2), "bottleneck.bias": drawn([4], 0.2),
      "decoder.0.weight": drawn([6, 2], 1), "decoder.0.bias": drawn([6], 1),
      "decoder.1.weight": drawn([5, 6], 1), "decoder.1.bias": drawn([5], 1),
    ]
    let model = try FittedAutoencoder(learner, variables: variables, itemShape: [5], record: nil)
    let items: [[Float]] = [[1, 0, 0, 1, 1], [0, 0, 1, 0, 0]]
    let prior: any CodeDensity = isShifted ? ShiftedCodes() : StandardNormalCodes()
    let (side, reach) = (201, 8.0)
    let step = 2 * reach / Double(side - 1)
    let lattice = (0..<side * side).map { place in
      [-reach + step * Double(place / side), -reach + step * Double(place % side)]
    }
    let codes = Tensor(lattice.flatMap { $0.map { Float($0) } }, shape: [side * side, 2])
    let means = try await model.decode(codes, on: engine)
    let exact = items.map { item in
      var sum = 0.0
      for (row, code) in lattice.enumerated() {
        let chance = item.indices.reduce(1.0) { product, place in
          let mean = Double(means.scalars[row * 5 + place])
          return product * (item[place] == 1 ? mean : 1 - mean)
        }
        sum += chance * exp(prior.logDensity(of: code)) * step * step
      }
      return log(sum)
    }
    let source = TensorSource(Tensor(items.flatMap(\.self), shape: [2, 5]))
    let bounds = try await model.importanceWeightedBounds(
      source,
      draws: 20_000,
      prior: prior,
      seed: 1,
      on: engine
    )
    for (bound, exact) in zip(bounds, exact) {
      #expect(abs(bound.importanceWeighted - exact) < 0.03, "\(bound) beside \(exact)")
    }
  }

  private struct ShiftedCodes: CodeDensity {
    func logDensity(of code: [Double]) -> Double {
      StandardNormalCodes().logDensity(of: code.map { $0 - 0.7 })
    }
  }

  // MARK: The same numbers

  @Test func codesDependOnTheSeedAndTheItemAlone() async throws {
    let model = try linear(deviation: 2)
    func bounds(_ source: TensorSource, seed: UInt64, threads: Int? = nil) async throws
      -> [DrawnBounds]
    {
      let engine = threads.map { ComputeEngine(threads: $0) } ?? engine
      return try await model.importanceWeightedBounds(source, draws: 301, seed: seed, on: engine)
    }
    let own = try await bounds(source, seed: 3)
    #expect(try await bounds(source, seed: 3) == own)
    #expect(try await bounds(source, seed: 4) != own)
    let first = TensorSource(Tensor(Self.items[0].map { Float($0) }, shape: [1, 3]))
    #expect(try await bounds(first, seed: 3) == [own[0]])
    let one = try await bounds(source, seed: 3, threads: 1)
    let two = try await bounds(source, seed: 3, threads: 2)
    #expect(two == one)
    for (fast, exact) in zip(one, own) {
      #expect(abs(fast.importanceWeighted - exact.importanceWeighted) < 1e-4)
    }
  }

  @Test func codesWithoutADistributionHaveNoBound() async throws {
    let learner = Autoencoder(
      encoder: .dense(hidden: [], activation: .tanh),
      bottleneck: .deterministic(latent: 1)
    )
    let variables = [
      "bottleneck.weight": Tensor.zeros([1, 3]), "bottleneck.bias": Tensor.zeros([1]),
      "decoder.0.weight": Tensor.zeros([3, 1]), "decoder.0.bias": Tensor.zeros([3]),
    ]
    let model = try FittedAutoencoder(learner, variables: variables, itemShape: [3], record: nil)
    await #expect(throws: ModelError.deterministicBottleneck) {
      try await model.importanceWeightedBounds(source, draws: 2, on: engine)
    }
  }
}
