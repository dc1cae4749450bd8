internal import HourglassGraphs
internal import HourglassTensors

// The three products of a layer are one sum over the same triples (x, weights, y), seen from each
// of its three sides; so each family has one loop over the triples.
extension ReferenceExecutor {
  /// y[n, o] = Σᵢ x[n, i] w[o, i] + b[o].
  static func dense(
    _ x: DoubleTensor,
    _ weights: DoubleTensor,
    bias: DoubleTensor?
  ) -> DoubleTensor {
    let (batch, inputs, outputs) = (x.shape[0], x.shape[1], weights.shape[0])
    var y = DoubleTensor.zeros([batch, outputs])
    for n in 0..<batch {
      for o in 0..<outputs {
        var sum = bias?[o] ?? 0
        for i in 0..<inputs { sum += x[n * inputs + i] * weights[o * inputs + i] }
        y[n * outputs + o] = sum
      }
    }
    return y
  }

  /// dx[n, i] = Σₒ dy[n, o] w[o, i].
  static func denseBackwardData(_ dy: DoubleTensor, _ weights: DoubleTensor) -> DoubleTensor {
    let (batch, outputs, inputs) = (dy.shape[0], dy.shape[1], weights.shape[1])
    var dx = DoubleTensor.zeros([batch, inputs])
    for n in 0..<batch {
      for o in 0..<outputs {
        let factor = dy[n * outputs + o]
        for i in 0..<inputs { dx[n * inputs + i] += factor * weights[o * inputs + i] }
      }
    }
    return dx
  }

  /// dw[o, i] = Σₙ dy[n, o] x[n, i].
  static func denseBackwardWeights(_ x: DoubleTensor, _ dy: DoubleTensor) -> DoubleTensor {
    let (batch, inputs, outputs) = (x.shape[0], x.shape[1], dy.shape[1])
    var dw = DoubleTensor.zeros([outputs, inputs])
    for n in 0..<batch {
      for o in 0..<outputs {
        let factor = dy[n * outputs + o]
        for i in 0..<inputs { dw[o * inputs + i] += factor * x[n * inputs + i] }
      }
    }
    return dw
  }

  static func convolution(
    _ x: DoubleTensor,
    _ weights: DoubleTensor,
    bias: DoubleTensor?,
    _ geometry: Convolution,
    _ shape: Shape
  ) -> DoubleTensor {
    var y = DoubleTensor.zeros(shape)
    if let bias {
      let view = AxisView(shape, axis: 1)
      for place in 0..<shape.elementCount {
        y[place] = bias[place / view.inner % view.extent]
      }
    }
    let taps = ConvolutionTaps(geometry, x: x.shape, weights: weights.shape, y: shape)
    taps.forEach { atX, atWeights, atY in y[atY] += x[atX] * weights[atWeights] }
    return y
  }

  static func convolutionBackwardData(
    _ dy: DoubleTensor,
    _ weights: DoubleTensor,
    _ geometry: Convolution,
    _ shape: Shape
  ) -> DoubleTensor {
    var dx = DoubleTensor.zeros(shape)
    let taps = ConvolutionTaps(geometry, x: shape, weights: weights.shape, y: dy.shape)
    taps.forEach { atX, atWeights, atY in dx[atX] += dy[atY] * weights[atWeights] }
    return dx
  }

  static func convolutionBackwardWeights(
    _ x: DoubleTensor,
    _ dy: DoubleTensor,
    _ geometry: Convolution,
    _ shape: Shape
  ) -> DoubleTensor {
    var dw = DoubleTensor.zeros(shape)
    let taps = ConvolutionTaps(geometry, x: x.shape, weights: shape, y: dy.shape)
    taps.forEach { atX, atWeights, atY in dw[atWeights] += dy[atY] * x[atX] }
    return dw
  }

  static func channelSum(_ x: DoubleTensor) -> DoubleTensor {
    let view = AxisView(x.shape, axis: 1)
    var sums = DoubleTensor.zeros([view.extent])
    for place in 0..<x.shape.elementCount {
      sums[place / view.inner % view.extent] += x[place]
    }
    return sums
  }
}

/// A tap of a sliding window along one dimension of space that meets an element, not padding.
struct Tap {
  let output: Int
  let tap: Int
  let input: Int

  /// All taps of a window, ordered by output, then by tap.
  static func all(
    input: Int,
    output: Int,
    window: Int,
    stride: Int,
    paddingBefore: Int,
    dilation: Int = 1
  ) -> [Tap] {
    var taps: [Tap] = []
    for position in 0..<output {
      for tap in 0..<window {
        let place = position * stride - paddingBefore + tap * dilation
        if (0..<input).contains(place) {
          taps.append(Tap(output: position, tap: tap, input: place))
        }
      }
    }
    return taps
  }
}

/// The extents of space as height and width: one dimension is an image of height 1.
func heightAndWidth(_ spatial: some Sequence<Int>) -> (height: Int, width: Int) {
  let extents = Array(spatial)
  return extents.count == 1 ? (1, extents[0]) : (extents[0], extents[1])
}

/// All triples of places in x, weights and y that a convolution multiplies and adds.
private struct ConvolutionTaps {
  let batch: Int
  let inputs: Int
  let outputs: Int
  let x: (height: Int, width: Int)
  let kernel: (height: Int, width: Int)
  let y: (height: Int, width: Int)
  let rows: [Tap]
  let columns: [Tap]

  init(_ geometry: Convolution, x: Shape, weights: Shape, y: Shape) {
    batch = x[0]
    inputs = x[1]
    outputs = y[1]
    self.x = heightAndWidth(x.dimensions.dropFirst(2))
    self.kernel = heightAndWidth(weights.dimensions.dropFirst(2))
    self.y = heightAndWidth(y.dimensions.dropFirst(2))
    let isFlat = geometry.strides.count == 1
    rows =
      isFlat
      ? [Tap(output: 0, tap: 0, input: 0)]
      : Tap.all(
        input: self.x.height,
        output: self.y.height,
        window: kernel.height,
        stride: geometry.strides[0],
        paddingBefore: geometry.paddingBefore[0],
        dilation: geometry.dilations[0]
      )
    let last = geometry.strides.count - 1
    columns = Tap.all(
      input: self.x.width,
      output: self.y.width,
      window: kernel.width,
      stride: geometry.strides[last],
      paddingBefore: geometry.paddingBefore[last],
      dilation: geometry.dilations[last]
    )
  }

  @inline(__always)
  func forEach(_ body: (_ x: Int, _ weights: Int, _ y: Int) -> Void) {
    for n in 0..<batch {
      for o in 0..<outputs {
        for c in 0..<inputs {
          for row in rows {
            let atX = ((n * inputs + c) * x.height + row.input) * x.width
            let atWeights = ((o * inputs + c) * kernel.height + row.tap) * kernel.width
            let atY = ((n * outputs + o) * y.height + row.output) * y.width
            for column in columns {
              body(atX + column.input, atWeights + column.tap, atY + column.output)
            }
          }
        }
      }
    }
  }
}
