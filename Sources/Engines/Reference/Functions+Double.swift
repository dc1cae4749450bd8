internal import HourglassGraphs
internal import HourglassSystem

extension UnaryFunction {
  /// The function in double precision; of what is not a number it is not a number.
  func value(_ x: Double) -> Double {
    switch self {
    case .affine(let scale, let offset): Double(scale) * x + Double(offset)
    case .absolute: abs(x)
    case .squareRoot: x.squareRoot()
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .reciprocal: 1 / x
    case .square: x * x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .floor: x.rounded(.down)
    case .relu: x <= 0 ? 0 : x
    case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
    case .elu(let alpha): x > 0 ? x : Double(alpha) * expm1(x)
    case .gelu: x * normalProbability(x)
    case .silu: x * sigmoid(x)
    case .tanh: tangent(x)
    case .logistic: sigmoid(x)
    case .softplus: x.isNaN ? x : max(x, 0) + log1p(exp(-abs(x)))
    case .clip(let lower, let upper):
      x < Double(lower) ? Double(lower) : x > Double(upper) ? Double(upper) : x
    }
  }

  /// The gradient of the argument from that of the result.
  ///
  /// `saved` is the result where `savesResult`, else the argument. At a kink: the gradient of
  /// `absolute` and `relu` at 0 is 0, of `leakyRelu` and `elu` that of the left side, and `clip`
  /// lets the gradient through at its bounds.
  func backward(saved: Double, dy: Double) -> Double {
    switch self {
    case .affine(let scale, _): Double(scale) * dy
    case .absolute: UnaryFunction.sign.value(saved) * dy
    case .squareRoot: dy / (2 * saved)
    case .exponential: dy * saved
    case .logarithm: dy / saved
    case .reciprocal: -dy * saved * saved
    case .square: 2 * saved * dy
    case .sign, .floor: 0
    case .relu: saved <= 0 ? 0 : dy
    case .leakyRelu(let slope): saved > 0 ? dy : Double(slope) * dy
    case .elu(let alpha): saved > 0 ? dy : Double(alpha) * exp(saved) * dy
    // d/dx x Φ(x) = Φ(x) + x φ(x)
    case .gelu: dy * (normalProbability(saved) + saved * normalDensity(saved))
    // d/dx x σ(x) = σ(x) (1 + x (1 - σ(x)))
    case .silu: dy * sigmoid(saved) * (1 + saved * (1 - sigmoid(saved)))
    case .tanh: dy * (1 - saved * saved)
    case .logistic: dy * saved * (1 - saved)
    case .softplus: dy * sigmoid(saved)
    case .clip(let lower, let upper): saved < Double(lower) || saved > Double(upper) ? 0 : dy
    }
  }
}

extension BinaryFunction {
  /// The function in double precision; of what is not a number it is not a number, and the
  /// comparisons are 0.
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a.isNaN || a > b ? a : b
    case .minimum: a.isNaN || a < b ? a : b
    case .greater: a > b ? 1 : 0
    case .equal: a == b ? 1 : 0
    }
  }
}

// Named apart from the cases of `UnaryFunction`, which hide functions of their own name.

private func tangent(_ x: Double) -> Double { tanh(x) }

private func sigmoid(_ x: Double) -> Double {
  x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
}

private func normalProbability(_ x: Double) -> Double { erfc(-x * 0.5.squareRoot()) / 2 }

private func normalDensity(_ x: Double) -> Double {
  exp(-x * x / 2) / (2 * Double.pi).squareRoot()
}
