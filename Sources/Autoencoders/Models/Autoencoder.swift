public import HourglassNetworks

/// An encoder, a bottleneck, a decoder and an objective: what is to be trained, as a value.
///
/// Variants differ by value. A denoising autoencoder has a corruption, a sparse or contractive one
/// a penalty, a variational one a Gaussian bottleneck:
///
///     Autoencoder(bottleneck: .gaussian(latent: 20, beta: 4), objective: .likelihood(.bernoulli))
public struct Autoencoder: Hashable, Sendable, Codable {
  /// The narrow place in the middle.
  public enum Bottleneck: Hashable, Sendable, Codable {
    /// A vector of `latent` numbers.
    case deterministic(latent: Int)
    /// A normal distribution over vectors of `latent` numbers, with `beta` times its divergence from
    /// the standard one in the loss; the weight of the divergence grows from 0 to `beta` along a
    /// line over the first `warmUpSteps` steps.
    ///
    /// Reference: Kingma, Welling, 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114,
    /// equation 10; Higgins et al., 2017, "beta-VAE", ICLR, equation 4; Bowman et al., 2015,
    /// arXiv:1511.06349, section 3.1, for the warm-up.
    case gaussian(latent: Int, beta: Float = 1, warmUpSteps: Int = 0)

    /// The number of latent dimensions.
    public var latent: Int {
      switch self {
      case .deterministic(let latent), .gaussian(let latent, _, _): latent
      }
    }
  }

  /// A term of the loss that shapes the latent vectors; it counts in training alone, not in evaluating.
  public enum Penalty: Hashable, Sendable, Codable {
    /// weight · Σⱼ |zⱼ|, averaged over items.
    case activityL1(weight: Float)
    /// weight · Σⱼ KL(ρ ‖ ρ̂ⱼ), where ρ̂ⱼ is the mean of zⱼ over the batch and ρ the target; latent vectors
    /// must lie between 0 and 1.
    ///
    ///     KL(ρ ‖ ρ̂) = ρ ln (ρ / ρ̂) + (1 - ρ) ln ((1 - ρ) / (1 - ρ̂))
    ///
    /// Reference: Ng, 2011, "Sparse autoencoder", CS294A lecture notes, section 3.
    case sparsity(target: Float, weight: Float)
    /// weight · ‖∂f/∂x‖² of the encoder f, estimated to first order with one draw of e for each item:
    ///
    ///     E ‖f(x + s e) - f(x)‖² / s² -> ‖∂f/∂x‖² for s -> 0
    ///
    /// Reference: Rifai, Vincent, Muller, Glorot, Bengio, 2011, "Contractive Auto-Encoders", ICML,
    /// equation 7; Rifai et al., 2011, "Higher Order Contractive Auto-Encoder",
    /// doi:10.1007/978-3-642-23783-6_41, section 3, for estimates by noise.
    case contraction(weight: Float, standardDeviation: Float = 0.01)
  }

  /// How much the loss of a field counts in training, by what the encoder saw of it.
  package struct FieldWeights: Hashable, Sendable, Codable {
    /// The weight of a field that was observed and hidden from the encoder.
    package var hidden: Float
    /// The weight of a field that the encoder saw.
    package var visible: Float

    /// Makes weights; both are 1 by default.
    package init(hidden: Float = 1, visible: Float = 1) {
      self.hidden = hidden
      self.visible = visible
    }
  }

  /// How numbers from 0 to 1 become zeros and ones.
  package enum Binarization: String, Hashable, Sendable, Codable {
    /// A number is the probability of a 1, which is drawn anew at every step.
    ///
    /// Reference: Salakhutdinov, Murray, 2008, "On the quantitative analysis of deep belief
    /// networks", doi:10.1145/1390156.1390266, section 5.
    case dynamic
  }

  /// What lies between the items and the bottleneck.
  public var encoder: Architecture
  /// The narrow place in the middle.
  public var bottleneck: Bottleneck
  /// The activation of each latent dimension.
  public var latentActivation: Activation
  /// What lies between the bottleneck and the reconstruction, written in the encoder's order; `nil`
  /// mirrors the encoder.
  public var decoder: Architecture?
  /// The function of each value of a reconstruction, such as the logistic for values from 0 to 1.
  public var outputActivation: Activation
  /// How far a reconstruction is from its item.
  public var objective: Objective
  /// What is done to an item before the encoder sees it.
  public var corruption: Corruption
  /// Terms that shape the latent vectors.
  public var penalties: [Penalty]
  /// The fields of an item, any of which may be missing; `nil` where an item is values alone.
  ///
  /// An item has then the shape `[width + count]`: its values and the observed masks of its fields. Where
  /// every field is a number, it may also have the shape `[2 channels, …]`: channels of values, and
  /// as many of observed masks. The encoder sees the values, 0 where hidden or missing, and which fields
  /// it sees. The objective is that of numbers; a category has its cross-entropy. A learned variance
  /// is one for each field instead of one for each value of each item. No loss comes from a field
  /// that is missing.
  package var fields: FeatureSchema?
  /// How much the losses of hidden and of visible fields count in training.
  package var fieldWeights = FieldWeights()
  /// How items become zeros and ones in training, before all else; `nil` leaves them as they are.
  package var binarization: Binarization?
  /// Whether a linear map runs beside the layers of the encoder and another one beside those of the
  /// decoder, so that what is linear in the items needs no hidden layer.
  ///
  /// The latent vector is then a sum of the last layer's and of the item's own values, each with weights,
  /// and so is each value of the reconstruction of hidden layers' and of the latent vector's own.
  public var hasLinearPath: Bool
  /// Terms of the loss of one's own; no file holds them.
  public var terms: [any ObjectiveTerm] {
    get { own.terms }
    set { own.terms = newValue }
  }
  /// A term of the loss that compares the latent vectors of items and their partners; no file holds it.
  public var pairTerm: (any PairTerm)? {
    get { own.pair }
    set { own.pair = newValue }
  }
  /// Both.
  private(set) var own = OwnTerms()

  /// All but the terms of the loss of one's own.
  private enum CodingKeys: String, CodingKey {
    case encoder, bottleneck, latentActivation, decoder, outputActivation, objective, corruption
    case penalties, fields, fieldWeights, binarization, hasLinearPath
  }

  /// Makes an autoencoder; the defaults suit tables and small images.
  ///
  /// - Parameter drawsZerosAndOnes: Whether a number from 0 to 1 is the probability of a 1, which is drawn
  ///   anew at every step (Salakhutdinov, Murray, 2008, doi:10.1145/1390156.1390266, section 5).
  public init(
    encoder: Architecture = .dense(hidden: [256, 128], activation: .relu),
    bottleneck: Bottleneck = .deterministic(latent: 16),
    latentActivation: Activation = .identity,
    decoder: Architecture? = nil,
    outputActivation: Activation = .identity,
    objective: Objective = .squaredError,
    corruption: Corruption = .none,
    penalties: [Penalty] = [],
    drawsZerosAndOnes: Bool = false,
    hasLinearPath: Bool = false,
    terms: [any ObjectiveTerm] = [],
    pairTerm: (any PairTerm)? = nil
  ) {
    self.encoder = encoder
    self.bottleneck = bottleneck
    self.latentActivation = latentActivation
    self.decoder = decoder
    self.outputActivation = outputActivation
    self.objective = objective
    self.corruption = corruption
    self.penalties = penalties
    binarization = drawsZerosAndOnes ? .dynamic : nil
    self.hasLinearPath = hasLinearPath
    own = OwnTerms(terms: terms, pair: pairTerm)
  }

  /// Makes an autoencoder of items with fields.
  package init(
    encoder: Architecture = .dense(hidden: [256, 128], activation: .relu),
    bottleneck: Bottleneck = .deterministic(latent: 16),
    latentActivation: Activation = .identity,
    decoder: Architecture? = nil,
    outputActivation: Activation = .identity,
    objective: Objective = .squaredError,
    corruption: Corruption = .none,
    penalties: [Penalty] = [],
    fields: FeatureSchema?,
    fieldWeights: FieldWeights = FieldWeights(),
    binarization: Binarization? = nil,
    hasLinearPath: Bool = false,
    pairTerm: (any PairTerm)? = nil
  ) {
    self.init(
      encoder: encoder,
      bottleneck: bottleneck,
      latentActivation: latentActivation,
      decoder: decoder,
      outputActivation: outputActivation,
      objective: objective,
      corruption: corruption,
      penalties: penalties,
      hasLinearPath: hasLinearPath,
      pairTerm: pairTerm
    )
    self.binarization = binarization
    self.fields = fields
    self.fieldWeights = fieldWeights
  }

  /// The number of latent dimensions.
  public var latent: Int { bottleneck.latent }
}

extension Autoencoder {
  /// Checks that every setting is in its range and fits the others.
  ///
  /// - Throws: `TrainingError.invalidSetting`, which names the first one that does not.
  public func validate() throws(TrainingError) {
    for architecture in [encoder, decoder ?? encoder] {
      try requireInRange(
        architecture.compresses,
        "the architecture of an autoencoder",
        "one that compresses; a U-Net has no bottleneck",
        architecture
      )
    }
    try requireInRange(
      decoder != nil || encoder.hasMirror,
      "the decoder of an autoencoder whose encoder has layers of its own",
      "given",
      "none"
    )
    try requireInRange(
      (1...1 << 20).contains(latent),
      "the number of latent dimensions",
      "between 1 and \(1 << 20)",
      latent
    )
    try objective.validate(outputActivation: outputActivation)
    try corruption.validate()
    if case .gaussian(_, let beta, let warmUpSteps) = bottleneck {
      try requireInRange(beta >= 0 && beta.isFinite, "beta", "at least 0", beta)
      try requireInRange(warmUpSteps >= 0, "the warm-up", "at least 0 steps", warmUpSteps)
      try requireInRange(
        latentActivation == .identity,
        "the latent activation",
        "the identity for a Gaussian bottleneck",
        latentActivation
      )
    }
    for penalty in penalties { try validate(penalty) }
    try own.validate(for: self)
    try requireInRange(
      objective != .terms || !terms.isEmpty,
      "the terms of an autoencoder without a reconstruction loss",
      "at least 1",
      "none"
    )
    try validateFields()
  }

  private func validate(_ penalty: Penalty) throws(TrainingError) {
    switch penalty {
    case .activityL1(let weight):
      try requireInRange(
        weight >= 0 && weight.isFinite,
        "the activity penalty",
        "at least 0",
        weight
      )
    case .sparsity(let target, let weight):
      try requireInRange(
        weight >= 0 && weight.isFinite,
        "the sparsity penalty",
        "at least 0",
        weight
      )
      try requireInRange(
        target > 0 && target < 1,
        "the target of sparsity",
        "between 0 and 1",
        target
      )
      try requireInRange(
        latentActivation == .logistic,
        "the latent activation",
        "the logistic for a sparsity penalty, whose latent values are probabilities",
        latentActivation
      )
    case .contraction(let weight, let deviation):
      try requireInRange(weight >= 0 && weight.isFinite, "the contraction", "at least 0", weight)
      try requireInRange(
        deviation > 0 && deviation.isFinite,
        "the standard deviation of the contraction",
        "above 0",
        deviation
      )
    }
  }
}
