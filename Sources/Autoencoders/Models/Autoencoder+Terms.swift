internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTensors

/// What is added to the reconstruction loss: terms of one's own, and penalties of latent vectors.
extension Autoencoder {
  /// A term of one's own of each item, `[batch]`, not weighted.
  func loss(
    of term: any ObjectiveTerm,
    _ pass: Pass,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let output = output(of: pass, in: &builder)
    let loss = term.loss(
      of: ObjectiveNodes(input: pass.seen, target: pass.x, code: pass.code, output: output),
      in: &builder
    )
    let count = builder.shape(of: pass.x).dimensions.first ?? 0
    return checked(loss, "\(type(of: term))", count: count, in: &builder)
  }

  /// The term of pairs of each item, `[batch]`, not weighted; none where there is no such term.
  func pairLoss(codes: NodeID, partners: NodeID, in builder: inout GraphBuilder) -> NodeID? {
    guard let pairTerm else { return nil }
    let loss = pairTerm.loss(codes: codes, partners: partners, in: &builder)
    let count = builder.shape(of: codes).dimensions.first ?? 0
    return checked(loss, "\(type(of: pairTerm))", count: count, in: &builder)
  }

  /// A loss that has one number for each item, or the mistake that it has not.
  private func checked(
    _ loss: NodeID,
    _ name: String,
    count: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard loss != builder.failed else { return loss }
    let found = builder.shape(of: loss)
    let isFit = builder.require(
      found == [count],
      of: name,
      expected: "a loss of one number for each item, [\(count)]",
      found: "\(found)"
    )
    return isFit ? loss : builder.failed
  }

  /// A penalty, averaged over the batch and weighted: a scalar.
  func penalty(
    _ penalty: Penalty,
    _ pass: Pass,
    in builder: inout GraphBuilder
  ) -> NodeID {
    switch penalty {
    case .activityL1(let weight):
      let size = builder.itemSum(builder.apply(.absolute, pass.code))
      return builder.affine(builder.mean(size), scale: weight)
    case .sparsity(let target, let weight):
      return builder.affine(
        sparsity(of: pass.code, target: target, in: &builder),
        scale: weight
      )
    case .contraction(let weight, let deviation):
      guard let displacement = pass.displacements[deviation] else { return builder.failed }
      return builder.affine(builder.mean(displacement), scale: weight / (deviation * deviation))
    }
  }

  /// The divergence of the mean activity of each unit from its target, summed over units.
  ///
  ///     Σⱼ ρ ln (ρ / ρ̂ⱼ) + (1 - ρ) ln ((1 - ρ) / (1 - ρ̂ⱼ))
  private func sparsity(
    of code: NodeID,
    target: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let least: Float = 1e-6
    let mean = builder.apply(
      .clip(lower: least, upper: 1 - least),
      builder.mean(code, axes: [0])
    )
    let isOn = builder.affine(builder.apply(.logarithm, mean), scale: -target)
    let rest = builder.affine(mean, scale: -1, offset: 1)
    let isOff = builder.affine(builder.apply(.logarithm, rest), scale: target - 1)
    let entropy = -target * log(target) - (1 - target) * log(1 - target)
    let cross = builder.sum(builder.sum(isOn, isOff))
    return builder.affine(cross, scale: 1, offset: -Float(latent) * entropy)
  }
}
