import HourglassBenchmarkSupport
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ReferenceWorkloadTests {
  /// The counts are those of the hooks in `torch_speed.py`, written out by hand for each layer.
  @Test func multiplyAddsAreThoseOfThePeer() throws {
    let counts = try ReferenceWorkload.all.map { workload in
      "\(workload.name) \(try workload.forwardMultiplyAdds())"
    }
    #expect(
      counts == [
        "tabular-30 540672", "tabular-100 11272192", "dense-784 138412032",
        "dense-784-large-batch 553648128", "vae-784 83353600", "conv-28 354041856",
        "unet-32 6018826240", "series-128 82575360",
      ]
    )
  }

  @Test(arguments: ReferenceWorkload.all.indices)
  func trainingStepIsAGraph(index: Int) throws {
    let workload = ReferenceWorkload.all[index]
    let graph = try workload.trainingGraph()
    #expect(graph.inputs.map(\.name).sorted() == ["learningRate", "step", "x"])
    let x = try #require(graph.inputs.first { $0.name == "x" }).node
    #expect(graph[x].shape == Shape([workload.batch] + workload.itemShape.dimensions))
    let loss = try #require(graph.output("loss"))
    #expect(graph[loss].shape == .scalar)
    let parameters = graph.variables.count { $0.variable.role == .parameter }
    #expect(graph.updates.count == parameters)
  }

  @Test func layersHaveThePeersWeights() throws {
    func weights(_ name: String) throws -> [String] {
      let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
      return try workload.forwardGraph().parameterList.filter { $0.contains("weight") }.map {
        String($0.drop { $0 != "[" })
      }
    }
    #expect(
      try weights("conv-28") == [
        "[32, 1, 3, 3]", "[64, 32, 3, 3]", "[16, 3136]", "[3136, 16]", "[64, 32, 4, 4]",
        "[32, 1, 4, 4]",
      ]
    )
    #expect(
      try weights("unet-32") == [
        "[32, 3, 3, 3]", "[32, 32, 3, 3]", "[64, 32, 3, 3]", "[64, 64, 3, 3]", "[128, 64, 3, 3]",
        "[128, 128, 3, 3]", "[128, 64, 4, 4]", "[64, 128, 3, 3]", "[64, 32, 4, 4]",
        "[32, 64, 3, 3]", "[3, 32, 3, 3]",
      ]
    )
    #expect(
      try weights("series-128") == [
        "[32, 1, 7]", "[64, 32, 5]", "[8, 2048]", "[2048, 8]", "[64, 32, 4]", "[32, 1, 4]",
      ]
    )
    #expect(
      try weights("vae-784") == ["[400, 784]", "[40, 400]", "[400, 20]", "[784, 400]"]
    )
  }

  /// The smallest one learns: uniform data around 1/2, which a constant explains best.
  @Test func tabularLearns() throws {
    let workload = try #require(ReferenceWorkload.all.first)
    let graph = try workload.trainingGraph()
    let plan = ReferencePlan(graph, seed: 1)
    for (name, node) in graph.inputs {
      if name == "x" { plan.feed(uniform(graph[node].shape), to: node) }
      if name == "learningRate" { plan.feed(1e-3, to: node) }
    }
    let loss = try #require(graph.output("loss"))
    let step = try #require(graph.inputs.first { $0.name == "step" }).node
    var losses: [Float] = []
    for count in 1...10 {
      plan.feed(Float(count), to: step)
      try plan.run(step: UInt64(count))
      losses.append(plan.result(loss).scalars[0])
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
  }
}
