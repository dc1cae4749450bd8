package import HourglassGraphs

/// How the weights of a layer start; biases start at 0.
///
/// `fanIn` is the number of inputs that one output adds up, `fanOut` the number of outputs that one
/// input reaches.
package enum Initialization: Hashable, Sendable {
  /// He for the family of rectifiers, Glorot for all others.
  case automatic
  /// Uniform with variance 2 / (fanIn + fanOut), so on [-b, b] with b² = 6 / (fanIn + fanOut).
  ///
  /// Reference: Glorot, Bengio, 2010, "Understanding the difficulty of training deep feedforward
  /// neural networks", AISTATS, equation 16.
  case glorot
  /// Uniform with variance 2 / ((1 + a²) fanIn), where a is the slope below 0.
  ///
  /// Reference: He, Zhang, Ren, Sun, 2015, "Delving Deep into Rectifiers", arXiv:1502.01852,
  /// equations 10 and 15.
  case he
  /// Every weight is this number.
  case constant(Float)
  /// Uniform on [-bound, bound].
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)

  /// The start of weights with these fans that this activation follows.
  package func initializer(
    fanIn: Float,
    fanOut: Float,
    activation: Activation
  ) -> Initializer {
    switch self {
    case .automatic:
      let choice: Initialization = activation.isRectifier ? .he : .glorot
      return choice.initializer(fanIn: fanIn, fanOut: fanOut, activation: activation)
    case .glorot:
      return .uniform(bound: (6 / max(fanIn + fanOut, 1)).squareRoot())
    case .he:
      let slope = activation.negativeSlope
      return .uniform(bound: (6 / ((1 + slope * slope) * max(fanIn, 1))).squareRoot())
    case .constant(let value): return .constant(value)
    case .uniform(let bound): return .uniform(bound: bound)
    case .normal(let deviation): return .normal(standardDeviation: deviation)
    }
  }
}

extension Activation {
  /// Whether it is near 0 for small numbers and near its argument for large ones.
  var isRectifier: Bool {
    switch self {
    case .relu, .leakyRelu, .elu, .gelu, .silu: true
    case .identity, .tanh, .logistic, .softplus: false
    }
  }

  /// The slope far below 0 that a rectifier's initialization counts with.
  var negativeSlope: Float {
    if case .leakyRelu(let slope) = self { slope } else { 0 }
  }
}
