import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

/// The executor over oneDNN and the Double reference must compute the same thing.
@Suite struct AgreementTests {
  @Test(arguments: ReferenceWorkload.all.map(\.name))
  func workloadsTrainAlike(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.trainingGraph()
    let fast = try OneDNNPlan(graph, seed: 3, threads: 2)
    let slow = try ReferencePlan(graph, seed: 3)
    var generator = SeededGenerator(seed: 1)
    let shape = workload.inputShape
    let x = Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape)
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    let loss = try #require(graph.output("loss"))
    for step in 1...1 {
      for plan in [fast, slow] as [any Plan] {
        plan.feed(x, to: try #require(inputs["x"]))
        plan.feed(0.001, to: try #require(inputs["learningRate"]))
        plan.feed(Float(step), to: try #require(inputs["step"]))
        try plan.run(step: UInt64(step))
      }
      let (a, b) = (fast.result(loss).scalars[0], slow.result(loss).scalars[0])
      print(name, step, a, b)
      #expect(abs(a - b) < 1e-4 * abs(b))
    }
    for (variable, node) in graph.variables where variable.role == .state {
      let (a, b) = (fast.value(ofVariable: node), slow.value(ofVariable: node))
      var (worst, scale) = (Float(0), Float(0))
      for index in a.scalars.indices {
        worst = max(worst, abs(a.scalars[index] - b.scalars[index]))
        scale = max(scale, abs(b.scalars[index]))
      }
      #expect(worst <= 1e-3 * scale + 1e-9, "\(variable.name) \(worst) of \(scale)")
    }
  }
}
