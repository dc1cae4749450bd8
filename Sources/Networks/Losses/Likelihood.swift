/// The distribution of data given the outputs of a decoder: the reconstruction term of an autoencoder.
///
/// A decoder gives `parametersPerValue` linear numbers for each value of an item. They lie in
/// blocks along the second dimension: for targets `[batch, features]` parameters are
/// `[batch, P · features]`, first all locations, then all scales; for `[batch, channels, …]` they
/// are `[batch, P · channels, …]`.
public enum Likelihood: Hashable, Sendable, Codable {
  /// Normal with one known variance; the parameter is the mean.
  ///
  ///     -ln p = (x - μ)² / 2σ² + ln(2πσ²) / 2
  case gaussian(variance: Float)
  /// Normal; the parameters are the mean μ and a number a for the log-variance.
  ///
  ///     -ln p = ((x - μ)² / σ² + ln σ² + ln 2π) / 2, ln σ² = 10 tanh(a / 10)
  ///
  /// The bound keeps the likelihood of constant data finite.
  case gaussianLearnedVariance
  /// 0 or 1, or anything between as a probability; the parameter is the logit.
  ///
  ///     -ln p = ln(1 + eˡ) - x l
  case bernoulli
  /// One of several classes in each block of values; the parameters are logits, and the target has
  /// a 1 at the class of each block and else 0.
  ///
  /// `classes` are the lengths of the blocks, in order, and add up to the number of features.
  case categorical(classes: [Int])
  /// One of `levels` steps from 0 to 1, at least 2; the parameters are location m and a number a
  /// for the log-scale, both for data that goes from -1 to 1.
  ///
  ///     p = σ((2x - 1 + h - m) / s) - σ((2x - 1 - h - m) / s), ln s = 7 tanh(a / 7)
  ///
  /// where h = 1 / (levels - 1) is half a step; the first and the last level take the tails.
  ///
  /// Reference: Salimans, Karpathy, Chen, Kingma, 2017, "PixelCNN++", arXiv:1701.05517, equation 2.
  case discretizedLogistic(levels: Int)
  /// Another likelihood for each range of features, such as the columns of a table, in order.
  case mixed([Part])

  /// Neighboring features with one likelihood.
  public struct Part: Hashable, Sendable, Codable {
    /// The likelihood of the features.
    public var likelihood: Likelihood
    /// The number of the features.
    public var count: Int

    /// Makes a part of so many features.
    public init(_ likelihood: Likelihood, count: Int) {
      self.likelihood = likelihood
      self.count = count
    }
  }
}

extension Likelihood {
  /// The number of linear outputs of a decoder for each value; a mixture takes the most of its
  /// parts for all, and the parts that need fewer leave the rest unused.
  package var parametersPerValue: Int {
    switch self {
    case .gaussian, .bernoulli, .categorical: 1
    case .gaussianLearnedVariance, .discretizedLogistic: 2
    case .mixed(let parts): parts.map(\.likelihood.parametersPerValue).max() ?? 1
    }
  }
}
