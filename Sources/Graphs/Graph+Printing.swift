extension Graph: CustomStringConvertible {
  /// One line a node: place, operation, inputs, shape, layer.
  package var description: String {
    var lines: [String] = []
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { "%\($0.index)" }.joined(separator: ", ")
      var line = "%\(index) = \(node.operation.summary)(\(inputs)) : \(node.shape)"
      if !node.scope.isEmpty { line += "  # \(node.scope)" }
      lines.append(line)
    }
    for update in updates {
      let targets = update.changed.map { "%\($0.index)" }.joined(separator: ", ")
      let sources = update.read.map { "%\($0.index)" }.joined(separator: ", ")
      lines.append("\(update.name) \(targets) <- \(sources)")
    }
    for output in outputs { lines.append("\(output.name) = %\(output.node.index)") }
    return lines.joined(separator: "\n")
  }
}

extension Update {
  /// The bare name of the update.
  package var name: String {
    switch self {
    case .adam: "adam"
    case .gradientDescent: "gradientDescent"
    case .movingAverage: "movingAverage"
    case .assignment: "assignment"
    }
  }
}

extension Operation {
  /// The kinds of operation without their attributes, for exhaustive tests.
  package enum Kind: String, CaseIterable, Sendable {
    case input, variable, constant, random
    case dense, denseBackwardData, denseBackwardWeights
    case convolution, convolutionBackwardData, convolutionBackwardWeights, channelSum
    case pooling, poolingBackward, resampling, resamplingBackward
    case standardization, standardizationBackward, softmax, logSoftmax
    case concatenation, slice, padding, reshape, broadcast
    case unary, unaryBackward, binary, stopGradient
    case reduction, gather, scatterAdd

    /// Whether gradients flow through operations of this kind.
    package var isDifferentiable: Bool {
      switch self {
      case .input, .variable, .constant, .random, .poolingBackward, .standardizationBackward,
        .unaryBackward, .stopGradient:
        false
      default: true
      }
    }
  }

  /// The kind of this operation.
  package var kind: Kind {
    switch self {
    case .input: .input
    case .variable: .variable
    case .constant: .constant
    case .random: .random
    case .dense: .dense
    case .denseBackwardData: .denseBackwardData
    case .denseBackwardWeights: .denseBackwardWeights
    case .convolution: .convolution
    case .convolutionBackwardData: .convolutionBackwardData
    case .convolutionBackwardWeights: .convolutionBackwardWeights
    case .channelSum: .channelSum
    case .pooling: .pooling
    case .poolingBackward: .poolingBackward
    case .resampling: .resampling
    case .resamplingBackward: .resamplingBackward
    case .standardization: .standardization
    case .standardizationBackward: .standardizationBackward
    case .softmax: .softmax
    case .logSoftmax: .logSoftmax
    case .concatenation: .concatenation
    case .slice: .slice
    case .padding: .padding
    case .reshape: .reshape
    case .broadcast: .broadcast
    case .unary: .unary
    case .unaryBackward: .unaryBackward
    case .binary: .binary
    case .stopGradient: .stopGradient
    case .reduction: .reduction
    case .gather: .gather
    case .scatterAdd: .scatterAdd
    }
  }

  /// The bare name of the operation.
  package var name: String { kind.rawValue }

  /// The name with the attributes that distinguish it from its siblings.
  package var summary: String {
    switch self {
    case .input(let name): "input \"\(name)\""
    case .variable(let variable): "\(variable.role) \"\(variable.name)\""
    case .constant(let value): "constant \(value)"
    case .random(let distribution, let stream): "random \(distribution) \(stream)"
    case .unary(let function): "\(function)"
    case .unaryBackward(let function): "\(function) backward"
    case .binary(let function): "\(function)"
    case .reduction(let reduction, let axes): "\(reduction) over \(axes)"
    case .convolution(let geometry), .convolutionBackwardData(let geometry, _),
      .convolutionBackwardWeights(let geometry, _):
      "\(name) stride \(geometry.strides)"
    case .softmax(let axis), .logSoftmax(let axis), .concatenation(let axis):
      "\(name) axis \(axis)"
    case .slice(let axis, let start, let count): "slice axis \(axis) from \(start) count \(count)"
    default: name
    }
  }
}
