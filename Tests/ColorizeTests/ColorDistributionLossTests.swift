import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassColorize

@Suite struct ColorDistributionLossTests {
  private let mixture = ColorDistributionLoss(
    anchors: [[0, 0], [1, -0.5], [-0.7, 0.2]],
    deviation: 0.4,
    weight: 0.3,
    vividWeight: 0.2,
    boldness: 1.5,
    errorDirections: [[1, 0.5], [0, 2], [-1, 1]],
    spreadDirections: [[1, 1], [0.5, -1]]
  )

  /// The loss of each item by its formula, for places in two dimensions of space.
  private func formula(
    _ mean: Tensor,
    _ vivid: Tensor,
    _ logits: Tensor,
    _ target: Tensor
  ) -> [Double] {
    let area = target.shape[2] * target.shape[3]
    func spread(_ tensor: Tensor, _ item: Int) -> Double {
      var (squares, means) = (0.0, 0.0)
      for direction in mixture.spreadDirections {
        let start = item * 2 * area
        let values = (start..<start + area).map { place in
          Double(direction[0]) * tensor.doubles[place]
            + Double(direction[1]) * tensor.doubles[place + area]
        }
        let mean = values.reduce(0, +) / Double(area)
        squares += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(area)
        means += mean * mean
      }
      return (squares + 1e-4).squareRoot() + 0.3 * (means + 1e-4).squareRoot()
    }
    let items = target.shape[0]
    let usual = (0..<items).map { spread(target, $0) }.reduce(0, +)
    let made = (0..<items).map { spread(vivid, $0) }.reduce(0, +)
    return (0..<items).map { item in
      func value(_ tensor: Tensor, _ channel: Int, _ place: Int) -> Double {
        tensor.doubles[(item * tensor.shape[1] + channel) * area + place]
      }
      var (squares, vividSquares, entropies) = (0.0, 0.0, 0.0)
      for place in 0..<area {
        for channel in 0..<2 {
          squares += pow(value(mean, channel, place) - value(target, channel, place), 2)
        }
        for direction in mixture.errorDirections {
          let error = (0..<2).reduce(0.0) { sum, channel in
            sum + Double(direction[channel])
              * (value(vivid, channel, place) - value(target, channel, place))
          }
          vividSquares += error * error
        }
        let nearness = mixture.anchors.map { anchor in
          exp(
            -(0..<2).reduce(0.0) {
              $0 + pow(value(target, $1, place) - Double(anchor[$1]), 2)
            } / 2 / 0.16
          )
        }
        let scores = (0..<3).map { value(logits, $0, place) }
        let normalizer = log(scores.map(exp).reduce(0, +))
        let whole = nearness.reduce(0, +)
        for anchor in 0..<3 {
          entropies -= nearness[anchor] / whole * (scores[anchor] - normalizer)
        }
      }
      let count = Double(area)
      let boldness =
        log(vividSquares / count + 1e-4) + 1.5 * (1 - made / usual) * (1 - made / usual)
      return count * (squares / count + 1e-4).squareRoot() + 0.3 * entropies
        + 0.2 * count * boldness
    }
  }

  @Test func hasItsFormula() throws {
    let (mean, logits) = (normal([3, 2, 2, 4]), normal([3, 3, 2, 4], seed: 7))
    let (target, vivid) = (normal([3, 2, 2, 4], seed: 8), normal([3, 2, 2, 4], seed: 9))
    let found = try evaluate([mean, logits, target, vivid]) {
      [mixture.loss(mean: $1[0], vivid: $1[3], logits: $1[1], target: $1[2], in: &$0)]
    }[0]
    #expect(found.shape == [3])
    let expected = formula(mean, vivid, logits, target)
    for (value, wanted) in zip(found.doubles, expected) { #expect(near(value, wanted)) }
  }

  @Test func staysFiniteFarFromAllAnchors() throws {
    let (mean, logits) = (normal([1, 2, 1, 1], scale: 200), normal([1, 3, 1, 1], scale: 200))
    let target = Tensor([80, -60], shape: [1, 2, 1, 1])
    let found = try evaluate([mean, logits, target]) {
      [mixture.loss(mean: $1[0], vivid: $1[0], logits: $1[1], target: $1[2], in: &$0)]
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
    let (mean, logits) = (spread(normal([2, 2, 2, 3])), spread(normal([2, 3, 2, 3], seed: 7)))
    let target = spread(normal([2, 2, 2, 3], seed: 8))
    let found = try [mixture, coarse].map { mixture in
      try evaluate([mean, logits, target]) {
        let squares = mixture.averaged($1[1], in: &$0)
        return [
          mixture.loss(mean: $1[0], vivid: $1[0], logits: squares, target: $1[2], in: &$0)
        ]
      }[0]
    }
    for (plain, own) in zip(found[0].doubles, found[1].doubles) { #expect(near(own, plain)) }
  }

  @Test(arguments: [1, 2])
  func gradientsMatchCentralDifferences(grain: Int) throws {
    var mixture = mixture
    mixture.grain = grain
    let mistakes = try gradientMistakes([
      ("mean", [2, 2, 3, 2]), ("features", [2, 3, 3, 2]), ("target", [2, 2, 3, 2]),
      ("vivid", [2, 2, 3, 2]),
    ]) { nodes, builder in
      let logits = mixture.averaged(nodes[1], in: &builder)
      return mixture.loss(
        mean: nodes[0],
        vivid: nodes[3],
        logits: logits,
        target: nodes[2],
        in: &builder
      )
    }
    #expect(mistakes == [])
  }

  @Test func shapesMustAgree() throws {
    #expect(throws: GraphError.self) {
      var builder = GraphBuilder()
      let mean = builder.input("mean", [4, 2, 2])
      let logits = builder.input("logits", [4, 4, 2])
      let target = builder.input("target", [4, 2, 2])
      builder.output(
        "loss",
        mixture.loss(mean: mean, vivid: mean, logits: logits, target: target, in: &builder)
      )
      _ = try builder.finish()
    }
  }
}
