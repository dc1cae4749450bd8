internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassTensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension FittedNetwork {
  /// ln 1/K Σ eᵛ over K runs of a graph with random numbers, for each item, in double precision.
  func logMeans(
    of output: String,
    _ source: any BatchSource,
    draws: Int,
    seed: UInt64,
    purpose: String,
    on engine: isolated ComputeEngine,
    graph: @Sendable (Int) throws(GraphError) -> Graph
  ) async throws -> [Double] {
    guard source.itemShape == itemShape else {
      throw TrainingError.itemShape(expected: itemShape, found: source.itemShape)
    }
    let batch = batchSize
    let plan = try plan(purpose, on: engine) { () throws(GraphError) in try graph(batch) }
    let input = plan.graph.requiredInput(GraphName.input)
    let node = plan.graph.requiredOutput(output)
    var results: [Double] = []
    results.reserveCapacity(source.count)
    var indices = Array(repeating: 0, count: batch)
    var step = seed &* 0x9E37_79B9_7F4A_7C15
    for start in stride(from: 0, to: source.count, by: batch) {
      let count = min(batch, source.count - start)
      for row in 0..<batch { indices[row] = start + (row < count ? row : 0) }
      plan.feed(indices, from: source, input: input, target: nil)
      var largest = [Double](repeating: -.infinity, count: count)
      var sums = [Double](repeating: 0, count: count)
      for _ in 0..<draws {
        step &+= 1
        try plan.run(step: step)
        plan.withOutput(node) { values in
          for row in 0..<count {
            let value = Double(values[row])
            if value > largest[row] {
              sums[row] = sums[row] * exp(largest[row] - value) + 1
              largest[row] = value
            } else {
              sums[row] += exp(value - largest[row])
            }
          }
        }
        try Task.checkCancellation()
      }
      for row in 0..<count {
        let result = largest[row] + log(sums[row] / Double(draws))
        guard result.isFinite else { throw TrainingError.nonFiniteLoss(index: start + row) }
        results.append(result)
      }
      await Task.yield()
    }
    return results
  }
}
