internal import HourglassEngines
package import HourglassGraphs
package import HourglassTensors

/// Builds a graph over inputs, runs it once on the reference executor, and gives the results.
package func evaluate(
  _ inputs: [Tensor],
  seed: UInt64 = 1,
  step: UInt64 = 1,
  variables: [String: Tensor] = [:],
  _ body: (inout GraphBuilder, [NodeID]) -> [NodeID]
) throws -> [Tensor] {
  var builder = GraphBuilder()
  let nodes = inputs.enumerated().map { builder.input("x\($0.offset)", $0.element.shape) }
  let results = body(&builder, nodes)
  for (index, node) in results.enumerated() { builder.output("y\(index)", node) }
  let plan = ReferencePlan(try builder.finish(), seed: seed)
  plan.setVariables(variables)
  for (tensor, node) in zip(inputs, nodes) { plan.feed(tensor, to: node) }
  try plan.run(step: step)
  return results.map { plan.result($0) }
}

/// Builds a graph over one input of a shape, without running it.
package func built(
  _ shape: Shape,
  _ body: (inout GraphBuilder, NodeID) -> NodeID
) throws -> (graph: Graph, result: Shape) {
  var builder = GraphBuilder()
  let x = builder.input("x", shape)
  let y = body(&builder, x)
  builder.output("y", y)
  let result = builder.shape(of: y)
  return (try builder.finish(), result)
}

extension Graph {
  /// The names and shapes of the learned variables in the order of their making.
  package var parameterList: [String] {
    variables.filter { $0.variable.role == .parameter }.map {
      "\($0.variable.name) \(self[$0.node].shape)"
    }
  }

  /// The names of the variables that are kept but not trained.
  package var stateNames: [String] {
    variables.filter { $0.variable.role == .state }.map(\.variable.name)
  }
}

/// Normal numbers of a shape, the same for a seed.
package func normal(_ shape: Shape, seed: UInt64 = 3, scale: Float = 1) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  return Tensor((0..<shape.elementCount).map { _ in generator.nextNormal() * scale }, shape: shape)
}

/// Uniform numbers of a shape, the same for a seed.
package func uniform(_ shape: Shape, seed: UInt64 = 4) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  return Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape)
}

/// Whether two numbers agree, relative to the larger or to 1.
package func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-5) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

extension Tensor {
  /// The elements in double precision.
  package var doubles: [Double] { scalars.map { Double($0) } }
}
