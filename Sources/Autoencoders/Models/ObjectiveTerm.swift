public import HourglassGraphs

/// A term of the loss of one's own, which is added to an autoencoder's objective.
///
/// It counts in training and in evaluating the items held out, and not in `FittedAutoencoder.evaluate`. No
/// file holds it: an autoencoder that was read from one has no terms.
///
///     struct SmoothCodes: ObjectiveTerm {
///       var weight: Float = 0.1
///
///       func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
///         builder.itemSum(builder.apply(.square, nodes.code))
///       }
///     }
///     let autoencoder = Autoencoder(terms: [SmoothCodes()])
///
/// With the objective `.terms` there is no other reconstruction loss.
public protocol ObjectiveTerm: Hashable, Sendable {
  /// By how much the term is multiplied, at least 0.
  var weight: Float { get }

  /// Adds the term and gives one number for each item, `[batch]`; the trainer takes their mean.
  ///
  /// A mistake in the shapes is kept by the builder, and `Trainer.fit` throws it as a `GraphError`.
  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID

  /// Checks that the term suits an autoencoder; unless written otherwise, every one suits.
  ///
  /// - Throws: `TrainingError.invalidSetting`, which `Trainer.fit` passes on.
  func validate(for autoencoder: Autoencoder) throws(TrainingError)
}

extension ObjectiveTerm {
  /// Finds nothing wrong.
  public func validate(for autoencoder: Autoencoder) throws(TrainingError) {}
}

/// What a term of the loss may look at.
public struct ObjectiveNodes: Sendable {
  /// What the encoder saw: the items with noise, `[batch, item…]`.
  public let input: NodeID
  /// What is to be reconstructed: the items without noise, `[batch, item…]`; of items with fields their
  /// values, `[batch, width]`.
  public let target: NodeID
  /// The latent vectors, `[batch, latent]`; of a Gaussian bottleneck the means.
  public let code: NodeID
  /// The reconstructions in the items' units, of the target's shape.
  public let output: NodeID
}

/// A term of the loss that compares the latent vectors of each item and of its partner.
///
/// The items are those of a `PairedBatchSource`, whose target is the partner, of the item's shape; it is only
/// encoded. All else is as for an `ObjectiveTerm`.
public protocol PairTerm: Hashable, Sendable {
  /// By how much the term is multiplied, at least 0.
  var weight: Float { get }

  /// Adds the term: latent vectors of items and of their partners, both `[batch, latent]`, -> `[batch]`.
  func loss(codes: NodeID, partners: NodeID, in builder: inout GraphBuilder) -> NodeID

  /// Checks that the term suits an autoencoder; unless written otherwise, every one suits.
  ///
  /// - Throws: `TrainingError.invalidSetting`, which `Trainer.fit` passes on.
  func validate(for autoencoder: Autoencoder) throws(TrainingError)
}

extension PairTerm {
  /// Finds nothing wrong.
  public func validate(for autoencoder: Autoencoder) throws(TrainingError) {}
}

/// The terms of one's own of an autoencoder; it makes a value of them that can be compared.
struct OwnTerms: Hashable, Sendable, CustomStringConvertible {
  /// Those of single items.
  var terms: [any ObjectiveTerm] = []
  /// That of pairs.
  var pair: (any PairTerm)?

  /// The terms, which distinguish checkpoints of different objectives.
  var description: String {
    (terms.map { "\($0)" } + (pair.map { ["\($0)"] } ?? [])).joined(separator: " ")
  }

  /// Checks the weights, and that each term suits.
  func validate(for autoencoder: Autoencoder) throws(TrainingError) {
    for term in terms {
      try requireWeight(term.weight)
      try term.validate(for: autoencoder)
    }
    if let pair {
      try requireWeight(pair.weight)
      try pair.validate(for: autoencoder)
    }
  }

  private func requireWeight(_ weight: Float) throws(TrainingError) {
    try requireInRange(
      weight >= 0 && weight.isFinite,
      "the weight of a term of the loss",
      "at least 0",
      weight
    )
  }

  /// Whether the terms are equal, in their order.
  static func == (left: OwnTerms, right: OwnTerms) -> Bool {
    left.terms.map { AnyHashable($0) } == right.terms.map { AnyHashable($0) }
      && left.pair.map { AnyHashable($0) } == right.pair.map { AnyHashable($0) }
  }

  /// Adds the terms to a hash.
  func hash(into hasher: inout Hasher) {
    for term in terms { hasher.combine(AnyHashable(term)) }
    hasher.combine(pair.map { AnyHashable($0) })
  }
}
