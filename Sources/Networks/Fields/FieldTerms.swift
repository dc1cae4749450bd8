package import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

/// The loss of the number of a field, given the outputs of a decoder.
package enum NumberTerm: Hashable, Sendable {
  /// Nats of a normal distribution of one known variance.
  case gaussian(variance: Float)
  /// Nats of a normal distribution whose variance is learned for each field, the same for all items.
  case gaussianLearnedVariance
  /// Nats of a number from 0 to 1 taken as a probability; the parameter is the logit.
  case bernoulli
  /// A distance that is no likelihood.
  case distance(ReconstructionLoss)
}

/// The losses of the fields of items, and a decoder's parameters of each field.
///
/// A decoder gives one parameter for each of the `width` values: what the number's term takes for a
/// number, a logit for each level of a category. Shapes: values `[batch, width]`, one number for
/// each field `[batch, count]`.
///
/// All fields are computed together, however many there are and in whatever order they come: the
/// sum over the values of each field is a product with a fixed matrix of zeros and ones, or, where
/// that matrix would be large and all fields are categories of as many levels, a sum along an axis.
package struct FieldTerms {
  private let layout: FeatureSchema
  private let numbers: NumberTerm
  /// `[count, width]`: 1 where a value belongs to a field; none where every field is a number.
  private let membership: NodeID?
  /// The values of each field where all have as many and the matrix would be large.
  private let axis: Int?
  /// `[width]`: 1 where a value is a number, of a vector or alone; none where all are, or none is.
  private let isNumber: NodeID?
  /// `[count]`: 1 where a field is a number or a vector; as above.
  private let isNumberField: NodeID?
  /// `[width]`: 1 where a value is a number that noise is added to; none where there are no vectors.
  private let isNoisy: NodeID?
  /// `[width]`, see `logVariance`; places of categories are of no use.
  private let freeLogVariance: NodeID?

  /// Adds the fixed matrices and, where variances are learned, the parameter `fields.logVariance`.
  ///
  /// It is added once to a graph.
  package init(_ layout: FeatureSchema, numbers: NumberTerm, in builder: inout GraphBuilder) {
    self.layout = layout
    self.numbers = numbers
    let (count, width) = (layout.count, layout.width)
    let isMixed = layout.numberCount > 0 && layout.categoryCount > 0
    axis = width > Self.largeMatrix / max(count, 1) ? layout.commonLevels : nil
    let hasMatrix = axis == nil && !layout.areSingleNumbers
    (membership, isNumber, isNumberField, isNoisy, freeLogVariance) = builder.scoped("fields") {
      builder in
      (
        hasMatrix ? builder.fixed("membership", [count, width], layout.membership) : nil,
        isMixed
          ? builder.fixed("isNumber", [width], layout.marks { $0.holdsNumbers ? 1 : 0 }) : nil,
        isMixed
          ? builder.fixed("isNumberField", [count], layout.fields.map { $0.holdsNumbers ? 1 : 0 })
          : nil,
        layout.hasVectors
          ? builder.fixed("isNoisy", [width], layout.marks { $0 == .number ? 1 : 0 }) : nil,
        numbers == .gaussianLearnedVariance && layout.numberCount > 0
          ? builder.parameter("logVariance", [width], .constant(0)) : nil
      )
    }
  }

  /// The elements of a matrix of fields and values above which a sum along an axis costs less.
  private static var largeMatrix: Int { 1 << 22 }

  /// The number of each field at all of its values: `[batch, count]` -> `[batch, width]`.
  package func expanded(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    if let axis, x != builder.failed {
      let (batch, count) = (builder.shape(of: x)[0], layout.count)
      let column = builder.reshape(x, [batch, count, 1])
      return builder.reshape(
        builder.broadcast(column, to: [batch, count, axis]),
        [batch, layout.width]
      )
    }
    guard let membership else { return x }
    return builder.add(.denseBackwardData, [x, membership])
  }

  /// The sum over the values of each field: `[batch, width]` -> `[batch, count]`.
  package func totals(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    if let axis, x != builder.failed {
      let batch = builder.shape(of: x)[0]
      return builder.sum(builder.reshape(x, [batch, layout.count, axis]), axes: [2])
    }
    guard let membership else { return x }
    return builder.dense(x, membership)
  }

  /// Values of which noise has changed the numbers: levels and vectors stay as they are.
  package func noisy(_ changed: NodeID, _ values: NodeID, in builder: inout GraphBuilder) -> NodeID
  {
    isNoisy.map { merged(where: $0, changed, otherwise: values, in: &builder) }
      ?? merged(numbers: changed, categories: values, in: &builder)
  }

  /// Some values at numbers, others at categories.
  private func merged(
    numbers: NodeID,
    categories: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    if layout.categoryCount == 0 { return numbers }
    guard let isNumber else { return categories }
    return merged(where: isNumber, numbers, otherwise: categories, in: &builder)
  }

  /// Some values where a mark is 1, others where it is 0.
  private func merged(
    where marks: NodeID,
    _ first: NodeID,
    otherwise second: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let others = builder.affine(marks, scale: -1, offset: 1)
    return builder.sum(builder.product(marks, first), builder.product(others, second))
  }

  /// The loss of each field: `[batch, width]` twice -> `[batch, count]`.
  ///
  /// That of a category is its cross-entropy, ln Σ eˡ - l of its level, in nats. What it is for a
  /// field that is missing means nothing, but it is finite.
  package func losses(
    parameters: NodeID,
    target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard parameters != builder.failed, target != builder.failed else { return builder.failed }
    if layout.categoryCount == 0 {
      return totals(distances(parameters, target, in: &builder), in: &builder)
    }
    let logits = builder.softlyBounded(parameters, by: Self.logitBound)
    let chosen = builder.affine(builder.product(target, logits), scale: -1)
    let values =
      layout.numberCount == 0
      ? chosen
      : merged(
        numbers: distances(parameters, target, in: &builder),
        categories: chosen,
        in: &builder
      )
    let mass = masses(weights(of: logits, in: &builder), in: &builder)
    return builder.sum(totals(values, in: &builder), builder.apply(.logarithm, mass))
  }

  /// The reconstruction: the means of numbers and the probabilities of levels, `[batch, width]`.
  package func output(parameters: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard parameters != builder.failed else { return parameters }
    let means: NodeID
    switch numbers {
    case .gaussian, .gaussianLearnedVariance: means = parameters
    case .bernoulli: means = builder.apply(.logistic, parameters)
    case .distance(let distance): means = distance.mean(prediction: parameters, in: &builder)
    }
    if layout.categoryCount == 0 { return means }
    let weights = weights(of: builder.softlyBounded(parameters, by: Self.logitBound), in: &builder)
    let mass = expanded(masses(weights, in: &builder), in: &builder)
    let probabilities = builder.quotient(weights, mass)
    guard let isNumber else { return probabilities }
    return builder.sum(builder.product(isNumber, means), probabilities)
  }

  /// ln σ² of each value from the parameter `fields.logVariance`.
  ///
  ///     ln σ² = 9 tanh(10 a / 9)
  ///
  /// The bound keeps σ above 0.011, so that constant columns do no harm. The factor lets an
  /// optimizer whose steps are of one size, as Adam's, move the logarithm as fast as it should go.
  package static func logVariance(_ parameter: Float) -> Float {
    logVarianceBound * Float(tanh(Double(logVarianceRate * parameter / logVarianceBound)))
  }

  private static var logVarianceBound: Float { 9 }
  private static var logVarianceRate: Float { 10 }
  /// Logits l are bounded as 30 tanh(l / 30), so that sums of their exponentials need no shift.
  private static var logitBound: Float { 30 }

  /// eˡ of levels, 0 at numbers.
  private func weights(of logits: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let weights = builder.apply(.exponential, logits)
    guard let isNumber else { return weights }
    return builder.product(weights, builder.affine(isNumber, scale: -1, offset: 1))
  }

  /// Σ eˡ of each category, 1 for numbers.
  private func masses(_ weights: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let sums = totals(weights, in: &builder)
    return isNumberField.map { builder.sum(sums, $0) } ?? sums
  }

  /// The losses of values as numbers.
  private func distances(
    _ parameters: NodeID,
    _ target: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    switch numbers {
    case .gaussian(let variance):
      let square = builder.apply(.square, builder.difference(parameters, target))
      let offset = 0.5 * log(2 * Double.pi * Double(variance))
      return builder.affine(square, scale: 0.5 / variance, offset: Float(offset))
    case .gaussianLearnedVariance:
      guard let freeLogVariance else { return builder.failed }
      let scaled = builder.affine(freeLogVariance, scale: Self.logVarianceRate)
      let logVariance = builder.softlyBounded(scaled, by: Self.logVarianceBound)
      let precision = builder.apply(.exponential, builder.affine(logVariance, scale: -1))
      let square = builder.apply(.square, builder.difference(parameters, target))
      let doubled = builder.sum(builder.product(square, precision), logVariance)
      return builder.affine(doubled, scale: 0.5, offset: Float(0.5 * log(2 * Double.pi)))
    case .bernoulli: return builder.bernoulliCrossEntropy(logits: parameters, target: target)
    case .distance(let distance):
      return distance.elementwise(parameters, target, in: &builder)
    }
  }
}

extension FeatureSchema {
  /// `[count, width]`, in row-major order: 1 where a value belongs to a field.
  fileprivate var membership: [Float] {
    var matrix = [Float](repeating: 0, count: count * width)
    for (field, range) in ranges.enumerated() {
      for place in range { matrix[field * width + place] = 1 }
    }
    return matrix
  }

  /// A mark for each value, by its field.
  fileprivate func marks(_ mark: (Field) -> Float) -> [Float] {
    fields.flatMap { Array(repeating: mark($0), count: $0.width) }
  }
}
