/// A dense block of single-precision numbers with a shape: a value, copied when written.
///
/// Elements are in row-major order, the last dimension fastest.
public struct Tensor: Hashable, Sendable, CustomStringConvertible {
  /// The extents, outermost first.
  public let shape: Shape

  /// The elements in row-major order; their number is `shape.elementCount`.
  public private(set) var scalars: [Float]

  /// Makes a tensor from its elements in row-major order.
  ///
  /// The number of elements must be the product of the extents.
  public init(_ scalars: [Float], shape: Shape) {
    precondition(
      scalars.count == shape.elementCount,
      "a tensor of shape \(shape) has \(shape.elementCount) elements, found \(scalars.count)"
    )
    self.shape = shape
    self.scalars = scalars
  }

  /// Makes a tensor whose elements are all one number.
  public init(repeating value: Float, shape: Shape) {
    self.shape = shape
    self.scalars = [Float](repeating: value, count: shape.elementCount)
  }

  /// Makes a scalar, a tensor of shape `[]`.
  public init(_ value: Float) {
    self.init([value], shape: .scalar)
  }

  /// Makes a tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor {
    Tensor(repeating: 0, shape: shape)
  }

  /// The element at a position in row-major order.
  public subscript(flat index: Int) -> Float {
    get { scalars[index] }
    set { scalars[index] = newValue }
  }

  /// Gives write access to the elements in place, without a copy when the value is held once.
  package mutating func withMutableScalars<Result, Failure: Error>(
    _ body: (inout [Float]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = scalars.count
    defer { precondition(scalars.count == count, "the number of elements must not change") }
    return try body(&scalars)
  }

  /// The same elements under another shape of as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    Tensor(scalars, shape: shape)
  }

  /// A contiguous range of the outermost dimension, such as the rows of a batch.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(shape.rank >= 1, "a scalar has no rows")
    let width = shape[0] == 0 ? 0 : shape.elementCount / shape[0]
    return Tensor(
      Array(scalars[range.lowerBound * width..<range.upperBound * width]),
      shape: shape.replacing(axis: 0, with: range.count)
    )
  }

  /// Whether every element is neither infinite nor not-a-number.
  public var isFinite: Bool { scalars.allSatisfy(\.isFinite) }

  /// The shape and the first few elements.
  public var description: String {
    let shown = scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape) [\(shown)\(scalars.count > 8 ? ", …" : "")]"
  }
}

extension [Float] {
  /// The numbers as their bytes, the least significant one first.
  package var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * count)
    for number in self {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
      }
    }
    return bytes
  }
}
