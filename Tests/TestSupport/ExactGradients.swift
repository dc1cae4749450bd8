internal import HourglassEngines
package import HourglassGraphs
package import HourglassTensors

/// Where the gradients of a loss differ from central differences in double precision, value by value; empty
/// where they agree to 1e-7.
///
/// - Parameters:
///   - shapes: The names and shapes of what the loss depends on.
///   - deviation: The standard deviation of their values.
///   - losses: Adds the losses to the graph, whose sum is differentiated.
package func gradientMistakes(
  _ shapes: [(name: String, shape: Shape)],
  deviation: Double = 1,
  _ losses: ([NodeID], inout GraphBuilder) -> NodeID
) throws -> [String] {
  var builder = GraphBuilder()
  let nodes = shapes.map { builder.parameter($0.name, $0.shape, .constant(0)) }
  let loss = builder.sum(losses(nodes, &builder))
  builder.output("loss", loss)
  let gradients = builder.gradients(of: loss, withRespectTo: nodes)
  for (place, gradient) in gradients.enumerated() { builder.output("\(place)", gradient) }
  let graph = try builder.finish()
  var numbers = SeededGenerator(seed: 5)
  var variables: [String: DoubleTensor] = [:]
  for (name, shape) in shapes {
    variables[name] = DoubleTensor(
      (0..<shape.elementCount).map { _ in deviation * Double(numbers.nextNormal()) },
      shape: shape
    )
  }
  let executor = ReferenceExecutor(seed: 1, step: 1)
  let values = executor.values(of: graph, inputs: [:], variables: variables)
  let h = 1e-5
  var mistakes: [String] = []
  for (place, (name, shape)) in shapes.enumerated() {
    guard let analytic = values[gradients[place].index] else { return ["no gradient of \(name)"] }
    for index in 0..<shape.elementCount {
      func lossAt(_ distance: Double) -> Double {
        var moved = variables
        moved[name]?.scalars[index] += distance
        let values = executor.values(of: graph, inputs: [:], variables: moved)
        return values[loss.index]?[0] ?? .nan
      }
      let numeric = (lossAt(h) - lossAt(-h)) / (2 * h)
      if !(abs(numeric - analytic[index]) < 1e-7 * max(1, abs(numeric))) {
        mistakes.append("\(name) \(index): \(analytic[index]), not \(numeric)")
      }
    }
  }
  return mistakes
}

extension Pooling {
  /// Pooling of squares of two by two pixels that do not overlap.
  package static func ofPairs(_ kind: Kind) -> Pooling {
    Pooling(kind, window: [2, 2], strides: [2, 2], paddingBefore: [0, 0], paddingAfter: [0, 0])
  }
}
