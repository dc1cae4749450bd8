package import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

extension Autoencoder {
  /// The graph from clean items to the distributions of their codes: input `input`, output `latent
  /// [batch, 2 latent]`, first the means and then the logarithms of the variances.
  ///
  /// It is for a Gaussian bottleneck.
  package func posteriorGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = input(shapes, in: &builder)
    let seen = fieldPass(x, shapes, .absent, in: &builder)?.seen ?? x
    let code = code(of: encoded(seen, .inference, in: &builder), in: &builder)
    let logVariance = code.logVariance ?? builder.failed
    builder.output(
      GraphName.latent,
      builder.concatenation([code.mean, logVariance], axis: 1)
    )
    return try builder.finish()
  }

  /// The graph that bounds the evidence of clean items by one code drawn for each.
  ///
  /// Input `input`; outputs, `[batch]`, in nats: `bound`, with the divergence in closed form, and
  /// `logWeight`, ln p(x, z) - ln q(z | x). The divergence has the weight 1 whatever beta is.
  package func boundGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, .codes, .inference, in: &builder)
    let nats = reconstructionLoss(of: pass, in: &builder)
    let divergence = pass.divergence ?? builder.failed
    let logVariance = pass.logVariance ?? builder.failed
    let total = builder.sum(nats, divergence)
    builder.output(GraphName.bound, builder.affine(total, scale: -1))
    // ln p(z) - ln q(z | x) = Σ (e² + ln σ² - z²) / 2 with e = (z - μ) / σ.
    let rate = builder.apply(.exponential, builder.affine(logVariance, scale: -0.5))
    let e = builder.product(builder.difference(pass.decoded, pass.code), rate)
    let squares = builder.difference(
      builder.apply(.square, e),
      builder.apply(.square, pass.decoded)
    )
    let ratio = builder.affine(builder.itemSum(builder.sum(squares, logVariance)), scale: 0.5)
    builder.output(GraphName.logWeight, builder.difference(ratio, nats))
    return try builder.finish()
  }
}
