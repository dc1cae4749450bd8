internal import HourglassSystem
package import HourglassTensors

/// A NumPy array: integers, booleans or floating-point numbers of any shape and either byte order.
///
/// Reference: NumPy Enhancement Proposal 1, 2007, and `numpy.lib.format`, versions 1.0 to 3.0.
package struct NPYFile: Sendable {
  /// The path that the array was read from, with its name in an archive behind it.
  package let path: String

  /// The shape; none for a single number.
  package let shape: [Int]

  /// The values in row-major order, whichever order the file has.
  ///
  /// They are kept as bytes, single or double precision, the smallest that holds them exactly
  /// (integers of 64 bits beyond 2^53 are rounded).
  let values: Values

  /// Values as small as they fit.
  enum Values: Hashable, Sendable {
    case bytes([UInt8])
    case floats([Float])
    case doubles([Double])
  }

  /// Whether the elements are integers or booleans.
  let areWhole: Bool

  /// Reads a file, plain or compressed by gzip.
  ///
  /// - Throws: What is wrong with the file.
  package init(contentsOf path: String) throws(DatasetError) {
    let stream = try NPYStream(ByteSource(path: path), path: path)
    try self.init(stream, memoryLimit: MemoryLimit.standard)
  }

  /// Reads the bytes of a file.
  package init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    try self.init(NPYStream(MemoryStream(bytes), path: path), memoryLimit: .max)
  }

  /// Reads the numbers of an array.
  ///
  /// - Parameters:
  ///   - memoryLimit: The most bytes of values to read.
  ///   - limit: The items to read at most, those of the first extent; a column-major array is read
  ///     whole.
  init(_ stream: NPYStream, memoryLimit: Int, limit: Int? = nil) throws(DatasetError) {
    let header = stream.header
    path = stream.path
    areWhole = header.kind != "f"
    var shape = header.shape
    if let limit, let extent = shape.first, !header.isColumnMajor { shape[0] = min(limit, extent) }
    self.shape = shape
    let wanted = shape.reduce(1, *)
    // A promise that is known to be kept is enough to refuse; others are waited for.
    let promised = stream.isOfKnownSize ? wanted : 0
    var bytes: [UInt8] = []
    var floats: [Float] = []
    var doubles: [Double] = []
    var numbers: [Double] = []
    // What the file has, and what is kept of it, which integers of one to four bytes are larger in.
    let kept =
      switch header.precision {
      case .bytes: 1
      case .floats: 4
      case .doubles: 8
      }
    repeat {
      let found = max(stream.position, promised) * max(header.size, kept)
      if found > memoryLimit { throw .tooLarge(path: path, bytes: found, limit: memoryLimit) }
      numbers.removeAll(keepingCapacity: true)
      try stream.append(min(Self.pieceCount, wanted - stream.position), to: &numbers)
      switch header.precision {
      case .bytes:
        bytes.reserveCapacity(promised)
        bytes.append(contentsOf: numbers.lazy.map { UInt8($0) })
      case .floats:
        floats.reserveCapacity(promised)
        floats.append(contentsOf: numbers.lazy.map { Float($0) })
      case .doubles:
        doubles.reserveCapacity(promised)
        doubles.append(contentsOf: numbers)
      }
    } while stream.position < wanted
    let order = header.isColumnMajor ? Self.fortranOrder(shape) : nil
    values =
      switch header.precision {
      case .bytes: .bytes(order?.map { bytes[$0] } ?? bytes)
      case .floats: .floats(order?.map { floats[$0] } ?? floats)
      case .doubles: .doubles(order?.map { doubles[$0] } ?? doubles)
      }
  }

  /// The numbers that are decoded together.
  private static let pieceCount = 1 << 16

  /// The number of values.
  package var count: Int {
    switch values {
    case .bytes(let values): values.count
    case .floats(let values): values.count
    case .doubles(let values): values.count
    }
  }

  /// A value by its position in row-major order.
  package func value(_ index: Int) -> Double {
    switch values {
    case .bytes(let values): Double(values[index])
    case .floats(let values): Double(values[index])
    case .doubles(let values): values[index]
    }
  }

  // MARK: Order

  /// For each position in row-major order the one in column-major order.
  private static func fortranOrder(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var place = [Int](repeating: 0, count: shape.count)
    var position = 0
    return (0..<stride).map { _ in
      let current = position
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        position += strides[axis]
        if place[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        place[axis] = 0
        axis -= 1
      }
      return current
    }
  }

  // MARK: Writing

  /// Writes an array of single precision; the file takes its place when it is whole.
  ///
  /// - Throws: Why the file cannot be written.
  package static func write(_ tensor: Tensor, to path: String) throws(DatasetError) {
    let extents = tensor.shape.dimensions.map { "\($0)" }
    let shape = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count
    let beginning = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
    let words = tensor.scalars.map(\.bitPattern.littleEndian)
    do throws(FileError) {
      let file = try AtomicFile(replacing: path)
      try file.write(beginning + Array(text.utf8))
      try file.write(words.span.bytes)
      try file.commit()
    } catch {
      throw .file(error)
    }
  }
}

extension ByteSource {
  /// All bytes that are left.
  func readAll(memoryLimit: Int) throws(DatasetError) -> [UInt8] {
    var bytes: [UInt8] = []
    if let storedSize, !isCompressed { bytes.reserveCapacity(min(storedSize, memoryLimit)) }
    while true {
      moveUnread(to: &bytes, atMost: unreadCount)
      if bytes.count > memoryLimit {
        throw .tooLarge(path: path, bytes: bytes.count, limit: memoryLimit)
      }
      if isAtEnd { return bytes }
      try fill()
    }
  }
}
