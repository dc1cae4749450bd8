package import HourglassTasksCommon

/// A distribution of values: their mean, vivid values that vary as much as true ones, and the probability of
/// each of some fixed anchors.
///
/// A network with d channels of values and K anchors gives `[batch, 2 d + K, …]`: d planes of the mean m,
/// d of vivid values v, then K of logits. With the value y of a place, the anchors c_k and their deviation
/// σ, and N places,
///
///     q_k = exp(-|y - c_k|² / 2σ²) / Σⱼ exp(-|y - c_j|² / 2σ²)
///     ℓ   = N √(Σ |m - y|² / N + ε) - w Σ Σ_k q_k ln p_k + β N (ln(Σ |E (v - y)|² / N + ε) + κ (1 - S̄(v) / S̄(y))²)
///     S(x) = √(Σ |K (x - x̄)|² / N + ε) + 0.3 √(|K x̄|² + ε),  p = softmax of the logits
///
/// summed over places: the root of an item's mean squared error, and the cross-entropy of the anchors
/// that are near the value. Through the root, items that are hard to predict weigh no more than others, as
/// in a mean of decibels. The cross-entropy may be that of squares of places, whose values are
/// averaged and which count for all of their places; their logits cost as many times less.
///
/// The mean is paler than the truth. Vivid values are to be spread as far as true ones, by the means S̄ of
/// S over the batch, and pay by the logarithm of their error: an item whose values cannot be predicted loses
/// few decibels by a spread that would cost a pale one many, so that the network learns where vivid
/// values cost little. Errors and spreads are measured along directions of their own, the rows of E and K.
/// With κ = 0 vivid values are a second mean.
///
/// Reference: Zhang, Isola, Efros, 2016, "Colorful Image Colorization", arXiv:1603.08511, section 2.1,
/// for the soft encoding q of colors and the cross-entropy; S has the form of the colorfulness of
/// Hasler, Suesstrunk, 2003, doi:10.1117/12.477378, section 7.
package struct ColorDistributionLoss: Hashable, Sendable {
  /// The anchors, at least two, each of as many numbers as a value has channels.
  package var anchors: [[Float]]
  /// The deviation σ of values from the anchors that stand for them, above 0.
  package var deviation: Float
  /// The weight w of the cross-entropy, at least 0.
  package var weight: Float
  /// The side of the squares of places that the cross-entropy is of, at least 1; of images alone.
  package var grain: Int
  /// The weight β of vivid values, at least 0.
  package var vividWeight: Float
  /// κ, how strongly the spread of vivid values is held to that of true ones, at least 0.
  package var boldness: Float
  /// E, the directions that errors of vivid values are measured along; those of the channels where there are
  /// none.
  package var errorDirections: [[Float]]
  /// K, the directions that the spread of vivid values is measured along, in the same way.
  package var spreadDirections: [[Float]]

  /// Makes a loss; its ranges are checked when a network is made.
  package init(
    anchors: [[Float]],
    deviation: Float,
    weight: Float,
    grain: Int = 1,
    vividWeight: Float = 0.05,
    boldness: Float = 0,
    errorDirections: [[Float]] = [],
    spreadDirections: [[Float]] = []
  ) {
    self.anchors = anchors
    self.deviation = deviation
    self.weight = weight
    self.grain = grain
    self.vividWeight = vividWeight
    self.boldness = boldness
    self.errorDirections = errorDirections
    self.spreadDirections = spreadDirections
  }

  /// The channels of a value.
  package var channels: Int { anchors.first?.count ?? 0 }

  /// ε: below its root, a hundredth of the scale of values, an error counts as if it were squared.
  static let smoothing: Float = 1e-4

  /// Whether all numbers are in their ranges.
  package var isValid: Bool {
    (2...4096).contains(anchors.count) && (1...64).contains(channels)
      && anchors.allSatisfy { $0.count == channels && $0.allSatisfy(\.isFinite) }
      && deviation > 0 && deviation.isFinite && weight >= 0 && weight.isFinite
      && (1...64).contains(grain) && vividWeight >= 0 && vividWeight.isFinite && boldness >= 0
      && boldness.isFinite
      && (errorDirections + spreadDirections).allSatisfy {
        $0.count == channels && $0.allSatisfy(\.isFinite)
      } && errorDirections.count <= 64 && spreadDirections.count <= 64
  }
}

extension ColorDistributionLoss: ImageHead {
  /// Those of a value.
  package var targetChannels: Int { channels }
  /// Those of the mean and of vivid values.
  package var layerChannels: Int { 2 * channels }
  /// Those of the mean, of vivid values and of the logits.
  package var resultChannels: Int { 2 * channels + anchors.count }

  /// Checks the ranges.
  package func validate() throws(TrainingError) {
    guard isValid else {
      throw .invalidSetting(
        name: "a target of anchors",
        expected:
          "at least 2 finite ones of one width, a deviation above 0 and weights of at least 0",
        found: "\(anchors.count) anchors"
      )
    }
  }

  /// The logits of anchors of each place or, for the loss, of the squares that are predicted.
  ///
  /// One further layer, which looks at single places, makes them of what the output is made of: those of a
  /// square are those of its mean.
  package func further(
    _ features: NodeID,
    isForLoss: Bool,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let seen = isForLoss ? averaged(features, in: &builder) : features
    let isPlane = builder.shape(of: features).rank == 4
    let count = anchors.count
    return builder.scoped("logits") { builder in
      ConvolutionLayer(
        rank: isPlane ? 2 : 1,
        count,
        kernelSize: 1,
        initialization: .constant(0)
      )(seen, in: &builder)
    }
  }

  /// The loss; of items held out without the part of vivid values.
  package func loss(
    _ nodes: ImageHeadNodes,
    target: NodeID,
    isTraining: Bool,
    in builder: inout GraphBuilder
  ) -> NodeID {
    var loss = self
    // The epoch is chosen by the mean: the logarithm of errors prefers values that dare nothing as yet.
    if !isTraining { loss.vividWeight = 0 }
    return loss.loss(
      mean: mean(nodes, in: &builder),
      vivid: builder.slice(nodes.values, axis: 1, channels..<2 * channels),
      logits: nodes.further,
      target: target,
      in: &builder
    )
  }

  /// The mean of each place.
  package func mean(_ nodes: ImageHeadNodes, in builder: inout GraphBuilder) -> NodeID {
    builder.slice(nodes.values, axis: 1, 0..<channels)
  }

  /// The mean and vivid values, then the logits.
  package func result(_ nodes: ImageHeadNodes, in builder: inout GraphBuilder) -> NodeID {
    builder.concatenation([nodes.values, nodes.further], axis: 1)
  }
}

extension ColorDistributionLoss {
  /// The loss of each item: `mean [batch, d, …]`, `vivid [batch, d, …]`, `logits [batch, K, squares…]`,
  /// `target [batch, d, …]` -> `[batch]`.
  ///
  /// - Parameter logits: Those of the squares that `averaged` makes.
  package func loss(
    mean: NodeID,
    vivid: NodeID,
    logits: NodeID,
    target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let (found, shape) = (builder.shape(of: mean), builder.shape(of: target))
    let isFit = builder.require(
      isValid && shape.rank >= 2 && shape[1] == channels && found == shape
        && builder.shape(of: vivid) == shape,
      of: "colorDistribution",
      expected: "means, vivid values and a target [batch, \(channels), …]",
      found: "\(found) and \(shape)"
    )
    guard isFit else { return builder.failed }
    let values = averaged(target, in: &builder)
    let squares = builder.shape(of: values).replacing(axis: 1, with: anchors.count)
    let given = builder.shape(of: logits)
    let hasLogits = builder.require(
      given == squares,
      of: "colorDistribution",
      expected: "logits \(squares)",
      found: "\(given)"
    )
    guard hasLogits else { return builder.failed }
    let places = Float(shape.dimensions.dropFirst(2).reduce(1, *))
    let root = builder.apply(.squareRoot, error(of: mean, target, in: &builder))
    let wanted = builder.softmax(nearness(of: values, in: &builder), axis: 1)
    let entropy = builder.itemSum(
      builder.product(wanted, builder.logSoftmax(logits, axis: 1))
    )
    let side = Float(side(of: shape))
    let likelihoods = builder.sum(
      builder.affine(root, scale: places),
      builder.affine(entropy, scale: -weight * side * side)
    )
    guard vividWeight > 0 else { return likelihoods }
    let boldness = vividLoss(vivid, target: target, in: &builder)
    return builder.sum(likelihoods, builder.affine(boldness, scale: vividWeight * places))
  }

  /// Σ |x - y|² / N + ε: `[batch, d, …]` -> `[batch]`.
  private func error(of x: NodeID, _ target: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let places = builder.shape(of: x).dimensions.dropFirst(2).reduce(1, *)
    let squares = builder.itemSum(builder.apply(.square, builder.difference(x, target)))
    return builder.affine(squares, scale: 1 / Float(max(places, 1)), offset: Self.smoothing)
  }

  /// ln(Σ |E (v - y)|² / N + ε) + κ (1 - S̄(v) / S̄(y))²: `[batch]`.
  private func vividLoss(
    _ vivid: NodeID,
    target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let (made, wanted) = (
      along(errorDirections, vivid, in: &builder), along(errorDirections, target, in: &builder)
    )
    let error = builder.apply(.logarithm, error(of: made, wanted, in: &builder))
    guard boldness > 0 else { return error }
    let truth = spread(of: along(spreadDirections, target, in: &builder), in: &builder)
    let own = spread(of: along(spreadDirections, vivid, in: &builder), in: &builder)
    let share = builder.quotient(builder.mean(own), builder.mean(truth))
    let lack = builder.apply(.square, builder.affine(share, scale: -1, offset: 1))
    return builder.sum(error, builder.affine(lack, scale: boldness))
  }

  /// The values along some directions, `[batch, d, …]` -> `[batch, directions, …]`.
  private func along(
    _ directions: [[Float]],
    _ x: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard !directions.isEmpty else { return x }
    let planes = (0..<channels).map { builder.slice(x, axis: 1, $0..<$0 + 1) }
    let sums = directions.map { direction in
      let parts = zip(planes, direction).map { builder.affine($0, scale: $1) }
      return parts.dropFirst().reduce(parts[0]) { builder.sum($0, $1) }
    }
    return builder.concatenation(sums, axis: 1)
  }

  /// S of values along its directions: `[batch, d, …]` -> `[batch]`.
  private func spread(of x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let axes = Array(2..<builder.shape(of: x).rank)
    let mean = builder.mean(x, axes: axes, keepsDimensions: true)
    let deviation = builder.apply(.squareRoot, error(of: x, mean, in: &builder))
    let square = builder.itemSum(builder.apply(.square, mean))
    let distance = builder.apply(.squareRoot, builder.affine(square, offset: Self.smoothing))
    return builder.sum(deviation, builder.affine(distance, scale: 0.3))
  }

  /// The means over the squares that the cross-entropy is of: `[batch, channels, …]` ->
  /// `[batch, channels, squares…]`.
  package func averaged(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let side = side(of: builder.shape(of: x))
    return side == 1 ? x : PoolingLayer(.average, side)(x, in: &builder)
  }

  /// The side of the squares: single places where there is no room for one.
  private func side(of shape: Shape) -> Int {
    shape.rank == 4 && shape.dimensions.dropFirst(2).allSatisfy { $0 >= grain } ? grain : 1
  }

  /// -|y - c_k|² / 2σ²: `[batch, d, …]` -> `[batch, K, …]`.
  private func nearness(of target: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let rank = builder.shape(of: target).rank
    var total: NodeID?
    for channel in 0..<channels {
      let values = builder.fixed(
        "anchors.\(channel)",
        [anchors.count],
        anchors.map { $0[channel] }
      )
      let places = builder.channelwise(values, rank: rank)
      let plane = builder.slice(target, axis: 1, channel..<channel + 1)
      let square = builder.apply(.square, builder.difference(plane, places))
      total = total.map { builder.sum($0, square) } ?? square
    }
    guard let total else { return builder.failed }
    return builder.affine(total, scale: -0.5 / (deviation * deviation))
  }
}
