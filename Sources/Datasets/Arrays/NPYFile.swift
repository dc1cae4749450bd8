public import HourglassTensors

/// A NumPy array: integers, booleans or floating-point numbers of any shape and either byte order.
///
/// Reference: NumPy Enhancement Proposal 1, 2007, and `numpy.lib.format`, versions 1.0 to 3.0.
public struct NPYFile: Sendable {
  /// The path that the array was read from, with its name in an archive behind it.
  public let path: String

  /// The shape; none for a single number.
  public let shape: [Int]

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
  public init(contentsOf path: String) throws(DatasetError) {
    let source = try ByteSource(path: path)
    let bytes = try source.readAll(memoryLimit: MemoryLimit.standard)
    try self.init(bytes, path: path)
  }

  /// Reads the bytes of a file.
  package init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    let header = try NPYHeader(bytes, path: path)
    let found = bytes.count - header.end
    let expected = header.count * header.size
    guard found == expected else {
      throw .array(
        .wrongSize(path: path, shape: header.shape, expectedBytes: expected, foundBytes: found)
      )
    }
    self.path = path
    shape = header.shape
    areWhole = header.kind != "f"
    let order = header.isFortranOrder ? Self.fortranOrder(header.shape) : nil
    let element = { (index: Int) -> UInt64 in
      Self.bits(bytes, header.end + (order?[index] ?? index) * header.size, header)
    }
    values =
      switch (header.kind, header.size) {
      case ("b", _): .bytes((0..<header.count).map { element($0) == 0 ? 0 : 1 })
      case ("u", 1): .bytes((0..<header.count).map { UInt8(truncatingIfNeeded: element($0)) })
      case ("f", 2):
        .floats(
          (0..<header.count).map {
            HalfPrecision.value(of: UInt16(truncatingIfNeeded: element($0)))
          }
        )
      case ("f", 4):
        .floats(
          (0..<header.count).map { Float(bitPattern: UInt32(truncatingIfNeeded: element($0))) }
        )
      case ("f", _): .doubles((0..<header.count).map { Double(bitPattern: element($0)) })
      case ("u", _): .doubles((0..<header.count).map { Double(element($0)) })
      default:
        .doubles((0..<header.count).map { Double(Self.signed(element($0), size: header.size)) })
      }
  }

  /// The number of values.
  public var count: Int {
    switch values {
    case .bytes(let values): values.count
    case .floats(let values): values.count
    case .doubles(let values): values.count
    }
  }

  /// A value by its position in row-major order.
  public func value(_ index: Int) -> Double {
    switch values {
    case .bytes(let values): Double(values[index])
    case .floats(let values): Double(values[index])
    case .doubles(let values): values[index]
    }
  }

  // MARK: Elements

  private static func bits(_ bytes: [UInt8], _ offset: Int, _ header: NPYHeader) -> UInt64 {
    var result: UInt64 = 0
    for index in 0..<header.size {
      let place = header.isBigEndian ? index : header.size - 1 - index
      result = result << 8 | UInt64(bytes[offset + place])
    }
    return result
  }

  private static func signed(_ bits: UInt64, size: Int) -> Int64 {
    let unused = 64 - 8 * size
    return Int64(bitPattern: bits << unused) >> unused
  }

  /// For each position in row-major order the one in column-major order.
  private static func fortranOrder(_ shape: [Int]) -> [Int]? {
    guard shape.count(where: { $0 > 1 }) > 1 else { return nil }
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
  public static func write(_ tensor: Tensor, to path: String) throws(DatasetError) {
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
