import Foundation
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ArchitectureTests {
  private static let items: [Shape] = [
    [1, 28, 28], [3, 27, 31], [3, 32, 32], [2, 1, 5], [1, 128], [3, 100], [2, 33], [1, 1],
  ]

  @Test(arguments: items, 1...2)
  func convolutionalDecoderGivesTheExtentsOfTheItem(item: Shape, outputs: Int) throws {
    let architecture = Architecture.convolutional(
      channels: [4, 8, 6],
      hidden: [12],
      activation: .relu
    )
    try check(architecture, item, outputs, width: 12)
  }

  @Test(arguments: items + [[30]], 1...2)
  func denseDecoderGivesTheExtentsOfTheItem(item: Shape, outputs: Int) throws {
    try check(.dense(hidden: [9, 7], activation: .gelu), item, outputs, width: 7)
    try check(.dense(hidden: [], activation: .gelu), item, outputs, width: item.elementCount)
  }

  private func check(
    _ architecture: Architecture,
    _ item: Shape,
    _ outputs: Int,
    width: Int
  ) throws {
    var builder = GraphBuilder()
    let x = builder.input("x", Shape([5] + item.dimensions))
    let h = builder.scoped("encoder") { architecture.encoder(x, mode: .training, in: &$0) }
    #expect(builder.shape(of: h) == [5, width])
    let z = builder.input("z", [5, 3])
    let y = builder.scoped("decoder") {
      architecture.decoder(
        z,
        itemShape: item,
        outputsPerValue: outputs,
        mode: .training,
        in: &$0
      )
    }
    #expect(builder.shape(of: y) == Shape([5, item[0] * outputs] + item.dimensions.dropFirst()))
    _ = try builder.finish()
  }

  @Test func convolutionalNamesItsParametersByPosition() throws {
    let architecture = Architecture.convolutional(
      channels: [4, 8],
      hidden: [12],
      activation: .relu
    )
    let (graph, _) = try built([5, 3, 27, 31]) { builder, x in
      let h = builder.scoped("encoder") { architecture.encoder(x, mode: .inference, in: &$0) }
      return builder.scoped("decoder") {
        architecture.decoder(
          h,
          itemShape: [3, 27, 31],
          outputsPerValue: 2,
          mode: .inference,
          in: &$0
        )
      }
    }
    #expect(
      graph.parameterList == [
        "encoder.0.weight [4, 3, 3, 3]", "encoder.0.bias [4]", "encoder.1.weight [8, 4, 3, 3]",
        "encoder.1.bias [8]", "encoder.3.weight [12, 448]", "encoder.3.bias [12]",
        "decoder.0.weight [12, 12]", "decoder.0.bias [12]", "decoder.1.weight [448, 12]",
        "decoder.1.bias [448]", "decoder.3.weight [8, 4, 4, 4]", "decoder.3.bias [4]",
        "decoder.4.weight [4, 6, 4, 4]", "decoder.4.bias [6]",
      ]
    )
  }

  @Test(arguments: items, 0...4)
  func uNetKeepsTheExtents(item: Shape, depth: Int) throws {
    let uNet = Architecture.uNet(base: 4, depth: depth, activation: .silu)
    let (graph, shape) = try built(Shape([2] + item.dimensions)) {
      uNet.translator($1, outputChannels: 2, mode: .training, in: &$0)
    }
    #expect(shape == Shape([2, 2] + item.dimensions.dropFirst()))
    #expect(graph.parameterList.count == 2 * (2 * (depth + 1) + 2 * depth + 1))
  }

  @Test(arguments: items, 0...3)
  func aNormalizedUNetKeepsTheExtents(item: Shape, depth: Int) throws {
    let uNet = Architecture.normalizedUNet(base: 4, depth: depth, activation: .silu)
    let (graph, shape) = try built(Shape([2] + item.dimensions)) {
      uNet.translator($1, outputChannels: 2, mode: .training, in: &$0)
    }
    #expect(shape == Shape([2, 2] + item.dimensions.dropFirst()))
    // Down two convolutions a level, up a transposed one and a convolution, and the last one: all but
    // the transposed and the last have a scale and a shift, and two running statistics.
    let normalized = 2 * (depth + 1) + depth
    #expect(graph.parameterList.count == 4 * normalized + 2 * depth + 2)
    let running = graph.variables.filter { $0.variable.role == .state }
    #expect(running.count == 2 * normalized)
  }

  @Test(arguments: [
    Architecture.uNet(base: 3, depth: 2, activation: .relu),
    .normalizedUNet(base: 3, depth: 2, activation: .relu),
  ])
  func uNetRunsOnOddExtents(uNet: Architecture) throws {
    let y = try evaluate([normal([1, 2, 7, 5])]) {
      [uNet.translator($1[0], outputChannels: 3, mode: .inference, in: &$0)]
    }[0]
    #expect(y.shape == [1, 3, 7, 5])
    #expect(y.isFinite)
  }

  @Test func whatAnArchitectureLacksIsAMistake() {
    let dense = Architecture.dense(hidden: [4], activation: .relu)
    let uNet = Architecture.uNet(base: 4, depth: 2, activation: .relu)
    let huge = Architecture.convolutional(channels: [.max], hidden: [], activation: .relu)
    let convolutional = Architecture.convolutional(channels: [4], hidden: [], activation: .relu)
    let mistakes: [(Shape, (inout GraphBuilder, NodeID) -> NodeID)] = [
      ([2, 3, 8], { uNet.encoder($1, mode: .training, in: &$0) }),
      ([2, 3], { convolutional.encoder($1, mode: .training, in: &$0) }),
      ([2, 3, 8], { huge.encoder($1, mode: .training, in: &$0) }),
      ([2, 3], { decoded(uNet, $1, [3, 8], in: &$0) }),
      ([2, 3], { decoded(huge, $1, [3, 8], in: &$0) }),
      ([2, 3], { decoded(convolutional, $1, [30], in: &$0) }),
      ([2, 3], { decoded(dense, $1, [], in: &$0) }),
      ([2, 3, 8], { dense.translator($1, outputChannels: 1, mode: .training, in: &$0) }),
      ([2, 3], { uNet.translator($1, outputChannels: 1, mode: .training, in: &$0) }),
      ([2, 3, 8], { uNet.translator($1, outputChannels: 0, mode: .training, in: &$0) }),
      (
        [2, 3, 8],
        {
          Architecture.uNet(base: 4, depth: 90, activation: .relu)
            .translator($1, outputChannels: 1, mode: .training, in: &$0)
        }
      ),
    ]
    for (index, mistake) in mistakes.enumerated() {
      #expect(throws: GraphError.self, "case \(index)") { try built(mistake.0, mistake.1) }
    }
  }

  @Test func configurationsSurviveJSON() throws {
    let architectures: [Architecture] = [
      .dense(hidden: [4, 2], activation: .leakyRelu(slope: 0.25)),
      .convolutional(channels: [8], hidden: [3], activation: .elu(alpha: 1)),
      .uNet(base: 32, depth: 2, activation: .identity),
      .normalizedUNet(base: 16, depth: 4, activation: .relu),
    ]
    let data = try JSONEncoder().encode(architectures)
    #expect(try JSONDecoder().decode([Architecture].self, from: data) == architectures)
    let likelihoods: [Likelihood] = [
      .gaussian(variance: 0.5), .gaussianLearnedVariance, .bernoulli,
      .categorical(classes: [2, 3]),
      .discretizedLogistic(levels: 256),
      .mixed([.init(.bernoulli, count: 2), .init(.categorical(classes: [3]), count: 3)]),
    ]
    let text = try JSONEncoder().encode(likelihoods)
    #expect(try JSONDecoder().decode([Likelihood].self, from: text) == likelihoods)
  }
}

private func decoded(
  _ architecture: Architecture,
  _ z: NodeID,
  _ item: Shape,
  in builder: inout GraphBuilder
) -> NodeID {
  architecture.decoder(z, itemShape: item, outputsPerValue: 1, mode: .training, in: &builder)
}
