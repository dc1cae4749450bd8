import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassTasksCommon

@Suite struct NeighborContrastTests {
  private let term = NeighborContrast(weight: 1, halfDistance: 0.5)

  private func formula(_ codes: [Double], _ partners: [Double], batch: Int, width: Int) -> [Double]
  {
    func kernel(_ i: Int, _ j: Int) -> Double {
      1
        / (1
          + (0..<width).reduce(0.0) {
            $0 + pow((codes[i * width + $1] - partners[j * width + $1]) / 0.5, 2)
          })
    }
    return (0..<batch).map { i in
      let all = (0..<batch).reduce(0.0) { $0 + kernel(i, $1) }
      let back = (0..<batch).reduce(0.0) { $0 + kernel($1, i) }
      return -log(kernel(i, i) / all) / 2 - log(kernel(i, i) / back) / 2
    }
  }

  @Test(arguments: [1, 2, 5])
  func hasItsFormula(width: Int) throws {
    let (codes, partners) = (normal([7, width]), normal([7, width], seed: 8, scale: 3))
    let found = try evaluate([codes, partners]) {
      [term.loss(codes: $1[0], partners: $1[1], in: &$0)]
    }[0]
    #expect(found.shape == [7])
    let expected = formula(codes.doubles, partners.doubles, batch: 7, width: width)
    for (value, wanted) in zip(found.doubles, expected) { #expect(near(value, wanted)) }
  }

  @Test func isSmallWherePartnersStandOut() throws {
    let codes = Tensor([0, 0, 1_000, 0, 0, 1_000], shape: [3, 2])
    let found = try evaluate([codes]) {
      [term.loss(codes: $1[0], partners: $1[0], in: &$0)]
    }[0]
    #expect(found.doubles.allSatisfy { $0 >= 0 && $0 < 1e-5 })
    let alike = Tensor.zeros([3, 2])
    let worst = try evaluate([alike]) {
      [term.loss(codes: $1[0], partners: $1[0], in: &$0)]
    }[0]
    #expect(worst.doubles.allSatisfy { near($0, log(3.0)) })
  }

  @Test func gradientsMatchCentralDifferences() throws {
    let mistakes = try gradientMistakes(
      [("codes", [5, 2]), ("partners", [5, 2])],
      deviation: 2
    ) { nodes, builder in
      term.loss(codes: nodes[0], partners: nodes[1], in: &builder)
    }
    #expect(mistakes == [])
  }

  @Test func shapesMustAgree() throws {
    #expect(throws: GraphError.self) {
      var builder = GraphBuilder()
      let codes = builder.input("codes", [4, 2])
      let others = builder.input("others", [4, 3])
      let loss = term.loss(codes: codes, partners: others, in: &builder)
      builder.output("loss", loss)
      _ = try builder.finish()
    }
  }

  @Test func suitsShortDeterministicCodesAlone() throws {
    let long = NeighborContrast.latentLimit + 1
    for bottleneck in [Autoencoder.Bottleneck.gaussian(latent: 2), .deterministic(latent: long)] {
      let autoencoder = Autoencoder(bottleneck: bottleneck, pairTerm: term)
      #expect(throws: TrainingError.self) { try autoencoder.validate() }
    }
    try Autoencoder(bottleneck: .deterministic(latent: 16), pairTerm: term).validate()
  }
}
