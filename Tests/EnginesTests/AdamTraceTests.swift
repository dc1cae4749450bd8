import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassTensors
import Testing

/// Ten steps of Adam on two small networks against PyTorch's, by both executors.
///
/// The trace is made by `Scripts/goldens/make_adam_trace.py`.
@Suite struct AdamTraceTests {
  private struct Trace: Decodable {
    struct Values: Decodable {
      let perElement: Double
      let perTensor: Double
      let amplitude: Double
    }
    struct Parameter: Decodable {
      let name: String
      let shape: [Int]
    }
    struct Run: Decodable {
      let losses: [Double]
      let gradients: [String: [Double]]
      let weights: [String: [Double]]
    }
    struct Network: Decodable {
      let inputShape: [Int]
      let parameters: [Parameter]
      let float32: Run
      let float64: Run
    }
    let initialValues: Values
    let networks: [String: Network]

    /// Tensor k by the formula of the file.
    func tensor(_ k: Int, _ shape: [Int]) -> Tensor {
      let values = initialValues
      let scalars = (0..<Shape(shape).elementCount).map { i in
        let phase = values.perElement * Double(i) + values.perTensor * Double(k)
        return Float(sin(phase) * values.amplitude)
      }
      return Tensor(scalars, shape: Shape(shape))
    }
  }

  private func readTrace() throws -> Trace {
    let url = try #require(
      Bundle.module.url(forResource: "adam_trace", withExtension: "json", subdirectory: "Goldens")
    )
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Trace.self, from: try Data(contentsOf: url))
  }

  /// The network of a name, from its input and its parameters by name.
  private func network(
    _ name: String,
    _ x: NodeID,
    _ parameters: [String: NodeID],
    in builder: inout GraphBuilder
  ) throws -> NodeID {
    func parameter(_ name: String) throws -> NodeID { try #require(parameters[name]) }
    func dense(_ x: NodeID, _ name: String) throws -> NodeID {
      let weights = try parameter(name + ".weight")
      return builder.dense(x, weights, bias: try parameter(name + ".bias"))
    }
    if name == "dense" {
      var y = x
      for layer in 0..<3 { y = builder.apply(.relu, try dense(y, "layer\(layer)")) }
      return try dense(y, "layer3")
    }
    let down = Convolution(rank: 2, stride: 2, padding: 1)
    var y = x
    for layer in ["convolution0", "convolution1"] {
      let weights = try parameter(layer + ".weight")
      let bias = try parameter(layer + ".bias")
      y = builder.apply(.relu, builder.convolution(y, weights, bias: bias, down))
    }
    y = builder.apply(.relu, try dense(try dense(builder.flatten(y), "dense0"), "dense1"))
    y = builder.reshape(y, [4, 4, 2, 2])
    for layer in ["transposed0", "transposed1"] {
      let weights = try parameter(layer + ".weight")
      let bias = try parameter(layer + ".bias")
      y = builder.transposedConvolution(y, weights, bias: bias, down)
      if layer == "transposed0" { y = builder.apply(.relu, y) }
    }
    return y
  }

  private func graph(_ name: String, _ network: Trace.Network) throws -> Graph {
    var builder = GraphBuilder()
    let x = builder.input("x", Shape(network.inputShape))
    let step = builder.input("step", .scalar)
    var parameters: [String: NodeID] = [:]
    for parameter in network.parameters {
      parameters[parameter.name] = builder.parameter(
        parameter.name,
        Shape(parameter.shape),
        .constant(0)
      )
    }
    let y = try self.network(name, x, parameters, in: &builder)
    let loss = builder.mean(builder.apply(.square, builder.difference(y, x)))
    builder.output("loss", loss)
    let rate = builder.constant(0.01)
    let nodes = builder.parameters
    for (node, gradient) in zip(nodes, builder.gradients(of: loss, withRespectTo: nodes)) {
      let name = try #require(builder.variableName(of: node))
      let shape = builder.shape(of: node)
      builder.output("gradient " + name, gradient)
      builder.update(
        .adam(
          Update.Adam(
            parameter: node,
            gradient: gradient,
            moments: (builder.state("m." + name, shape), builder.state("v." + name, shape)),
            learningRate: rate,
            step: step
          )
        )
      )
    }
    return try builder.finish()
  }

  private func largestDifference(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
  }

  @Test(arguments: ["dense", "convolutional"], [false, true])
  func tenStepsAreThoseOfPyTorch(_ name: String, isReference: Bool) throws {
    let trace = try readTrace()
    let network = try #require(trace.networks[name])
    let graph = try graph(name, network)
    let plan: any Plan =
      isReference
      ? ReferencePlan(graph, seed: 0) : try OneDNNPlan(graph, seed: 0, threads: 1)
    // The reference computes in double precision from the same rounded numbers.
    let expected = isReference ? network.float64 : network.float32
    var start: [String: Tensor] = [:]
    for (index, parameter) in network.parameters.enumerated() {
      start[parameter.name] = trace.tensor(index + 1, parameter.shape)
    }
    plan.setVariables(start)
    #expect(plan.variables.filter { start[$0.key] != nil } == start)
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    plan.feed(trace.tensor(0, network.inputShape), to: try #require(inputs["x"]))
    let loss = try #require(graph.output("loss"))
    for step in 0..<10 {
      plan.feed(Float(step + 1), to: try #require(inputs["step"]))
      try plan.run(step: UInt64(step))
      let (found, wanted) = (Double(plan.result(loss).scalars[0]), expected.losses[step])
      #expect(abs(found - wanted) <= 1e-5 * wanted, "loss of step \(step): \(found), \(wanted)")
      guard step == 0 else { continue }
      #expect(Set(expected.gradients.keys) == Set(start.keys))
      for (name, gradient) in expected.gradients {
        let node = try #require(graph.output("gradient " + name))
        let scale = gradient.reduce(1e-3) { max($0, abs($1)) }
        let difference = largestDifference(plan.result(node).scalars, gradient)
        #expect(difference <= 1e-5 * scale, "gradient of \(name): \(difference) of \(scale)")
      }
    }
    let weights = plan.variables
    for (name, expected) in expected.weights {
      let difference = largestDifference(try #require(weights[name]).scalars, expected)
      #expect(difference <= 1e-5, "\(name) after ten steps: \(difference)")
    }
  }
}
