internal import HourglassTasksCommon

/// Whitening with a floor: no direction of the rows varies much more than the others after it.
///
/// With the principal components v_i of the rows, the variances λ_i along them, and eight times the variance
/// along the first component that has no latent dimension of its own for c,
///
///     x' = x - Σ_i (1 - s_i) (v_i · x) v_i,   s_i = √(c / (λ_i + c))
///
/// so that the variance along v_i becomes λ_i c / (λ_i + c): about c where it was far above c, and what it
/// was where it is far below. An autoencoder of x' keeps of rough and fine differences alike, where one of x
/// keeps of the rough ones alone.
///
/// Reference: Bell, Sejnowski, 1997, "The 'Independent Components' of Natural Scenes Are Edge Filters",
/// doi:10.1016/S0042-6989(97)00121-1, appendix (ZCA whitening, by a symmetric matrix), with a floor.
struct RegularizedWhitening: Sendable {
  /// v_i, `[directions, values]`.
  private let components: Tensor
  /// 1 - s_i, `[1, directions]`.
  private let taken: Tensor

  /// What is added to each variance, in variances along the first direction without a number.
  private static let floor = 8.0
  /// The rows of a product.
  private static let batch = 128

  /// Takes principal components, some more than the latent dimensions.
  init(_ principal: PrincipalComponents, numbers: Int) {
    let last = principal.variances[min(numbers, principal.count - 1)]
    let floor = max(Self.floor * last, 1e-12)
    components = Tensor(
      principal.components.map { Float($0) },
      shape: [principal.count, principal.means.count]
    )
    taken = Tensor(
      principal.variances.map { Float(1 - (floor / ($0 + floor)).squareRoot()) },
      shape: [1, principal.count]
    )
  }

  /// The whitened rows, `[rows, values]`.
  ///
  /// The matrix is symmetric: weights `[outputs, values]` of whitened rows become those of the rows as they
  /// are by the same function.
  func whitened(_ rows: Tensor, on engine: ComputeEngine) async throws -> Tensor {
    try await engine.perform { engine in
      let (count, width, batch) = (rows.shape[0], rows.shape[1], Self.batch)
      let plan = try engine.makePlan(try graph(batch: batch), seed: 0, precision: .float32)
      plan.feed(components, to: plan.graph.requiredInput("components"))
      plan.feed(taken, to: plan.graph.requiredInput("taken"))
      let (input, output) = (
        plan.graph.requiredInput("rows"), plan.graph.requiredOutput("whitened")
      )
      var values: [Float] = []
      values.reserveCapacity(rows.scalars.count)
      let known = rows.scalars.span
      for start in stride(from: 0, to: count, by: batch) {
        let part = min(batch, count - start) * width
        plan.withInput(input) { place in
          for index in 0..<part { place[index] = known[start * width + index] }
        }
        try plan.run(step: 1)
        plan.withOutput(output) { found in
          for index in 0..<part { values.append(found[index]) }
        }
        try Task.checkCancellation()
      }
      return Tensor(values, shape: rows.shape)
    }
  }

  private func graph(batch: Int) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = builder.input("rows", [batch, components.shape[1]])
    let v = builder.input("components", components.shape)
    let places = builder.product(builder.dense(x, v), builder.input("taken", taken.shape))
    builder.output("whitened", builder.difference(x, builder.add(.denseBackwardData, [places, v])))
    return try builder.finish()
  }
}
