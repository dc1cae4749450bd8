import CHourglassOneDNN
import Testing

@Suite("Kernel standardization")
struct KernelTestsStandardization {
  static let shapes: [[Int]] = [
    [1, 1, 1], [0, 3, 4], [3, 4, 0], [128, 50, 1], [129, 300, 1], [1, 37, 500], [1, 200, 20],
    [33, 5, 4], [16, 40, 31], [16, 3, 32], [9, 7, 100], [200, 64, 9], [100, 1, 700], [2, 1, 1],
  ]

  /// The standardized values, the means and the variances in double precision.
  static func exact(
    _ source: [Double],
    _ shape: [Int],
    epsilon: Double
  ) -> (values: [Double], mean: [Double], variance: [Double]) {
    var mean = [Double](repeating: 0, count: shape[1])
    var variance = mean
    let count = Double(shape[0] * shape[2])
    for (index, value) in source.enumerated() { mean[index / shape[2] % shape[1]] += value / count }
    for (index, value) in source.enumerated() {
      let kept = index / shape[2] % shape[1]
      variance[kept] += (value - mean[kept]) * (value - mean[kept]) / count
    }
    let values = source.enumerated().map { index, value in
      let kept = index / shape[2] % shape[1]
      return (value - mean[kept]) / (variance[kept] + epsilon).squareRoot()
    }
    return (values, mean, variance)
  }

  @Test(
    "Values, means and variances",
    arguments: shapes,
    [(0, 1), (1000, 0.5), (-20, 100)] as [(Float, Float)]
  )
  func forward(shape: [Int], level: (mean: Float, spread: Float)) {
    let source = scrambled(shape.reduce(1, *), seed: 60).map { level.mean + level.spread * $0 }
    let wanted = Self.exact(source.map(Double.init), shape, epsilon: Double(Float(1e-5)))
    for threads in [1, 2, 3] as [Int32] {
      let output = Memory(count: source.count)
      let mean = Memory(count: shape[1])
      let variance = Memory(count: shape[1])
      hg_standardize(
        source,
        output.data,
        mean.data,
        variance.data,
        Int64(shape[0]),
        Int64(shape[1]),
        Int64(shape[2]),
        1e-5,
        threads
      )
      #expect(output.isIntact && mean.isIntact && variance.isIntact)
      if source.isEmpty { continue }
      #expect(largestDifference(output.values, wanted.values) < 2e-6)
      let close = (0..<shape[1]).allSatisfy {
        isClose(mean.values[$0], wanted.mean[$0], relative: 1e-7, absolute: 1e-9)
          && isClose(variance.values[$0], wanted.variance[$0], relative: 1e-6, absolute: 1e-12)
      }
      #expect(close)
    }
  }

  @Test("Equal values are 0")
  func constant() {
    let output = Memory(count: 64)
    let mean = Memory(count: 1)
    let variance = Memory(count: 1)
    let source = [Float](repeating: 1.1, count: 64)
    hg_standardize(source, output.data, mean.data, variance.data, 64, 1, 1, 1e-5, 1)
    #expect(output.values == [Float](repeating: 0, count: 64))
    #expect(mean.values == [1.1] && variance.values == [0])
  }

  @Test("The result may take the place of an operand", arguments: shapes)
  func inPlace(shape: [Int]) {
    let source = scrambled(shape.reduce(1, *), seed: 63)
    let gradient = scrambled(source.count, seed: 64)
    let extents = shape.map { Int64($0) }
    var results: [[Float]] = []
    for isInPlace in [false, true] {
      let x = Memory(source)
      let output = isInPlace ? x : Memory(count: source.count)
      let difference = Memory(gradient)
      let slope = isInPlace ? difference : Memory(count: source.count)
      let mean = Memory(count: shape[1])
      let variance = Memory(count: shape[1])
      hg_standardize(
        x.data,
        output.data,
        mean.data,
        variance.data,
        extents[0],
        extents[1],
        extents[2],
        1e-5,
        2
      )
      hg_standardize_backward(
        output.data,
        variance.data,
        difference.data,
        slope.data,
        extents[0],
        extents[1],
        extents[2],
        1e-5,
        2
      )
      results += [output.values, slope.values]
      withExtendedLifetime((x, difference, mean, variance)) {}
    }
    #expect(results[0] == results[2])
    #expect(results[1] == results[3])
  }

  @Test("The gradient is the limit of differences", arguments: shapes.filter { !$0.contains(0) })
  func backward(shape: [Int]) {
    let source = scrambled(shape.reduce(1, *), seed: 61).map { Double($0) }
    let gradient = scrambled(source.count, seed: 62)
    let epsilon = Double(Float(1e-3))
    let base = Self.exact(source, shape, epsilon: epsilon)
    for threads in [1, 2, 3] as [Int32] {
      let output = Memory(count: source.count)
      hg_standardize_backward(
        base.values.map { Float($0) },
        base.variance.map { Float($0) },
        gradient,
        output.data,
        Int64(shape[0]),
        Int64(shape[1]),
        Int64(shape[2]),
        1e-3,
        threads
      )
      #expect(output.isIntact)
      for probe in 0..<min(source.count, 3) {
        let index = probe * 7919 % source.count
        let step = 1e-5
        var losses: [Double] = []
        for sign in [1.0, -1.0] {
          var moved = source
          moved[index] += sign * step
          let values = Self.exact(moved, shape, epsilon: epsilon).values
          losses.append(zip(values, gradient).reduce(0) { $0 + $1.0 * Double($1.1) })
        }
        let slope = (losses[0] - losses[1]) / (2 * step)
        #expect(abs(Double(output.values[index]) - slope) < 1e-5 * max(1, abs(slope)))
      }
    }
  }
}
