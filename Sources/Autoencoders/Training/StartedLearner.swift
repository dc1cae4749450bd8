package import HourglassGraphs
package import HourglassNetworks
package import HourglassTensors

/// A network some of whose variables start at given numbers instead of drawn ones.
package struct StartedLearner: Learner, CustomStringConvertible {
  /// The network.
  package let learner: any Learner
  /// The first numbers of variables, by name; the others are drawn.
  package let start: [String: Tensor]

  /// Gives a network a start.
  package init(_ learner: any Learner, start: [String: Tensor]) {
    self.learner = learner
    self.start = start
  }

  /// That of the network: the start comes from the same items as all else that is trained.
  package var description: String { "\(learner)" }

  package func validate(itemShape: Shape) throws(TrainingError) {
    try learner.validate(itemShape: itemShape)
  }

  package func pairedTargetShape(for item: Shape) -> Shape? {
    learner.pairedTargetShape(for: item)
  }

  package func trainingGraph(
    _ shapes: GraphShapes,
    optimizer: Optimizer
  ) throws(GraphError) -> Graph {
    try learner.trainingGraph(shapes, optimizer: optimizer)
  }

  package func validationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    try learner.validationGraph(shapes)
  }

  package func regularizationWeight(atStep step: Int) -> Float {
    learner.regularizationWeight(atStep: step)
  }
}

/// Maps between items and latent vectors that are linear but for a constant, such as principal components.
package struct LinearCoding: Sendable {
  /// From what the encoder sees of an item to its latent vector, `[latent, item]`, and the constant
  /// `[latent]`.
  package var encoder: (weight: Tensor, bias: Tensor)
  /// From a latent vector to the parameters of each value, `[values, latent]`, and the constant `[values]`.
  package var decoder: (weight: Tensor, bias: Tensor)

  /// Makes the maps.
  package init(encoder: (weight: Tensor, bias: Tensor), decoder: (weight: Tensor, bias: Tensor)) {
    self.encoder = encoder
    self.decoder = decoder
  }
}

extension Autoencoder {
  /// A start at which the network, which has a linear path, does what linear maps do: all that comes
  /// from hidden layers begins at 0.
  package func start(
    from coding: LinearCoding,
    itemShape: Shape
  ) throws(GraphError) -> [String: Tensor] {
    let shapes = try evaluationGraph(GraphShapes(item: itemShape, batch: 1)).variableShapes
    guard hasLinearPath, let whole = shapes["bottleneck.weight"] else { return [:] }
    let inputs = coding.encoder.weight.shape[1]
    let features = whole[1] - inputs
    precondition(
      whole[0] == latent && coding.encoder.weight.shape == [latent, inputs] && features >= 0,
      "the linear map \(coding.encoder.weight.shape) is not one to \(latent) numbers"
    )
    var weight = Tensor.zeros(whole)
    for row in 0..<latent {
      for column in 0..<inputs {
        weight[flat: row * whole[1] + features + column] =
          coding.encoder.weight.scalars[row * inputs + column]
      }
    }
    var start = [
      "bottleneck.weight": weight, "bottleneck.bias": coding.encoder.bias,
      "decoder.linear.weight": coding.decoder.weight, "decoder.linear.bias": coding.decoder.bias,
    ]
    start.merge(Self.silentDecoder(shapes)) { first, _ in first }
    return start
  }

  /// A start at which the last layer of the decoder gives nothing: errors begin at those of the means.
  package func silentStart(itemShape: Shape) throws(GraphError) -> [String: Tensor] {
    Self.silentDecoder(
      try evaluationGraph(GraphShapes(item: itemShape, batch: 1)).variableShapes
    )
  }

  private static func silentDecoder(_ shapes: [String: Shape]) -> [String: Tensor] {
    let layers = shapes.keys.compactMap { name -> Int? in
      let parts = name.split(separator: ".")
      return parts.count == 3 && parts[0] == "decoder" && parts[2] == "weight"
        ? Int(parts[1]) : nil
    }
    guard let last = layers.max(), let shape = shapes["decoder.\(last).weight"] else { return [:] }
    return ["decoder.\(last).weight": .zeros(shape)]
  }
}
