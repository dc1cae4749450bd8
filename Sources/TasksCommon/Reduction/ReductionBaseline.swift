/// The baselines of an autoencoder: principal components and column means of the rows that it trained on.
///
/// They are kept in the model, so that new rows are evaluated alike.
package struct ReductionBaseline: Hashable, Sendable {
  /// The mean of each value, `[values]`.
  package let means: Tensor
  /// The directions, `[components, values]`.
  package let components: Tensor

  /// The names of the tensors in a model file.
  package static let names = (means: "baseline.means", components: "baseline.components")

  package init(means: Tensor, components: Tensor) {
    self.means = means
    self.components = components
  }

  /// Takes the first of some components; all of them where it is not said how many.
  package init(_ principal: PrincipalComponents, count: Int = .max) {
    let width = principal.means.count
    let count = min(count, principal.count)
    means = Tensor(principal.means.map { Float($0) }, shape: [width])
    components = Tensor(
      principal.components.prefix(count * width).map { Float($0) },
      shape: [count, width]
    )
  }

  /// Takes the tensors of a model file and checks them.
  package init(_ file: ModelContents, width: Int) throws(TaskError) {
    let count = file.tensors[Self.names.components]?.shape.dimensions.first ?? 0
    guard count > 0 else { throw file.damaged("the tensor \(Self.names.components) is missing") }
    self.init(
      means: try file.tensor(Self.names.means, shape: [width]),
      components: try file.tensor(Self.names.components, shape: [count, width])
    )
  }

  /// The tensors for a model file.
  package var tensors: [String: Tensor] {
    [Self.names.means: means, Self.names.components: components]
  }

  /// Squared errors of each row.
  package struct Errors: Hashable, Sendable {
    /// ‖c - V Vᵀ c‖², where c is a row less the means and V the directions.
    package var principalComponents: [Double] = []
    /// ‖c‖².
    package var means: [Double] = []
  }

  /// The errors of reconstructing items, over the values that were observed; a missing one counts as its
  /// mean.
  package func errors(of rows: EncodedRows, on engine: ComputeEngine) async throws -> Errors {
    try await engine.perform { engine in
      let width = means.shape[0]
      let batch = max(min(rows.count, 512, 1 << 20 / max(width, 1)), 1)
      let plan = try engine.makePlan(try graph(batch: batch), seed: 0, precision: .float32)
      plan.feed(means, to: plan.graph.requiredInput("means"))
      plan.feed(components, to: plan.graph.requiredInput("components"))
      let values = rows.withoutMasks
      let input = plan.graph.requiredInput("rows")
      let observed = plan.graph.requiredInput("observed")
      let left = plan.graph.requiredOutput("left")
      let whole = plan.graph.requiredOutput("whole")
      var errors = Errors()
      for start in stride(from: 0, to: rows.count, by: batch) {
        let indices = Array(start..<min(start + batch, rows.count))
        plan.withInput(input) { values.copyItems(indices.span, into: &$0) }
        plan.withInput(observed) { rows.copyObserved(indices.span, into: &$0) }
        try plan.run(step: 1)
        plan.withOutput(left) { values in
          for row in indices.indices { errors.principalComponents.append(Double(values[row])) }
        }
        plan.withOutput(whole) { values in
          for row in indices.indices { errors.means.append(Double(values[row])) }
        }
        try Task.checkCancellation()
      }
      return errors
    }
  }

  /// The places of items along the directions, `[count, components]`; a missing value counts as its
  /// mean.
  package func codes(of rows: EncodedRows) -> Tensor {
    let (count, width) = (components.shape[0], means.shape[0])
    var codes: [Float] = []
    codes.reserveCapacity(rows.count * count)
    CenteredRows.forEachRow(of: FilledValues(rows, means: means.scalars), 256) { row in
      let (components, means) = (components.scalars.span, means.scalars.span)
      for direction in 0..<count {
        var sum: Float = 0
        for place in 0..<width {
          sum += (row[place] - means[place]) * components[direction * width + place]
        }
        codes.append(sum)
      }
    }
    return Tensor(codes, shape: [rows.count, count])
  }

  private func graph(batch: Int) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let width = means.shape[0]
    let x = builder.input("rows", [batch, width])
    let observed = builder.input("observed", [batch, width])
    let v = builder.input("components", components.shape)
    let distance = builder.difference(x, builder.input("means", means.shape))
    let c = builder.product(distance, observed)
    let reconstructed = builder.add(.denseBackwardData, [builder.dense(c, v), v])
    let error = builder.product(builder.difference(c, reconstructed), observed)
    let left = builder.apply(.square, error)
    builder.output("left", builder.sum(left, axes: [1]))
    builder.output("whole", builder.sum(builder.apply(.square, c), axes: [1]))
    return try builder.finish()
  }
}
