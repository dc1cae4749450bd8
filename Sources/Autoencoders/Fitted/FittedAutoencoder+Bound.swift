package import HourglassEngines
internal import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

/// Lower bounds of the logarithm of an item's probability, in nats, both by the same drawn latent vectors.
package struct DrawnBounds: Hashable, Sendable {
  /// The evidence lower bound: the mean of ln p(x, zₖ) / q(zₖ | x).
  package var single: Double
  /// The importance-weighted bound: the logarithm of the mean of p(x, zₖ) / q(zₖ | x).
  ///
  /// It is at least `single`, for the logarithm is concave.
  package var importanceWeighted: Double
}

/// A distribution that the latent vectors of new items are drawn from.
package protocol CodeDensity: Sendable {
  /// The logarithm of the density at a latent vector, in nats.
  func logDensity(of code: [Double]) -> Double
}

/// The standard normal distribution.
package struct StandardNormalCodes: CodeDensity {
  package init() {}

  package func logDensity(of code: [Double]) -> Double {
    var squares = 0.0
    for value in code { squares += value * value }
    return -0.5 * (squares + Double(code.count) * log(2 * Double.pi))
  }
}

extension FittedAutoencoder {
  /// The evidence lower bound of each item, in nats, its divergence in closed form.
  ///
  ///     ln p(x) >= ln p(x | z) - KL(q(z | x) ‖ p(z)), z drawn from q
  ///
  /// It is the mean over so many draws. The divergence counts once, whatever beta is. For items that
  /// were binarized in training, give `BinarizedSource`. The same seed gives the same numbers.
  ///
  /// Reference: Kingma, Welling, 2013, arXiv:1312.6114, equation 10.
  ///
  /// - Throws: `ModelError.deterministicBottleneck` where latent vectors have no distribution.
  package func evidenceLowerBounds(
    _ source: any BatchSource,
    draws: Int = 1,
    seed: UInt64 = 0,
    on engine: ComputeEngine
  ) async throws -> [Double] {
    guard case .gaussian = autoencoder.bottleneck else { throw ModelError.deterministicBottleneck }
    return try await network.means(
      of: GraphName.bound,
      source,
      draws: max(draws, 1),
      seed: seed,
      purpose: "bound",
      on: engine,
      graph: autoencoder.boundGraph
    )
  }

  /// The importance-weighted bound of each item, which rises to the logarithm of its probability.
  ///
  ///     ln p(x) >= ln 1/K Σ p(x | zₖ) p(zₖ) / q(zₖ | x), zₖ drawn from q
  ///
  /// An item is encoded once, and decoded at each of its latent vectors. The sum is taken in double
  /// precision. The same seed gives the same latent vectors, whatever the size of a batch. For items that
  /// were binarized in training, give `BinarizedSource`.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, "Importance Weighted Autoencoders",
  /// arXiv:1509.00519, equation 8.
  ///
  /// - Parameters:
  ///   - source: The items.
  ///   - draws: K, the number of latent vectors for each item, at least 1.
  ///   - prior: The distribution that latent vectors of new items come from.
  ///   - seed: Where the latent vectors come from.
  ///   - engine: Where it is computed.
  /// - Throws: `ModelError.deterministicBottleneck` where latent vectors have no distribution.
  package func importanceWeightedBounds(
    _ source: any BatchSource,
    draws: Int,
    prior: any CodeDensity = StandardNormalCodes(),
    seed: UInt64 = 0,
    on engine: ComputeEngine
  ) async throws -> [DrawnBounds] {
    let posterior = try await posterior(source, on: engine)
    return try await network.drawnBounds(
      source,
      posterior: posterior,
      draws: max(draws, 1),
      seed: seed,
      prior: prior,
      on: engine,
      graph: autoencoder.conditionalGraph
    )
  }

  /// The means and the logarithms of the variances of the latent vectors of items: `[count, 2 latent]`.
  ///
  /// - Throws: `ModelError.deterministicBottleneck` where latent vectors have no distribution.
  func posterior(_ source: any BatchSource, on engine: ComputeEngine) async throws -> Tensor {
    guard case .gaussian = autoencoder.bottleneck else { throw ModelError.deterministicBottleneck }
    return try await network.rows(
      of: GraphName.latent,
      source,
      purpose: "posterior",
      on: engine,
      graph: autoencoder.posteriorGraph
    )
  }
}
