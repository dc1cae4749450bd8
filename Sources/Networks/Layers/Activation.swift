package import HourglassGraphs

/// A function of one number that follows a layer.
public enum Activation: Hashable, Sendable, Codable {
  /// x
  case identity
  /// max(x, 0)
  case relu
  /// x where x > 0, else slope · x.
  ///
  /// Reference: Maas, Hannun, Ng, 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic
  /// Models", ICML workshop.
  case leakyRelu(slope: Float)
  /// x where x > 0, else α (eˣ - 1).
  ///
  /// Reference: Clevert, Unterthiner, Hochreiter, 2015, "Fast and Accurate Deep Network Learning by
  /// Exponential Linear Units", arXiv:1511.07289, equation 15.
  case elu(alpha: Float)
  /// x (1 + erf(x / √2)) / 2
  ///
  /// Reference: Hendrycks, Gimpel, 2016, "Gaussian Error Linear Units", arXiv:1606.08415, section 2.
  case gelu
  /// x / (1 + e⁻ˣ)
  ///
  /// Reference: Elfwing, Uchibe, Doya, 2017, "Sigmoid-Weighted Linear Units", arXiv:1702.03118,
  /// equation 3.
  case silu
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case logistic
  /// ln(1 + eˣ)
  case softplus
}

extension Activation: Layer {
  /// The operation that computes it; none for the identity.
  package var function: UnaryFunction? {
    switch self {
    case .identity: nil
    case .relu: .relu
    case .leakyRelu(let slope): .leakyRelu(slope: slope)
    case .elu(let alpha): .elu(alpha: alpha)
    case .gelu: .gelu
    case .silu: .silu
    case .tanh: .tanh
    case .logistic: .logistic
    case .softplus: .softplus
    }
  }

  /// Adds the function of every element; the shape stays.
  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard let function else { return x }
    return builder.apply(function, x)
  }
}
