import HourglassTensors
import Testing

@testable import HourglassGraphs

/// The verifier is the net under the builder and the passes: graphs are broken here by hand.
@Suite struct VerifierTests {
  /// A graph with an input, two variables, a node and a number.
  private func sound() -> Graph {
    func variable(_ name: String) -> HourglassGraphs.Operation {
      .variable(Variable(name: name, role: .parameter, initializer: .constant(0)))
    }
    return Graph(
      nodes: [
        Node(operation: .input(name: "x"), inputs: [], shape: [2, 3], scope: ""),
        Node(operation: variable("w"), inputs: [], shape: [2, 3], scope: ""),
        Node(operation: variable("m"), inputs: [], shape: [2, 3], scope: ""),
        Node(operation: .binary(.add), inputs: [id(0), id(1)], shape: [2, 3], scope: "a.b"),
        Node(operation: .constant(0.5), inputs: [], shape: [], scope: ""),
        Node(operation: variable("s"), inputs: [], shape: [], scope: ""),
      ],
      outputs: [Graph.Output(name: "y", node: id(3))],
      updates: []
    )
  }

  private func id(_ index: Int) -> NodeID { NodeID(index: index) }

  private func expect(
    _ error: GraphError,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ spoil: (inout Graph) -> Void
  ) {
    var graph = sound()
    spoil(&graph)
    #expect(throws: error, comment, sourceLocation: sourceLocation) { try graph.verify() }
  }

  private func node(
    _ operation: HourglassGraphs.Operation,
    _ inputs: [NodeID],
    _ shape: Shape
  ) -> Node {
    Node(operation: operation, inputs: inputs, shape: shape, scope: "a.b")
  }

  @Test func soundGraphPasses() throws {
    try sound().verify()
  }

  @Test func orderIsChecked() {
    for index in [-1, 3, 4, 99] {
      expect(.malformed(node: 3, reason: "an input does not come before it")) {
        $0.nodes[3] = node(.unary(.tanh), [id(index)], [2, 3])
      }
    }
  }

  @Test func shapesAreChecked() {
    expect(.malformed(node: 3, reason: "its rule gives [2, 3], it says [3, 2]")) {
      $0.nodes[3] = node(.binary(.add), [id(0), id(1)], [3, 2])
    }
    expect(
      .shapeMismatch(
        operation: "dense",
        scope: "a.b",
        problem: ShapeProblem(expected: "2 or 3 inputs", found: "1 input")
      )
    ) {
      $0.nodes[3] = node(.dense, [id(0)], [2, 2])
    }
  }

  @Test func namesAreChecked() {
    expect(.duplicateName("w", scope: "")) { $0.nodes[2] = $0.nodes[1] }
    expect(.duplicateName("x", scope: "")) { $0.nodes[1] = $0.nodes[0] }
    expect(.duplicateName("y, y", scope: "outputs")) { $0.outputs.append($0.outputs[0]) }
  }

  @Test func resultsAreNodes() {
    expect(.malformed(node: 6, reason: "a result is no node of the graph")) {
      $0.outputs = [Graph.Output(name: "z", node: id(6))]
    }
  }

  @Test func updatesChangeVariables() {
    expect(.malformed(node: 0, reason: "an update changes it, it is no variable")) {
      $0.updates = [.assignment(variable: id(0), value: id(3))]
    }
    expect(.malformed(node: 9, reason: "an update names it, it is no node of the graph")) {
      $0.updates = [.movingAverage(average: id(1), source: id(9), decay: 0.5)]
    }
  }

  @Test func shapesOfUpdatesAgree() {
    let mismatch = GraphError.malformed(node: 1, reason: "the shapes of its update do not agree")
    expect(mismatch) { $0.updates = [.assignment(variable: id(1), value: id(4))] }
    expect(mismatch) { $0.updates = [.movingAverage(average: id(1), source: id(5), decay: 0.5)] }
    expect(mismatch) {
      $0.updates = [.movingAverage(average: id(1), source: id(3), decay: 0.5, limit: id(0))]
    }

    let adam = Update.Adam(
      parameter: id(1),
      gradient: id(3),
      firstMoment: id(2),
      secondMoment: id(2),
      learningRate: id(4),
      step: id(5),
      gradientScale: id(4),
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0
    )
    var graph = sound()
    graph.updates = [.adam(adam)]
    #expect(throws: Never.self) { try graph.verify() }
    let operands: [WritableKeyPath<Update.Adam, NodeID>] = [
      \.gradient, \.firstMoment, \.secondMoment,
    ]
    for path in operands {
      expect(mismatch) { graph in
        var wrong = adam
        wrong[keyPath: path] = id(5)
        graph.updates = [.adam(wrong)]
      }
    }
    for path in [\Update.Adam.learningRate, \.step] {
      expect(mismatch) { graph in
        var wrong = adam
        wrong[keyPath: path] = id(0)
        graph.updates = [.adam(wrong)]
      }
    }
    expect(mismatch, "a scale of six elements") { graph in
      var wrong = adam
      wrong.gradientScale = id(0)
      graph.updates = [.adam(wrong)]
    }
  }

  @Test func gradientDescentIsChecked() {
    let descent = Update.GradientDescent(
      parameter: id(1),
      gradient: id(3),
      velocity: nil,
      learningRate: id(4),
      gradientScale: nil,
      momentum: 0,
      isNesterov: false,
      weightDecay: 0
    )
    var graph = sound()
    graph.updates = [.gradientDescent(descent)]
    #expect(throws: Never.self) { try graph.verify() }
    expect(.malformed(node: 1, reason: "its update has momentum and no velocity")) { graph in
      var wrong = descent
      wrong.momentum = 0.9
      graph.updates = [.gradientDescent(wrong)]
    }
    let mismatch = GraphError.malformed(node: 1, reason: "the shapes of its update do not agree")
    expect(mismatch) { graph in
      var wrong = descent
      wrong.velocity = id(5)
      graph.updates = [.gradientDescent(wrong)]
    }
    expect(mismatch) { graph in
      var wrong = descent
      wrong.gradientScale = id(3)
      graph.updates = [.gradientDescent(wrong)]
    }
  }

  // MARK: What passes rely on besides

  @Test func liveNodesAreThoseThatResultsAndUpdatesNeed() {
    var graph = sound()
    #expect(graph.liveNodes() == [true, true, false, true, false, false])
    graph.updates = [.movingAverage(average: id(2), source: id(1), decay: 0.5)]
    #expect(graph.liveNodes() == [true, true, true, true, false, false])
    graph.outputs = []
    #expect(graph.liveNodes() == [false, true, true, false, false, false])
  }

  @Test func printerShowsNodesUpdatesAndResults() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [8, 1, 5])
    let rate = builder.input("rate", [])
    let loss = builder.scoped("encoder") { builder in
      let weights = builder.parameter("weight", [2, 1, 3], .uniform(bound: 0.5))
      let y = builder.convolution(x, weights, Convolution(rank: 1, stride: 2))
      let code = builder.apply(.leakyRelu(slope: 0.25), y)
      let noise = builder.random(.normal, [8, 2, 2])
      return builder.sum(builder.softmax(builder.sum(code, noise), axis: 1), axes: [0, 2])
    }
    let average = builder.state("average", [2])
    builder.update(.movingAverage(average: average, source: loss, decay: 0.99))
    builder.update(.assignment(variable: builder.state("last", []), value: rate))
    builder.output("loss", loss)
    let expected = """
      %0 = input "x"() : [8, 1, 5]
      %1 = input "rate"() : []
      %2 = parameter "encoder.weight"() : [2, 1, 3]  # encoder
      %3 = convolution stride [2](%0, %2) : [8, 2, 2]  # encoder
      %4 = leakyRelu(slope: 0.25)(%3) : [8, 2, 2]  # encoder
      %5 = random normal 1() : [8, 2, 2]  # encoder
      %6 = add(%4, %5) : [8, 2, 2]  # encoder
      %7 = softmax axis 1(%6) : [8, 2, 2]  # encoder
      %8 = sum over [0, 2](%7) : [1, 2, 1]  # encoder
      %9 = reshape(%8) : [2]  # encoder
      %10 = state "average"() : [2]
      %11 = state "last"() : []
      movingAverage %10 <- %9
      assignment %11 <- %1
      loss = %9
      """
    #expect(try builder.finish().description == expected)
  }
}
