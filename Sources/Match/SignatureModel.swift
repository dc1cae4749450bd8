internal import HourglassTasksCommon

/// A network of signatures with trained variables.
struct SignatureModel: Sendable {
  let network: SignatureNetwork
  private let fitted: FittedNetwork

  /// Makes it from variables by name, such as those of a file; those that only training needs are left
  /// out.
  init(
    _ network: SignatureNetwork,
    variables: [String: Tensor],
    itemShape: Shape
  ) throws {
    try network.validate(itemShape: itemShape)
    let graph = try network.encodingGraph(GraphShapes(item: itemShape, batch: 1))
    self.network = network
    fitted = FittedNetwork(
      variables: try graph.checkedVariables(variables),
      itemShape: itemShape
    )
  }

  /// The trained variables by name, as in `encoder.0.weight`.
  var variables: [String: Tensor] { fitted.variables }

  /// The shape of an item.
  var itemShape: Shape { fitted.itemShape }

  /// The signatures of items: `[count, latent]`.
  func signatures(of source: any BatchSource, on engine: ComputeEngine) async throws -> Tensor {
    try await fitted.rows(
      of: GraphName.latent,
      source,
      purpose: "signatures",
      on: engine,
      graph: network.encodingGraph
    )
  }

  /// The views of items and the latent vectors of these, each `[count, …]`; augmentations come from the seed.
  func views(
    of source: any BatchSource,
    _ indices: [Int],
    seed: UInt64,
    on engine: ComputeEngine
  ) async throws -> Views {
    try await engine.perform { engine in
      let batch = fitted.batchSize
      let graph = try network.viewsGraph(GraphShapes(item: fitted.itemShape, batch: batch))
      let plan = try engine.makePlan(graph, seed: seed)
      plan.setVariables(fitted.variables)
      let input = graph.requiredInput(GraphName.input)
      typealias Output = SignatureNetwork.Output
      let names = [Output.clean, Output.distorted, Output.cleanCode, Output.distortedCode]
      let nodes = names.map(graph.requiredOutput)
      let widths = nodes.map { graph[$0].shape[1] }
      var rows = widths.map { width in
        var values: [Float] = []
        values.reserveCapacity(width * indices.count)
        return values
      }
      for start in stride(from: 0, to: indices.count, by: batch) {
        let count = min(batch, indices.count - start)
        let part = (0..<batch).map { indices[start + ($0 < count ? $0 : 0)] }
        plan.withInput(input) { source.copyItems(part.span, into: &$0) }
        try plan.run(step: UInt64(start / batch + 1))
        for (place, node) in nodes.enumerated() {
          plan.withOutput(node) { values in
            for index in 0..<count * widths[place] { rows[place].append(values[index]) }
          }
        }
        try Task.checkCancellation()
      }
      let tensors = rows.indices.map { Tensor(rows[$0], shape: [indices.count, widths[$0]]) }
      return Views(
        clean: tensors[0],
        distorted: tensors[1],
        cleanCodes: tensors[2],
        distortedCodes: tensors[3]
      )
    }
  }

  /// What `views` gives.
  struct Views: Sendable {
    let clean: Tensor
    let distorted: Tensor
    let cleanCodes: Tensor
    let distortedCodes: Tensor
  }
}
