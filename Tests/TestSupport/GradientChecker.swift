internal import HourglassEngines
package import HourglassGraphs
internal import HourglassTensors

/// Compares the gradients that the rules give with central differences in double precision.
///
///     (L(x + h v) - L(x - h v)) / 2h  against  v · ∂L/∂x,  L = u · f(x)
///
/// for a random direction v and a random cotangent u.
package struct GradientChecker {
  /// A tensor with respect to which gradients are taken: an argument, or a parameter.
  private struct Subject {
    let name: String
    let shape: Shape
    let values: GradientValues
    let isParameter: Bool
  }

  /// Values of all subjects, by name.
  private typealias Point = [String: DoubleTensor]

  /// The function, its cotangent, and its gradients, as a graph.
  package let graph: Graph

  /// The operation that the function ends with.
  package let operation: Operation

  private let subjects: [Subject]
  private let resultShape: Shape
  private let step = 1e-5

  /// Builds the graph of a case; `rule` replaces the gradient rules.
  package init(
    _ gradientCase: GradientCase,
    rule: GraphBuilder.GradientRule? = nil
  ) throws(GraphError) {
    var builder = GraphBuilder()
    var subjects: [Subject] = []
    var nodes: [NodeID] = []
    for (index, argument) in gradientCase.arguments.enumerated() {
      let name = "x\(index)"
      nodes.append(builder.input(name, argument.shape))
      subjects.append(
        Subject(name: name, shape: argument.shape, values: argument.values, isParameter: false)
      )
    }
    let result = gradientCase.build(&builder, nodes)
    for parameter in builder.parameters {
      let name = builder.variableName(of: parameter) ?? ""
      let shape = builder.shape(of: parameter)
      nodes.append(parameter)
      subjects.append(Subject(name: name, shape: shape, values: .normal, isParameter: true))
    }
    operation = builder.node(result)?.operation ?? .stopGradient
    resultShape = builder.shape(of: result)
    let cotangent = builder.input("cotangent", resultShape)
    let loss = builder.sum(builder.product(result, cotangent))
    let gradients = builder.gradients(of: loss, withRespectTo: nodes, rule: rule)
    builder.output("result", result)
    builder.output("loss", loss)
    for (subject, gradient) in zip(subjects, gradients) {
      builder.output("gradient of \(subject.name)", gradient)
    }
    self.subjects = subjects
    graph = try builder.finish()
  }

  /// The relative error along a random direction through all subjects at a random point.
  package func directionalError(seed: UInt64) -> Double {
    var generator = SeededGenerator(seed: seed)
    let point = sample(&generator)
    let cotangent = normal(resultShape, &generator)
    var direction: Point = [:]
    for subject in differentiated { direction[subject.name] = normal(subject.shape, &generator) }

    let before = run(moved(point, along: direction, by: -step), cotangent)
    let after = run(moved(point, along: direction, by: step), cotangent)
    let numeric = (scalar(after, "loss") - scalar(before, "loss")) / (2 * step)
    let here = run(point, cotangent)
    var analytic = 0.0
    for subject in differentiated {
      let gradient = tensor(here, "gradient of \(subject.name)")
      for (g, v) in zip(gradient.scalars, direction[subject.name]?.scalars ?? []) {
        analytic += g * v
      }
    }
    return relativeError([analytic], [numeric])
  }

  /// The relative error of the whole Jacobian at a random point, with respect to each subject.
  ///
  /// `nil` where the result or every subject has 50 elements or more.
  package func jacobianError(seed: UInt64) -> Double? {
    let small = differentiated.filter { (1..<50).contains($0.shape.elementCount) }
    guard resultShape.elementCount < 50, !small.isEmpty else { return nil }
    var generator = SeededGenerator(seed: seed)
    let point = sample(&generator)
    let zeros = DoubleTensor.zeros(resultShape)

    // Row j of the analytic Jacobian is the gradient for the cotangent that picks element j.
    var rows: [String: [Double]] = [:]
    for element in 0..<resultShape.elementCount {
      var picked = zeros
      picked[element] = 1
      let outputs = run(point, picked)
      for subject in small {
        rows[subject.name, default: []] += tensor(outputs, "gradient of \(subject.name)").scalars
      }
    }
    var worst = 0.0
    for subject in small {
      let count = subject.shape.elementCount
      var numeric = [Double](repeating: 0, count: count * resultShape.elementCount)
      for column in 0..<count {
        var direction = DoubleTensor.zeros(subject.shape)
        direction[column] = 1
        let before = run(moved(point, along: [subject.name: direction], by: -step), zeros)
        let after = run(moved(point, along: [subject.name: direction], by: step), zeros)
        let pairs = zip(tensor(before, "result").scalars, tensor(after, "result").scalars)
        for (row, (low, high)) in pairs.enumerated() {
          numeric[row * count + column] = (high - low) / (2 * step)
        }
      }
      worst = max(worst, relativeError(rows[subject.name] ?? [], numeric))
    }
    return worst
  }

  /// Whether a direction or the Jacobian shows that a gradient is wrong.
  package func catchesAMistake() -> Bool {
    // What is not a number is a mistake as well.
    [11, 12, 13].contains { !(directionalError(seed: $0) < 1e-6) }
      || !(jacobianError(seed: 14) ?? 0 < 1e-6)
  }

  // MARK: Parts

  private var differentiated: [Subject] { subjects.filter(\.values.isDifferentiated) }

  private func sample(_ generator: inout SeededGenerator) -> Point {
    var point: Point = [:]
    for subject in subjects {
      let scalars = subject.values.sample(subject.shape.elementCount, &generator)
      point[subject.name] = DoubleTensor(scalars, shape: subject.shape)
    }
    return point
  }

  private func normal(_ shape: Shape, _ generator: inout SeededGenerator) -> DoubleTensor {
    DoubleTensor(GradientValues.normal.sample(shape.elementCount, &generator), shape: shape)
  }

  private func moved(_ point: Point, along direction: Point, by length: Double) -> Point {
    point.merging(direction) { place, direction in
      let scalars = zip(place.scalars, direction.scalars).map { $0 + length * $1 }
      return DoubleTensor(scalars, shape: place.shape)
    }
  }

  private func run(_ point: Point, _ cotangent: DoubleTensor) -> [String: DoubleTensor] {
    var inputs: Point = ["cotangent": cotangent]
    var variables: Point = [:]
    for (variable, node) in graph.variables {
      variables[variable.name] = DoubleTensor(
        variable.initializer.tensor(name: variable.name, shape: graph[node].shape, seed: 0)
      )
    }
    for subject in subjects {
      if subject.isParameter {
        variables[subject.name] = point[subject.name]
      } else {
        inputs[subject.name] = point[subject.name]
      }
    }
    return ReferenceExecutor.run(graph, inputs: inputs, variables: variables).outputs
  }

  private func tensor(_ outputs: [String: DoubleTensor], _ name: String) -> DoubleTensor {
    guard let tensor = outputs[name] else { preconditionFailure("the graph gives \(name)") }
    return tensor
  }

  private func scalar(_ outputs: [String: DoubleTensor], _ name: String) -> Double {
    tensor(outputs, name)[0]
  }
}

/// The largest difference, relative to the largest number of either list, at least 0.001.
package func relativeError(_ first: [Double], _ second: [Double]) -> Double {
  guard first.count == second.count else { return .infinity }
  let scale = (first + second).reduce(1e-3) { max($0, abs($1)) }
  let differences = zip(first, second).map { abs($0 - $1) }
  return differences.contains(where: \.isNaN) ? .infinity : (differences.max() ?? 0) / scale
}
