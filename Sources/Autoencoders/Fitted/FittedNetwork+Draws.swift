internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

extension FittedNetwork {
  /// The mean over several runs of an output of a graph with random numbers, for each item.
  func means(
    of output: String,
    _ source: any BatchSource,
    draws: Int,
    seed: UInt64,
    purpose: String,
    on engine: isolated ComputeEngine,
    graph: Building
  ) async throws -> [Double] {
    guard source.itemShape == itemShape else {
      throw TrainingError.itemShape(expected: itemShape, found: source.itemShape)
    }
    let batch = batchSize
    let plan = try plan(purpose, batch: batch, on: engine, graph: graph)
    let input = plan.graph.requiredInput(GraphName.input)
    let node = plan.graph.requiredOutput(output)
    var results: [Double] = []
    results.reserveCapacity(source.count)
    var indices = Array(repeating: 0, count: batch)
    var step = seed &* 0x9E37_79B9_7F4A_7C15
    for start in stride(from: 0, to: source.count, by: batch) {
      let count = min(batch, source.count - start)
      for row in 0..<batch { indices[row] = start + (row < count ? row : 0) }
      try plan.feed(indices, from: source, input: input, target: nil)
      var sums = [Double](repeating: 0, count: count)
      for _ in 0..<draws {
        step &+= 1
        try plan.run(step: step)
        plan.withOutput(node) { values in
          for row in 0..<count { sums[row] += Double(values[row]) }
        }
        try Task.checkCancellation()
      }
      for row in 0..<count {
        guard sums[row].isFinite else { throw TrainingError.nonFiniteLoss(index: start + row) }
        results.append(sums[row] / Double(draws))
      }
      await Task.yield()
    }
    return results
  }

  /// The bounds of each item by latent vectors that are drawn from its distribution, `[count, 2 latent]`.
  ///
  /// The graph takes an item and a batch of latent vectors and gives the nats of the item at each of them.
  /// Everything else is added in double precision here. Which latent vectors are drawn depends on the seed
  /// and the place of the item alone.
  func drawnBounds(
    _ source: any BatchSource,
    posterior: Tensor,
    draws: Int,
    seed: UInt64,
    prior: any CodeDensity,
    on engine: isolated ComputeEngine,
    graph: Building
  ) async throws -> [DrawnBounds] {
    let runs = (draws + 2 * batchSize - 1) / (2 * batchSize)
    let batch = (draws + runs - 1) / runs
    let plan = try plan("bound by \(batch) codes", batch: batch, on: engine, graph: graph)
    let input = plan.graph.requiredInput(GraphName.input)
    let latent = plan.graph.requiredInput(GraphName.latent)
    let output = plan.graph.requiredOutput(GraphName.reconstruction)
    var results: [DrawnBounds] = []
    results.reserveCapacity(source.count)
    for item in 0..<source.count {
      try plan.feed([item], from: source, input: input, target: nil)
      var codes = DrawnCodes(posterior, row: item, seed: seed)
      var ratios = [Double](repeating: 0, count: batch)
      var mean = LogMean()
      for run in 0..<runs {
        plan.withInput(latent) { codes.draw(into: &$0, ratios: &ratios, prior: prior) }
        try plan.run(step: 1)
        plan.withOutput(output) { nats in
          for row in 0..<min(batch, draws - run * batch) {
            mean.add(ratios[row] - Double(nats[row]))
          }
        }
      }
      guard mean.value.isFinite else { throw TrainingError.nonFiniteLoss(index: item) }
      results.append(DrawnBounds(single: mean.meanOfLogarithms, importanceWeighted: mean.value))
      try Task.checkCancellation()
      await Task.yield()
    }
    return results
  }
}

/// Latent vectors of one item, drawn from its distribution, with ln p(z) - ln q(z | x) of each.
private struct DrawnCodes {
  private let means: [Double]
  private let deviations: [Double]
  /// ln q at the mean.
  private let peak: Double
  private var generator: SeededGenerator
  private var code: [Double]

  init(_ posterior: Tensor, row: Int, seed: UInt64) {
    let size = posterior.shape[1] / 2
    let start = row * 2 * size
    means = (0..<size).map { Double(posterior.scalars[start + $0]) }
    let logVariances = (0..<size).map { Double(posterior.scalars[start + size + $0]) }
    deviations = logVariances.map { exp(0.5 * $0) }
    peak = -0.5 * (logVariances.reduce(0, +) + Double(size) * log(2 * Double.pi))
    generator = .named("codes of item \(row)", seed: seed)
    code = means
  }

  /// Fills a batch of latent vectors, `[batch, latent]`.
  mutating func draw(
    into destination: inout MutableSpan<Float>,
    ratios: inout [Double],
    prior: any CodeDensity
  ) {
    let size = means.count
    for row in ratios.indices {
      var squares = 0.0
      for place in 0..<size {
        let drawn = Float(means[place] + deviations[place] * Double(generator.nextNormal()))
        destination[row * size + place] = drawn
        // The density is that of the number which the decoder sees.
        code[place] = Double(drawn)
        let distance = (code[place] - means[place]) / deviations[place]
        squares += distance * distance
      }
      ratios[row] = prior.logDensity(of: code) - (peak - 0.5 * squares)
    }
  }
}

/// ln 1/K Σ eᵛ over K numbers, and their mean, without overflow.
private struct LogMean {
  private var count = 0
  private var total = 0.0
  private var largest = -Double.infinity
  /// Σ eᵛ over the numbers so far, divided by e to the largest.
  private var sum = 0.0

  mutating func add(_ value: Double) {
    count += 1
    total += value
    if value > largest {
      sum = sum * exp(largest - value) + 1
      largest = value
    } else {
      sum += exp(value - largest)
    }
  }

  var value: Double { largest + log(sum / Double(count)) }
  var meanOfLogarithms: Double { total / Double(count) }
}
