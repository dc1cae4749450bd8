package import HourglassGraphs
package import HourglassTensors

/// Where a computation first left the finite numbers.
package struct NonFiniteValue: Hashable, Sendable, CustomStringConvertible {
  package let node: NodeID
  /// The operation with its attributes.
  package let operation: String
  /// The layer that made the node; empty at the top of the graph.
  package let scope: String
  package let shape: Shape
  /// The place of the first such element in row-major order.
  package let element: Int
  package let value: Double

  package var description: String {
    "\(scope.isEmpty ? "graph" : scope): \(operation) (%\(node.index)) expected finite numbers, "
      + "found \(value) at element \(element) of \(shape)"
  }
}

/// Names the first node whose value is not finite, for a training that diverged.
///
/// Nodes are visited in their order, so that an input or a variable that is not finite itself is
/// named before what is computed from it. A number beyond the range of single precision counts as
/// not finite, as it was in the executor whose trouble is looked into.
package func findFirstNonFinite(
  _ graph: Graph,
  inputs: [String: Tensor],
  variables: [String: Tensor],
  seed: UInt64,
  step: UInt64
) -> NonFiniteValue? {
  let values = ReferenceExecutor(seed: seed, step: step).values(
    of: graph,
    inputs: inputs.mapValues { DoubleTensor($0) },
    variables: variables.mapValues { DoubleTensor($0) }
  )
  for (index, node) in graph.nodes.enumerated() {
    guard let value = values[index],
      let element = value.scalars.firstIndex(where: { !Float($0).isFinite })
    else { continue }
    return NonFiniteValue(
      node: NodeID(index: index),
      operation: node.operation.summary,
      scope: node.scope,
      shape: node.shape,
      element: element,
      value: value[element]
    )
  }
  return nil
}
