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
    var builder = GraphBuilder()
    let codes = builder.parameter("codes", [5, 2], .constant(0))
    let partners = builder.parameter("partners", [5, 2], .constant(0))
    let each = term.loss(codes: codes, partners: partners, in: &builder)
    let loss = builder.sum(each)
    builder.output("loss", loss)
    let gradients = builder.gradients(of: loss, withRespectTo: [codes, partners])
    for (place, gradient) in gradients.enumerated() { builder.output("\(place)", gradient) }
    let graph = try builder.finish()
    var numbers = SeededGenerator(seed: 5)
    var variables: [String: DoubleTensor] = [:]
    for name in ["codes", "partners"] {
      variables[name] = DoubleTensor(
        (0..<10).map { _ in 2 * Double(numbers.nextNormal()) },
        shape: [5, 2]
      )
    }
    let executor = ReferenceExecutor(seed: 1, step: 1)
    let values = executor.values(of: graph, inputs: [:], variables: variables)
    let h = 1e-5
    for (place, name) in ["codes", "partners"].enumerated() {
      let analytic = try #require(values[gradients[place].index])
      for index in 0..<10 {
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
