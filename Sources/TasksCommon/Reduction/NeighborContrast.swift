/// A term of the loss that keeps neighbors together: every item comes with one of its neighbors, and the
/// latent vectors of the two should stand out from those of the other items of the batch, in nats.
///
/// `codes` and `partners [batch, latent]`, row i of the one a neighbor of row i of the other. With
/// the kernel of t-SNE, which has the heavy tail of Student's distribution with one degree of freedom,
///
///     q_ij = 1 / (1 + |c_i - p_j|² / h²)
///     ℓ_i  = -ln q_ii / Σⱼ q_ij / 2 - ln q_ii / Σⱼ q_ji / 2
///
/// it is the cross-entropy of identifying which of the batch's partners is an item's own, and the other
/// way round. Its minimum is that of t-SNE but for the part that few other items stand for all.
///
/// The unit h, `halfDistance`, is where the kernel falls to a half. With h below 1 latent vectors spread over
/// some units and not over some tens, which networks learn faster and decoders read better.
///
/// The term is at least 0. The latent vectors are then a map in the sense of t-SNE and UMAP, from which the
/// decoder reconstructs items.
///
/// Reference: Damrich, Böhm, Hamprecht, Kobak, 2023, "From t-SNE to UMAP with contrastive learning",
/// arXiv:2206.01816, equation 9 with the kernel of section 2; van der Maaten, Hinton, 2008,
/// "Visualizing Data using t-SNE", JMLR 9, for the kernel.
/// Sainburg, McInnes, Gentner, 2021, "Parametric UMAP embeddings for representation and semisupervised
/// learning", arXiv:2009.12981, section 3.2, for the encoder.
package struct NeighborContrast: PairTerm {
  /// By how much the term is multiplied, at least 0, beside a reconstruction loss that is summed over the
  /// values of an item.
  package var weight: Float
  /// h, the distance of two latent vectors at which the kernel falls to a half; latent vectors of many
  /// thousand items spread over some hundred times as much.
  package var halfDistance: Float

  /// The most dimensions: in more than some, all items are about equally far apart for
  /// the term.
  package static let latentLimit = 16

  /// Makes a term.
  package init(weight: Float, halfDistance: Float = 0.1) {
    self.weight = weight
    self.halfDistance = halfDistance
  }

  /// Checks that latent vectors are short and have no distribution.
  package func validate(for autoencoder: Autoencoder) throws(TrainingError) {
    guard autoencoder.latent <= Self.latentLimit else {
      throw .invalidSetting(
        name: "the number of dimensions that preserves neighbors",
        expected: "at most \(Self.latentLimit)",
        found: "\(autoencoder.latent)"
      )
    }
    guard case .gaussian = autoencoder.bottleneck else { return }
    throw .invalidSetting(
      name: "the bottleneck of an autoencoder that preserves neighbors",
      expected: "a deterministic one",
      found: "\(autoencoder.bottleneck)"
    )
  }

  /// The term of each item: latent vectors and partners `[batch, latent]` -> `[batch]`.
  package func loss(
    codes: NodeID,
    partners: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let (shape, other) = (builder.shape(of: codes), builder.shape(of: partners))
    let isFit = builder.require(
      shape.rank == 2 && shape[1] > 0 && shape == other && halfDistance > 0,
      of: "neighborContrast",
      expected: "latent vectors and partners [batch, latent] and a half distance above 0",
      found: "\(shape), \(other) and \(halfDistance)"
    )
    guard isFit else { return builder.failed }
    let rate = 1 / (halfDistance * halfDistance)
    let batch = shape[0]
    // Distances number by number and not by a product of matrices, which would lose the digits of
    // those of near latent vectors.
    var distances: NodeID?
    for place in 0..<shape[1] {
      let here = builder.slice(codes, axis: 1, place..<place + 1)
      let there = builder.slice(partners, axis: 1, place..<place + 1)
      let across = builder.reshape(there, [1, batch])
      let square = builder.apply(.square, builder.difference(here, across))
      distances = distances.map { builder.sum($0, square) } ?? square
    }
    guard let distances else { return builder.failed }
    let kernel = builder.apply(.reciprocal, builder.affine(distances, scale: rate, offset: 1))
    let all = builder.apply(.logarithm, builder.sum(kernel, axes: [1]))
    let back = builder.apply(.logarithm, builder.sum(kernel, axes: [0]))
    let square = builder.itemSum(builder.apply(.square, builder.difference(codes, partners)))
    let own = builder.apply(.logarithm, builder.affine(square, scale: rate, offset: 1))
    return builder.sum(own, builder.affine(builder.sum(all, back), scale: 0.5))
  }
}
