import Foundation
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

/// Every value is compared with its density, computed here in double precision from the textbook.
@Suite struct LikelihoodTests {
  private func nats(
    _ likelihood: Likelihood,
    _ parameters: Tensor,
    _ target: Tensor,
    weights: Tensor? = nil
  ) throws -> [Double] {
    try evaluate([parameters, target] + (weights.map { [$0] } ?? [])) {
      [
        likelihood.negativeLogLikelihood(
          parameters: $1[0],
          target: $1[1],
          weights: $1.count > 2 ? $1[2] : nil,
          in: &$0
        )
      ]
    }[0].doubles
  }

  /// The sums over rows of nats of single values, with weights.
  private func rows(_ target: Tensor, _ weights: Tensor?, _ value: (Int, Int) -> Double) -> [Double]
  {
    let width = target.shape.elementCount / target.shape[0]
    return (0..<target.shape[0]).map { row in
      (0..<width).reduce(0) {
        $0 + value(row, $1) * Double(weights?.scalars[row * width + $1] ?? 1)
      }
    }
  }

  private let target = uniform([3, 4])
  private let mask = Tensor([1, 0, 1, 1, 0, 0, 0, 0, 2, 0.5, 1, 1], shape: [3, 4])

  @Test(arguments: [false, true])
  func gaussianHasItsDensity(isWeighted: Bool) throws {
    let parameters = normal([3, 4])
    let weights = isWeighted ? mask : nil
    let found = try nats(.gaussian(variance: 0.3), parameters, target, weights: weights)
    let expected = rows(target, weights) {
      let difference = target.doubles[$0 * 4 + $1] - parameters.doubles[$0 * 4 + $1]
      return -log(exp(-difference * difference / 0.6) / (2 * Double.pi * 0.3).squareRoot())
    }
    #expect(zip(found, expected).allSatisfy { near($0, $1) })
  }

  @Test(arguments: [false, true])
  func gaussianWithLearnedVarianceHasItsDensity(isWeighted: Bool) throws {
    let parameters = normal([3, 8], scale: 3)
    let weights = isWeighted ? mask : nil
    let found = try nats(.gaussianLearnedVariance, parameters, target, weights: weights)
    let expected = rows(target, weights) {
      let mean = parameters.doubles[$0 * 8 + $1]
      let variance = exp(10 * tanh(parameters.doubles[$0 * 8 + 4 + $1] / 10))
      let difference = target.doubles[$0 * 4 + $1] - mean
      return 0.5 * (difference * difference / variance + log(2 * .pi * variance))
    }
    #expect(zip(found, expected).allSatisfy { near($0, $1) })
  }

  @Test func learnedVarianceStaysFinite() throws {
    let parameters = Tensor([0.5, -1e6, 0.5, 1e6], shape: [2, 2])
    let found = try nats(.gaussianLearnedVariance, parameters, Tensor([0.5, 0.5], shape: [2, 1]))
    #expect(near(found[0], 0.5 * (log(2 * .pi) - 10)))
    #expect(near(found[1], 0.5 * (log(2 * .pi) + 10)))
  }

  @Test(arguments: [false, true])
  func bernoulliIsTheCrossEntropy(isWeighted: Bool) throws {
    let parameters = normal([3, 4], scale: 2)
    let weights = isWeighted ? mask : nil
    let found = try nats(.bernoulli, parameters, target, weights: weights)
    let expected = rows(target, weights) {
      let p = 1 / (1 + exp(-parameters.doubles[$0 * 4 + $1]))
      let x = target.doubles[$0 * 4 + $1]
      return -x * log(p) - (1 - x) * log(1 - p)
    }
    #expect(zip(found, expected).allSatisfy { near($0, $1) })
    let extreme = try nats(
      .bernoulli,
      Tensor([200, -200], shape: [1, 2]),
      Tensor([0, 0], shape: [1, 2])
    )
    #expect(near(extreme[0], 200))
  }

  @Test func categoricalTakesEachBlock() throws {
    let classes = [2, 2, 3, 1]
    let parameters = normal([3, 8], scale: 2)
    var target = Tensor.zeros([3, 8])
    let chosen = [[0, 1, 2, 0], [1, 1, 0, 0], [0, 0, 1, 0]]
    let starts = [0, 2, 4, 7]
    for row in 0..<3 {
      for block in 0..<4 { target[flat: row * 8 + starts[block] + chosen[row][block]] = 1 }
    }
    let expected = (0..<3).map { row in
      (0..<4).reduce(0) { total, block in
        let logits = (0..<classes[block]).map { parameters.doubles[row * 8 + starts[block] + $0] }
        return total - logits[chosen[row][block]] + log(logits.map(exp).reduce(0, +))
      }
    }
    let found = try nats(.categorical(classes: classes), parameters, target)
    #expect(zip(found, expected).allSatisfy { near($0, $1) })
    let mean = try evaluate([parameters]) {
      [Likelihood.categorical(classes: classes).mean(parameters: $1[0], in: &$0)]
    }[0]
    for row in 0..<3 {
      for block in 0..<4 {
        let start = row * 8 + starts[block]
        #expect(near(mean.doubles[start..<start + classes[block]].reduce(0, +), 1))
      }
    }
  }

  @Test(arguments: [2, 3, 16, 256])
  func discretizedLogisticIsADistributionOverTheLevels(levels: Int) throws {
    let cases: [(Double, Double)] = [
      (0, 0), (0.3, -2), (-1.5, -4), (0.99, -7), (-0.2, 3), (0.5, -40), (3, 20),
    ]
    for (location, scale) in cases {
      let target = Tensor(
        (0..<levels).map { Float($0) / Float(levels - 1) },
        shape: [levels, 1]
      )
      let pair = [Float(location), Float(scale)]
      let parameters = Tensor((0..<levels).flatMap { _ in pair }, shape: [levels, 2])
      let found = try nats(.discretizedLogistic(levels: levels), parameters, target)
      #expect(near(found.map { exp(-$0) }.reduce(0, +), 1, 1e-5))
      // The formula of the paper, where its difference does not underflow.
      let s = exp(7 * tanh(Double(Float(scale)) / 7))
      let h = 1 / Double(levels - 1)
      func cumulative(_ x: Double) -> Double { 1 / (1 + exp(-x / s)) }
      for level in 0..<levels {
        let x = 2 * Double(target.scalars[level]) - 1 - Double(Float(location))
        let upper = level == levels - 1 ? 1 : cumulative(x + h)
        let lower = level == 0 ? 0 : cumulative(x - h)
        guard upper - lower > 1e-9 else { continue }
        #expect(near(found[level], -log(upper - lower), 1e-4), "level \(level) of \(levels)")
      }
    }
  }

  @Test func mixedTakesEachRangeWithItsParameters() throws {
    let parts: [Likelihood.Part] = [
      .init(.gaussianLearnedVariance, count: 2), .init(.categorical(classes: [3]), count: 3),
      .init(.bernoulli, count: 1),
    ]
    let mixed = Likelihood.mixed(parts)
    #expect(mixed.parametersPerValue == 2)
    let parameters = normal([2, 12])
    let target = Tensor([0.3, -1, 0, 1, 0, 1, 2, 0.1, 0, 0, 1, 0], shape: [2, 6])
    let weights = Tensor([1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1], shape: [2, 6])
    func columns(_ tensor: Tensor, _ columns: [Int]) -> Tensor {
      let width = tensor.shape[1]
      return Tensor(
        (0..<2).flatMap { row in columns.map { tensor.scalars[row * width + $0] } },
        shape: [2, columns.count]
      )
    }
    let whole = try nats(mixed, parameters, target, weights: weights)
    let first = try nats(
      parts[0].likelihood,
      columns(parameters, [0, 1, 6, 7]),
      columns(target, [0, 1]),
      weights: columns(weights, [0, 1])
    )
    let second = try nats(
      parts[1].likelihood,
      columns(parameters, [2, 3, 4]),
      columns(target, [2, 3, 4]),
      weights: columns(weights, [2, 3, 4])
    )
    let third = try nats(
      parts[2].likelihood,
      columns(parameters, [5]),
      columns(target, [5]),
      weights: columns(weights, [5])
    )
    for row in 0..<2 { #expect(near(whole[row], first[row] + second[row] + third[row])) }
    let mean = try evaluate([parameters]) { [mixed.mean(parameters: $1[0], in: &$0)] }[0]
    #expect(mean.shape == [2, 6])
    #expect(mean.scalars[0] == parameters.scalars[0])
    #expect(near(mean.doubles[5], 1 / (1 + exp(-parameters.doubles[5]))))
  }

  @Test func meansAreInTheUnitsOfTheData() throws {
    let parameters = Tensor([0.25, -3, 9, 9], shape: [1, 4])
    func mean(_ likelihood: Likelihood) throws -> [Float] {
      try evaluate([parameters]) { [likelihood.mean(parameters: $1[0], in: &$0)] }[0].scalars
    }
    #expect(try mean(.gaussian(variance: 2)) == parameters.scalars)
    #expect(try mean(.gaussianLearnedVariance) == [0.25, -3])
    #expect(try mean(.discretizedLogistic(levels: 4)) == [0.625, 0])
    #expect(try near(Double(mean(.bernoulli)[0]), 1 / (1 + exp(-0.25))))
  }

  @Test func imagesKeepTheirShape() throws {
    let likelihood = Likelihood.gaussianLearnedVariance
    let parameters = normal([2, 6, 4, 5])
    let results = try evaluate([parameters, uniform([2, 3, 4, 5]), uniform([2, 1, 4, 5])]) {
      [
        likelihood.mean(parameters: $1[0], in: &$0),
        likelihood.negativeLogLikelihood(
          parameters: $1[0],
          target: $1[1],
          weights: $1[2],
          in: &$0
        ),
      ]
    }
    #expect(results[0].shape == [2, 3, 4, 5])
    #expect(results[0].scalars.prefix(60) == parameters.scalars.prefix(60))
    #expect(results[1].shape == [2])
  }

  @Test func whatDoesNotFitIsAMistake() {
    let wrong: [(Likelihood, Shape)] = [
      (.gaussian(variance: 0), [2, 6]), (.gaussian(variance: 1), [2, 5]),
      (.gaussianLearnedVariance, [2, 6]), (.gaussianLearnedVariance, [2, 7]),
      (.categorical(classes: [2, 3]), [2, 6]), (.categorical(classes: []), [2, 6]),
      (.categorical(classes: [7, -1]), [2, 6]), (.discretizedLogistic(levels: 1), [2, 12]),
      (.mixed([]), [2, 6]), (.mixed([.init(.bernoulli, count: 5)]), [2, 6]), (.bernoulli, [2]),
    ]
    for (likelihood, shape) in wrong {
      #expect(throws: GraphError.self, "\(likelihood)") {
        try built(shape) { builder, x in
          let target = builder.input("target", [2, 6])
          return likelihood.negativeLogLikelihood(parameters: x, target: target, in: &builder)
        }
      }
    }
  }
}
