internal import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

extension Update {
  /// Applies the update to the variables.
  ///
  /// A node that it reads has the value that the run computed, except that a variable has the
  /// value that the updates before this one gave it.
  func apply(
    in graph: Graph,
    _ values: [DoubleTensor?],
    _ variables: inout [String: DoubleTensor]
  ) {
    func read(_ node: NodeID) -> DoubleTensor {
      if let name = graph.variableName(node) {
        return required(variables[name], "the variable \"\(name)\"")
      }
      return required(values[node.index], "%\(node.index)")
    }
    func write(_ value: DoubleTensor, _ node: NodeID) {
      variables[required(graph.variableName(node), "the variable %\(node.index)")] = value
    }
    switch self {
    case .adam(let adam): adam.apply(read, write)
    case .gradientDescent(let descent): descent.apply(read, write)
    case .movingAverage(let average, let source, let most, let limit):
      let decay = min(Double(most), limit.map { read($0)[0] } ?? 1)
      var result = read(average)
      let new = read(source)
      for place in result.scalars.indices {
        result[place] = decay * result[place] + (1 - decay) * new[place]
      }
      write(result, average)
    case .assignment(let variable, let value): write(read(value), variable)
    }
  }
}

extension Update.Adam {
  /// Adam with decoupled weight decay λ.
  ///
  ///     m = β₁ m + (1 - β₁) g,  v = β₂ v + (1 - β₂) g²
  ///     θ = θ - α (λ θ) - α (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
  fileprivate func apply(_ read: (NodeID) -> DoubleTensor, _ write: (DoubleTensor, NodeID) -> Void)
  {
    let gradient = read(gradient)
    let scale = gradientScale.map { read($0)[0] } ?? 1
    let rate = read(learningRate)[0]
    let count = read(step)[0]
    let (beta1, beta2) = (Double(beta1), Double(beta2))
    let correction1 = 1 - pow(beta1, count)
    let correction2 = 1 - pow(beta2, count)
    var (weights, first, second) = (read(parameter), read(firstMoment), read(secondMoment))
    for place in weights.scalars.indices {
      let g = scale * gradient[place]
      first[place] = beta1 * first[place] + (1 - beta1) * g
      second[place] = beta2 * second[place] + (1 - beta2) * g * g
      weights[place] -= rate * Double(weightDecay) * weights[place]
      let deviation = (second[place] / correction2).squareRoot()
      weights[place] -= rate * (first[place] / correction1) / (deviation + Double(epsilon))
    }
    write(weights, parameter)
    write(first, firstMoment)
    write(second, secondMoment)
  }
}

extension Update.GradientDescent {
  /// Gradient descent with momentum μ and an L2 penalty λ.
  ///
  ///     g = g + λ θ,  v = μ v + g,  θ = θ - α v;  of Nesterov θ = θ - α (g + μ v)
  fileprivate func apply(_ read: (NodeID) -> DoubleTensor, _ write: (DoubleTensor, NodeID) -> Void)
  {
    let gradient = read(gradient)
    let scale = gradientScale.map { read($0)[0] } ?? 1
    let rate = read(learningRate)[0]
    let momentum = Double(momentum)
    var weights = read(parameter)
    var speed = velocity.map(read) ?? DoubleTensor.zeros(weights.shape)
    for place in weights.scalars.indices {
      let g = scale * gradient[place] + Double(weightDecay) * weights[place]
      speed[place] = momentum * speed[place] + g
      weights[place] -= rate * (isNesterov ? g + momentum * speed[place] : speed[place])
    }
    write(weights, parameter)
    if let velocity { write(speed, velocity) }
  }
}

extension Graph {
  /// The name of a variable, `nil` for another node.
  fileprivate func variableName(_ node: NodeID) -> String? {
    guard case .variable(let variable) = self[node].operation else { return nil }
    return variable.name
  }
}
