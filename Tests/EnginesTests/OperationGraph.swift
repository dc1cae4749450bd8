import HourglassGraphs
import HourglassTensors
import HourglassTestSupport

/// The ways in which a function of tensors is put into a graph for the comparison of executors.
enum LocalDistanceScale: String, CaseIterable, Sendable, CustomStringConvertible {
  /// The function alone.
  case alone
  /// The function in a graph that changes a variable, as training does: only there, activations
  /// are computed together with the layer before them.
  case training
  /// With its gradients.
  case gradients
  /// With its gradients, between layers that pass on what they get but let the library choose the
  /// layout of it.
  case layers

  var description: String { rawValue }
}

/// A graph with values for its inputs.
struct OperationGraph {
  let graph: Graph
  let inputs: [String: Tensor]

  init(_ operationCase: GradientCase, _ localDistanceScale: LocalDistanceScale, seed: UInt64 = 1)
    throws
  {
    var builder = GraphBuilder()
    var generator = SeededGenerator.named(operationCase.name, seed: seed)
    var inputs: [String: Tensor] = [:]
    var nodes: [NodeID] = []
    var differentiated: [(name: String, node: NodeID)] = []
    for (index, argument) in operationCase.arguments.enumerated() {
      let name = "x\(index)"
      let values = argument.values.sample(argument.shape.elementCount, &generator)
      inputs[name] = Tensor(values.map { Float($0) }, shape: argument.shape)
      var node = builder.input(name, argument.shape)
      if argument.values.isDifferentiated {
        differentiated.append((name, node))
        if localDistanceScale == .layers { node = Self.layer(node, in: &builder, &inputs) }
      }
      nodes.append(node)
    }
    var result = operationCase.build(&builder, nodes)
    builder.output("result", result)
    for parameter in builder.parameters {
      differentiated.append((builder.variableName(of: parameter) ?? "", parameter))
    }
    if localDistanceScale == .training {
      let state = builder.state("state", .scalar)
      builder.update(.assignment(variable: state, value: builder.constant(1)))
    }
    if localDistanceScale == .gradients || localDistanceScale == .layers {
      if localDistanceScale == .layers { result = Self.layer(result, in: &builder, &inputs) }
      let shape = builder.shape(of: result)
      let cotangent = builder.input("cotangent", shape)
      inputs["cotangent"] = Tensor(
        (0..<shape.elementCount).map { _ in generator.nextNormal() },
        shape: shape
      )
      let loss = builder.sum(builder.product(result, cotangent))
      builder.output("loss", loss)
      let gradients = builder.gradients(of: loss, withRespectTo: differentiated.map(\.node))
      for (subject, gradient) in zip(differentiated, gradients) {
        builder.output("gradient of \(subject.name)", gradient)
      }
    }
    graph = try builder.finish()
    self.inputs = inputs
  }

  /// A dense layer or convolution with the identity as its weights.
  private static func layer(
    _ x: NodeID,
    in builder: inout GraphBuilder,
    _ inputs: inout [String: Tensor]
  ) -> NodeID {
    let shape = builder.shape(of: x)
    guard (2...4).contains(shape.rank), shape.elementCount > 0 else { return x }
    let count = shape[1]
    let name = "identity \(x.index)"
    var identity = [Float](repeating: 0, count: count * count)
    for place in 0..<count { identity[place * (count + 1)] = 1 }
    let form = Shape([count, count] + Array(repeating: 1, count: shape.rank - 2))
    inputs[name] = Tensor(identity, shape: form)
    let weights = builder.input(name, form)
    return shape.rank == 2
      ? builder.dense(x, weights)
      : builder.convolution(x, weights, Convolution(rank: shape.rank - 2))
  }
}
