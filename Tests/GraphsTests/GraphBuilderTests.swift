import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct GraphBuilderTests {
  // MARK: Mistakes

  @Test func firstMistakeIsKeptWithItsScope() {
    var builder = GraphBuilder()
    let x = builder.input("x", [8, 5])
    let broken = builder.scoped("encoder") { builder in
      builder.scoped("1") { builder in
        let weights = builder.parameter("weight", [3, 4], .constant(0))
        return builder.dense(x, weights)
      }
    }
    #expect(broken == builder.failed)
    // What uses the broken node is quiet; a later mistake does not replace the first.
    let later = builder.sum(builder.apply(.tanh, broken))
    #expect(later == builder.failed)
    _ = builder.reshape(x, [3])
    builder.output("loss", later)

    #expect(
      builder.mistake?.description
        == "encoder.1: dense expected x [N, I] and weights [O, I], found [8, 5] and [3, 4]"
    )
  }

  @Test(arguments: [
    (
      GraphError.shapeMismatch(
        operation: "dense",
        scope: "",
        problem: ShapeProblem(expected: "two matrices", found: "[2] and [3]")
      ),
      "graph: dense expected two matrices, found [2] and [3]"
    ),
    (
      .duplicateName("encoder.weight", scope: "encoder"),
      "encoder: the name \"encoder.weight\" is taken; names are unique"
    ),
    (
      .differentiationOfNonScalar(shape: [2, 3]),
      "gradients are taken of a scalar, found [2, 3]; reduce it first"
    ),
    (
      .notDifferentiable(operation: "poolingBackward", scope: "decoder.2"),
      "decoder.2: poolingBackward has no gradient rule; second derivatives are not supported"
    ),
    (
      .malformed(node: 4, reason: "an input does not come before it"),
      "node %4 is malformed: an input does not come before it; please report this"
    ),
  ])
  func mistakesAreOneSentence(_ error: GraphError, _ text: String) {
    #expect(error.description == text)
  }

  @Test func namesAreUnique() {
    var inputs = GraphBuilder()
    _ = inputs.input("x", [1])
    #expect(inputs.input("x", [2]) == inputs.failed)
    #expect(inputs.mistake == GraphError.duplicateName("x", scope: ""))

    var variables = GraphBuilder()
    for _ in 0..<2 {
      variables.scoped("encoder") { _ = $0.parameter("weight", [1], .constant(0)) }
    }
    #expect(variables.mistake == GraphError.duplicateName("encoder.weight", scope: "encoder"))

    // An input, a parameter in another scope and a state do not collide.
    var different = GraphBuilder()
    _ = different.input("weight", [1])
    _ = different.parameter("weight", [1], .constant(0))
    different.scoped("encoder") { _ = $0.state("weight", [1]) }
    #expect(different.mistake == nil)
  }

  @Test func transposedConvolutionRefusesImpossibleGeometries() {
    var empty = GraphBuilder()
    let x = empty.input("x", [1, 2, 1])
    let weights = empty.input("w", [2, 2, 1])
    _ = empty.transposedConvolution(x, weights, Convolution(rank: 1, padding: 1))
    #expect(
      empty.mistake
        == GraphError.shapeMismatch(
          operation: "transposedConvolution",
          scope: "",
          problem: ShapeProblem(expected: "a result with positive extents", found: "[-1]")
        )
    )

    var uneven = GraphBuilder()
    let image = uneven.input("x", [1, 2, 4, 4])
    let kernel = uneven.input("w", [2, 2, 3, 3])
    let geometry = Convolution(
      strides: [1, 1],
      paddingBefore: [1],
      paddingAfter: [1, 1],
      dilations: [1, 1]
    )
    _ = uneven.transposedConvolution(image, kernel, geometry)
    #expect(
      uneven.mistake
        == GraphError.shapeMismatch(
          operation: "convolutionBackwardData",
          scope: "",
          problem: ShapeProblem(
            expected: "x [N, C, …] and weights [O, C, …] with 2 dimensions of space",
            found: "[1, 2] and [2, 2, 3, 3]"
          )
        )
    )
  }

  // MARK: Sharing

  @Test func equalNodesAreMadeOnce() {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    let y = builder.input("y", [2, 3])
    #expect(builder.apply(.tanh, x) == builder.apply(.tanh, x))
    #expect(builder.apply(.tanh, x) != builder.apply(.tanh, y))
    #expect(builder.apply(.relu, x) != builder.apply(.tanh, x))
    #expect(builder.difference(x, y) != builder.difference(y, x))
    #expect(builder.constant(2) == builder.constant(2))
    #expect(builder.affine(x, scale: 2) != builder.affine(x, scale: 3))
    let count = builder.count
    _ = builder.scoped("elsewhere") { $0.apply(.tanh, x) }
    #expect(builder.count == count)
  }

  @Test func randomNumbersAreNeverShared() {
    var builder = GraphBuilder()
    #expect(builder.random(.normal, [2]) != builder.random(.normal, [2]))
  }

  @Test func functionsThatChangeNothingAddNothing() {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    #expect(builder.reshape(x, [2, 3]) == x)
    #expect(builder.broadcast(x, to: [2, 3]) == x)
    #expect(builder.affine(x) == x)
    #expect(builder.concatenation([x], axis: 1) == x)
    #expect(builder.flatten(x) == x)
    #expect(builder.count == 1)
  }

  // MARK: Vocabulary

  @Test func shapesOfTheVocabulary() {
    var builder = GraphBuilder()
    let x = builder.input("x", [2, 3, 4, 5])
    func shape(_ body: (inout GraphBuilder) -> NodeID) -> Shape {
      let node = body(&builder)
      return builder.shape(of: node)
    }
    #expect(shape { $0.flatten(x) } == [2, 60])
    #expect(shape { $0.sum(x) } == [])
    #expect(shape { $0.sum(x, keepsDimensions: true) } == [1, 1, 1, 1])
    #expect(shape { $0.mean(x, axes: [-1]) } == [2, 3, 4])
    #expect(shape { $0.mean(x, axes: [3, 0], keepsDimensions: true) } == [1, 3, 4, 1])
    #expect(shape { $0.softmax(x) } == [2, 3, 4, 5])
    #expect(shape { $0.channelwise($0.sum(x, axes: [0, 2, 3]), rank: 4) } == [3, 1, 1])
    let rows = builder.reshape(x, [10, 12])
    #expect(shape { $0.pairwiseSquaredDistance(rows, $0.slice(rows, axis: 0, 0..<4)) } == [10, 4])
  }

  @Test func transposedConvolutionUndoesTheExtentsOfAConvolution() {
    for (extent, padding) in [(8, 1), (7, 0)] {
      var builder = GraphBuilder()
      let x = builder.input("x", [1, 2, extent, extent])
      let weights = builder.input("w", [4, 2, 3, 3])
      let geometry = Convolution(rank: 2, stride: 2, padding: 1)
      let code = builder.convolution(x, weights, geometry)
      let back = builder.transposedConvolution(code, weights, geometry, outputPadding: padding)
      #expect(builder.shape(of: back) == [1, 2, extent, extent])
    }
  }
}
