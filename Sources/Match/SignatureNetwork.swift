internal import HourglassTasksCommon

/// A denoising autoencoder whose latent vectors distinguish items: the network of a matcher.
///
/// It rebuilds the clean item from the latent vector of a distorted copy, and the latent vectors of an item
/// and of its copy must be nearer to each other than to those of the other items of the batch. With the
/// latent vectors aᵢ of the items and bⱼ of the copies, dᵢⱼ = ‖aᵢ - bⱼ‖², and nᵢⱼ = ln k - dᵢⱼ for i ≠ j and
/// nᵢᵢ = -dᵢᵢ, the second term of item i is
///
///     ½ (-ln softmaxⱼ(nᵢⱼ)ⱼ₌ᵢ - ln softmaxⱼ(nⱼᵢ)ⱼ₌ᵢ)
///
/// Each other item of the batch stands for k items of the data, so that the term is about that of
/// distinguishing the item from all of them. Latent vectors have no fixed length, so that their scale takes
/// the place of a temperature.
///
/// Reference: Vincent, Larochelle, Bengio, Manzagol, 2008, "Extracting and composing robust features
/// with denoising autoencoders", doi:10.1145/1390156.1390294, section 2.3; Sohn, 2016, "Improved deep
/// metric learning with multi-class N-pair loss objective", NIPS, equation 7; van den Oord, Li,
/// Vinyals, 2018, arXiv:1807.03748, equation 4, both with dot products for distances.
struct SignatureNetwork: Hashable, Sendable, Codable {
  /// The item and its distorted copy.
  var views: AugmentedViews
  /// The layers before the latent vector, mirrored behind it.
  var encoder: Architecture
  /// The number of latent dimensions.
  var latent: Int
  /// The function of each rebuilt value.
  var outputActivation: Activation
  /// The weight of the mean squared error of a rebuilt value.
  var reconstructionWeight: Float
  /// For how many items of the data each other item of a batch stands, at least 1.
  var crowd: Float

  /// The names of the outputs of `viewsGraph`.
  enum Output {
    static let clean = "clean"
    static let distorted = "distorted"
    static let cleanCode = "cleanCode"
    static let distortedCode = "distortedCode"
  }
}

extension SignatureNetwork: Learner {
  func validate(itemShape: Shape) throws(TrainingError) {
    let isGood: Bool =
      switch views.form {
      case .image: itemShape.rank == 3
      case .patch(let frames, let margin):
        itemShape.rank == 3 && frames > 0 && margin >= 0
          && itemShape[0] == 1 && itemShape[1] == frames + 2 * margin
      case .row(let width): itemShape.rank == 1 && (1..<itemShape[0]).contains(width)
      }
    guard isGood, itemShape.elementCount > 0 else {
      throw .invalidSetting(
        name: "the shape of an item",
        expected: "that of the items trained on",
        found: "\(itemShape)"
      )
    }
    guard encoder.compresses, (1...1 << 16).contains(latent), reconstructionWeight.isFinite,
      crowd >= 1, crowd.isFinite, (try? views.augmentation.validate()) != nil
    else {
      throw .invalidSetting(
        name: "the network of signatures",
        expected: "an encoder that compresses to 1 to 65536 numbers",
        found: "\(encoder) to \(latent)"
      )
    }
  }

  func pairedTargetShape(for item: Shape) -> Shape? { nil }

  func regularizationWeight(atStep step: Int) -> Float { 1 }

  func trainingGraph(
    _ shapes: GraphShapes,
    optimizer: Optimizer
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let losses = losses(shapes, .training, in: &builder)
    let loss = builder.mean(losses.loss)
    builder.output(GraphName.loss, loss)
    builder.output(GraphName.reconstruction, builder.mean(losses.reconstruction))
    builder.output(GraphName.regularization, builder.mean(losses.metric))
    builder.output(GraphName.squaredError, builder.mean(losses.squaredError))
    _ = optimizer.addUpdates(minimizing: loss, parameters: builder.parameters, in: &builder)
    return try builder.finish()
  }

  func validationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let losses = losses(shapes, .inference, in: &builder)
    builder.output(GraphName.loss, losses.loss)
    builder.output(GraphName.reconstruction, losses.reconstruction)
    builder.output(GraphName.regularization, losses.metric)
    builder.output(GraphName.squaredError, losses.squaredError)
    return try builder.finish()
  }

  /// The graph from items to signatures: input `input`, output `latent [batch, latent]`.
  func encodingGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let view = views.clean(input(shapes, in: &builder), in: &builder)
    builder.output(GraphName.latent, code(of: view, .inference, in: &builder))
    return try builder.finish()
  }

  /// The graph from items to their views and the latent vectors of these; see `Output` for its outputs.
  func viewsGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = input(shapes, in: &builder)
    let pair = pair(x, shapes.batch, .inference, in: &builder)
    builder.output(Output.clean, builder.flatten(pair.clean))
    builder.output(Output.distorted, builder.flatten(pair.distorted))
    builder.output(Output.cleanCode, pair.cleanCode)
    builder.output(Output.distortedCode, pair.distortedCode)
    return try builder.finish()
  }
}

// MARK: - Parts

extension SignatureNetwork {
  private struct Pair {
    let clean: NodeID
    let distorted: NodeID
    let cleanCode: NodeID
    let distortedCode: NodeID
  }

  /// The terms of each item, `[batch]`.
  private struct Losses {
    let loss: NodeID
    let reconstruction: NodeID
    let metric: NodeID
    let squaredError: NodeID
  }

  private func input(_ shapes: GraphShapes, in builder: inout GraphBuilder) -> NodeID {
    builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
  }

  private func pair(
    _ x: NodeID,
    _ batch: Int,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> Pair {
    let clean = views.clean(x, in: &builder)
    let distorted = views.distorted(x, in: &builder)
    // One pass for both, because a layer is added once.
    let both = builder.concatenation([clean, distorted], axis: 0)
    let codes = code(of: both, mode, in: &builder)
    return Pair(
      clean: clean,
      distorted: distorted,
      cleanCode: builder.slice(codes, axis: 0, 0..<batch),
      distortedCode: builder.slice(codes, axis: 0, batch..<2 * batch)
    )
  }

  private func code(
    of view: NodeID,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let features = builder.scoped("encoder") { encoder.encoder(view, mode: mode, in: &$0) }
    return builder.scoped("bottleneck") { Dense(latent)($0.flatten(features), in: &$0) }
  }

  private func losses(
    _ shapes: GraphShapes,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> Losses {
    let x = input(shapes, in: &builder)
    let pair = pair(x, shapes.batch, mode, in: &builder)
    let viewShape = views.viewShape(for: shapes.item)
    let rebuilt = builder.scoped("decoder") {
      encoder.decoder(
        pair.distortedCode,
        itemShape: viewShape,
        outputsPerValue: 1,
        mode: mode,
        in: &$0
      )
    }
    let difference = builder.difference(outputActivation(rebuilt, in: &builder), pair.clean)
    let squaredError = builder.itemSum(builder.apply(.square, difference))
    let reconstruction = builder.affine(
      squaredError,
      scale: reconstructionWeight / Float(max(viewShape.elementCount, 1))
    )
    let metric = metric(pair, shapes.batch, in: &builder)
    return Losses(
      loss: builder.sum(reconstruction, metric),
      reconstruction: reconstruction,
      metric: metric,
      squaredError: squaredError
    )
  }

  /// The contrastive loss of the items of a batch, `[batch]`, in nats; 0 for a batch of one.
  private func metric(
    _ pair: Pair,
    _ batch: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let distances = builder.pairwiseSquaredDistance(pair.cleanCode, pair.distortedCode)
    var identity = [Float](repeating: 0, count: batch * batch)
    for index in 0..<batch { identity[index * batch + index] = 1 }
    let own = builder.fixed("own", [batch, batch], identity)
    let others = builder.affine(own, scale: -log(crowd), offset: log(crowd))
    let nearness = builder.difference(others, distances)
    var terms: [NodeID] = []
    for axis in [0, 1] {
      let logarithms = builder.logSoftmax(nearness, axis: axis)
      terms.append(builder.sum(builder.product(logarithms, own), axes: [1]))
    }
    return builder.affine(builder.sum(terms[0], terms[1]), scale: -0.5)
  }
}
