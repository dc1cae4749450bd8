import Foundation
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct LossTests {
  @Test func divergenceHasItsClosedForm() throws {
    let mean = normal([4, 3])
    let logVariance = normal([4, 3], seed: 6)
    let found = try evaluate([mean, logVariance]) {
      [
        gaussianKullbackLeibler(mean: $1[0], logVariance: $1[1], in: &$0),
        gaussianKullbackLeiblerParts(mean: $1[0], logVariance: $1[1], in: &$0),
      ]
    }
    #expect(found[0].shape == [4])
    #expect(found[1].shape == [4, 3])
    for row in 0..<4 {
      let expected = (row * 3..<row * 3 + 3).reduce(0) {
        let m = mean.doubles[$1]
        let v = logVariance.doubles[$1]
        return $0 + 0.5 * (m * m + exp(v) - 1 - v)
      }
      #expect(near(found[0].doubles[row], expected))
      #expect(near(found[1].doubles[row * 3..<row * 3 + 3].reduce(0, +), expected))
    }
  }

  /// KL = E[ln q(z) - ln p(z)] over z = μ + σ ε, with the graph's own noise.
  @Test func divergenceIsTheMeanOfTheLogRatio() throws {
    let mean: Float = 0.7
    let logVariance: Float = -0.8
    let draws = try evaluate([Tensor([0], shape: [1])]) { builder, _ in
      [builder.random(.normal, [200_000])]
    }[0].doubles
    let ratios = draws.map { noise in
      let z = Double(mean) + exp(0.5 * Double(logVariance)) * noise
      return -0.5 * (noise * noise + Double(logVariance)) + 0.5 * z * z
    }
    let found = try evaluate([
      Tensor([mean], shape: [1, 1]), Tensor([logVariance], shape: [1, 1]),
    ]) {
      [gaussianKullbackLeibler(mean: $1[0], logVariance: $1[1], in: &$0)]
    }[0].doubles[0]
    #expect(abs(ratios.reduce(0, +) / Double(ratios.count) - found) < 0.01)
  }

  @Test func lossesHaveTheirFormulas() throws {
    let prediction = Tensor([0.5, -1, 3, 0, 2, 2], shape: [2, 3])
    let target = Tensor([0, 1, 1, 0, 1, 0.5], shape: [2, 3])
    let weights = Tensor([1, 1, 0, 2, 1, 1], shape: [2, 3])
    let formulas: [(ReconstructionLoss, (Double, Double) -> Double)] = [
      (.squaredError, { ($0 - $1) * ($0 - $1) }), (.absoluteError, { abs($0 - $1) }),
      (
        .huber(delta: 1),
        { abs($0 - $1) <= 1 ? 0.5 * ($0 - $1) * ($0 - $1) : abs($0 - $1) - 0.5 }
      ),
      (
        .binaryCrossEntropy,
        { l, x in
          let p = 1 / (1 + exp(-l))
          return -x * log(p) - (1 - x) * log(1 - p)
        }
      ),
    ]
    for (loss, formula) in formulas {
      let found = try evaluate([prediction, target, weights]) {
        [
          loss.loss(prediction: $1[0], target: $1[1], in: &$0),
          loss.loss(prediction: $1[0], target: $1[1], weights: $1[2], in: &$0),
        ]
      }
      for row in 0..<2 {
        let values = (row * 3..<row * 3 + 3).map {
          (formula(prediction.doubles[$0], target.doubles[$0]), weights.doubles[$0])
        }
        #expect(near(found[0].doubles[row], values.reduce(0) { $0 + $1.0 }), "\(loss)")
        #expect(near(found[1].doubles[row], values.reduce(0) { $0 + $1.0 * $1.1 }), "\(loss)")
      }
    }
  }

  /// The slope of Huber's loss is the clipped difference.
  @Test func gradientOfHuberIsTheClippedDifference() throws {
    let x = Tensor([-3, -0.5, 0.25, 4], shape: [1, 4])
    let slopes = try evaluate([x]) { builder, inputs in
      let zero = builder.broadcast(builder.constant(0), to: [1, 4])
      let loss = ReconstructionLoss.huber(delta: 1.5).loss(
        prediction: inputs[0],
        target: zero,
        in: &builder
      )
      return builder.gradients(of: builder.sum(loss), withRespectTo: inputs)
    }[0]
    #expect(slopes.scalars == [-1.5, -0.5, 0.25, 1.5])
  }

  /// Slopes of likelihoods against differences of their values.
  @Test(
    arguments: [
      Likelihood.gaussian(variance: 0.5), .gaussianLearnedVariance, .bernoulli,
      .categorical(classes: [1, 2]), .discretizedLogistic(levels: 8),
    ]
  )
  func gradientsAgreeWithDifferences(likelihood: Likelihood) throws {
    let width = 3 * likelihood.parametersPerValue
    let point = normal([2, width])
    let direction = normal([2, width], seed: 12)
    let target = Tensor([0, 1, 0, 1, 3.0 / 7, 4.0 / 7], shape: [2, 3])
    let step: Float = 1.0 / 256
    func moved(_ sign: Float) -> Tensor {
      Tensor(
        zip(point.scalars, direction.scalars).map { $0 + sign * step * $1 },
        shape: point.shape
      )
    }
    func total(_ parameters: Tensor) throws -> Double {
      try evaluate([parameters, target]) {
        [likelihood.negativeLogLikelihood(parameters: $1[0], target: $1[1], in: &$0)]
      }[0].doubles.reduce(0, +)
    }
    let slopes = try evaluate([point, target]) { builder, inputs in
      let nats = likelihood.negativeLogLikelihood(
        parameters: inputs[0],
        target: inputs[1],
        in: &builder
      )
      return builder.gradients(of: builder.sum(nats), withRespectTo: [inputs[0]])
    }[0]
    let analytic = zip(slopes.doubles, direction.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    let numeric = (try total(moved(1)) - total(moved(-1))) / (2 * Double(step))
    #expect(near(analytic, numeric, 2e-3), "\(analytic) against \(numeric)")
  }
}
