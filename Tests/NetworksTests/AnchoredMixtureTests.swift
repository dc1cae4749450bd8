import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct AnchoredMixtureTests {
  private let mixture = AnchoredMixture(
    anchors: [[0, 0], [1, -0.5], [-0.7, 0.2]],
    deviation: 0.4,
    weight: 0.3
  )

  /// The loss of each item by its formula, for places in two dimensions of space.
  private func formula(_ parameters: Tensor, _ target: Tensor) -> [Double] {
    let area = target.shape[2] * target.shape[3]
    return (0..<target.shape[0]).map { item in
      (0..<area).reduce(0.0) { total, place in
        func value(_ tensor: Tensor, _ channel: Int) -> Double {
          tensor.doubles[(item * tensor.shape[1] + channel) * area + place]
        }
        let square = (0..<2).reduce(0.0) { $0 + pow(value(parameters, $1) - value(target, $1), 2) }
        let nearness = mixture.anchors.map { anchor in
          exp(
            -(0..<2).reduce(0.0) { $0 + pow(value(target, $1) - Double(anchor[$1]), 2) } / 2 / 0.16
          )
        }
        let logits = (0..<3).map { value(parameters, 2 + $0) }
        let total1 = nearness.reduce(0, +)
        let normalizer = log(logits.map(exp).reduce(0, +))
        let entropy = (0..<3).reduce(0.0) {
          $0 - nearness[$1] / total1 * (logits[$1] - normalizer)
        }
        return total + square + 0.3 * entropy
      }
    }
  }

  @Test func hasItsFormula() throws {
    let (parameters, target) = (normal([3, 5, 2, 4]), normal([3, 2, 2, 4], seed: 8))
    let found = try evaluate([parameters, target]) {
      [
        mixture.loss($1[0], target: $1[1], in: &$0),
        mixture.mean($1[0], in: &$0),
      ]
    }
    #expect(found[0].shape == [3])
    let expected = formula(parameters, target)
    for (value, wanted) in zip(found[0].doubles, expected) { #expect(near(value, wanted)) }
    #expect(found[1].shape == target.shape)
    #expect(found[1].scalars.prefix(16) == parameters.scalars.prefix(16))
  }

  @Test func staysFiniteFarFromAllAnchors() throws {
    let parameters = normal([1, 5, 1, 1], scale: 200)
    let target = Tensor([80, -60], shape: [1, 2, 1, 1])
    let found = try evaluate([parameters, target]) {
      [mixture.loss($1[0], target: $1[1], in: &$0)]
    }[0]
    #expect(found.isFinite)
  }

  /// Squares of places that are all alike have the loss of their places; what is left over of odd sides
  /// has no part in the cross-entropy.
  @Test func squaresCountForTheirPlaces() throws {
    var coarse = mixture
    coarse.grain = 2
    func spread(_ x: Tensor) -> Tensor {
      var scalars: [Float] = []
      for plane in 0..<x.shape[0] * x.shape[1] {
        for y in 0..<4 {
          for column in 0..<6 { scalars.append(x.scalars[plane * 6 + y / 2 * 3 + column / 2]) }
        }
      }
      return Tensor(scalars, shape: [x.shape[0], x.shape[1], 4, 6])
    }
    let inputs = [spread(normal([2, 5, 2, 3])), spread(normal([2, 2, 2, 3], seed: 8))]
    let found = try [mixture, coarse].map { mixture in
      try evaluate(inputs) { [mixture.loss($1[0], target: $1[1], in: &$0)] }[0]
    }
    for (plain, own) in zip(found[0].doubles, found[1].doubles) { #expect(near(own, plain)) }
  }

  @Test(arguments: [1, 2])
  func gradientsMatchCentralDifferences(grain: Int) throws {
    var mixture = mixture
    mixture.grain = grain
    var builder = GraphBuilder()
    let parameters = builder.parameter("parameters", [2, 5, 3, 2], .constant(0))
    let target = builder.parameter("target", [2, 2, 3, 2], .constant(0))
    let loss = builder.sum(mixture.loss(parameters, target: target, in: &builder))
    builder.output("loss", loss)
    let gradients = builder.gradients(of: loss, withRespectTo: [parameters, target])
    for (place, gradient) in gradients.enumerated() { builder.output("\(place)", gradient) }
    let graph = try builder.finish()
    var numbers = SeededGenerator(seed: 5)
    var variables: [String: DoubleTensor] = [:]
    for (name, shape) in [("parameters", [2, 5, 3, 2] as Shape), ("target", [2, 2, 3, 2])] {
      variables[name] = DoubleTensor(
        (0..<shape.elementCount).map { _ in Double(numbers.nextNormal()) },
        shape: shape
      )
    }
    let executor = ReferenceExecutor(seed: 1, step: 1)
    let values = executor.values(of: graph, inputs: [:], variables: variables)
    let h = 1e-5
    for (place, name) in ["parameters", "target"].enumerated() {
      let analytic = try #require(values[gradients[place].index])
      for index in 0..<(name == "target" ? 24 : 60) {
        func lossAt(_ distance: Double) throws -> Double {
          var moved = variables
          moved[name]?.scalars[index] += distance
          let values = executor.values(of: graph, inputs: [:], variables: moved)
          return try #require(values[loss.index])[0]
        }
        let numeric = try (lossAt(h) - lossAt(-h)) / (2 * h)
        #expect(abs(numeric - analytic[index]) < 1e-7 * max(1, abs(numeric)), "\(name) \(index)")
      }
    }
  }

  @Test func shapesMustAgree() throws {
    #expect(throws: GraphError.self) {
      var builder = GraphBuilder()
      let parameters = builder.input("parameters", [4, 4, 2])
      let target = builder.input("target", [4, 2, 2])
      builder.output("loss", mixture.loss(parameters, target: target, in: &builder))
      _ = try builder.finish()
    }
  }
}
