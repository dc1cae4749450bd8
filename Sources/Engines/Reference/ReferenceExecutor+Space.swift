internal import HourglassGraphs
internal import HourglassTensors

// MARK: Pooling

extension ReferenceExecutor {
  static func pooling(_ x: DoubleTensor, _ pooling: Pooling, _ shape: Shape) -> DoubleTensor {
    switch pooling.kind {
    case .maximum:
      let sources = maximumSources(x, pooling, shape)
      return DoubleTensor(sources.map { x[$0] }, shape: shape)
    case .average:
      var y = DoubleTensor.zeros(shape)
      let counts = windowCounts(x.shape, pooling, shape)
      forEachWindowTap(pooling, x: x.shape, y: shape) { atX, atY in
        y[atY] += x[atX] / counts[atY]
      }
      return y
    }
  }

  static func poolingBackward(
    _ x: DoubleTensor,
    dy: DoubleTensor,
    _ pooling: Pooling
  ) -> DoubleTensor {
    var dx = DoubleTensor.zeros(x.shape)
    switch pooling.kind {
    case .maximum:
      for (place, source) in maximumSources(x, pooling, dy.shape).enumerated() {
        dx[source] += dy[place]
      }
    case .average:
      let counts = windowCounts(x.shape, pooling, dy.shape)
      forEachWindowTap(pooling, x: x.shape, y: dy.shape) { atX, atY in
        dx[atX] += dy[atY] / counts[atY]
      }
    }
    return dx
  }

  /// The place of the largest element of each window; of equals the first, and NaN wins.
  private static func maximumSources(
    _ x: DoubleTensor,
    _ pooling: Pooling,
    _ shape: Shape
  ) -> [Int] {
    var sources = [Int?](repeating: nil, count: shape.elementCount)
    forEachWindowTap(pooling, x: x.shape, y: shape) { atX, atY in
      if let best = sources[atY], !(x[atX] > x[best]), !(x[atX].isNaN && !x[best].isNaN) { return }
      sources[atY] = atX
    }
    return sources.map { required($0, "a window of padding alone") }
  }

  /// The number of elements in each window, padding left out.
  private static func windowCounts(_ x: Shape, _ pooling: Pooling, _ y: Shape) -> [Double] {
    var counts = [Double](repeating: 0, count: y.elementCount)
    forEachWindowTap(pooling, x: x, y: y) { _, atY in counts[atY] += 1 }
    return counts
  }

  /// Visits the pairs of an element and a window that it lies in, row by row within each window.
  private static func forEachWindowTap(
    _ pooling: Pooling,
    x: Shape,
    y: Shape,
    _ body: (_ x: Int, _ y: Int) -> Void
  ) {
    let taps = pooling.window.indices.map { axis in
      Tap.all(
        input: x[axis + 2],
        output: y[axis + 2],
        window: pooling.window[axis],
        stride: pooling.strides[axis],
        paddingBefore: pooling.paddingBefore[axis]
      )
    }
    let rows = taps.count == 1 ? [Tap(output: 0, tap: 0, input: 0)] : taps[0]
    let columns = taps[taps.count - 1]
    let source = heightAndWidth(x.dimensions.dropFirst(2))
    let result = heightAndWidth(y.dimensions.dropFirst(2))
    for plane in 0..<x[0] * x[1] {
      for row in rows {
        for column in columns {
          body(
            (plane * source.height + row.input) * source.width + column.input,
            (plane * result.height + row.output) * result.width + column.output
          )
        }
      }
    }
  }
}

// MARK: Resampling

/// The share of an input position in an output position along one dimension of space.
private struct Share {
  let output: Int
  let input: Int
  let weight: Double

  /// The shares of an interpolation from `inputs` to `outputs` positions.
  static func all(_ interpolation: Interpolation, inputs: Int, outputs: Int) -> [Share] {
    (0..<outputs).flatMap { output in
      switch interpolation {
      // The nearest to p = (o + 1/2) I / O - 1/2, of two the later: floor(p + 1/2).
      case .nearest:
        return [Share(output: output, input: (2 * output + 1) * inputs / (2 * outputs), weight: 1)]
      case .linear:
        let place = (Double(output) + 0.5) * Double(inputs) / Double(outputs) - 0.5
        let left = Int(place.rounded(.down))
        let fraction = place - Double(left)
        return [(left, 1 - fraction), (left + 1, fraction)].filter { $0.1 > 0 }.map {
          Share(output: output, input: min(max($0.0, 0), inputs - 1), weight: $0.1)
        }
      }
    }
  }
}

extension ReferenceExecutor {
  static func resampling(
    _ x: DoubleTensor,
    _ interpolation: Interpolation,
    _ shape: Shape
  ) -> DoubleTensor {
    var y = DoubleTensor.zeros(shape)
    forEachShare(interpolation, x: x.shape, y: shape) { atX, atY, weight in
      y[atY] += weight * x[atX]
    }
    return y
  }

  static func resamplingBackward(
    _ dy: DoubleTensor,
    _ interpolation: Interpolation,
    _ shape: Shape
  ) -> DoubleTensor {
    var dx = DoubleTensor.zeros(shape)
    forEachShare(interpolation, x: shape, y: dy.shape) { atX, atY, weight in
      dx[atX] += weight * dy[atY]
    }
    return dx
  }

  private static func forEachShare(
    _ interpolation: Interpolation,
    x: Shape,
    y: Shape,
    _ body: (_ x: Int, _ y: Int, _ weight: Double) -> Void
  ) {
    let source = heightAndWidth(x.dimensions.dropFirst(2))
    let result = heightAndWidth(y.dimensions.dropFirst(2))
    let rows = Share.all(interpolation, inputs: source.height, outputs: result.height)
    let columns = Share.all(interpolation, inputs: source.width, outputs: result.width)
    for plane in 0..<x[0] * x[1] {
      for row in rows {
        for column in columns {
          body(
            (plane * source.height + row.input) * source.width + column.input,
            (plane * result.height + row.output) * result.width + column.output,
            row.weight * column.weight
          )
        }
      }
    }
  }
}
