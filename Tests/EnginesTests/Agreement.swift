import HourglassGraphs
import HourglassTensors
import Testing

@testable import HourglassEngines

/// The comparison of the executor over oneDNN with the reference executor.
///
/// Both run the same steps; every result of every step and every variable after it must agree
/// within what roundings of single precision can do. That is measured, not chosen: the reference is
/// run four times more with such roundings put in at random (`PerturbedReference`), and the
/// difference may be at most
///
///     4 · (the sum over the four of the largest deviation) + 4 · 2⁻²⁴ · (the largest number)
///
/// of the tensor at hand. In bfloat16 the reference gets the roundings of that format as well.
struct Agreement {
  /// A difference that roundings do not explain.
  struct Difference: Error, CustomStringConvertible {
    let description: String
  }

  let graph: Graph
  var seed: UInt64 = 3
  var threads = 1
  var singleThreadLimit = OneDNNPlan.singleThreadLimit
  var precision = ComputePrecision.float32

  private static let evaluations = 4

  /// Feeds the inputs of each step and compares; `throws` at the first difference.
  func check(steps: [[String: Tensor]]) throws {
    let fast = try OneDNNPlan(
      graph,
      seed: seed,
      threads: threads,
      precision: precision,
      singleThreadLimit: singleThreadLimit
    )
    let slow = ReferencePlan(graph, seed: seed)
    try compareVariables("at the start", fast, slow, evaluations: [])
    var evaluations = (0..<Self.evaluations).map {
      PerturbedReference(
        graph,
        variables: slow.variables,
        seed: UInt64($0),
        isHalf: precision == .bfloat16
      )
    }
    for (number, inputs) in steps.enumerated() {
      let counter = UInt64(number + 1)
      for (name, node) in graph.inputs {
        guard let value = inputs[name] else { throw Difference(description: "\(name) is not fed") }
        fast.feed(value, to: node)
        slow.feed(value, to: node)
      }
      try fast.run(step: counter)
      try slow.run(step: counter)
      let exact = inputs.mapValues { DoubleTensor($0) }
      let values = evaluations.indices.map {
        evaluations[$0].run(inputs: exact, seed: seed, step: counter)
      }
      for output in graph.outputs {
        try compare(
          "result \"\(output.name)\" of step \(counter)",
          fast.result(output.node).scalars,
          slow.result(output.node).scalars,
          evaluations: values.map { $0[output.node.index]?.scalars ?? [] }
        )
      }
      try compareVariables("after step \(counter)", fast, slow, evaluations: evaluations)
    }
  }

  private func compareVariables(
    _ moment: String,
    _ fast: OneDNNPlan,
    _ slow: ReferencePlan,
    evaluations: [PerturbedReference]
  ) throws {
    for (variable, node) in graph.variables {
      try compare(
        "variable \"\(variable.name)\" \(moment)",
        fast.value(ofVariable: node).scalars,
        slow.value(ofVariable: node).scalars,
        evaluations: evaluations.map { $0.variables[variable.name]?.scalars ?? [] }
      )
    }
  }

  private func compare(
    _ what: String,
    _ fast: [Float],
    _ slow: [Float],
    evaluations: [[Double]]
  ) throws {
    guard fast.count == slow.count else {
      throw Difference(description: "\(what): \(fast.count) elements for \(slow.count)")
    }
    guard slow.allSatisfy(\.isFinite) else {
      throw Difference(description: "\(what): the reference is not finite")
    }
    let largest = slow.reduce(0) { max($0, abs(Double($1))) }
    var tolerance = evaluations.isEmpty ? 0 : 4 * 0x1p-24 * largest
    for evaluation in evaluations {
      let deviations = zip(evaluation, slow).map { abs($0 - Double($1)) }
      // Few roundings to 8 bits make a distribution with longer tails than many to 24.
      tolerance += (precision == .bfloat16 ? 8 : 4) * (deviations.max() ?? 0)
    }
    var worst: (element: Int, difference: Double) = (0, 0)
    for element in fast.indices {
      let difference = abs(Double(fast[element]) - Double(slow[element]))
      if !(difference <= worst.difference) { worst = (element, difference) }
      if difference.isNaN { break }
    }
    guard worst.difference <= tolerance else {
      let (a, b) = (fast[worst.element], slow[worst.element])
      let wrong = fast.indices.filter {
        !(abs(Double(fast[$0]) - Double(slow[$0])) <= tolerance)
      }
      throw Difference(
        description: "\(what): expected \(b), found \(a) at element \(worst.element); the "
          + "difference may be \(tolerance); \(wrong.count) of \(fast.count) elements are off"
      )
    }
  }
}
