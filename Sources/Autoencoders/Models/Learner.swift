package import HourglassGraphs
package import HourglassNetworks
package import HourglassTensors

/// The shapes for which a graph is made.
package struct GraphShapes: Hashable, Sendable {
  /// The shape of one item, without the batch.
  package var item: Shape
  /// The shape of one target, without the batch; the item's own where an item is its target.
  package var target: Shape
  /// The number of items of a batch.
  package var batch: Int

  package init(item: Shape, target: Shape? = nil, batch: Int) {
    self.item = item
    self.target = target ?? item
    self.batch = batch
  }
}

/// A network with an objective that `Trainer` can minimize.
///
/// Its graphs have these inputs, where they need them:
/// - `input`: a batch of items;
/// - `target`: a batch of targets, where an item is not its own target;
/// - `regularizationWeight`: the weight of the divergence, which rises from 0 to 1;
/// - `learningRate` and `step`, the optimizer's.
///
/// All graphs of one network name a variable alike, so that variables move by name.
package protocol Learner: Sendable {
  /// Checks the settings, for items of a shape.
  func validate(itemShape: Shape) throws(TrainingError)

  /// The shape of the target that must come with every item of a shape; `nil` where an item is its
  /// own target.
  func pairedTargetShape(for item: Shape) -> Shape?

  /// The graph of a step, with the optimizer's updates.
  ///
  /// Outputs, all scalars and averaged over the batch: `loss`, `reconstruction`, `regularization`,
  /// `squaredError`.
  func trainingGraph(_ shapes: GraphShapes, optimizer: Optimizer) throws(GraphError) -> Graph

  /// The graph that evaluates items held out.
  ///
  /// Outputs, one number for each item, `[batch]`: `loss`, `reconstruction`, `regularization`,
  /// `squaredError`. Noise is drawn as in training.
  func validationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph

  /// The weight of the divergence at a step, counted from 1.
  func regularizationWeight(atStep step: Int) -> Float
}

/// The names of inputs and outputs of the graphs.
package enum GraphName {
  /// A batch of items.
  package static let input = "input"
  /// A batch of targets or partners.
  package static let target = "target"
  /// The weight of the divergence.
  package static let regularizationWeight = "regularizationWeight"
  /// The optimizer's rate.
  package static let learningRate = "learningRate"
  /// The number of the step.
  package static let step = "step"
  /// What is minimized.
  package static let loss = "loss"
  /// The reconstruction loss.
  package static let reconstruction = "reconstruction"
  /// All else that is minimized.
  package static let regularization = "regularization"
  /// The squared error.
  package static let squaredError = "squaredError"
  /// Latent vectors.
  package static let latent = "latent"
  /// Reconstructions or results.
  package static let output = "output"
  /// A lower bound of the evidence.
  package static let bound = "bound"
  /// The loss of each field.
  package static let fieldLosses = "fieldLosses"
}

extension Graph {
  /// The input of a name.
  package func input(_ name: String) -> NodeID? {
    inputs.first { $0.name == name }?.node
  }

  /// The output of a name, which the graph's maker promised.
  package func requiredOutput(_ name: String) -> NodeID {
    guard let node = output(name) else { preconditionFailure("the graph has no output \(name)") }
    return node
  }

  /// The input of a name, which the graph's maker promised.
  package func requiredInput(_ name: String) -> NodeID {
    guard let node = input(name) else { preconditionFailure("the graph has no input \(name)") }
    return node
  }
}
