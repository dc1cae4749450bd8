internal import HourglassTensors

extension GraphBuilder {
  /// Adds the gradients of a scalar with respect to nodes, in the order of these.
  ///
  /// Reverse mode: nodes are visited from the last to the first; each adds, by its rule, ordinary
  /// nodes for the gradients of its inputs. No gradient is built for a node that the scalar does
  /// not depend on, or that leads to none of the wanted nodes. A wanted node that the scalar does
  /// not depend on gets zeros.
  package mutating func gradients(
    of scalar: NodeID,
    withRespectTo wanted: [NodeID],
    rule: (GraphBuilder.GradientRule)? = nil
  ) -> [NodeID] {
    guard scalar != failed, !wanted.contains(failed) else { return wanted.map { _ in failed } }
    guard shape(of: scalar).elementCount == 1 else {
      fail(.differentiationOfNonScalar(shape: shape(of: scalar)))
      return wanted.map { _ in failed }
    }
    let last = scalar.index
    var isUseful = [Bool](repeating: false, count: last + 1)
    for node in wanted where node.index <= last { isUseful[node.index] = true }
    for index in 0...last {
      guard let node = node(NodeID(index: index)), node.operation != .stopGradient else { continue }
      if node.inputs.contains(where: { isUseful[$0.index] }) { isUseful[index] = true }
    }
    var upstream = [NodeID?](repeating: nil, count: last + 1)
    upstream[last] = broadcast(constant(1), to: shape(of: scalar))
    for index in stride(from: last, through: 0, by: -1) where isUseful[index] {
      guard let gradient = upstream[index], let node = node(NodeID(index: index)),
        !node.inputs.isEmpty
      else { continue }
      let needed = node.inputs.map { isUseful[$0.index] }
      guard needed.contains(true) else { continue }
      within(scope: node.scope) { builder in
        let parts = (rule ?? GraphBuilder.standardRule)(
          &builder,
          NodeID(index: index),
          gradient,
          needed
        )
        precondition(parts.count == node.inputs.count, "one gradient for each input")
        for (input, part) in zip(node.inputs, parts) {
          guard let part, isUseful[input.index] else { continue }
          let fitted = builder.reduced(part, to: builder.shape(of: input))
          upstream[input.index] = upstream[input.index].map { builder.sum($0, fitted) } ?? fitted
        }
      }
    }
    return wanted.map { node in
      (node.index <= last ? upstream[node.index] : nil)
        ?? broadcast(constant(0), to: shape(of: node))
    }
  }

  /// Gives, for a node and the gradient of its result, the gradients of its inputs.
  package typealias GradientRule = (
    _ builder: inout GraphBuilder, _ node: NodeID, _ upstream: NodeID, _ needed: [Bool]
  ) -> [NodeID?]

  /// The rules of `Operation+Gradient.swift`.
  package static var standardRule: GradientRule {
    { builder, node, upstream, needed in
      builder.inputGradients(of: node, upstream: upstream, needed: needed)
    }
  }

  /// Sums a gradient over the axes along which its input was broadcast.
  private mutating func reduced(_ gradient: NodeID, to shape: Shape) -> NodeID {
    let found = self.shape(of: gradient)
    guard found != shape else { return gradient }
    let lead = found.rank - shape.rank
    guard lead >= 0 else { return reshape(gradient, shape) }
    let axes = (0..<found.rank).filter {
      $0 < lead || (shape[$0 - lead] == 1 && found[$0] != 1)
    }
    // A bias over batch and space: one operation that executors fuse with the weights' gradient.
    if found.rank >= 2, axes == Array(0..<found.rank).filter({ $0 != 1 }) {
      return reshape(add(.channelSum, [gradient]), shape)
    }
    return reshape(sum(gradient, axes: axes, keepsDimensions: true), shape)
  }
}
