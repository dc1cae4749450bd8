package import HourglassGraphs
public import HourglassNetworks
internal import HourglassTensors

/// How far a reconstruction is from its item: the term that training minimizes.
///
/// It is summed over the values of an item and averaged over the items.
public enum Objective: Hashable, Sendable, Codable {
  /// The negative logarithm of a likelihood, in nats.
  case likelihood(Likelihood)
  /// A distance that is no likelihood.
  case distance(ReconstructionLoss)
  /// Nothing: the loss is that of the autoencoder's own terms, which see the decoder's values.
  case terms

  /// Normal with variance 1/2: the sum of squares plus a constant.
  public static let squaredError = Objective.likelihood(.gaussian(variance: 0.5))
}

extension Objective {
  /// The number of decoder outputs for each value of an item.
  package var outputsPerValue: Int {
    switch self {
    case .likelihood(let likelihood): likelihood.parametersPerValue
    case .distance, .terms: 1
    }
  }

  /// The term of each item: `[batch, P · C, …]` and `[batch, C, …]` -> `[batch]`.
  package func loss(
    _ parameters: NodeID,
    target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    switch self {
    case .likelihood(let likelihood):
      likelihood.negativeLogLikelihood(parameters: parameters, target: target, in: &builder)
    case .distance(let distance):
      distance.loss(prediction: parameters, target: target, in: &builder)
    case .terms:
      builder.broadcast(builder.constant(0), to: [builder.shape(of: target)[0]])
    }
  }

  /// The reconstruction in the items' units: `[batch, P · C, …]` -> `[batch, C, …]`.
  package func mean(_ parameters: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch self {
    case .likelihood(let likelihood): likelihood.mean(parameters: parameters, in: &builder)
    case .distance(let distance): distance.mean(prediction: parameters, in: &builder)
    case .terms: parameters
    }
  }

  /// The term of numbers in items with fields; none for what is no objective of single numbers.
  package var numberTerm: NumberTerm? {
    switch self {
    case .likelihood(.gaussian(let variance)): .gaussian(variance: variance)
    case .likelihood(.gaussianLearnedVariance): .gaussianLearnedVariance
    case .likelihood(.bernoulli): .bernoulli
    case .likelihood(.categorical), .likelihood(.discretizedLogistic), .likelihood(.mixed): nil
    case .distance(let distance): .distance(distance)
    case .terms: nil
    }
  }

  /// Whether the decoder's numbers are values of the item, so that an activation may bound them.
  package var acceptsOutputActivation: Bool {
    switch self {
    case .likelihood(.gaussian), .distance(.squaredError), .distance(.absoluteError),
      .distance(.huber), .terms:
      true
    case .likelihood, .distance(.binaryCrossEntropy): false
    }
  }

  /// Checks the ranges, and that an output activation goes with the objective.
  package func validate(outputActivation: Activation) throws(TrainingError) {
    if case .likelihood(.gaussian(let variance)) = self {
      try requireInRange(variance > 0 && variance.isFinite, "the variance", "above 0", variance)
    }
    if case .distance(.huber(let delta)) = self {
      try requireInRange(delta > 0 && delta.isFinite, "delta of the Huber loss", "above 0", delta)
    }
    try requireInRange(
      outputActivation == .identity || acceptsOutputActivation,
      "the output activation",
      "the identity for an objective that takes logits or several numbers a value",
      outputActivation
    )
  }
}

extension GraphBuilder {
  /// Σ (output - target)² of each item: `[batch]`.
  mutating func squaredError(_ output: NodeID, _ target: NodeID) -> NodeID {
    itemSum(apply(.square, difference(output, target)))
  }
}
