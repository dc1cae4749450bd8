internal import HourglassGraphs
internal import HourglassTensors

extension ReferenceExecutor {
  static func concatenation(_ x: [DoubleTensor], axis: Int, _ shape: Shape) -> DoubleTensor {
    let result = AxisView(shape, axis: axis)
    var y = DoubleTensor.zeros(shape)
    var start = 0
    for part in x {
      let source = AxisView(part.shape, axis: axis)
      copy(part, source, from: 0, to: &y, result, at: start, count: source.extent)
      start += source.extent
    }
    return y
  }

  static func slice(_ x: DoubleTensor, axis: Int, start: Int, _ shape: Shape) -> DoubleTensor {
    let source = AxisView(x.shape, axis: axis)
    let result = AxisView(shape, axis: axis)
    var y = DoubleTensor.zeros(shape)
    copy(x, source, from: start, to: &y, result, at: 0, count: result.extent)
    return y
  }

  static func padding(_ x: DoubleTensor, axis: Int, before: Int, _ shape: Shape) -> DoubleTensor {
    let source = AxisView(x.shape, axis: axis)
    let result = AxisView(shape, axis: axis)
    var y = DoubleTensor.zeros(shape)
    copy(x, source, from: 0, to: &y, result, at: before, count: source.extent)
    return y
  }

  /// Copies positions along an axis.
  private static func copy(
    _ x: DoubleTensor,
    _ source: AxisView,
    from first: Int,
    to y: inout DoubleTensor,
    _ result: AxisView,
    at start: Int,
    count: Int
  ) {
    for outer in 0..<source.outer {
      for position in 0..<count {
        for inner in 0..<source.inner {
          y[result.place(outer, start + position, inner)] =
            x[source.place(outer, first + position, inner)]
        }
      }
    }
  }

  static func broadcast(_ x: DoubleTensor, _ shape: Shape) -> DoubleTensor {
    DoubleTensor(broadcastPlaces(of: x.shape, in: shape).map { x[$0] }, shape: shape)
  }

  static func binary(
    _ function: BinaryFunction,
    _ a: DoubleTensor,
    _ b: DoubleTensor,
    _ shape: Shape
  ) -> DoubleTensor {
    let places = zip(
      broadcastPlaces(of: a.shape, in: shape),
      broadcastPlaces(of: b.shape, in: shape)
    )
    return DoubleTensor(places.map { function.value(a[$0], b[$1]) }, shape: shape)
  }

  static func unaryBackward(
    _ function: UnaryFunction,
    saved: DoubleTensor,
    dy: DoubleTensor
  ) -> DoubleTensor {
    let pairs = zip(saved.scalars, dy.scalars)
    return DoubleTensor(pairs.map { function.backward(saved: $0, dy: $1) }, shape: dy.shape)
  }

  /// `shape` has the extent 1 along the axes over which is reduced.
  static func reduce(_ reduction: Reduction, _ x: DoubleTensor, _ shape: Shape) -> DoubleTensor {
    let function: BinaryFunction = reduction == .sum ? .add : .maximum
    var y = DoubleTensor(repeating: reduction == .sum ? 0 : -.infinity, shape: shape)
    for (place, target) in broadcastPlaces(of: shape, in: x.shape).enumerated() {
      y[target] = function.value(y[target], x[place])
    }
    return y
  }

  static func gather(_ table: DoubleTensor, indices: DoubleTensor) -> DoubleTensor {
    let width = table.shape[1]
    var rows = DoubleTensor.zeros([indices.shape[0], width])
    for n in 0..<indices.shape[0] {
      let row = clamped(indices[n], rows: table.shape[0])
      for column in 0..<width { rows[n * width + column] = table[row * width + column] }
    }
    return rows
  }

  static func scatterAdd(
    _ rows: DoubleTensor,
    indices: DoubleTensor,
    _ shape: Shape
  ) -> DoubleTensor {
    let width = shape[1]
    var table = DoubleTensor.zeros(shape)
    for n in 0..<indices.shape[0] {
      let row = clamped(indices[n], rows: shape[0])
      for column in 0..<width { table[row * width + column] += rows[n * width + column] }
    }
    return table
  }

  /// A row of the table for an index; one that is not a number counts as 0.
  private static func clamped(_ index: Double, rows: Int) -> Int {
    index.isNaN ? 0 : Int(min(max(index, 0), Double(rows - 1)))
  }

  /// For each element of `result`, the place of the element of `shape` that is repeated there.
  private static func broadcastPlaces(of shape: Shape, in result: Shape) -> [Int] {
    let lead = result.rank - shape.rank
    let strides = shape.strides
    var places = [0]
    for axis in 0..<result.rank {
      let isRepeated = axis < lead || shape[axis - lead] == 1
      let step = isRepeated ? 0 : strides[axis - lead]
      places = places.flatMap { place in (0..<result[axis]).map { place + $0 * step } }
    }
    return places
  }
}
