package import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// The nodes of items with fields.
struct FieldPass {
  let terms: FieldTerms
  /// The values of the fields, 0 where missing: `[batch, width]`.
  let values: NodeID
  /// 1 where a field was observed: `[batch, count]`.
  let observed: NodeID
  /// How much the loss of each field counts: `[batch, count]`.
  let weights: NodeID
  /// What the encoder sees, of the items' shape: values and visibilities.
  let seen: NodeID

  /// The loss of each field, 0 where it is missing: `[batch, count]`.
  func losses(_ parameters: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let losses = terms.losses(parameters: parameters, target: values, in: &builder)
    return builder.product(losses, observed)
  }

  /// The loss of each item, of fields by their weights: `[batch]`.
  func loss(_ parameters: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let losses = terms.losses(parameters: parameters, target: values, in: &builder)
    return builder.itemSum(builder.product(losses, weights))
  }

  /// The squared error of each item over the values of the fields that were observed: `[batch]`.
  func squaredError(_ output: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let squares = builder.apply(.square, builder.difference(output, values))
    return builder.itemSum(builder.product(squares, terms.expanded(observed, in: &builder)))
  }
}

extension Autoencoder {
  /// The losses and outputs of fields; none where items have no fields.
  func fieldTerms(in builder: inout GraphBuilder) -> FieldTerms? {
    guard let fields, let numbers = objective.numberTerm else { return nil }
    return FieldTerms(fields, numbers: numbers, in: &builder)
  }

  /// Takes items `[batch, item…]` apart and, where noise is drawn, hides some of their fields; the
  /// terms are those of another pass of the same graph, where there was one.
  func fieldPass(
    _ x: NodeID,
    _ shapes: GraphShapes,
    _ noise: PassRandomness,
    terms known: FieldTerms? = nil,
    in builder: inout GraphBuilder
  ) -> FieldPass? {
    guard let fields, let terms = known ?? fieldTerms(in: &builder) else { return nil }
    let (width, count) = (fields.width, fields.count)
    let flat = builder.flatten(x)
    let values = builder.slice(flat, axis: 1, 0..<width)
    let observed = builder.slice(flat, axis: 1, width..<width + count)
    var visible = observed
    var noisy = values
    if noise == .drawn {
      if let kept = corruption.kept([shapes.batch, count], in: &builder) {
        visible = builder.product(observed, kept)
      }
      let changed = corruption.noise(values, in: &builder)
      noisy =
        changed == values
        ? values : terms.noisy(changed, values, in: &builder)
      if let isOwn = corruption.isOwn([shapes.batch, count], in: &builder) {
        visible = builder.mixed(observed, builder.rolled(observed), isFirst: isOwn)
        let isOwnValue = terms.expanded(isOwn, in: &builder)
        noisy = builder.mixed(values, builder.rolled(values), isFirst: isOwnValue)
      }
    }
    let seen = builder.product(noisy, terms.expanded(visible, in: &builder))
    return FieldPass(
      terms: terms,
      values: values,
      observed: observed,
      weights: noise == .drawn ? weights(observed, visible, in: &builder) : observed,
      seen: builder.reshape(
        builder.concatenation([seen, visible], axis: 1),
        Shape([shapes.batch] + shapes.item.dimensions)
      )
    )
  }

  /// What the encoder sees of items in training, where these have fields.
  package func seenItems(
    _ x: NodeID,
    _ shapes: GraphShapes,
    in builder: inout GraphBuilder
  ) -> NodeID? {
    fieldPass(x, shapes, .drawn, in: &builder)?.seen
  }

  /// The weight of each field: hidden · observed mask + (visible - hidden) · visibility.
  private func weights(
    _ observed: NodeID,
    _ visibility: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let weights = fieldWeights
    guard visibility != observed else { return builder.affine(observed, scale: weights.visible) }
    let all = builder.affine(observed, scale: weights.hidden)
    guard weights.visible != weights.hidden else { return all }
    return builder.sum(all, builder.affine(visibility, scale: weights.visible - weights.hidden))
  }

  /// The shape of what the decoder gives for items of a shape: without the observed masks.
  func decodedShape(for item: Shape) -> Shape {
    guard let fields else { return item }
    return item.rank == 1 ? [fields.width] : item.replacing(axis: 0, with: item[0] / 2)
  }

  /// Checks what the fields ask of the other settings.
  func validateFields() throws(TrainingError) {
    for (name, weight) in [("hidden", fieldWeights.hidden), ("visible", fieldWeights.visible)] {
      try requireInRange(
        weight >= 0 && weight.isFinite,
        "the weight of \(name) fields",
        "at least 0",
        weight
      )
    }
    guard let fields else { return }
    try requireInRange(
      binarization == nil,
      "the binarization",
      "none for items with fields",
      "\(binarization, default: "none")"
    )
    try requireInRange(fields.count > 0, "the number of fields", "at least 1", fields.count)
    try requireInRange(
      fields.areSingleNumbers || fields.commonLevels != nil
        || fields.width <= Self.membershipLimit / fields.count,
      "the number of fields times the number of their values",
      "at most \(Self.membershipLimit); leave out some columns, or categories of very many levels",
      "\(fields.count) times \(fields.width)"
    )
    try requireInRange(
      objective.numberTerm != nil,
      "the objective of items with fields",
      "one of single numbers",
      objective
    )
    try requireInRange(
      outputActivation == .identity || fields.areSingleNumbers,
      "the output activation",
      "the identity for items with categories, whose levels have logits",
      outputActivation
    )
  }

  /// Checks that items of a shape have the fields.
  func validateFields(itemShape: Shape) throws(TrainingError) {
    guard let fields else { return }
    let isFlat = itemShape == [fields.width + fields.count]
    let isSpatial =
      itemShape.rank > 1 && fields.areSingleNumbers && itemShape[0] % 2 == 0
      && itemShape.elementCount == 2 * fields.count
    try requireInRange(
      isFlat || isSpatial,
      "the shape of an item with fields",
      "[\(fields.width + fields.count)], or as many channels of observed masks as of values where "
        + "every field is a number",
      itemShape
    )
  }

  /// The most elements of a matrix of fields and values.
  private static var membershipLimit: Int { 1 << 26 }
}
