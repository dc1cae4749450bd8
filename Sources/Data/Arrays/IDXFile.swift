internal import HourglassSystem
package import HourglassTensors

/// A file of the IDX format: numbers of one type with one to four dimensions, the items outermost.
///
/// The format has a header of four bytes (0, 0, the type, the number of dimensions), the extent of
/// each dimension in four bytes, and the values in row-major order; all of it most significant byte
/// first. The file may be compressed by gzip.
///
/// Reference: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File
/// formats for the MNIST database", http://yann.lecun.com/exdb/mnist/.
package struct IDXFile: Sendable {
  /// The type of the values in the file.
  package enum ElementType: UInt8, Hashable, Sendable, CaseIterable {
    /// Whole numbers from 0 to 255.
    case unsignedByte = 0x08
    /// Whole numbers from -128 to 127.
    case signedByte = 0x09
    /// Whole numbers of 16 bits.
    case int16 = 0x0B
    /// Whole numbers of 32 bits.
    case int32 = 0x0C
    /// Numbers of single precision.
    case float32 = 0x0D
    /// Numbers of double precision.
    case float64 = 0x0E

    /// The number of bytes that a value takes in the file.
    package var size: Int {
      switch self {
      case .unsignedByte, .signedByte: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }

    /// The kind of number, by the letter that NumPy has for it.
    var kind: Character {
      switch self {
      case .unsignedByte: "u"
      case .signedByte, .int16, .int32: "i"
      case .float32, .float64: "f"
      }
    }
  }

  /// The path that the file was read from.
  package let path: String

  /// The type of the values in the file; here they are numbers of single precision.
  package let elementType: ElementType

  /// The number of items that were read.
  package let count: Int

  /// The shape of an item: `[]` for labels, `[height, width]` for gray images.
  package let itemShape: Shape

  let storage: NumericStorage

  /// Reads a file, or only its first items, from a path.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed by gzip.
  ///   - limit: The number of items to read at most; all of them when it is left out.
  /// - Throws: What is wrong with the file.
  package init(contentsOf path: String, limit: Int? = nil) throws(DatasetError) {
    try self.init(ByteSource(path: path), limit: limit, memoryLimit: MemoryLimit.standard)
  }

  package init(
    contentsOf path: String,
    limit: Int? = nil,
    memoryLimit: Int,
    windowSize: Int
  ) throws(DatasetError) {
    let source = try ByteSource(path: path, windowSize: windowSize)
    try self.init(source, limit: limit, memoryLimit: memoryLimit)
  }

  /// The values of an item in row-major order, as the file has them.
  package func item(_ index: Int) -> [Float] {
    let size = itemShape.elementCount
    precondition(index >= 0 && index < count, "item \(index) of \(count) was asked for")
    return storage.values(index * size..<(index + 1) * size, times: 1)
  }

  /// All values in row-major order, such as the labels of a label file.
  package func values() -> [Float] {
    storage.values(0..<storage.count, times: 1)
  }
}
