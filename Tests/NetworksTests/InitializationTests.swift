import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct InitializationTests {
  private func start(of layer: some Layer, _ shape: Shape) throws -> Initializer {
    let (graph, _) = try built(shape) { layer($1, in: &$0) }
    return try #require(graph.variables.first { $0.variable.name == "weight" }).variable.initializer
  }

  /// √(6 / 100) for a rectifier, √(6 / (100 + 50)) for the others.
  @Test func automaticIsHeForRectifiersAndGlorotForOthers() throws {
    #expect(
      try start(of: Dense(50, activation: .relu), [4, 100])
        == .uniform(bound: Float(0.06).squareRoot())
    )
    #expect(
      try start(of: Dense(50, activation: .tanh), [4, 100])
        == .uniform(bound: Float(0.04).squareRoot())
    )
    #expect(
      try start(of: Dense(50, activation: .leakyRelu(slope: 1)), [4, 100])
        == .uniform(bound: Float(0.03).squareRoot())
    )
  }

  /// 8 channels and a kernel of 9; the transposed one of stride 2 adds 8 · 16 / 4 terms.
  @Test func convolutionsCountTheTermsOfOneResult() throws {
    let down = ConvolutionLayer(rank: 2, 5, kernelSize: 3, stride: 2, activation: .relu)
    #expect(try start(of: down, [1, 8, 9, 9]) == .uniform(bound: (Float(6) / 72).squareRoot()))
    let up = ConvolutionLayer(
      isTransposed: true,
      rank: 2,
      5,
      kernelSize: 4,
      stride: 2,
      activation: .relu
    )
    #expect(try start(of: up, [1, 8, 9, 9]) == .uniform(bound: (Float(6) / 32).squareRoot()))
  }

  @Test func biasesStartAtZero() throws {
    let (graph, _) = try built([4, 3]) { Dense(2)($1, in: &$0) }
    let bias = try #require(graph.variables.first { $0.variable.name == "bias" })
    #expect(bias.variable.initializer == .constant(0))
  }
}
