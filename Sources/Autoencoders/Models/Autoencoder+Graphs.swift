package import HourglassGraphs
package import HourglassNetworks
internal import HourglassSystem
package import HourglassTensors

/// What is random in a pass through an autoencoder.
enum PassRandomness {
  /// Items are corrupted and latent vectors drawn from their distribution.
  case drawn
  /// Items are clean, and a latent vector is the mean of its distribution.
  case absent
  /// Items are clean and latent vectors are drawn from their distribution.
  case codes
}

/// The nodes of a pass through an autoencoder.
struct Pass {
  /// What is to be reconstructed.
  let x: NodeID
  /// Its fields, where it has some.
  let fields: FieldPass?
  /// The latent vector, or the mean of its distribution.
  let code: NodeID
  /// The latent vector that was decoded, and the logarithm of the variance of its distribution.
  let decoded: NodeID
  let logVariance: NodeID?
  /// What the decoder gives for each value.
  let parameters: NodeID
  /// The divergence of each item, `[batch]`, not weighted, for a Gaussian bottleneck.
  let divergence: NodeID?
  /// ‖f(x + s e) - f(x)‖² of each item, `[batch]`, by the standard deviation s.
  let displacements: [Float: NodeID]
  /// What the encoder saw, of the items' shape.
  let seen: NodeID
  /// The term that compares latent vectors with those of partners, `[batch]`, not weighted, where that
  /// counts.
  let pairLoss: NodeID?
}

extension Autoencoder: Learner {
  /// With a term of pairs the target of an item is its partner; it is only encoded.
  package func pairedTargetShape(for item: Shape) -> Shape? { pairTerm == nil ? nil : item }

  package func validate(itemShape: Shape) throws(TrainingError) {
    try validate()
    try requireInRange(
      (1...3).contains(itemShape.rank) && itemShape.elementCount > 0,
      "the shape of an item",
      "[features], [channels, time] or [channels, height, width]",
      itemShape
    )
    try validateFields(itemShape: itemShape)
  }

  package func regularizationWeight(atStep step: Int) -> Float {
    guard case .gaussian(_, _, let warmUpSteps) = bottleneck, step < warmUpSteps else { return 1 }
    return Float(step) / Float(warmUpSteps)
  }

  /// The graph of a step; see `Learner` for its inputs and outputs.
  package func trainingGraph(
    _ shapes: GraphShapes,
    optimizer: Optimizer
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, .drawn, .training, in: &builder)
    let reconstruction = builder.mean(reconstructionLoss(of: pass, in: &builder))
    var terms: [NodeID] = []
    if let divergence = pass.divergence, case .gaussian(_, let beta, _) = bottleneck {
      let weight = builder.input(GraphName.regularizationWeight, .scalar)
      let mean = builder.mean(builder.affine(divergence, scale: beta))
      terms.append(builder.product(weight, mean))
    }
    for penalty in penalties { terms.append(self.penalty(penalty, pass, in: &builder)) }
    if let pairTerm, let loss = pass.pairLoss {
      terms.append(builder.affine(builder.mean(loss), scale: pairTerm.weight))
    }
    for term in self.terms {
      let loss = builder.mean(self.loss(of: term, pass, in: &builder))
      terms.append(builder.affine(loss, scale: term.weight))
    }
    var regularization = terms.first ?? builder.constant(0)
    for term in terms.dropFirst() { regularization = builder.sum(regularization, term) }
    let loss = terms.isEmpty ? reconstruction : builder.sum(reconstruction, regularization)
    let output = output(of: pass, in: &builder)
    let squaredError = builder.mean(squaredError(output, pass, in: &builder))
    builder.output(GraphName.loss, loss)
    builder.output(GraphName.reconstruction, reconstruction)
    builder.output(GraphName.regularization, regularization)
    builder.output(GraphName.squaredError, squaredError)
    _ = optimizer.addUpdates(minimizing: loss, parameters: builder.parameters, in: &builder)
    return try builder.finish()
  }

  /// The graph that evaluates items held out, with corruption and drawn latent vectors as in training.
  package func validationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, .drawn, .inference, in: &builder)
    addItemLosses(
      of: pass,
      reconstructionLoss(of: pass, in: &builder),
      countsTerms: true,
      in: &builder
    )
    return try builder.finish()
  }

  /// The graph that evaluates clean items, with the mean as the latent vector.
  ///
  /// Input: `input`. Outputs: `loss`, `reconstruction`, `regularization`, `squaredError`, all
  /// `[batch]`; `output`, the reconstructed items `[batch, item…]`; `latent [batch, latent]`. The
  /// loss has the whole weight of the divergence, and neither penalties nor terms of one's own.
  ///
  /// With fields, `output` is `[batch, width]`, the means of numbers and the probabilities of
  /// levels, and `fieldLosses [batch, count]` are the losses of the fields, 0 where missing, which
  /// add up to the reconstruction: the weights of hidden and visible fields are for training.
  package func evaluationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, .absent, .inference, in: &builder)
    addItemLosses(
      of: pass,
      reconstructionLoss(of: pass, in: &builder),
      countsTerms: false,
      in: &builder
    )
    builder.output(GraphName.output, output(of: pass, in: &builder))
    builder.output(GraphName.latent, pass.code)
    if let fields = pass.fields {
      let losses = fields.losses(pass.parameters, in: &builder)
      builder.output(GraphName.fieldLosses, losses)
    }
    return try builder.finish()
  }

  /// The graph from clean items to latent vectors: input `input`, output `latent [batch, latent]`.
  package func encodingGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = input(shapes, in: &builder)
    let fields = fieldPass(x, shapes, .absent, in: &builder)
    let seen = fields?.seen ?? x
    let code = code(of: encoded(seen, .inference, in: &builder), in: &builder).mean
    builder.output(GraphName.latent, code)
    return try builder.finish()
  }

  /// The graph from latent vectors to items: input `latent [batch, latent]`, output `output [batch, item…]`.
  package func decodingGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let z = builder.input(GraphName.latent, [shapes.batch, latent])
    let parameters = decoded(z, shapes, .inference, in: &builder)
    let output = fieldTerms(in: &builder)?.output(parameters: parameters, in: &builder)
    builder.output(GraphName.output, output ?? objective.mean(parameters, in: &builder))
    return try builder.finish()
  }
}

// MARK: - Parts

extension Autoencoder {
  func input(_ shapes: GraphShapes, in builder: inout GraphBuilder) -> NodeID {
    builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
  }

  func pass(
    _ shapes: GraphShapes,
    _ noise: PassRandomness,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> Pass {
    var x = input(shapes, in: &builder)
    if noise == .drawn, binarization == .dynamic {
      x = builder.apply(.greater, x, builder.random(.uniform, builder.shape(of: x)))
    }
    let fields = fieldPass(x, shapes, noise, in: &builder)
    let seen = fields?.seen ?? (noise == .drawn ? corruption(x, in: &builder) : x)
    // The encoder is added once: what it sees besides lies further along the batch.
    let deviations = mode == .training ? contractionDeviations : []
    let moved = deviations.map { Corruption.gaussian(standardDeviation: $0)(seen, in: &builder) }
    let partner =
      pairTerm != nil && noise == .drawn ? [seenPartner(shapes, fields?.terms, in: &builder)] : []
    let all = builder.concatenation([seen] + moved + partner, axis: 0)
    let (means, logVariances) = code(of: encoded(all, mode, in: &builder), in: &builder)
    let mean = rows(0, shapes.batch, of: means, in: &builder)
    var displacements: [Float: NodeID] = [:]
    for (place, deviation) in deviations.enumerated() {
      let other = rows(place + 1, shapes.batch, of: means, in: &builder)
      displacements[deviation] = builder.squaredError(other, mean)
    }
    // Before the decoder, so that gradients are added up in one order whatever the other terms are.
    let pairLoss =
      partner.isEmpty
      ? nil
      : pairLoss(
        codes: mean,
        partners: rows(deviations.count + 1, shapes.batch, of: means, in: &builder),
        in: &builder
      )
    var z = mean
    var divergence: NodeID?
    var logVariance: NodeID?
    if let logVariances {
      let own = rows(0, shapes.batch, of: logVariances, in: &builder)
      divergence = gaussianKullbackLeibler(mean: mean, logVariance: own, in: &builder)
      if noise != .absent { z = sample(mean, own, in: &builder) }
      logVariance = own
    }
    return Pass(
      x: fields?.values ?? x,
      fields: fields,
      code: mean,
      decoded: z,
      logVariance: logVariance,
      parameters: decoded(z, shapes, mode, in: &builder),
      divergence: divergence,
      displacements: displacements,
      seen: seen,
      pairLoss: pairLoss
    )
  }

  /// What the encoder sees of the partners that come with the items.
  private func seenPartner(
    _ shapes: GraphShapes,
    _ terms: FieldTerms?,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let partner = builder.input(GraphName.target, Shape([shapes.batch] + shapes.item.dimensions))
    let fields = fieldPass(partner, shapes, .drawn, terms: terms, in: &builder)
    return fields?.seen ?? corruption(partner, in: &builder)
  }

  private var contractionDeviations: [Float] {
    var deviations: [Float] = []
    for case .contraction(_, let deviation) in penalties where !deviations.contains(deviation) {
      deviations.append(deviation)
    }
    return deviations
  }

  private func rows(
    _ place: Int,
    _ batch: Int,
    of x: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard x != builder.failed, builder.shape(of: x)[0] != batch else { return x }
    return builder.slice(x, axis: 0, place * batch..<(place + 1) * batch)
  }

  func encoded(_ x: NodeID, _ mode: Mode, in builder: inout GraphBuilder) -> NodeID {
    let features = builder.scoped("encoder") { encoder.encoder(x, mode: mode, in: &$0) }
    guard hasLinearPath else { return features }
    return builder.concatenation([builder.flatten(features), builder.flatten(x)], axis: 1)
  }

  /// One dense layer gives the latent vector, or first its mean and then its log-variance.
  func code(
    of features: NodeID,
    in builder: inout GraphBuilder
  ) -> (mean: NodeID, logVariance: NodeID?) {
    let latent = latent
    switch bottleneck {
    case .deterministic:
      let activation = latentActivation
      let code = builder.scoped("bottleneck") {
        Dense(latent, activation: activation)($0.flatten(features), in: &$0)
      }
      return (code, nil)
    case .gaussian:
      let both = builder.scoped("bottleneck") { Dense(2 * latent)($0.flatten(features), in: &$0) }
      guard both != builder.failed else { return (both, both) }
      return (
        builder.slice(both, axis: 1, 0..<latent),
        builder.slice(both, axis: 1, latent..<2 * latent)
      )
    }
  }

  /// A draw from the distribution of latent vectors: z = μ + σ e.
  ///
  /// Reference: Kingma, Welling, 2013, arXiv:1312.6114, section 2.4.
  private func sample(
    _ mean: NodeID,
    _ logVariance: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let deviation = builder.apply(.exponential, builder.affine(logVariance, scale: 0.5))
    let noise = builder.random(.normal, builder.shape(of: mean))
    return builder.sum(mean, builder.product(deviation, noise))
  }

  func decoded(
    _ z: NodeID,
    _ shapes: GraphShapes,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let architecture = decoder ?? encoder
    let item = decodedShape(for: shapes.item)
    let outputs = fields == nil ? objective.outputsPerValue : 1
    let parameters = builder.scoped("decoder") {
      architecture.decoder(z, itemShape: item, outputsPerValue: outputs, mode: mode, in: &$0)
    }
    let activated = outputActivation(withLinearPath(parameters, z, in: &builder), in: &builder)
    return fields == nil ? activated : builder.flatten(activated)
  }

  /// The parameters with a linear map of the latent vector added, where there is one.
  private func withLinearPath(
    _ parameters: NodeID,
    _ z: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard hasLinearPath, parameters != builder.failed else { return parameters }
    let shape = builder.shape(of: parameters)
    let width = shape.dimensions.dropFirst().reduce(1, *)
    let straight = builder.scoped("decoder.linear") { Dense(width)(z, in: &$0) }
    return builder.sum(parameters, builder.reshape(straight, shape))
  }

  /// The loss of each item: `[batch]`.
  func reconstructionLoss(of pass: Pass, in builder: inout GraphBuilder) -> NodeID {
    pass.fields?.loss(pass.parameters, in: &builder)
      ?? objective.loss(pass.parameters, target: pass.x, in: &builder)
  }

  func output(of pass: Pass, in builder: inout GraphBuilder) -> NodeID {
    pass.fields?.terms.output(parameters: pass.parameters, in: &builder)
      ?? objective.mean(pass.parameters, in: &builder)
  }

  /// The squared error of each item, `[batch]`; values that are missing have none.
  private func squaredError(
    _ output: NodeID,
    _ pass: Pass,
    in builder: inout GraphBuilder
  ) -> NodeID {
    pass.fields?.squaredError(output, in: &builder) ?? builder.squaredError(output, pass.x)
  }

  private func addItemLosses(
    of pass: Pass,
    _ reconstruction: NodeID,
    countsTerms: Bool,
    in builder: inout GraphBuilder
  ) {
    var loss = reconstruction
    var regularization = builder.broadcast(
      builder.constant(0),
      to: builder.shape(of: reconstruction)
    )
    if let divergence = pass.divergence, case .gaussian(_, let beta, _) = bottleneck {
      regularization = builder.affine(divergence, scale: beta)
      loss = builder.sum(reconstruction, regularization)
    }
    var terms: [NodeID] = []
    if let pairTerm, let loss = pass.pairLoss {
      terms.append(builder.affine(loss, scale: pairTerm.weight))
    }
    for term in countsTerms ? self.terms : [] {
      terms.append(builder.affine(self.loss(of: term, pass, in: &builder), scale: term.weight))
    }
    for (place, term) in terms.enumerated() {
      let isFirst = place == 0 && pass.divergence == nil
      regularization = isFirst ? term : builder.sum(regularization, term)
    }
    if !terms.isEmpty { loss = builder.sum(reconstruction, regularization) }
    let output = output(of: pass, in: &builder)
    builder.output(GraphName.loss, loss)
    builder.output(GraphName.reconstruction, reconstruction)
    builder.output(GraphName.regularization, regularization)
    builder.output(GraphName.squaredError, squaredError(output, pass, in: &builder))
  }
}
