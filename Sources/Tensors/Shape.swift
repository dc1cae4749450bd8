/// The extents of a tensor, outermost first.
///
/// The order is one for the whole package: `[batch, features]`, `[batch, channels, time]`,
/// `[batch, channels, height, width]`. A scalar has the empty shape `[]` and one element.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extent of each dimension; every extent is at least 0.
  public let dimensions: [Int]

  /// Makes a shape from its extents, outermost first.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative extent: \(dimensions)")
    self.dimensions = dimensions
  }

  /// Makes a shape from a literal such as `[128, 784]`.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The shape of a single number.
  public static let scalar: Shape = []

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The number of elements, the product of all extents.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The extent of one dimension; a negative index counts from the end.
  public subscript(index: Int) -> Int {
    dimensions[index < 0 ? dimensions.count + index : index]
  }

  /// The distance in elements between neighbors of each dimension in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      strides[axis] = step
      step *= dimensions[axis]
    }
    return strides
  }

  /// The shape with one extent replaced; a negative axis counts from the end.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var result = dimensions
    result[axis < 0 ? rank + axis : axis] = extent
    return Shape(result)
  }

  /// The shape that broadcasting two shapes gives, or `nil` where an axis differs and neither is 1.
  ///
  /// Shapes are aligned at their last dimension, as in NumPy.
  public func broadcast(with other: Shape) -> Shape? {
    let count = Swift.max(rank, other.rank)
    var result = [Int](repeating: 1, count: count)
    for offset in 1...Swift.max(count, 1) where offset <= count {
      let left = offset <= rank ? self[-offset] : 1
      let right = offset <= other.rank ? other[-offset] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[count - offset] = left == 1 ? right : left
    }
    return Shape(result)
  }

  /// The extents in brackets, as in `[128, 784]`.
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
