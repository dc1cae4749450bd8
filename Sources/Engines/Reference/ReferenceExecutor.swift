package import HourglassGraphs
package import HourglassTensors

/// Runs graphs in double precision with plain loops: the oracle of gradient rules and executors.
///
/// Correct before fast: each operation is the loop of its definition. It has no state; `Plan`s of
/// it are `ReferencePlan`s.
package struct ReferenceExecutor: Sendable {
  /// What a run gives.
  package struct Results: Sendable {
    /// The named results.
    package var outputs: [String: DoubleTensor]
    /// The variables after the updates.
    package var variables: [String: DoubleTensor]
  }

  /// The source of the graph's random numbers.
  package var seed: UInt64
  /// The counter of the run, from which random numbers are drawn as well.
  package var step: UInt64
  /// Values to take for nodes instead of what they compute.
  package var overrides: [NodeID: DoubleTensor]

  package init(seed: UInt64 = 0, step: UInt64 = 0, overrides: [NodeID: DoubleTensor] = [:]) {
    self.seed = seed
    self.step = step
    self.overrides = overrides
  }

  /// Computes every result of a graph and applies its updates.
  package static func run(
    _ graph: Graph,
    inputs: [String: DoubleTensor] = [:],
    variables: [String: DoubleTensor] = [:],
    seed: UInt64 = 0,
    step: UInt64 = 0,
    overriding overrides: [NodeID: DoubleTensor] = [:]
  ) -> Results {
    let executor = ReferenceExecutor(seed: seed, step: step, overrides: overrides)
    let values = executor.values(of: graph, inputs: inputs, variables: variables)
    var results = Results(outputs: [:], variables: variables)
    for output in graph.outputs { results.outputs[output.name] = values[output.node.index] }
    for update in graph.updates { update.apply(in: graph, values, &results.variables) }
    return results
  }

  /// The value of each node that a result or an update needs, and of each node that is overridden;
  /// `nil` for the others.
  package func values(
    of graph: Graph,
    inputs: [String: DoubleTensor] = [:],
    variables: [String: DoubleTensor] = [:]
  ) -> [DoubleTensor?] {
    var values = [DoubleTensor?](repeating: nil, count: graph.nodes.count)
    let isLive = graph.liveNodes()
    for (index, node) in graph.nodes.enumerated() {
      if let override = overrides[NodeID(index: index)] {
        values[index] = override
      } else if isLive[index] {
        values[index] = value(of: node, values, inputs: inputs, variables: variables)
      }
      if let value = values[index] {
        precondition(
          value.shape == node.shape,
          "%\(index) \(node.operation.summary) has the shape \(node.shape), found \(value.shape)"
        )
      }
    }
    return values
  }

  private func value(
    of node: Node,
    _ values: [DoubleTensor?],
    inputs: [String: DoubleTensor],
    variables: [String: DoubleTensor]
  ) -> DoubleTensor {
    switch node.operation {
    case .input(let name): return required(inputs[name], "the input \"\(name)\"")
    case .variable(let variable) where variable.role == .fixed:
      let initializer = variable.initializer
      return DoubleTensor(initializer.tensor(name: variable.name, shape: node.shape, seed: seed))
    case .variable(let variable):
      return required(variables[variable.name], "the variable \"\(variable.name)\"")
    case .constant(let value): return DoubleTensor(repeating: Double(value), shape: node.shape)
    case .random(let distribution, let stream):
      return Self.random(distribution, stream: stream, seed: seed, step: step, node.shape)
    default:
      let operands = node.inputs.map { required(values[$0.index], "%\($0.index)") }
      return Self.compute(node.operation, operands, node.shape)
    }
  }

  /// The result of an operation that is no leaf.
  package static func compute(
    _ operation: Operation,
    _ x: [DoubleTensor],
    _ shape: Shape
  ) -> DoubleTensor {
    switch operation {
    case .input, .variable, .constant, .random:
      preconditionFailure("\(operation.name) is a leaf")
    case .dense: dense(x[0], x[1], bias: x.count == 3 ? x[2] : nil)
    case .denseBackwardData: denseBackwardData(x[0], x[1])
    case .denseBackwardWeights: denseBackwardWeights(x[0], x[1])
    case .convolution(let geometry):
      convolution(x[0], x[1], bias: x.count == 3 ? x[2] : nil, geometry, shape)
    case .convolutionBackwardData(let geometry, _):
      convolutionBackwardData(x[0], x[1], geometry, shape)
    case .convolutionBackwardWeights(let geometry, _):
      convolutionBackwardWeights(x[0], x[1], geometry, shape)
    case .channelSum: channelSum(x[0])
    case .pooling(let pooling): Self.pooling(x[0], pooling, shape)
    case .poolingBackward(let pooling): poolingBackward(x[0], dy: x[2], pooling)
    case .resampling(let interpolation, _): resampling(x[0], interpolation, shape)
    case .resamplingBackward(let interpolation, _):
      resamplingBackward(x[0], interpolation, shape)
    case .standardization(let axes, let epsilon):
      standardization(x[0], axes: axes, epsilon: epsilon)
    case .standardizationBackward(let axes, let epsilon):
      standardizationBackward(x[0], dy: x[2], axes: axes, epsilon: epsilon)
    case .softmax(let axis): logSoftmax(x[0], axis: axis).map(UnaryFunction.exponential.value)
    case .logSoftmax(let axis): logSoftmax(x[0], axis: axis)
    case .concatenation(let axis): concatenation(x, axis: axis, shape)
    case .slice(let axis, let start, _): slice(x[0], axis: axis, start: start, shape)
    case .padding(let axis, let before, _): padding(x[0], axis: axis, before: before, shape)
    case .reshape: DoubleTensor(x[0].scalars, shape: shape)
    case .broadcast: broadcast(x[0], shape)
    case .unary(let function): x[0].map(function.value)
    case .unaryBackward(let function): unaryBackward(function, saved: x[0], dy: x[1])
    case .binary(let function): binary(function, x[0], x[1], shape)
    case .stopGradient: x[0]
    case .reduction(let reduction, _): reduce(reduction, x[0], shape)
    case .gather: gather(x[0], indices: x[1])
    case .scatterAdd: scatterAdd(x[0], indices: x[1], shape)
    }
  }

  /// Random numbers: element i is from block i / 4 of the stream at this step.
  static func random(
    _ distribution: Distribution,
    stream: UInt32,
    seed: UInt64,
    step: UInt64,
    _ shape: Shape
  ) -> DoubleTensor {
    let low = UInt32(truncatingIfNeeded: step)
    let high = UInt32(truncatingIfNeeded: step >> 32)
    var result = DoubleTensor.zeros(shape)
    for start in stride(from: 0, to: shape.elementCount, by: 4) {
      let block = UInt32(truncatingIfNeeded: start / 4)
      let words = Philox.block(key: seed, counter: (block, stream, low, high))
      let numbers: [Float]
      switch distribution {
      case .uniform:
        numbers = [words.0, words.1, words.2, words.3].map { Philox.uniform($0) }
      case .normal:
        let (first, second) = Philox.normals(words.0, words.1)
        let (third, fourth) = Philox.normals(words.2, words.3)
        numbers = [first, second, third, fourth]
      }
      for (offset, number) in numbers.enumerated() where start + offset < shape.elementCount {
        result[start + offset] = Double(number)
      }
    }
    return result
  }
}

/// A value that the caller must have given.
func required<Value>(_ value: Value?, _ what: @autoclosure () -> String) -> Value {
  guard let value else { preconditionFailure("\(what()) has no value") }
  return value
}
