package import HourglassTensors

/// A node's place in its graph.
public struct NodeID: Hashable, Sendable {
  package let index: Int

  package init(index: Int) {
    self.index = index
  }
}

/// One operation with its inputs and the shape of its result.
package struct Node: Hashable, Sendable {
  package let operation: Operation
  package let inputs: [NodeID]
  package let shape: Shape
  /// The layer that made it, for messages and the printer; empty at the top.
  package let scope: String

  package init(operation: Operation, inputs: [NodeID], shape: Shape, scope: String) {
    self.operation = operation
    self.inputs = inputs
    self.shape = shape
    self.scope = scope
  }
}

/// A change of variables at the end of a run, after every node has been computed.
///
/// Scalars such as the learning rate are nodes of one element.
package enum Update: Hashable, Sendable {
  /// Kingma, Ba, 2014, "Adam", arXiv:1412.6980, algorithm 1; with decoupled weight decay it is
  /// AdamW: Loshchilov, Hutter, 2017, arXiv:1711.05101, algorithm 2.
  case adam(Adam)
  /// Stochastic gradient descent with momentum.
  case gradientDescent(GradientDescent)
  /// average = decay · average + (1 - decay) · source, with the limit, a scalar, for the decay where that
  /// is less
  case movingAverage(average: NodeID, source: NodeID, decay: Float, limit: NodeID? = nil)
  /// variable = value
  case assignment(variable: NodeID, value: NodeID)

  /// Attributes and operands of Adam.
  package struct Adam: Hashable, Sendable {
    package var parameter: NodeID
    package var gradient: NodeID
    package var firstMoment: NodeID
    package var secondMoment: NodeID
    package var learningRate: NodeID
    /// The number of this step, counted from 1.
    package var step: NodeID
    /// A factor of the gradient, for clipping by the norm over all parameters.
    package var gradientScale: NodeID?
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float
  }

  /// Attributes and operands of gradient descent.
  package struct GradientDescent: Hashable, Sendable {
    package var parameter: NodeID
    package var gradient: NodeID
    package var velocity: NodeID?
    package var learningRate: NodeID
    package var gradientScale: NodeID?
    package var momentum: Float
    package var isNesterov: Bool
    package var weightDecay: Float
  }

  /// The variables that it changes.
  package var changed: [NodeID] {
    switch self {
    case .adam(let adam): [adam.parameter, adam.firstMoment, adam.secondMoment]
    case .gradientDescent(let descent): [descent.parameter] + (descent.velocity.map { [$0] } ?? [])
    case .movingAverage(let average, _, _, _): [average]
    case .assignment(let variable, _): [variable]
    }
  }

  /// The nodes that it reads besides what it changes.
  package var read: [NodeID] {
    switch self {
    case .adam(let adam):
      [adam.gradient, adam.learningRate, adam.step] + (adam.gradientScale.map { [$0] } ?? [])
    case .gradientDescent(let descent):
      [descent.gradient, descent.learningRate] + (descent.gradientScale.map { [$0] } ?? [])
    case .movingAverage(_, let source, _, let limit): [source] + (limit.map { [$0] } ?? [])
    case .assignment(_, let value): [value]
    }
  }
}

/// A finished computation: nodes in topological order, named results, and changes of variables.
///
/// A graph is a value without behavior: an executor compiles it to a plan and runs the plan.
/// Every node is computed from the variables as they were before the run; then the updates are
/// applied in order, so that a moving average of a parameter sees the new parameter.
package struct Graph: Hashable, Sendable {
  package struct Output: Hashable, Sendable {
    package let name: String
    package let node: NodeID
  }

  package internal(set) var nodes: [Node]
  package internal(set) var outputs: [Output]
  package internal(set) var updates: [Update]

  package subscript(id: NodeID) -> Node { nodes[id.index] }

  /// The nodes that the caller feeds, with their names.
  package var inputs: [(name: String, node: NodeID)] {
    nodes.indices.compactMap {
      if case .input(let name) = nodes[$0].operation { (name, NodeID(index: $0)) } else { nil }
    }
  }

  /// The variables in the order in which they were made; tensors that are fixed are none.
  package var variables: [(variable: Variable, node: NodeID)] {
    namedTensors.filter { $0.variable.role != .fixed }
  }

  /// The tensors that are given with the graph, in the order in which they were made.
  package var fixedTensors: [(variable: Variable, node: NodeID)] {
    namedTensors.filter { $0.variable.role == .fixed }
  }

  private var namedTensors: [(variable: Variable, node: NodeID)] {
    nodes.indices.compactMap {
      if case .variable(let variable) = nodes[$0].operation {
        (variable, NodeID(index: $0))
      } else {
        nil
      }
    }
  }

  /// The shape of each variable by its name.
  package var variableShapes: [String: Shape] {
    Dictionary(uniqueKeysWithValues: variables.map { ($0.variable.name, self[$0.node].shape) })
  }

  /// The result of a name.
  package func output(_ name: String) -> NodeID? {
    outputs.first { $0.name == name }?.node
  }

  /// Marks the nodes that a result or an update needs.
  package func liveNodes() -> [Bool] {
    var live = [Bool](repeating: false, count: nodes.count)
    for output in outputs { live[output.node.index] = true }
    for update in updates {
      for node in update.read + update.changed { live[node.index] = true }
    }
    for index in nodes.indices.reversed() where live[index] {
      for input in nodes[index].inputs { live[input.index] = true }
    }
    return live
  }
}

/// A mistake in a graph, found while building or verifying it.
package enum GraphError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The inputs of an operation do not fit it; the scope is the path of the layer.
  case shapeMismatch(operation: String, scope: String, problem: ShapeProblem)
  /// Two inputs or two variables have one name.
  case duplicateName(String, scope: String)
  /// Gradients were asked for of something else than one number.
  case differentiationOfNonScalar(shape: Shape)
  /// A gradient would flow through an operation that has none.
  case notDifferentiable(operation: String, scope: String)
  /// The graph contradicts itself.
  case malformed(node: Int, reason: String)

  /// Where the mistake is, what was expected and what was found.
  package var description: String {
    switch self {
    case .shapeMismatch(let operation, let scope, let problem):
      "\(scope.isEmpty ? "graph" : scope): \(operation) expected \(problem.expected), "
        + "found \(problem.found)"
    case .duplicateName(let name, let scope):
      "\(scope.isEmpty ? "graph" : scope): the name \"\(name)\" is taken; names are unique"
    case .differentiationOfNonScalar(let shape):
      "gradients are taken of a scalar, found \(shape); reduce it first"
    case .notDifferentiable(let operation, let scope):
      "\(scope.isEmpty ? "graph" : scope): \(operation) has no gradient rule; "
        + "second derivatives are not supported"
    case .malformed(let node, let reason):
      "node %\(node) is malformed: \(reason); please report this"
    }
  }
}
