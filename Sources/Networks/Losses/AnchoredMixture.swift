package import HourglassGraphs
internal import HourglassTensors

/// What values could be where one number would not tell: their mean, and how likely each of some
/// fixed anchors is.
///
/// A network with d channels of values and K anchors gives `[batch, d + K, …]`: d planes of the mean m,
/// then K of logits. With the value y of a place, the anchors c_k and their deviation σ, and N places,
///
///     q_k = exp(-|y - c_k|² / 2σ²) / Σⱼ exp(-|y - c_j|² / 2σ²)
///     ℓ   = N √(Σ |m - y|² / N + ε) - w Σ Σ_k q_k ln p_k,  p = softmax of the logits
///
/// summed over places: the root of an item's mean squared error, and the cross-entropy of the anchors
/// that are near the value. By the root an item that is hard to tell pulls no harder than any other, as
/// in a mean of decibels. The cross-entropy may be that of squares of places, whose values are
/// averaged and which count for all of their places; their logits cost as many times less.
///
/// Reference: Zhang, Isola, Efros, 2016, "Colorful Image Colorization", arXiv:1603.08511, section 2.1,
/// for the soft encoding q of colours and the cross-entropy.
public struct AnchoredMixture: Hashable, Sendable, Codable {
  /// The anchors, at least two, each of as many numbers as a value has channels.
  public var anchors: [[Float]]
  /// The deviation σ of values from the anchors that stand for them, above 0.
  public var deviation: Float
  /// The weight w of the cross-entropy, at least 0.
  public var weight: Float
  /// The side of the squares of places that the cross-entropy is of, at least 1; of images alone.
  public var grain: Int

  /// Makes a mixture; its ranges are checked when a network is made.
  public init(anchors: [[Float]], deviation: Float, weight: Float, grain: Int = 1) {
    self.anchors = anchors
    self.deviation = deviation
    self.weight = weight
    self.grain = grain
  }

  /// The channels of a value.
  public var channels: Int { anchors.first?.count ?? 0 }

  /// The planes that a network gives.
  package var outputs: Int { channels + anchors.count }

  /// ε: below its root, a hundredth of the scale of values, an error counts as if it were squared.
  static let smoothing: Float = 1e-4

  /// Whether all numbers are in their ranges.
  package var isValid: Bool {
    (2...4096).contains(anchors.count) && (1...64).contains(channels)
      && anchors.allSatisfy { $0.count == channels && $0.allSatisfy(\.isFinite) }
      && deviation > 0 && deviation.isFinite && weight >= 0 && weight.isFinite
      && (1...64).contains(grain)
  }
}

extension AnchoredMixture {
  /// The loss of each item: `mean [batch, d, …]`, `logits [batch, K, squares…]`, `target [batch, d, …]`
  /// -> `[batch]`.
  ///
  /// - Parameter logits: Those of the squares that `averaged` makes.
  package func loss(
    mean: NodeID,
    logits: NodeID,
    target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let (found, shape) = (builder.shape(of: mean), builder.shape(of: target))
    let isFit = builder.require(
      isValid && shape.rank >= 2 && shape[1] == channels && found == shape,
      of: "anchoredMixture",
      expected: "means and a target [batch, \(channels), …]",
      found: "\(found) and \(shape)"
    )
    guard isFit else { return builder.failed }
    let values = averaged(target, in: &builder)
    let squares = builder.shape(of: values).replacing(axis: 1, with: anchors.count)
    let given = builder.shape(of: logits)
    let hasLogits = builder.require(
      given == squares,
      of: "anchoredMixture",
      expected: "logits \(squares)",
      found: "\(given)"
    )
    guard hasLogits else { return builder.failed }
    let places = Float(shape.dimensions.dropFirst(2).reduce(1, *))
    let square = builder.itemSum(builder.apply(.square, builder.difference(mean, target)))
    let root = builder.apply(
      .squareRoot,
      builder.affine(square, scale: 1 / max(places, 1), offset: Self.smoothing)
    )
    let wanted = builder.softmax(nearness(of: values, in: &builder), axis: 1)
    let entropy = builder.itemSum(
      builder.product(wanted, builder.logSoftmax(logits, axis: 1))
    )
    let side = Float(side(of: shape))
    return builder.sum(
      builder.affine(root, scale: places),
      builder.affine(entropy, scale: -weight * side * side)
    )
  }

  /// The means over the squares that the cross-entropy is of: `[batch, channels, …]` ->
  /// `[batch, channels, squares…]`.
  package func averaged(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let side = side(of: builder.shape(of: x))
    return side == 1 ? x : AveragePooling(side)(x, in: &builder)
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
