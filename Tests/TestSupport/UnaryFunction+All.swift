package import HourglassGraphs

extension UnaryFunction {
  /// One example of each function of one number.
  package static var all: [UnaryFunction] {
    var all: [UnaryFunction] = []
    var next: UnaryFunction? = .affine(scale: 1.5, offset: -0.25)
    while let function = next {
      all.append(function)
      next = function.successor
    }
    return all
  }

  /// The next function of the list: the compiler asks for a place for each new one.
  private var successor: UnaryFunction? {
    switch self {
    case .affine: .absolute
    case .absolute: .squareRoot
    case .squareRoot: .exponential
    case .exponential: .logarithm
    case .logarithm: .reciprocal
    case .reciprocal: .square
    case .square: .sign
    case .sign: .floor
    case .floor: .relu
    case .relu: .leakyRelu(slope: 0.125)
    case .leakyRelu: .elu(alpha: 0.75)
    case .elu: .gelu
    case .gelu: .silu
    case .silu: .tanh
    case .tanh: .logistic
    case .logistic: .softplus
    case .softplus: .clip(lower: -0.5, upper: 0.75)
    case .clip: nil
    }
  }
}
