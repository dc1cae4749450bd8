package import HourglassGraphs
internal import HourglassTensors

/// The Kullback-Leibler divergence of a diagonal Gaussian from the standard one, in nats per item.
///
///     KL = 1/2 Σⱼ (μⱼ² + σⱼ² - 1 - ln σⱼ²)
///
/// Shape: `mean`, `logVariance [batch, latent]` -> `[batch]`.
///
/// Reference: Kingma, Welling, 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114, appendix B.
package func gaussianKullbackLeibler(
  mean: NodeID,
  logVariance: NodeID,
  in builder: inout GraphBuilder
) -> NodeID {
  let total = doubledParts(mean: mean, logVariance: logVariance, in: &builder)
  let width = builder.shape(of: mean).dimensions.dropFirst().reduce(1, *)
  return builder.affine(builder.itemSum(total), scale: 0.5, offset: -0.5 * Float(width))
}

/// The divergence of each latent dimension: `[batch, latent]` -> `[batch, latent]`.
///
/// It is what free bits (Kingma et al., 2016, arXiv:1606.04934, appendix C.8) and the count of
/// active units (Burda et al., 2015, arXiv:1509.00519, section 5.1) are made of.
package func gaussianKullbackLeiblerParts(
  mean: NodeID,
  logVariance: NodeID,
  in builder: inout GraphBuilder
) -> NodeID {
  let total = doubledParts(mean: mean, logVariance: logVariance, in: &builder)
  return builder.affine(total, scale: 0.5, offset: -0.5)
}

/// μ² + σ² - ln σ² of each latent dimension.
private func doubledParts(
  mean: NodeID,
  logVariance: NodeID,
  in builder: inout GraphBuilder
) -> NodeID {
  let variance = builder.apply(.exponential, logVariance)
  let excess = builder.difference(variance, logVariance)
  return builder.sum(builder.apply(.square, mean), excess)
}
