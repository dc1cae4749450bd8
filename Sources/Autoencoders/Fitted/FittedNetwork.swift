package import HourglassEngines
package import HourglassGraphs
package import HourglassTensors

/// Trained variables with the means to run graphs of them over many items.
///
/// Every graph is run with one batch shape, which depends on the shape of an item alone, and the
/// last batch is filled up: what comes out for an item has the same bits whether the item comes
/// alone or in any company.
package struct FittedNetwork: Sendable {
  /// The variables by name.
  package let variables: [String: Tensor]
  /// The shape of one item, without the batch.
  package let itemShape: Shape

  private let chosenBatchSize: Int?

  /// Stands for these variables among the plans that an engine keeps.
  private let identity = Identity()

  private final class Identity: Sendable {}

  /// Takes variables for items of a shape; the size of a batch is chosen where it is left out.
  package init(variables: [String: Tensor], itemShape: Shape, batchSize: Int? = nil) {
    self.variables = variables
    self.itemShape = itemShape
    chosenBatchSize = batchSize
  }

  /// The number of items of a batch: where it was not given, a power of two from 8 to 128 that keeps
  /// a batch within about 2¹⁸ numbers.
  package var batchSize: Int {
    if let chosenBatchSize { return chosenBatchSize }
    var size = 128
    while size > 8, size * itemShape.elementCount > 1 << 18 { size /= 2 }
    return size
  }

  /// Builds the graph for a batch of items.
  package typealias Building = @Sendable (GraphShapes) throws(GraphError) -> Graph

  /// The rows that a graph's output has for each item: `[count, …]`.
  ///
  /// It comes up for air between batches: other tasks take turns, cancellation throws.
  package func rows(
    of output: String,
    _ source: any BatchSource,
    input: String = GraphName.input,
    purpose: String,
    on engine: isolated ComputeEngine,
    graph: Building
  ) async throws -> Tensor {
    let batch = batchSize
    let plan = try plan(purpose, batch: batch, on: engine, graph: graph)
    let inputNode = plan.graph.requiredInput(input)
    let outputNode = plan.graph.requiredOutput(output)
    let expected = Shape(Array(plan.graph[inputNode].shape.dimensions.dropFirst()))
    guard source.itemShape == expected else {
      throw TrainingError.itemShape(expected: expected, found: source.itemShape)
    }
    let rowShape = Shape(Array(plan.graph[outputNode].shape.dimensions.dropFirst()))
    let width = rowShape.elementCount
    var rows: [Float] = []
    rows.reserveCapacity(source.count * width)
    var indices = Array(repeating: 0, count: batch)
    for start in stride(from: 0, to: source.count, by: batch) {
      let count = min(batch, source.count - start)
      for row in 0..<batch { indices[row] = start + (row < count ? row : 0) }
      try plan.feed(indices, from: source, input: inputNode, target: nil)
      try plan.run(step: 1)
      plan.withOutput(outputNode) { values in
        for index in 0..<count * width { rows.append(values[index]) }
      }
      if start + batch < source.count {
        try Task.checkCancellation()
        await Task.yield()
      }
    }
    return Tensor(rows, shape: Shape([source.count] + rowShape.dimensions))
  }

  /// The mean losses over all items, by a graph such as `evaluationGraph`.
  package func losses(
    _ source: any BatchSource,
    purpose: String,
    on engine: isolated ComputeEngine,
    graph: Building
  ) async throws -> LossParts {
    guard source.count > 0 else { throw TrainingError.noItems }
    guard source.itemShape == itemShape else {
      throw TrainingError.itemShape(expected: itemShape, found: source.itemShape)
    }
    let batch = batchSize
    let plan = try plan(purpose, batch: batch, on: engine, graph: graph)
    if let target = plan.graph.input(GraphName.target) {
      try source.requireTargets(Shape(Array(plan.graph[target].shape.dimensions.dropFirst())))
    }
    let evaluator = ItemEvaluator(
      plan: plan,
      seed: 0,
      source: source,
      items: Array(0..<source.count),
      batch: batch
    )
    evaluator.begin()
    do {
      while try !evaluator.advance() {
        try Task.checkCancellation()
        await Task.yield()
      }
    } catch let error as NonFiniteLoss {
      if let item = source.firstNonFinite(among: error.indices) {
        throw TrainingError.nonFiniteItem(index: item)
      }
      throw TrainingError.nonFiniteLoss(index: error.indices.first ?? 0)
    }
    return evaluator.means
  }

  func plan(
    _ purpose: String,
    batch: Int,
    on engine: isolated ComputeEngine,
    graph: Building
  ) throws -> any Plan {
    try engine.keptPlan(of: identity, for: purpose) { engine in
      let shapes = GraphShapes(item: itemShape, batch: batch)
      let plan = try engine.makePlan(try graph(shapes), seed: 0)
      plan.setVariables(variables)
      return plan
    }
  }
}
