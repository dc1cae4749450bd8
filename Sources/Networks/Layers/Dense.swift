package import HourglassGraphs
internal import HourglassTensors

/// A fully connected layer, y = activation(x Wᵀ + b).
///
/// Shape: `[batch, inputs]` -> `[batch, outputs]`. Parameters: `weight [outputs, inputs]`,
/// `bias [outputs]`.
package struct Dense: Layer {
  package var outputs: Int
  package var activation: Activation
  package var includesBias: Bool
  package var initialization: Initialization

  package init(
    _ outputs: Int,
    activation: Activation = .identity,
    includesBias: Bool = true,
    initialization: Initialization = .automatic
  ) {
    self.outputs = outputs
    self.activation = activation
    self.includesBias = includesBias
    self.initialization = initialization
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank == 2 && shape[1] > 0 && widthRange.contains(outputs),
        of: "dense",
        expected: "x [N, I] and between 1 and \(widthRange.upperBound) outputs",
        found: "\(shape) and \(outputs) outputs"
      )
    else { return builder.failed }
    let initializer = initialization.initializer(
      fanIn: Float(shape[1]),
      fanOut: Float(outputs),
      activation: activation
    )
    let weight = builder.parameter("weight", [outputs, shape[1]], initializer)
    let bias = includesBias ? builder.parameter("bias", [outputs], .constant(0)) : nil
    return activation(builder.dense(x, weight, bias: bias), in: &builder)
  }
}
