package import HourglassEngines
internal import HourglassGraphs
package import HourglassTensors

/// A translator with trained variables: it turns items into others of the same extents.
package struct FittedImageToImageNetwork: Sendable {
  /// The architecture and the objective, as a value.
  package let translator: ImageToImageNetwork
  /// The shape of one item, without the batch.
  package let itemShape: Shape
  /// How it was trained; `nil` where that is not known.
  package let record: TrainingRecord?

  private let network: FittedNetwork

  /// Makes it from variables by name, such as those of a file.
  ///
  /// A network of convolutions has the same variables for items of any extents, so that the shape
  /// may be another one than that of the items that were trained on.
  ///
  /// - Parameters:
  ///   - batchSize: The items that are translated at once; chosen by their shape where left out.
  /// - Throws: `ModelError` where a variable is missing, has another shape or is not finite;
  ///   `TrainingError` or `GraphError` where the value itself makes no network.
  package init(
    _ translator: ImageToImageNetwork,
    variables: [String: Tensor],
    itemShape: Shape,
    record: TrainingRecord?,
    batchSize: Int? = nil
  ) throws {
    try translator.validate(itemShape: itemShape)
    let shapes = GraphShapes(item: itemShape, batch: 1)
    let graph = try translator.translatingGraph(shapes)
    self.translator = translator
    self.itemShape = itemShape
    self.record = record
    network = FittedNetwork(
      variables: try graph.checkedVariables(variables),
      itemShape: itemShape,
      batchSize: batchSize
    )
  }

  /// The trained variables by name, as in `translator.down.0.0.weight`.
  package var variables: [String: Tensor] { network.variables }

  /// What items are turned into: `[count, target…]`.
  package func translate(
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    try await network.rows(
      of: GraphName.output,
      source,
      purpose: "translate",
      on: engine,
      graph: translator.translatingGraph
    )
  }

  /// The mean losses over items as they are.
  package func evaluate(
    _ source: any BatchSource,
    on engine: ComputeEngine
  ) async throws -> LossParts {
    let (translator, target) = (translator, translator.pairedTargetShape(for: itemShape))
    return try await network.losses(source, purpose: "evaluate", on: engine) {
      shapes throws(GraphError) in
      try translator.evaluationGraph(
        GraphShapes(item: shapes.item, target: target, batch: shapes.batch)
      )
    }
  }
}
