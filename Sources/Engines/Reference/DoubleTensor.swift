package import HourglassTensors

/// A dense block of double-precision numbers with a shape: what the reference executor computes in.
package struct DoubleTensor: Hashable, Sendable {
  package let shape: Shape

  /// The elements in row-major order.
  package var scalars: [Double]

  package init(_ scalars: [Double], shape: Shape) {
    precondition(
      scalars.count == shape.elementCount,
      "a tensor of shape \(shape) has \(shape.elementCount) elements, found \(scalars.count)"
    )
    self.shape = shape
    self.scalars = scalars
  }

  package init(repeating value: Double, shape: Shape) {
    self.init(Array(repeating: value, count: shape.elementCount), shape: shape)
  }

  /// The same numbers in double precision.
  package init(_ tensor: Tensor) {
    self.init(tensor.scalars.map { Double($0) }, shape: tensor.shape)
  }

  package static func zeros(_ shape: Shape) -> DoubleTensor {
    DoubleTensor(repeating: 0, shape: shape)
  }

  package subscript(index: Int) -> Double {
    get { scalars[index] }
    set { scalars[index] = newValue }
  }

  /// The numbers rounded to single precision.
  package var rounded: Tensor { Tensor(scalars.map { Float($0) }, shape: shape) }

  package func map(_ transform: (Double) -> Double) -> DoubleTensor {
    DoubleTensor(scalars.map(transform), shape: shape)
  }
}

/// A shape seen from one of its axes as `[outer, extent, inner]`.
struct AxisView {
  let outer: Int
  let extent: Int
  let inner: Int

  init(_ shape: Shape, axis: Int) {
    outer = shape.dimensions[..<axis].reduce(1, *)
    extent = shape[axis]
    inner = shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  /// The place of an element in row-major order.
  func place(_ outer: Int, _ position: Int, _ inner: Int) -> Int {
    (outer * extent + position) * self.inner + inner
  }
}
