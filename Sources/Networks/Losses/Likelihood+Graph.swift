package import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

extension Likelihood {
  /// The nats of each item, summed over its values.
  ///
  /// Shape: `parameters [batch, P · C, …]`, `target [batch, C, …]` -> `[batch]`. `weights`, of a
  /// shape that broadcasts to the target's, multiply the nats of each value: 0 leaves a cell out.
  /// The values of one categorical block should share their weight.
  package func negativeLogLikelihood(
    parameters: NodeID,
    target: NodeID,
    weights: NodeID? = nil,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard let parts = split(parameters, in: &builder) else { return builder.failed }
    let shape = builder.shape(of: target)
    let found = builder.shape(of: parts[0])
    guard target != builder.failed,
      builder.require(
        found == shape,
        of: "likelihood",
        expected: "\(parts.count) parameters for each value of a target \(shape)",
        found: "parameters for a target \(found)"
      )
    else { return builder.failed }
    let full = weights.map { builder.broadcast($0, to: shape) }
    return nats(parts, target: target, weights: full, in: &builder)
  }

  /// The reconstruction in the data's units.
  ///
  /// Shape: `parameters [batch, P · C, …]` -> `[batch, C, …]`: the mean; the probabilities of the
  /// classes; the location of the discretized logistic, within 0...1.
  package func mean(parameters: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard let parts = split(parameters, in: &builder) else { return builder.failed }
    return mean(parts, in: &builder)
  }

  static var logVarianceBound: Float { 10 }
  static var logScaleBound: Float { 7 }

  /// The parameters of each kind, every one with the target's shape.
  private func split(_ parameters: NodeID, in builder: inout GraphBuilder) -> [NodeID]? {
    let count = parametersPerValue
    let shape = builder.shape(of: parameters)
    guard parameters != builder.failed,
      builder.require(
        shape.rank >= 2 && shape[1] % count == 0,
        of: "likelihood",
        expected: "parameters [N, \(count) · C, …]",
        found: "\(shape)"
      )
    else { return nil }
    let width = shape[1] / count
    if count == 1 { return [parameters] }
    return (0..<count).map {
      builder.slice(parameters, axis: 1, $0 * width..<($0 + 1) * width)
    }
  }

  private func nats(
    _ parameters: [NodeID],
    target: NodeID,
    weights: NodeID?,
    in builder: inout GraphBuilder
  ) -> NodeID {
    switch self {
    case .gaussian(let variance):
      guard
        builder.require(
          variance > 0,
          of: "likelihood",
          expected: "a positive variance",
          found: "\(variance)"
        )
      else { return builder.failed }
      let square = builder.apply(.square, builder.difference(parameters[0], target))
      let offset = 0.5 * log(2 * Double.pi * Double(variance))
      return builder.weightedItemSum(square, weights, scale: 0.5 / variance, offset: Float(offset))
    case .gaussianLearnedVariance:
      let logVariance = builder.softlyBounded(parameters[1], by: Self.logVarianceBound)
      let precision = builder.apply(.exponential, builder.affine(logVariance, scale: -1))
      let square = builder.apply(.square, builder.difference(parameters[0], target))
      let values = builder.sum(builder.product(square, precision), logVariance)
      let offset = 0.5 * log(2 * Double.pi)
      return builder.weightedItemSum(values, weights, scale: 0.5, offset: Float(offset))
    case .bernoulli:
      let values = builder.bernoulliCrossEntropy(logits: parameters[0], target: target)
      return builder.weightedItemSum(values, weights)
    case .categorical(let classes):
      let logProbabilities = blockwise(parameters[0], classes, in: &builder) {
        $1.logSoftmax($0)
      }
      let values = builder.product(target, logProbabilities)
      return builder.weightedItemSum(values, weights, scale: -1)
    case .discretizedLogistic(let levels):
      let values = logisticNats(parameters, target: target, levels: levels, in: &builder)
      return builder.weightedItemSum(values, weights)
    case .mixed(let parts):
      var total: NodeID?
      forEach(parts, of: target, in: &builder) { part, range, builder in
        let nats = part.likelihood.nats(
          parameters.map { builder.features($0, range) },
          target: builder.features(target, range),
          weights: weights.map { builder.features($0, range) },
          in: &builder
        )
        total = total.map { builder.sum($0, nats) } ?? nats
      }
      return total ?? builder.failed
    }
  }

  private func mean(_ parameters: [NodeID], in builder: inout GraphBuilder) -> NodeID {
    switch self {
    case .gaussian, .gaussianLearnedVariance: return parameters[0]
    case .bernoulli: return builder.apply(.logistic, parameters[0])
    case .categorical(let classes):
      return blockwise(parameters[0], classes, in: &builder) { $1.softmax($0) }
    case .discretizedLogistic:
      let location = builder.affine(parameters[0], scale: 0.5, offset: 0.5)
      return builder.apply(.clip(lower: 0, upper: 1), location)
    case .mixed(let parts):
      var means: [NodeID] = []
      forEach(parts, of: parameters[0], in: &builder) { part, range, builder in
        let own = parameters.map { builder.features($0, range) }
        means.append(part.likelihood.mean(own, in: &builder))
      }
      return means.isEmpty ? builder.failed : builder.concatenation(means, axis: 1)
    }
  }

  /// The discretized logistic without differences of nearly equal numbers.
  ///
  /// With a = (x + h - m) / s and b = (x - h - m) / s,
  ///
  ///     ln(σ(a) - σ(b)) = ln(1 - e⁻ᵟ) - softplus(-a) - softplus(b), δ = a - b = 2h / s
  ///     ln(1 - e⁻ᵟ) = ln tanh(δ/2) + softplus(-δ)
  ///
  /// The first level, with b at -∞, keeps -softplus(-a) alone, and the last -softplus(b).
  private func logisticNats(
    _ parameters: [NodeID],
    target: NodeID,
    levels: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard
      builder.require(
        levels >= 2,
        of: "likelihood",
        expected: "at least 2 levels",
        found: "\(levels)"
      )
    else { return builder.failed }
    let half = 1 / Float(levels - 1)
    let logScale = builder.softlyBounded(parameters[1], by: Self.logScaleBound)
    let rate = builder.apply(.exponential, builder.affine(logScale, scale: -1))
    let distance = builder.difference(builder.affine(target, scale: 2, offset: -1), parameters[0])
    let negativeA = builder.product(builder.affine(distance, scale: -1, offset: -half), rate)
    let b = builder.product(builder.affine(distance, offset: -half), rate)
    let negativeDelta = builder.affine(rate, scale: -2 * half)
    let halfTanh = builder.apply(.tanh, builder.affine(rate, scale: half))
    let mass = builder.sum(
      builder.apply(.logarithm, halfTanh),
      builder.apply(.softplus, negativeDelta)
    )
    // A level is the first below half a step, and the last within half a step of 1.
    let hasBelow = builder.apply(.greater, target, builder.constant(half / 2))
    let hasAbove = builder.apply(.greater, builder.constant(1 - half / 2), target)
    let upper = builder.product(hasAbove, builder.apply(.softplus, negativeA))
    let lower = builder.product(hasBelow, builder.apply(.softplus, b))
    let inner = builder.product(builder.product(hasBelow, hasAbove), mass)
    return builder.difference(builder.sum(upper, lower), inner)
  }

  /// A function of each block of features; neighboring blocks of one length are done at once.
  private func blockwise(
    _ x: NodeID,
    _ classes: [Int],
    in builder: inout GraphBuilder,
    _ body: (NodeID, inout GraphBuilder) -> NodeID
  ) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank == 2 && !classes.isEmpty && classes.allSatisfy { widthRange.contains($0) }
          && classes.reduce(0, +) == shape[1],
        of: "likelihood",
        expected: "features of blocks \(classes)",
        found: "\(shape)"
      )
    else { return builder.failed }
    var results: [NodeID] = []
    var start = 0
    var index = 0
    while index < classes.count {
      let length = classes[index]
      let run = classes[index...].prefix { $0 == length }.count
      let block = builder.features(x, start..<start + run * length)
      let stacked = builder.reshape(block, [shape[0], run, length])
      results.append(builder.reshape(body(stacked, &builder), [shape[0], run * length]))
      start += run * length
      index += run
    }
    return builder.concatenation(results, axis: 1)
  }

  private func forEach(
    _ parts: [Part],
    of target: NodeID,
    in builder: inout GraphBuilder,
    _ body: (Part, Range<Int>, inout GraphBuilder) -> Void
  ) {
    let shape = builder.shape(of: target)
    guard
      builder.require(
        shape.rank >= 2 && !parts.isEmpty && parts.allSatisfy { widthRange.contains($0.count) }
          && parts.reduce(0) { $0 + $1.count } == shape[1],
        of: "likelihood",
        expected: "features of parts \(parts.map(\.count))",
        found: "\(shape)"
      )
    else { return }
    var start = 0
    for part in parts {
      body(part, start..<start + part.count, &builder)
      start += part.count
    }
  }
}

extension GraphBuilder {
  /// A range along the second dimension, which may be all of it.
  mutating func features(_ x: NodeID, _ range: Range<Int>) -> NodeID {
    shape(of: x)[1] == range.count ? x : slice(x, axis: 1, range)
  }

  /// bound · tanh(x / bound): near 0 it is x, and it stays within the bound.
  mutating func softlyBounded(_ x: NodeID, by bound: Float) -> NodeID {
    affine(apply(.tanh, affine(x, scale: 1 / bound)), scale: bound)
  }

  /// Σ weight · (scale · value + offset) over everything but the batch, by few passes.
  mutating func weightedItemSum(
    _ values: NodeID,
    _ weights: NodeID?,
    scale: Float = 1,
    offset: Float = 0
  ) -> NodeID {
    guard let weights else {
      let count = shape(of: values).dimensions.dropFirst().reduce(1, *)
      return affine(itemSum(values), scale: scale, offset: offset * Float(count))
    }
    let total = affine(itemSum(product(values, weights)), scale: scale)
    return offset == 0 ? total : sum(total, affine(itemSum(weights), scale: offset))
  }
}
