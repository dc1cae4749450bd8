import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassEngines

/// Every operation, forward and backward, by the executor over oneDNN and by the reference.
@Suite struct AgreementTests {
  @Test(arguments: Surroundings.allCases)
  func operationsAgree(_ surroundings: Surroundings) throws {
    for operationCase in GradientCase.all + GradientCase.geometries {
      do {
        let made = try OperationGraph(operationCase, surroundings)
        try Agreement(graph: made.graph).check(steps: [made.inputs])
      } catch {
        Issue.record("\(operationCase.name), \(surroundings): \(error)")
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
      let hasRule = ["affine", "sign"].contains { "\(function)".hasPrefix($0) }
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

  @Test(arguments: ReferenceWorkload.all.map(\.name))
  func workloadsTrainAlike(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.trainingGraph()
    let fast = try OneDNNPlan(graph, seed: 3, threads: 2)
    let slow = ReferencePlan(graph, seed: 3)
    var generator = SeededGenerator(seed: 1)
    let shape = workload.inputShape
    let x = Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape)
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    let loss = try #require(graph.output("loss"))
    for plan in [fast, slow] as [any Plan] {
      plan.feed(x, to: try #require(inputs["x"]))
      plan.feed(0.001, to: try #require(inputs["learningRate"]))
      plan.feed(1, to: try #require(inputs["step"]))
      try plan.run(step: 1)
    }
    let (a, b) = (fast.result(loss).scalars[0], slow.result(loss).scalars[0])
    #expect(abs(a - b) < 1e-6 * abs(b), "loss \(a), expected \(b)")
    // After one step the moments are multiples of the gradients. Where single precision puts a value
    // on the other side of a rectifier's kink, a whole gradient comes or goes: so the tolerance is
    // that of the network's size, not that of an operation (the cases above have that).
    for (variable, node) in graph.variables where variable.role == .state {
      let (a, b) = (fast.value(ofVariable: node), slow.value(ofVariable: node))
      let worst = zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
      let scale = b.scalars.reduce(0) { max($0, abs($1)) }
      #expect(worst <= 1e-3 * scale, "\(variable.name): \(worst) of \(scale)")
    }
  }
}
