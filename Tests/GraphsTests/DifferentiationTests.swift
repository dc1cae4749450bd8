import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

/// What the loop over the rules builds, and what it leaves out.
@Suite struct DifferentiationTests {
  @Test func gradientOfAnIndependentNodeIsZeros() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    let other = builder.input("other", [4, 5])
    let loss = builder.sum(x)
    let later = builder.input("later", [6])
    let gradients = builder.gradients(of: loss, withRespectTo: [other, later, x])
    for (node, shape) in zip(gradients, [[4, 5], [6]] as [Shape]) {
      let found = try #require(builder.node(node))
      #expect(found.operation == .broadcast(shape))
      #expect(found.inputs == [builder.constant(0)])
    }
    #expect(builder.shape(of: gradients[2]) == [2, 3])
  }

  @Test func gradientOfTheScalarItselfIsOne() throws {
    var builder = GraphBuilder()
    let loss = builder.sum(builder.input("x", [3]))
    #expect(builder.gradients(of: loss, withRespectTo: [loss]) == [builder.constant(1)])
  }

  @Test func deadGradientsAreNotBuilt() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [8, 5])
    let weights = builder.parameter("weight", [3, 5], .constant(0))
    let bias = builder.parameter("bias", [3], .constant(0))
    let y = builder.apply(.tanh, builder.dense(x, weights, bias: bias))
    // A branch that does not lead to the parameters.
    let target = builder.apply(.exponential, builder.input("target", [8, 3]))
    let loss = builder.sum(builder.product(y, target))
    _ = builder.apply(.silu, y)
    let before = builder.count
    let gradients = builder.gradients(of: loss, withRespectTo: [weights])
    builder.output("gradient", gradients[0])
    let graph = try builder.finish()
    let added = graph.nodes[before...].map(\.operation.kind)
    #expect(
      added == [
        .constant, .reshape, .broadcast, .binary, .unaryBackward, .denseBackwardWeights,
      ]
    )
  }

  @Test func gradientsCarryTheScopeOfTheirLayer() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [8, 5])
    let weights = builder.parameter("weight", [3, 5], .constant(0))
    let y = builder.scoped("decoder") { $0.scoped("2") { $0.dense(x, weights) } }
    let loss = builder.scoped("loss") { $0.sum($0.apply(.square, y)) }
    let gradient = builder.gradients(of: loss, withRespectTo: [weights])[0]
    #expect(builder.node(gradient)?.scope == "decoder.2")
    #expect(builder.scope == "")
  }

  @Test func gradientOfABroadcastBiasIsAChannelSum() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3, 4, 4])
    let bias = builder.parameter("bias", [3], .constant(0))
    let loss = builder.sum(
      builder.apply(.square, builder.sum(x, builder.channelwise(bias, rank: 4)))
    )
    let gradient = builder.gradients(of: loss, withRespectTo: [bias])[0]
    builder.output("gradient", gradient)
    let graph = try builder.finish()
    #expect(graph.nodes.filter { $0.operation == .channelSum }.map(\.shape) == [[3]])
    #expect(graph[gradient].shape == [3])
  }

  @Test func onlyScalarsAreDifferentiated() {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    #expect(builder.gradients(of: x, withRespectTo: [x]) == [builder.failed])
    #expect(builder.mistake == GraphError.differentiationOfNonScalar(shape: [2, 3]))
  }

  @Test func gradientsOfWhatFailedAreQuiet() {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    let broken = builder.sum(builder.reshape(x, [7]))
    #expect(builder.gradients(of: broken, withRespectTo: [x]) == [builder.failed])
    let loss = builder.sum(x)
    #expect(builder.gradients(of: loss, withRespectTo: [broken]) == [builder.failed])
    #expect(
      builder.mistake
        == GraphError.shapeMismatch(
          operation: "reshape",
          scope: "",
          problem: ShapeProblem(expected: "7 elements for [7]", found: "[2, 3]")
        )
    )
  }

  @Test(arguments: [UnaryFunction.tanh, .silu])
  func secondDerivativesAreRefused(_ function: UnaryFunction) {
    var builder = GraphBuilder()
    let x = builder.input("x", [3])
    let first = builder.gradients(
      of: builder.sum(builder.apply(function, x)),
      withRespectTo: [x]
    )[0]
    _ = builder.gradients(of: builder.sum(first), withRespectTo: [x])
    #expect(builder.mistake == GraphError.notDifferentiable(operation: "unaryBackward", scope: ""))
  }
}
