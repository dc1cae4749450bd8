internal import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

extension ReferenceExecutor {
  /// y = (x - mean) / √(variance + ε), the variance divided by the number of elements.
  static func standardization(_ x: DoubleTensor, axes: [Int], epsilon: Float) -> DoubleTensor {
    let extents = extents(axes, x.shape)
    let means = means(x, extents)
    let scales = inverseDeviations(x, means, extents, epsilon)
    var y = x
    for place in 0..<x.shape.elementCount {
      let group = extents.group(of: place)
      y[place] = (x[place] - means[group]) * scales[group]
    }
    return y
  }

  /// dx = (dy - mean(dy) - y · mean(dy · y)) / √(variance + ε).
  static func standardizationBackward(
    _ x: DoubleTensor,
    dy: DoubleTensor,
    axes: [Int],
    epsilon: Float
  ) -> DoubleTensor {
    let extents = extents(axes, x.shape)
    let scales = inverseDeviations(x, means(x, extents), extents, epsilon)
    let y = standardization(x, axes: axes, epsilon: epsilon)
    let mean = means(dy, extents)
    let correlation = means(binary(.multiply, dy, y, x.shape), extents)
    var dx = dy
    for place in 0..<x.shape.elementCount {
      let group = extents.group(of: place)
      dx[place] = (dy[place] - mean[group] - y[place] * correlation[group]) * scales[group]
    }
    return dx
  }

  private static func extents(_ axes: [Int], _ shape: Shape) -> StandardizationExtents {
    do {
      return try standardizationExtents(axes: axes, shape)
    } catch {
      preconditionFailure("\(shape) was verified: \(error)")
    }
  }

  private static func means(_ x: DoubleTensor, _ extents: StandardizationExtents) -> [Double] {
    let count = Double(extents.outer * extents.inner)
    var sums = [Double](repeating: 0, count: extents.kept)
    for place in 0..<x.shape.elementCount { sums[extents.group(of: place)] += x[place] }
    return sums.map { $0 / count }
  }

  private static func inverseDeviations(
    _ x: DoubleTensor,
    _ means: [Double],
    _ extents: StandardizationExtents,
    _ epsilon: Float
  ) -> [Double] {
    var squares = x
    for place in 0..<x.shape.elementCount {
      let difference = x[place] - means[extents.group(of: place)]
      squares[place] = difference * difference
    }
    return Self.means(squares, extents).map { 1 / ($0 + Double(epsilon)).squareRoot() }
  }

  /// y = x - m - ln Σ exp(x - m), where m is the largest.
  static func logSoftmax(_ x: DoubleTensor, axis: Int) -> DoubleTensor {
    let view = AxisView(x.shape, axis: axis)
    var y = x
    for outer in 0..<view.outer {
      for inner in 0..<view.inner {
        let places = (0..<view.extent).map { view.place(outer, $0, inner) }
        let largest = places.reduce(-Double.infinity) {
          BinaryFunction.maximum.value($0, x[$1])
        }
        let total = places.reduce(0) { $0 + exp(x[$1] - largest) }
        for place in places { y[place] = x[place] - largest - log(total) }
      }
    }
    return y
  }
}

extension StandardizationExtents {
  /// The number of the statistics that an element belongs to.
  fileprivate func group(of place: Int) -> Int { place / inner % kept }
}
