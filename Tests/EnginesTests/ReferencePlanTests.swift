import HourglassEngines
import HourglassGraphs
import HourglassTensors
import Testing

@Suite struct ReferencePlanTests {
  // MARK: Random numbers

  @Test func uniformNumbersAreTheWordsOfTheirBlocks() throws {
    var builder = GraphBuilder()
    _ = builder.random(.uniform, [2])
    let random = builder.random(.uniform, [3, 2])
    builder.output("random", random)
    let graph = try builder.finish()
    let step: UInt64 = 0x1_0000_0007
    let results = ReferenceExecutor.run(graph, seed: 99, step: step)
    let blocks = [0, 1].map { Philox.block(key: 99, counter: ($0, 2, 7, 1)) }
    let words = blocks.flatMap { [$0.0, $0.1, $0.2, $0.3] }.prefix(6)
    #expect(results.outputs["random"]?.scalars == words.map { Double(Philox.uniform($0)) })
  }

  @Test func normalNumbersAreMadeOfPairsOfWords() throws {
    var builder = GraphBuilder()
    builder.output("random", builder.random(.normal, [7]))
    let graph = try builder.finish()
    let found = ReferenceExecutor.run(graph, seed: 3, step: 5).outputs["random"]?.scalars
    let expected = [0, 1].flatMap { (index: UInt32) in
      let block = Philox.block(key: 3, counter: (index, 1, 5, 0))
      let (a, b) = Philox.normals(block.0, block.1)
      let (c, d) = Philox.normals(block.2, block.3)
      return [a, b, c, d]
    }
    #expect(found == expected.prefix(7).map { Double($0) })
  }

  // MARK: Updates

  @Test func updatesAreAppliedInOrderAfterAllNodes() throws {
    var builder = GraphBuilder()
    let weight = builder.parameter("w", [1], .constant(1))
    let average = builder.state("average", [1])
    let early = builder.state("early", [1])
    builder.output("twice", builder.affine(weight, scale: 2))
    builder.update(.movingAverage(average: early, source: weight, decay: 0.5))
    builder.update(.assignment(variable: weight, value: builder.affine(weight, offset: 10)))
    builder.update(.movingAverage(average: average, source: weight, decay: 0.75))
    let plan = ReferencePlan(try builder.finish(), seed: 0)
    try plan.run(step: 0)
    // The node saw the old weight, the average after the assignment the new one.
    #expect(plan.result(try #require(plan.graph.output("twice"))).scalars == [2])
    #expect(plan.variables["w"]?.scalars == [11])
    #expect(plan.variables["early"]?.scalars == [0.5])
    #expect(plan.variables["average"]?.scalars == [2.75])
  }

  // MARK: The plan

  private func autoencoder() throws -> Graph {
    var builder = GraphBuilder()
    let x = builder.input("x", [4, 6])
    let rate = builder.input("rate", [])
    let noise = builder.affine(builder.random(.normal, [4, 6]), scale: 0.01)
    let down = builder.parameter("down", [3, 6], .uniform(bound: 0.5))
    let up = builder.parameter("up", [6, 3], .normal(standardDeviation: 0.5))
    let code = builder.apply(.tanh, builder.dense(builder.sum(x, noise), down))
    let error = builder.difference(builder.dense(code, up), x)
    let loss = builder.mean(builder.apply(.square, error))
    for (parameter, gradient) in zip(
      [down, up],
      builder.gradients(of: loss, withRespectTo: [down, up])
    ) {
      let change = builder.product(gradient, rate)
      builder.update(
        .assignment(variable: parameter, value: builder.difference(parameter, change))
      )
    }
    builder.output("loss", loss)
    return try builder.finish()
  }

  private func train(_ plan: ReferencePlan, steps: Range<UInt64>) throws -> [Float] {
    let inputs = Dictionary(uniqueKeysWithValues: plan.graph.inputs.map { ($0.name, $0.node) })
    let data = (0..<24).map { Float($0 % 5) / 5 - 0.4 }
    plan.feed(Tensor(data, shape: [4, 6]), to: try #require(inputs["x"]))
    plan.feed(0.2, to: try #require(inputs["rate"]))
    let loss = try #require(plan.graph.output("loss"))
    return try steps.map { step in
      try plan.run(step: step)
      return plan.result(loss).scalars[0]
    }
  }

  @Test func trainingLowersTheLoss() throws {
    let losses = try train(ReferencePlan(autoencoder(), seed: 1), steps: 0..<200)
    #expect(losses[199] < losses[0] / 3)
  }

  @Test func sameSeedGivesTheSameBytes() throws {
    let first = try train(ReferencePlan(autoencoder(), seed: 1), steps: 0..<5)
    #expect(try train(ReferencePlan(autoencoder(), seed: 1), steps: 0..<5) == first)
    #expect(try train(ReferencePlan(autoencoder(), seed: 2), steps: 0..<5) != first)
  }

  @Test func inputsStayForLaterRuns() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [2])
    builder.output("y", builder.affine(x, scale: 2))
    let plan = ReferencePlan(try builder.finish(), seed: 0)
    let y = try #require(plan.graph.output("y"))
    try plan.run(step: 0)
    #expect(plan.result(y).scalars == [0, 0])
    plan.feed(Tensor([1, 2], shape: [2]), to: x)
    try plan.run(step: 1)
    plan.withInput(x) { $0[1] = 5 }
    try plan.run(step: 2)
    #expect(plan.result(y).scalars == [2, 10])
  }

  @Test func variablesStartAsTheirInitializersSayAndCanBeReplaced() throws {
    let plan = ReferencePlan(try autoencoder(), seed: 7)
    let down = Initializer.uniform(bound: 0.5).tensor(name: "down", shape: [3, 6], seed: 7)
    #expect(plan.variables["down"] == down)
    #expect(down.scalars.allSatisfy { abs($0) <= 0.5 })
    let ones = Tensor(repeating: 1, shape: [6, 3])
    plan.setVariables(["up": ones, "unknown": ones])
    #expect(plan.variables["up"] == ones)
    #expect(plan.variables["down"] == down)
  }

  // MARK: Overrides and values that are not finite

  @Test func nodesCanBeOverridden() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [2])
    let noise = builder.random(.normal, [2])
    builder.output("y", builder.sum(x, noise))
    let graph = try builder.finish()
    let outputs = ReferenceExecutor.run(
      graph,
      inputs: ["x": DoubleTensor([1, 2], shape: [2])],
      overriding: [noise: DoubleTensor([10, 20], shape: [2])]
    ).outputs
    #expect(outputs["y"]?.scalars == [11, 22])
  }

  @Test func firstNonFiniteNodeIsNamed() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [1, 3])
    let weight = builder.parameter("w", [1, 3], .constant(1))
    let ratio = builder.scoped("decoder") { builder in
      builder.scoped("2") { builder in
        builder.apply(.logarithm, builder.product(x, weight))
      }
    }
    builder.output("loss", builder.sum(builder.apply(.square, ratio)))
    let graph = try builder.finish()
    func find(_ x: [Float], _ weights: [Float]) -> NonFiniteValue? {
      findFirstNonFinite(
        graph,
        inputs: ["x": Tensor(x, shape: [1, 3])],
        variables: ["w": Tensor(weights, shape: [1, 3])],
        seed: 0,
        step: 0
      )
    }
    #expect(find([1, 2, 3], [1, 1, 1]) == nil)
    #expect(
      find([1, 0, 3], [1, 1, 1])?.description
        == "decoder.2: logarithm (%3) expected finite numbers, found -inf at element 1 of [1, 3]"
    )
    #expect(find([1, 2, 3], [1, 1, .nan])?.operation == "parameter \"w\"")
    #expect(find([1, .infinity, 3], [1, 1, 1])?.operation == "input \"x\"")
    // Within the range of double precision, beyond that of single precision.
    let overflow = find([1e30, 1, 1], [1e30, 1, 1])
    #expect(overflow?.operation == "multiply")
    #expect(overflow?.scope == "decoder.2")
  }
}
