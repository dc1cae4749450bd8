package import HourglassGraphs
package import HourglassNetworks
package import HourglassTensors

/// A network from items to items of the same extents, such as a U-Net that denoises or colors.
///
/// It compresses nothing, so that it has no latent vectors: skips carry what it sees past every narrow place.
package struct ImageToImageNetwork: Hashable, Sendable, Codable {
  /// What an item is turned into.
  package enum Target: Hashable, Sendable, Codable {
    /// The item itself, clean: a denoiser that makes its own noise.
    case item
    /// The target that comes with each item, of so many channels and the item's extents in space.
    case paired(channels: Int)
    /// The same, followed by as many planes of weights, which multiply the loss of each value.
    case weighted(channels: Int)
    /// The item without its noise, where items are noisy and no clean ones are known; the paired target
    /// is the standard deviation σ of the normal noise in each value of the item y.
    ///
    /// The input is y + α σ e and the target y - σ e / α, e from a standard normal distribution: the
    /// noises of the two are independent of each other, so that the mean of the target is y without
    /// any. In training and evaluating, what the noise of the target adds to a squared error on average is
    /// taken off: the rest is an unbiased estimate of the error to the clean item, and may lie below 0.
    ///
    /// Reference: Pang, Zheng, Quan, Ji, 2021, "Recorrupted-to-Recorrupted: Unsupervised Deep Learning for
    /// Image Denoising", doi:10.1109/CVPR46437.2021.00208, equations 7 and 8.
    case recorrupted(strength: Float)
  }

  /// The layers between an item and its target; they must translate, as a U-Net does.
  package var architecture: Architecture
  /// What an item is turned into.
  package var target: Target
  /// Whether the network predicts the difference of target and item, so that it starts from the item.
  ///
  /// Reference: Zhang, Zuo, Chen, Meng, Zhang, 2016, "Beyond a Gaussian Denoiser",
  /// arXiv:1608.03981, section 3.2.
  package var learnsDifference: Bool
  /// The function of each value of the result.
  package var outputActivation: Activation
  /// How far a result is from its target.
  package var objective: Objective
  /// What is done to an item before the network sees it.
  package var corruption: Corruption
  /// What stands after the layers in place of the objective, for a paired target; no file holds it, a task
  /// that has one gives it to what it reads.
  package var head: (any ImageHead)? {
    get { ownHead.head }
    set { ownHead.head = newValue }
  }
  private var ownHead = OwnHead()

  /// All but the head.
  private enum CodingKeys: String, CodingKey {
    case architecture, target, learnsDifference, outputActivation, objective, corruption
  }

  /// Makes a network; the defaults make a denoiser of small images.
  package init(
    architecture: Architecture = .uNet(base: 32, depth: 2, activation: .relu),
    target: Target = .item,
    learnsDifference: Bool = false,
    outputActivation: Activation = .identity,
    objective: Objective = .squaredError,
    corruption: Corruption = .none,
    head: (any ImageHead)? = nil
  ) {
    self.architecture = architecture
    self.target = target
    self.learnsDifference = learnsDifference
    self.outputActivation = outputActivation
    self.objective = objective
    self.corruption = corruption
    ownHead = OwnHead(head: head)
  }
}

extension ImageToImageNetwork: Learner {
  package func pairedTargetShape(for item: Shape) -> Shape? {
    switch target {
    case .item: nil
    case .paired(let channels): item.replacing(axis: 0, with: channels)
    case .weighted(let channels): item.replacing(axis: 0, with: 2 * channels)
    case .recorrupted: item
    }
  }

  package func regularizationWeight(atStep step: Int) -> Float { 1 }

  package func validate(itemShape: Shape) throws(TrainingError) {
    try requireInRange(
      !architecture.compresses,
      "the architecture of a translator",
      "a U-Net",
      architecture
    )
    try requireInRange(
      (2...3).contains(itemShape.rank) && itemShape.elementCount > 0,
      "the shape of an item",
      "[channels, time] or [channels, height, width]",
      itemShape
    )
    try objective.validate(outputActivation: outputActivation)
    try corruption.validate()
    switch target {
    case .item: break
    case .paired(let channels), .weighted(let channels):
      try requireInRange(
        (1...1 << 20).contains(channels),
        "the channels of the target",
        "1 to 1048576",
        channels
      )
    case .recorrupted(let strength):
      try requireInRange(
        strength > 0 && strength.isFinite && objective == .squaredError && corruption == .none,
        "a target of items with further noise",
        "a strength above 0, the squared error and no other noise",
        "\(strength), \(objective) and \(corruption)"
      )
    }
    if let head { try validate(head) }
    if case .weighted = target {
      try requireInRange(
        weightedDistance != nil,
        "the objective of weighted targets",
        "a distance",
        objective
      )
    }
    if learnsDifference {
      try requireInRange(
        objective.acceptsOutputActivation && targetShape(for: itemShape) == itemShape,
        "predicting the difference",
        "used with targets of the item's shape and an objective of plain values",
        "\(targetShape(for: itemShape)) for items \(itemShape)"
      )
    }
  }

  /// The shape of the result for items of a shape.
  package func targetShape(for item: Shape) -> Shape {
    switch target {
    case .item, .recorrupted: item
    case .paired(let channels), .weighted(let channels):
      item.replacing(axis: 0, with: head?.resultChannels ?? channels)
    }
  }

  private func validate(_ head: any ImageHead) throws(TrainingError) {
    try requireInRange(
      target == .paired(channels: head.targetChannels) && objective == .squaredError
        && outputActivation == .identity && !learnsDifference,
      "the target of a network with a head",
      "a paired one of \(head.targetChannels) channels, by the squared error of plain values",
      "\(target) by \(objective)"
    )
    try head.validate()
  }

  /// The objective where weights can multiply it.
  private var weightedDistance: ReconstructionLoss? {
    if case .distance(let distance) = objective { distance } else { nil }
  }

  /// The graph of a step; see `Learner` for its inputs and outputs.
  package func trainingGraph(
    _ shapes: GraphShapes,
    optimizer: Optimizer
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, isCorrupted: true, .training, in: &builder)
    let loss = builder.mean(loss(of: pass, in: &builder))
    let output = mean(of: pass, in: &builder)
    builder.output(GraphName.loss, loss)
    builder.output(GraphName.reconstruction, loss)
    builder.output(GraphName.regularization, builder.constant(0))
    builder.output(GraphName.squaredError, builder.mean(error(of: pass, output, in: &builder)))
    _ = optimizer.addUpdates(minimizing: loss, parameters: builder.parameters, in: &builder)
    return try builder.finish()
  }

  /// The graph that evaluates items held out, corrupted as in training.
  package func validationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    try evaluatingGraph(shapes, isCorrupted: true)
  }

  /// The graph that evaluates items as they are, with the result as `output [batch, target…]`.
  package func evaluationGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    try evaluatingGraph(shapes, isCorrupted: false)
  }

  /// The graph from items as they are to results: input `input`, output `output [batch, result…]`.
  ///
  /// The result has the target's shape, or that of the head's result.
  package func translatingGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
    let result: NodeID
    if let head {
      let nodes = nodes(of: head, x, shapes, .inference, isForLoss: false, in: &builder)
      result = head.result(nodes, in: &builder)
    } else {
      result = objective.mean(translated(x, shapes, .inference, in: &builder), in: &builder)
    }
    builder.output(GraphName.output, result)
    return try builder.finish()
  }

  private func evaluatingGraph(
    _ shapes: GraphShapes,
    isCorrupted: Bool
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    var pass = pass(shapes, isCorrupted: isCorrupted, .inference, in: &builder)
    pass.isTraining = false
    let loss = loss(of: pass, in: &builder)
    let output = mean(of: pass, in: &builder)
    builder.output(GraphName.loss, loss)
    builder.output(GraphName.reconstruction, loss)
    builder.output(
      GraphName.regularization,
      builder.broadcast(builder.constant(0), to: builder.shape(of: loss))
    )
    builder.output(GraphName.squaredError, error(of: pass, output, in: &builder))
    builder.output(GraphName.output, output)
    return try builder.finish()
  }

  /// The outputs of a network, their targets, and the weights of the values.
  private struct Pass {
    var parameters: NodeID
    var target: NodeID
    var weights: NodeID?
    /// What the layers give to the head, where there is one.
    var nodes: ImageHeadNodes?
    /// What noise of the target adds to the squared error of each value.
    var excess: NodeID?
    /// Whether it is for a step of training.
    var isTraining = true
  }

  /// The values nearest to the target, in its shape.
  private func mean(of pass: Pass, in builder: inout GraphBuilder) -> NodeID {
    guard let head, let nodes = pass.nodes else {
      return objective.mean(pass.parameters, in: &builder)
    }
    return head.mean(nodes, in: &builder)
  }

  /// The squared error of each item.
  private func error(of pass: Pass, _ output: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let error = builder.squaredError(output, pass.target)
    return pass.excess.map { builder.difference(error, builder.itemSum($0)) } ?? error
  }

  private func loss(of pass: Pass, in builder: inout GraphBuilder) -> NodeID {
    if let head, let nodes = pass.nodes {
      return head.loss(nodes, target: pass.target, isTraining: pass.isTraining, in: &builder)
    }
    guard let weights = pass.weights, let distance = weightedDistance else {
      let loss = objective.loss(pass.parameters, target: pass.target, in: &builder)
      guard let excess = pass.excess else { return loss }
      return builder.difference(loss, builder.itemSum(excess))
    }
    return distance.loss(
      prediction: pass.parameters,
      target: pass.target,
      weights: weights,
      in: &builder
    )
  }

  private func pass(
    _ shapes: GraphShapes,
    isCorrupted: Bool,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> Pass {
    let x = builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
    let targets = Shape([shapes.batch] + shapes.target.dimensions)
    if case .recorrupted(let strength) = target {
      let deviation = builder.input(GraphName.target, targets)
      let noise = builder.product(deviation, builder.random(.normal, targets))
      let seen = isCorrupted ? builder.sum(x, builder.affine(noise, scale: strength)) : x
      let added = builder.affine(noise, scale: -1 / strength)
      let squares = builder.apply(.square, deviation)
      return Pass(
        parameters: translated(seen, shapes, mode, in: &builder),
        target: isCorrupted ? builder.sum(x, added) : x,
        excess: isCorrupted
          ? builder.affine(squares, scale: 1 + 1 / (strength * strength)) : nil
      )
    }
    let seen = isCorrupted ? corruption(x, in: &builder) : x
    if let head {
      let nodes = nodes(of: head, seen, shapes, mode, isForLoss: true, in: &builder)
      let given = builder.input(GraphName.target, targets)
      return Pass(parameters: nodes.values, target: given, nodes: nodes)
    }
    let parameters = translated(seen, shapes, mode, in: &builder)
    guard target != .item else { return Pass(parameters: parameters, target: x) }
    let given = builder.input(GraphName.target, targets)
    guard case .weighted(let channels) = target else {
      return Pass(parameters: parameters, target: given)
    }
    return Pass(
      parameters: parameters,
      target: builder.slice(given, axis: 1, 0..<channels),
      weights: builder.slice(given, axis: 1, channels..<2 * channels)
    )
  }

  /// What the layers give to a head, whose own layers see what the last of them sees.
  private func nodes(
    of head: any ImageHead,
    _ x: NodeID,
    _ shapes: GraphShapes,
    _ mode: Mode,
    isForLoss: Bool,
    in builder: inout GraphBuilder
  ) -> ImageHeadNodes {
    builder.scoped("translator") { builder in
      let (values, features) = architecture.translation(
        x,
        outputChannels: head.layerChannels,
        mode: mode,
        in: &builder
      )
      let further = head.further(features, isForLoss: isForLoss, in: &builder)
      return ImageHeadNodes(values: values, further: further)
    }
  }

  private func translated(
    _ x: NodeID,
    _ shapes: GraphShapes,
    _ mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let channels = targetShape(for: shapes.item)[0] * objective.outputsPerValue
    let result = builder.scoped("translator") {
      architecture.translator(x, outputChannels: channels, mode: mode, in: &$0)
    }
    let whole = learnsDifference ? builder.sum(result, x) : result
    return outputActivation(whole, in: &builder)
  }
}
