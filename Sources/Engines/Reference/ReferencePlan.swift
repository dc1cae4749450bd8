package import HourglassGraphs
package import HourglassTensors

/// A plan that the reference executor runs: single precision at the boundary, double within.
///
/// Variables keep their double precision between runs, unless it is set to round them after each
/// run, so that a plan made anew from `variables` goes on to the same bytes.
package final class ReferencePlan: Plan {
  package let graph: Graph

  private let seed: UInt64
  private let roundsVariables: Bool
  private var fed: [NodeID: [Float]] = [:]
  private var state: [String: DoubleTensor] = [:]
  private var values: [DoubleTensor?]

  /// Makes a plan with initial variables; the seed is also that of the graph's random numbers.
  package init(_ graph: Graph, seed: UInt64, roundsVariables: Bool = false) {
    self.graph = graph
    self.seed = seed
    self.roundsVariables = roundsVariables
    values = Array(repeating: nil, count: graph.nodes.count)
    for (_, node) in graph.inputs {
      fed[node] = Array(repeating: 0, count: graph[node].shape.elementCount)
    }
    for (variable, node) in graph.variables {
      let initial = variable.initializer.tensor(
        name: variable.name,
        shape: graph[node].shape,
        seed: seed
      )
      state[variable.name] = DoubleTensor(initial)
    }
  }

  package func withInput(_ node: NodeID, _ body: (inout MutableSpan<Float>) -> Void) {
    // Taken out and put back, so that the elements are written in place.
    var scalars = required(fed.removeValue(forKey: node), "%\(node.index), no input,")
    var span = scalars.mutableSpan
    body(&span)
    fed[node] = scalars
  }

  package func run(step: UInt64) throws(EngineError) {
    var inputs: [String: DoubleTensor] = [:]
    for (name, node) in graph.inputs {
      let scalars = required(fed[node], "the input \"\(name)\"")
      inputs[name] = DoubleTensor(scalars.map { Double($0) }, shape: graph[node].shape)
    }
    let executor = ReferenceExecutor(seed: seed, step: step)
    values = executor.values(of: graph, inputs: inputs, variables: state)
    for update in graph.updates { update.apply(in: graph, values, &state) }
    if roundsVariables { state = state.mapValues { DoubleTensor($0.rounded) } }
  }

  package func withOutput(_ node: NodeID, _ body: (Span<Float>) -> Void) {
    let value = required(values[node.index], "%\(node.index), which was not run,")
    let scalars = value.scalars.map { Float($0) }
    body(scalars.span)
  }

  package func value(ofVariable node: NodeID) -> Tensor {
    required(state[name(of: node)], "the variable %\(node.index)").rounded
  }

  package func setValue(_ value: Tensor, ofVariable node: NodeID) {
    precondition(
      value.shape == graph[node].shape,
      "the variable has the shape \(graph[node].shape), found \(value.shape)"
    )
    state[name(of: node)] = DoubleTensor(value)
  }

  private func name(of node: NodeID) -> String {
    guard case .variable(let variable) = graph[node].operation else {
      preconditionFailure("%\(node.index) is a variable, found \(graph[node].operation.summary)")
    }
    return variable.name
  }
}
