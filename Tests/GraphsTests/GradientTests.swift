import HourglassEngines
import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct GradientTests {
  @Test(arguments: GradientCase.all)
  func rulesMatchCentralDifferences(_ gradientCase: GradientCase) throws {
    let checker = try GradientChecker(gradientCase)
    for seed: UInt64 in [1, 2, 3] {
      let error = checker.directionalError(seed: seed)
      #expect(error < 1e-6, "\(gradientCase), seed \(seed)")
    }
    if let error = checker.jacobianError(seed: 4) {
      #expect(error < 1e-6, "\(gradientCase), whole Jacobian")
    }
  }

  @Test func everyDifferentiableOperationHasACase() throws {
    let covered = Set(try GradientCase.all.map { try GradientChecker($0).operation.kind })
    let missing = Operation.Kind.allCases.filter { $0.isDifferentiable && !covered.contains($0) }
    #expect(missing == [], "operations without a gradient case")
  }

  @Test func everyFunctionHasACase() throws {
    let covered = Set(try GradientCase.all.map { try GradientChecker($0).operation })
    for function in UnaryFunction.all {
      #expect(covered.contains(.unary(function)), "\(function)")
    }
    for function in BinaryFunction.allCases {
      #expect(covered.contains(.binary(function)), "\(function)")
    }
    for reduction in Reduction.allCases {
      #expect(covered.contains(.reduction(reduction, axes: [0])), "\(reduction)")
    }
  }

  @Test func namesOfCasesAreUnique() {
    #expect(Set(GradientCase.all.map(\.name)).count == GradientCase.all.count)
  }
}

/// What the rules say where the derivative does not exist.
@Suite struct GradientConventionTests {
  /// The gradients of the sum of a function, at exact values.
  private func gradients(
    at values: [[Double]],
    shapes: [Shape]? = nil,
    _ build: (inout GraphBuilder, [NodeID]) -> NodeID
  ) throws -> [[Double]] {
    var builder = GraphBuilder()
    let nodes = values.indices.map {
      builder.input("x\($0)", shapes?[$0] ?? [values[$0].count])
    }
    let loss = builder.sum(build(&builder, nodes))
    for (index, gradient) in builder.gradients(of: loss, withRespectTo: nodes).enumerated() {
      builder.output("\(index)", gradient)
    }
    let graph = try builder.finish()
    var inputs: [String: DoubleTensor] = [:]
    for (index, node) in nodes.enumerated() {
      inputs["x\(index)"] = DoubleTensor(values[index], shape: graph[node].shape)
    }
    let outputs = ReferenceExecutor.run(graph, inputs: inputs).outputs
    return values.indices.map { outputs["\($0)"]?.scalars ?? [] }
  }

  @Test(arguments: [
    (UnaryFunction.relu, [0.0, -0.0], [0.0, 0.0]),
    (.absolute, [0], [0]),
    (.sign, [-2, 0, 3], [0, 0, 0]),
    (.floor, [-1.5, 0, 2.5], [0, 0, 0]),
    (.leakyRelu(slope: 0.25), [0], [0.25]),
    (.elu(alpha: 0.5), [0], [0.5]),
    (.clip(lower: -1, upper: 2), [-1, 2, -1.5, 2.5], [1, 1, 0, 0]),
  ])
  func functionsOfOneNumber(_ function: UnaryFunction, _ x: [Double], _ expected: [Double]) throws {
    #expect(try gradients(at: [x]) { $0.apply(function, $1[0]) } == [expected])
  }

  @Test func firstOfTwoEqualNumbersTakesTheGradient() throws {
    for function in [BinaryFunction.maximum, .minimum] {
      let found = try gradients(at: [[1], [1]]) { $0.apply(function, $1[0], $1[1]) }
      #expect(found == [[1], [0]], "\(function)")
    }
  }

  @Test func comparisonsHaveNoGradient() throws {
    for function in [BinaryFunction.greater, .equal] {
      let found = try gradients(at: [[1, 2], [1, 3]]) { $0.apply(function, $1[0], $1[1]) }
      #expect(found == [[0, 0], [0, 0]], "\(function)")
    }
  }

  @Test func elementsThatShareTheMaximumShareItsGradient() throws {
    let found = try gradients(at: [[3, 1, 3, 3]]) { $0.reduce(.maximum, $1[0]) }
    let third = 1.0 / 3
    #expect(found == [[third, 0, third, third]])
  }

  @Test func firstOfEqualElementsOfAPoolingWindowTakesTheGradient() throws {
    let pooling = Pooling.ofPairs(.maximum)
    let found = try gradients(at: [[1, 5, 5, 5]], shapes: [[1, 1, 2, 2]]) {
      $0.pooling($1[0], pooling)
    }
    #expect(found == [[0, 1, 0, 0]])
  }

  @Test func noGradientFlowsThroughStopGradient() throws {
    let found = try gradients(at: [[2, 3]]) { $0.product($0.stopGradient($1[0]), $1[0]) }
    #expect(found == [[2, 3]])
    #expect(try gradients(at: [[2, 3]]) { $0.stopGradient($1[0]) } == [[0, 0]])
  }

  /// The straight-through estimator: x + stop(f(x) - x) has the value of f and the gradient of x.
  @Test func straightThroughEstimatorHasUnitGradient() throws {
    let found = try gradients(at: [[-2, 3]]) { builder, x in
      let hard = builder.apply(.sign, x[0])
      return builder.sum(x[0], builder.stopGradient(builder.difference(hard, x[0])))
    }
    #expect(found == [[1, 1]])
  }

  @Test func indicesHaveNoGradient() throws {
    let found = try gradients(at: [[1, 2, 3, 4], [1, 1]], shapes: [[2, 2], [2]]) {
      $0.gather($1[0], $1[1])
    }
    #expect(found == [[0, 0, 2, 2], [0, 0]])
  }
}
