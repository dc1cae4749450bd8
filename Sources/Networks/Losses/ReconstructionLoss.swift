package import HourglassGraphs

/// A distance of a reconstruction from its target that is no likelihood.
public enum ReconstructionLoss: Hashable, Sendable, Codable {
  /// Σ (x - y)²
  case squaredError
  /// Σ |x - y|
  case absoluteError
  /// Σ of (x - y)² / 2 up to `delta`, of delta (|x - y| - delta / 2) beyond.
  ///
  /// Reference: Huber, 1964, "Robust Estimation of a Location Parameter",
  /// doi:10.1214/aoms/1177703732.
  case huber(delta: Float)
  /// Σ ln(1 + eˡ) - x l, the cross-entropy of targets in 0...1 and logits l.
  case binaryCrossEntropy
}

extension ReconstructionLoss {
  /// The loss of each item, summed over its values.
  ///
  /// Shape: `prediction`, `target [batch, …]` -> `[batch]`. `weights`, of a shape that broadcasts to
  /// the target's, multiply the loss of each value. The prediction is what `mean` takes: the
  /// logits for `binaryCrossEntropy`, else the reconstruction itself.
  package func loss(
    prediction: NodeID,
    target: NodeID,
    weights: NodeID? = nil,
    in builder: inout GraphBuilder
  ) -> NodeID {
    var values = elementwise(prediction, target, in: &builder)
    if let weights { values = builder.product(values, weights) }
    return builder.itemSum(values)
  }

  /// The reconstruction in the target's units.
  package func mean(prediction: NodeID, in builder: inout GraphBuilder) -> NodeID {
    self == .binaryCrossEntropy ? builder.apply(.logistic, prediction) : prediction
  }

  func elementwise(
    _ prediction: NodeID,
    _ target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    switch self {
    case .squaredError:
      return builder.apply(.square, builder.difference(prediction, target))
    case .absoluteError:
      return builder.apply(.absolute, builder.difference(prediction, target))
    // With c = min(max(d, -delta), delta) both branches are c (d - c / 2).
    case .huber(let delta):
      let d = builder.difference(prediction, target)
      let c = builder.apply(.clip(lower: -delta, upper: delta), d)
      return builder.product(c, builder.difference(d, builder.affine(c, scale: 0.5)))
    case .binaryCrossEntropy:
      return builder.bernoulliCrossEntropy(logits: prediction, target: target)
    }
  }
}

extension GraphBuilder {
  /// -x ln σ(l) - (1 - x) ln(1 - σ(l)) = softplus(l) - x l, element by element.
  mutating func bernoulliCrossEntropy(logits: NodeID, target: NodeID) -> NodeID {
    difference(apply(.softplus, logits), product(target, logits))
  }
}
