internal import HourglassTensors

extension Graph {
  /// Checks what every pass relies on: order, shapes, unique names, and legal updates.
  package func verify() throws(GraphError) {
    var variableNames = Set<String>()
    var inputNames = Set<String>()
    for (index, node) in nodes.enumerated() {
      guard node.inputs.allSatisfy({ $0.index >= 0 && $0.index < index }) else {
        throw .malformed(node: index, reason: "an input does not come before it")
      }
      let shape: Shape
      do {
        shape = try node.operation.resultShape(
          of: node.inputs.map { self[$0].shape },
          leafShape: node.shape
        )
      } catch {
        throw .shapeMismatch(
          operation: node.operation.name,
          scope: node.scope,
          problem: error
        )
      }
      guard shape == node.shape else {
        throw .malformed(node: index, reason: "its rule gives \(shape), it says \(node.shape)")
      }
      if case .variable(let variable) = node.operation,
        !variableNames.insert(variable.name).inserted
      {
        throw .duplicateName(variable.name, scope: node.scope)
      }
      if case .variable(let variable) = node.operation,
        case .values(let values) = variable.initializer, values.count != node.shape.elementCount
      {
        throw .malformed(
          node: index,
          reason: "it is given \(values.count) numbers for the shape \(node.shape)"
        )
      }
      if case .input(let name) = node.operation, !inputNames.insert(name).inserted {
        throw .duplicateName(name, scope: node.scope)
      }
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw .duplicateName(outputs.map(\.name).joined(separator: ", "), scope: "outputs")
    }
    for output in outputs {
      guard nodes.indices.contains(output.node.index) else {
        throw .malformed(node: output.node.index, reason: "a result is no node of the graph")
      }
    }
    for update in updates { try verify(update) }
  }

  private func verify(_ update: Update) throws(GraphError) {
    for node in update.changed + update.read {
      guard nodes.indices.contains(node.index) else {
        throw .malformed(node: node.index, reason: "an update names it, it is no node of the graph")
      }
    }
    for target in update.changed {
      guard case .variable(let variable) = self[target].operation, variable.role != .fixed else {
        throw .malformed(node: target.index, reason: "an update changes it, it is no variable")
      }
    }
    let fits: Bool
    switch update {
    case .adam(let adam):
      fits =
        [adam.gradient, adam.firstMoment, adam.secondMoment].allSatisfy {
          self[$0].shape == self[adam.parameter].shape
        }
        && ([adam.learningRate, adam.step] + (adam.gradientScale.map { [$0] } ?? [])).allSatisfy {
          self[$0].shape.elementCount == 1
        }
    case .gradientDescent(let descent):
      fits =
        ([descent.gradient] + (descent.velocity.map { [$0] } ?? [])).allSatisfy {
          self[$0].shape == self[descent.parameter].shape
        }
        && ([descent.learningRate] + (descent.gradientScale.map { [$0] } ?? [])).allSatisfy {
          self[$0].shape.elementCount == 1
        }
    case .movingAverage(let average, let source, _, let limit):
      fits =
        self[average].shape == self[source].shape
        && (limit.map { self[$0].shape.elementCount == 1 } ?? true)
    case .assignment(let variable, let value):
      fits = self[variable].shape == self[value].shape
    }
    if case .gradientDescent(let descent) = update, descent.velocity == nil, descent.momentum != 0 {
      throw .malformed(
        node: descent.parameter.index,
        reason: "its update has momentum and no velocity"
      )
    }
    guard fits else {
      throw .malformed(
        node: update.changed[0].index,
        reason: "the shapes of its update do not agree"
      )
    }
  }
}

extension Graph {
  /// The multiply-adds of all dense and convolution nodes in one run.
  package var multiplyAdds: Int {
    nodes.reduce(0) { total, node in
      let inputs = node.inputs.map { self[$0].shape }
      switch node.operation {
      case .dense: return total + node.shape.elementCount * inputs[0][1]
      case .denseBackwardData: return total + node.shape.elementCount * inputs[0][1]
      case .denseBackwardWeights: return total + node.shape.elementCount * inputs[0][0]
      case .convolution:
        return total + node.shape.elementCount * inputs[1].elementCount / inputs[1][0]
      case .convolutionBackwardData:
        return total + inputs[0].elementCount * inputs[1].elementCount / inputs[1][0]
      case .convolutionBackwardWeights:
        return total + inputs[1].elementCount * node.shape.elementCount / node.shape[0]
      default: return total
      }
    }
  }
}
