package import HourglassGraphs
package import HourglassTensors

/// What is done to an item before the network sees it; the target is the clean item.
///
/// Noise is drawn anew for every item of every step.
///
/// Reference: Vincent, Larochelle, Bengio, Manzagol, 2008, "Extracting and composing robust features
/// with denoising autoencoders", doi:10.1145/1390156.1390294; Vincent et al., 2010, "Stacked
/// Denoising Autoencoders", JMLR 11, section 3.4.
public enum Corruption: Hashable, Sendable, Codable {
  /// Nothing.
  case none
  /// x + σ e, where e is normal.
  case gaussian(standardDeviation: Float)
  /// x + σ e, where σ is drawn for each item between two, so that one network serves all levels.
  ///
  /// Reference: Zhang, Zuo, Chen, Meng, Zhang, 2016, "Beyond a Gaussian Denoiser",
  /// arXiv:1608.03981, section 3.3.
  case gaussianRange(lower: Float, upper: Float)
  /// x or, at this rate, 0.
  case masking(rate: Float)
  /// x / (1 - rate) or, at this rate, 0: the mean stays that of x.
  ///
  /// Reference: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 2014, "Dropout", JMLR 15,
  /// section 10.
  case dropout(rate: Float)
  /// x or, at this rate, one of the two extremes, each as often.
  case saltAndPepper(rate: Float, lower: Float = 0, upper: Float = 1)
  /// x (1 + σ e), where e is normal: the grain of coherent imaging.
  case speckle(standardDeviation: Float)
  /// The noise of counting, where 1 stands for `peak` counts: x + √(x / peak) e, the normal
  /// approximation of a Poisson number divided by `peak`; x is taken to be at least 0.
  case poisson(peak: Float)
  /// Some values hidden at a rate that is drawn for each item between two, so that one network
  /// serves items that lack few values and items that lack many; and σ e on the numbers that stay.
  ///
  /// Where items have fields, whole fields are hidden, a category with all of its levels, and the
  /// encoder gets a mask of them; elsewhere single values become 0.
  case hiding(lower: Float, upper: Float, standardDeviation: Float = 0)
  /// x or, at this rate, the value of another item of the batch: what is seen in place of a value is
  /// one that the data have, so that only its relation to the others can tell that it is wrong.
  ///
  /// Where items have fields, whole fields are swapped, a category with all of its levels, and a field
  /// that another item lacks becomes missing.
  ///
  /// Reference: Jahrer, 2017, "1st place with representation learning", Porto Seguro's Safe Driver
  /// Prediction, Kaggle, discussion 44629; Yoon, Zhang, Jordon, van der Schaar, 2020, "VIME",
  /// NeurIPS 33, equation 3.
  case swapping(rate: Float)
}

extension Corruption {
  /// Adds the corruption: `[batch, …]` -> `[batch, …]`.
  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed else { return x }
    switch self {
    case .none:
      return x
    case .gaussian(let deviation):
      let noise = builder.random(.normal, shape)
      return builder.sum(x, builder.affine(noise, scale: deviation))
    case .gaussianRange(let lower, let upper):
      let perItem = Shape([shape[0]] + shape.dimensions.dropFirst().map { _ in 1 })
      let draw = builder.random(.uniform, perItem)
      let deviation = builder.affine(draw, scale: upper - lower, offset: lower)
      return builder.sum(x, builder.product(builder.random(.normal, shape), deviation))
    case .masking(let rate):
      let isKept = builder.apply(.greater, builder.random(.uniform, shape), builder.constant(rate))
      return builder.product(x, isKept)
    case .dropout(let rate):
      let kept = Corruption.masking(rate: rate)(x, in: &builder)
      return builder.affine(kept, scale: 1 / (1 - rate))
    case .saltAndPepper(let rate, let lower, let upper):
      let draw = builder.random(.uniform, shape)
      let isUntouched = builder.apply(.greater, draw, builder.constant(rate))
      let isAboveHalf = builder.apply(.greater, draw, builder.constant(rate / 2))
      // Of the touched ones: the lower half of the draws is the lower extreme.
      let extreme = builder.affine(isAboveHalf, scale: upper - lower, offset: lower)
      let isTouched = builder.affine(isUntouched, scale: -1, offset: 1)
      return builder.sum(builder.product(x, isUntouched), builder.product(extreme, isTouched))
    case .speckle(let deviation):
      let noise = builder.random(.normal, shape)
      return builder.product(x, builder.affine(noise, scale: deviation, offset: 1))
    case .poisson(let peak):
      let light = builder.affine(builder.apply(.relu, x), scale: 1 / peak)
      let noise = builder.product(builder.apply(.squareRoot, light), builder.random(.normal, shape))
      return builder.sum(x, noise)
    case .hiding(_, _, let deviation):
      let noisy =
        deviation == 0 ? x : Corruption.gaussian(standardDeviation: deviation)(x, in: &builder)
      guard let isKept = kept(shape, in: &builder) else { return noisy }
      return builder.product(noisy, isKept)
    case .swapping:
      guard let isKept = isOwn(shape, in: &builder) else { return x }
      return builder.mixed(x, builder.rolled(x), isFirst: isKept)
    }
  }

  /// 1 for what stays and 0 for what is taken from another item, drawn for every element of a shape
  /// `[batch, …]`; none where nothing is.
  package func isOwn(_ shape: Shape, in builder: inout GraphBuilder) -> NodeID? {
    guard case .swapping(let rate) = self else { return nil }
    return builder.apply(.greater, builder.random(.uniform, shape), builder.constant(rate))
  }

  /// 1 for what stays and 0 for what is hidden, drawn for every element of a shape `[batch, …]`;
  /// none where nothing is hidden.
  package func kept(_ shape: Shape, in builder: inout GraphBuilder) -> NodeID? {
    switch self {
    case .masking(let rate), .dropout(let rate):
      return builder.apply(.greater, builder.random(.uniform, shape), builder.constant(rate))
    case .hiding(let lower, let upper, _):
      let perItem = Shape([shape[0]] + shape.dimensions.dropFirst().map { _ in 1 })
      let draw = builder.random(.uniform, perItem)
      let rate = builder.affine(draw, scale: upper - lower, offset: lower)
      return builder.apply(.greater, builder.random(.uniform, shape), rate)
    case .none, .gaussian, .gaussianRange, .saltAndPepper, .speckle, .poisson, .swapping:
      return nil
    }
  }

  /// What is done to the numbers of items with fields, besides hiding some.
  package var noise: Corruption {
    switch self {
    case .none, .masking, .dropout, .swapping: .none
    case .gaussian, .gaussianRange, .saltAndPepper, .speckle, .poisson: self
    case .hiding(_, _, let deviation):
      deviation == 0 ? .none : .gaussian(standardDeviation: deviation)
    }
  }

  /// Checks the ranges.
  package func validate() throws(TrainingError) {
    switch self {
    case .none: return
    case .gaussian(let deviation), .speckle(let deviation):
      try requireInRange(
        deviation >= 0 && deviation.isFinite,
        "the standard deviation of the noise",
        "at least 0",
        deviation
      )
    case .gaussianRange(let lower, let upper):
      try requireInRange(
        0 <= lower && lower <= upper && upper.isFinite,
        "the standard deviations of the noise",
        "two numbers of at least 0 in rising order",
        "\(lower) and \(upper)"
      )
    case .masking(let rate):
      try requireInRange((0...1).contains(rate), "the rate of masking", "from 0 to 1", rate)
    case .dropout(let rate):
      try requireInRange(
        rate >= 0 && rate < 1,
        "the rate of dropout",
        "from 0 to below 1",
        rate
      )
    case .saltAndPepper(let rate, let lower, let upper):
      try requireInRange((0...1).contains(rate), "the rate of salt and pepper", "from 0 to 1", rate)
      try requireInRange(
        lower.isFinite && upper.isFinite && lower <= upper,
        "salt and pepper",
        "two extremes in rising order",
        "\(lower) and \(upper)"
      )
    case .swapping(let rate):
      try requireInRange((0...1).contains(rate), "the rate of swapping", "from 0 to 1", rate)
    case .poisson(let peak):
      try requireInRange(peak > 0 && peak.isFinite, "the peak of counting noise", "above 0", peak)
    case .hiding(let lower, let upper, let deviation):
      try requireInRange(
        0 <= lower && lower <= upper && upper <= 1,
        "the rates of hiding",
        "two numbers from 0 to 1 in rising order",
        "\(lower) and \(upper)"
      )
      try requireInRange(
        deviation >= 0 && deviation.isFinite,
        "the standard deviation of the noise",
        "at least 0",
        deviation
      )
    }
  }
}

extension GraphBuilder {
  /// Items in the place of their neighbors in the batch, the first in that of the last: `[batch, …]`.
  package mutating func rolled(_ x: NodeID) -> NodeID {
    guard x != failed, shape(of: x)[0] > 1 else { return x }
    let count = shape(of: x)[0]
    return concatenation([slice(x, axis: 0, 1..<count), slice(x, axis: 0, 0..<1)], axis: 0)
  }

  /// The first where a mask of 0 and 1 is 1, else the second.
  package mutating func mixed(_ first: NodeID, _ second: NodeID, isFirst: NodeID) -> NodeID {
    sum(product(first, isFirst), product(second, affine(isFirst, scale: -1, offset: 1)))
  }
}
