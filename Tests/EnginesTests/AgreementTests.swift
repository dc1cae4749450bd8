import HourglassBenchmarkSupport
import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassEngines

/// Every operation, forward and backward, by the executor over oneDNN and by the reference.
@Suite struct AgreementTests {
  @Test(arguments: LocalDistanceScale.allCases)
  func operationsAgree(_ localDistanceScale: LocalDistanceScale) throws {
    for operationCase in GradientCase.all + GradientCase.geometries {
      do {
        let made = try OperationGraph(operationCase, localDistanceScale)
        try Agreement(graph: made.graph).check(steps: [made.inputs])
      } catch {
        Issue.record("\(operationCase.name), \(localDistanceScale): \(error)")
      }
    }
  }

  @Test func everyOperationHasACase() throws {
    var operations = Set<Operation>()
    for operationCase in GradientCase.all + GradientCase.geometries {
      for node in try OperationGraph(operationCase, .gradients).graph.nodes {
        operations.insert(node.operation)
      }
    }
    for planCase in PlanCase.all {
      for node in try planCase.graph().nodes { operations.insert(node.operation) }
    }
    let kinds = Set(operations.map(\.kind))
    #expect(Operation.Kind.allCases.filter { !kinds.contains($0) } == [])
    for function in UnaryFunction.all {
      #expect(operations.contains(.unary(function)), "\(function)")
      let hasRule = ["affine", "sign", "floor"].contains { "\(function)".hasPrefix($0) }
      #expect(hasRule || operations.contains(.unaryBackward(function)), "\(function) backward")
    }
    for function in BinaryFunction.allCases {
      #expect(operations.contains(.binary(function)), "\(function)")
    }
    for reduction in Reduction.allCases {
      let found = operations.contains {
        if case .reduction(reduction, _) = $0 { true } else { false }
      }
      #expect(found, "\(reduction)")
    }
    for distribution in [Distribution.uniform, .normal] {
      let found = operations.contains {
        if case .random(distribution, _) = $0 { true } else { false }
      }
      #expect(found, "\(distribution)")
    }
  }

  @Test(arguments: PlanCase.all)
  func plansAgree(_ planCase: PlanCase) throws {
    let graph = try planCase.graph()
    try Agreement(graph: graph).check(steps: planCase.inputs(of: graph, steps: 5))
  }

  @Test func everyUpdateHasACase() throws {
    let names = Set(try PlanCase.all.flatMap { try $0.graph().updates.map(\.name) })
    #expect(names == ["adam", "gradientDescent", "movingAverage", "assignment"])
  }

  /// The networks that are timed, with few items, for two steps of training.
  @Test(arguments: ReferenceWorkload.all.map(\.name))
  func workloadsTrainAlike(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.batched(name == "unet-32" ? 1 : 6).trainingGraph()
    let steps = try (1...2).map { step in
      try workloadInputs(of: graph, step: step)
    }
    try Agreement(graph: graph, threads: 2, singleThreadLimit: 0).check(steps: steps)
  }

  /// The same networks in full give the same with one thread as with two.
  @Test(arguments: ReferenceWorkload.all.map(\.name))
  func workloadsDoNotDependOnThreads(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.trainingGraph()
    let inputs = try workloadInputs(of: graph, step: 1)
    let plans = try [1, 2].map { try OneDNNPlan(graph, seed: 3, threads: $0) }
    for plan in plans {
      for (name, node) in graph.inputs { plan.feed(try #require(inputs[name]), to: node) }
      try plan.run(step: 1)
    }
    let loss = try #require(graph.output("loss"))
    let losses = plans.map { $0.result(loss).scalars[0] }
    #expect(abs(losses[0] - losses[1]) <= 0x1p-20 * abs(losses[0]), "\(losses)")
    // After one step the first moments are a tenth of the gradients.
    for (variable, node) in graph.variables where variable.name.contains("first") {
      let values = plans.map { $0.value(ofVariable: node).scalars }
      let difference = zip(values[0], values[1]).reduce(0) { max($0, abs($1.0 - $1.1)) }
      let scale = values[0].reduce(0) { max($0, abs($1)) }
      #expect(difference <= 0x1p-12 * scale, "\(variable.name): \(difference) of \(scale)")
    }
  }

  private func workloadInputs(of graph: Graph, step: Int) throws -> [String: Tensor] {
    var generator = SeededGenerator(seed: UInt64(step))
    let x = try #require(graph.inputs.first { $0.name == "x" }).node
    let shape = graph[x].shape
    return [
      "x": Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape),
      "learningRate": Tensor([0.001], shape: .scalar),
      "step": Tensor([Float(step)], shape: .scalar),
    ]
  }
}
