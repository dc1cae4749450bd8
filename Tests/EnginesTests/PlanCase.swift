import HourglassGraphs
import HourglassNetworks
import HourglassTensors

/// A graph that is run for several steps: its results, its updates, its random numbers.
struct PlanCase: Sendable, CustomStringConvertible {
  let name: String
  private let build: @Sendable (inout GraphBuilder) -> Void

  init(_ name: String, _ build: @escaping @Sendable (inout GraphBuilder) -> Void) {
    self.name = name
    self.build = build
  }

  var description: String { name }

  func graph() throws -> Graph {
    var builder = GraphBuilder()
    build(&builder)
    return try builder.finish()
  }

  /// Values for the inputs of each step: normal numbers, but for "step" and "learningRate", and
  /// whole numbers for names that start with "index".
  func inputs(of graph: Graph, steps: Int) -> [[String: Tensor]] {
    var generator = SeededGenerator.named(name, seed: 1)
    return (1...steps).map { step in
      var inputs: [String: Tensor] = [:]
      for (name, node) in graph.inputs {
        let shape = graph[node].shape
        let scalars: [Float] = (0..<shape.elementCount).map { _ in
          switch name {
          case "step": Float(step)
          case "learningRate": 0.01
          case _ where name.hasPrefix("index"): (6 * generator.nextUniform()).rounded(.down)
          default: generator.nextNormal()
          }
        }
        inputs[name] = Tensor(scalars, shape: shape)
      }
      return inputs
    }
  }

  static let all: [PlanCase] = updates + results + [fields]

  /// The losses of fields with fixed matrices, their outputs, and a step of learning.
  private static let fields = PlanCase("fields") { builder in
    let layout = FeatureSchema([.number, .category(levels: 3), .category(levels: 2), .number])
    let terms = FieldTerms(layout, numbers: .gaussianLearnedVariance, in: &builder)
    let x = builder.input("x", [6, 7])
    let hidden = Dense(9, activation: .tanh)(x, in: &builder)
    let parameters = builder.scoped("last") { Dense(7)(hidden, in: &$0) }
    let losses = terms.losses(parameters: parameters, target: x, in: &builder)
    let seen = builder.input("seen", [6, 4])
    builder.output("losses", losses)
    builder.output("output", terms.output(parameters: parameters, in: &builder))
    builder.output("expanded", terms.expanded(seen, in: &builder))
    let loss = builder.mean(builder.product(losses, builder.apply(.square, seen)))
    _ = Optimizer(learningRate: 0.01)
      .addUpdates(minimizing: loss, parameters: builder.parameters, in: &builder)
  }
}

extension GraphBuilder {
  /// A small convolutional network with a dense end, and its loss.
  ///
  /// Its weights lie in several layouts of the library; channels and features are not multiples of
  /// its blocks.
  mutating func smallNetwork(batch: Int = 6) -> NodeID {
    let x = input("x", [batch, 3, 8, 8])
    let y = input("y", [batch, 5])
    let initial = Initializer.normal(standardDeviation: 0.2)
    let first = convolution(
      x,
      parameter("first.weight", [12, 3, 3, 3], initial),
      bias: parameter("first.bias", [12], initial),
      Convolution(rank: 2, stride: 2, padding: 1)
    )
    let second = convolution(
      apply(.relu, first),
      parameter("second.weight", [20, 12, 3, 3], initial),
      Convolution(rank: 2, padding: 1)
    )
    let hidden = dense(
      flatten(apply(.silu, second)),
      parameter("third.weight", [13, 320], initial),
      bias: parameter("third.bias", [13], initial)
    )
    let last = dense(apply(.tanh, hidden), parameter("last.weight", [5, 13], initial))
    return mean(apply(.square, difference(last, y)))
  }

  /// Adds the gradients of a loss by every parameter and an update for each.
  mutating func updateAll(
    _ loss: NodeID,
    _ update: (inout GraphBuilder, NodeID, NodeID, String) -> Void
  ) {
    let parameters = parameters
    let gradients = gradients(of: loss, withRespectTo: parameters)
    for (parameter, gradient) in zip(parameters, gradients) {
      update(&self, parameter, gradient, variableName(of: parameter) ?? "")
    }
  }

  /// 1 where the norm of all gradients is below a limit, else what brings it there.
  mutating func clippingScale(_ gradients: [NodeID], limit: Float) -> NodeID {
    let squares = gradients.map { sum(apply(.square, $0)) }
    let total = squares.dropFirst().reduce(squares[0]) { sum($0, $1) }
    let norm = apply(.squareRoot, total)
    return apply(.minimum, constant(1), quotient(constant(limit), norm))
  }
}
