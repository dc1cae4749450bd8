internal import HourglassMedia
internal import HourglassTensors

extension IDXFile {
  /// Whether bytes begin as an IDX file does, and as no text does.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0 && bytes[1] == 0
  }

  /// Whether bytes begin as an IDX file of two dimensions does.
  static func isBeginningOfRows(_ bytes: [UInt8]) -> Bool {
    isBeginning(bytes) && bytes.count >= 4 && ElementType(rawValue: bytes[2]) != nil
      && bytes[3] == 2
  }

  /// Reads a file from its beginning.
  ///
  /// - Parameters:
  ///   - limit: The number of items to read at most.
  ///   - memoryLimit: The most bytes that the values may take.
  ///   - largeSize: The bytes from which images go to the disk; none ever do when it is left out.
  init(
    _ source: ByteSource,
    limit: Int?,
    memoryLimit: Int,
    largeSize: Int? = nil
  ) throws(DatasetError) {
    if let limit, limit < 1 { throw .limitNotPositive(path: source.path, limit: limit) }
    let header = try IDXHeader(source)
    try header.checkSize(of: source)
    let count = min(limit ?? header.count, header.count)
    let bytes = count * header.itemBytes
    let memory = header.type == .unsignedByte ? bytes : bytes / header.type.size * 4
    let isLarge = limit == nil && header.dimensions.count > 2 && bytes >= largeSize ?? .max
    // Of values on the disk an image is in memory, and a name for each.
    let needed = isLarge ? max(4 * header.itemBytes, 64 * count) : memory
    if needed > memoryLimit {
      throw .tooLarge(path: source.path, bytes: needed, limit: memoryLimit)
    }

    path = source.path
    elementType = header.type
    self.count = count
    itemShape = Shape(Array(header.dimensions.dropFirst()))
    if isLarge {
      storage = .disk(try header.stored(from: source))
    } else if header.type == .unsignedByte {
      storage = .bytes(try header.readBytes(bytes, from: source))
    } else {
      storage = .floats(try header.readFloats(bytes, from: source))
    }
    if count == header.count { try header.checkEnd(of: source) }
  }
}

/// What the header of an IDX file says, before any of it is believed.
struct IDXHeader {
  let path: String
  let type: IDXFile.ElementType
  let dimensions: [Int]
  /// The bytes of values that the dimensions promise.
  let valueBytes: Int
  let headerBytes: Int

  var count: Int { dimensions[0] }
  var itemBytes: Int { valueBytes / dimensions[0] }

  init(_ source: ByteSource) throws(DatasetError) {
    path = source.path
    let beginning = source.firstUnread(4 + 4 * 4)
    var reader = ByteReader(beginning)
    if beginning.isEmpty { throw .emptyFile(path: path) }
    guard beginning.prefix(2).allSatisfy({ $0 == 0 }) else {
      throw .notIDX(path: path, found: Array(beginning.prefix(4)))
    }
    (_, _) = (reader.byte(), reader.byte())
    guard let code = reader.byte(), let rank = reader.byte() else {
      throw .truncatedIDXHeader(path: path, expectedBytes: 4, foundBytes: beginning.count)
    }
    guard let type = IDXFile.ElementType(rawValue: code) else {
      throw .unknownIDXType(path: path, code: code)
    }
    guard (1...4).contains(rank) else { throw .unsupportedIDXRank(path: path, rank: Int(rank)) }
    var dimensions: [Int] = []
    for _ in 0..<rank {
      guard let extent = reader.bigEndianUInt32() else {
        throw .truncatedIDXHeader(
          path: path,
          expectedBytes: 4 + 4 * Int(rank),
          foundBytes: beginning.count
        )
      }
      dimensions.append(Int(extent))
    }
    if dimensions.contains(0) { throw .emptyIDX(path: path, dimensions: dimensions) }
    var bytes = type.size
    for extent in dimensions {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow { throw .absurdIDXDimensions(path: path, dimensions: dimensions) }
      bytes = product
    }
    self.type = type
    self.dimensions = dimensions
    valueBytes = bytes
    headerBytes = reader.offset
    source.discard(reader.offset)
  }

  /// Compares the promise of the header with the size of a file that is not compressed.
  func checkSize(of source: ByteSource) throws(DatasetError) {
    guard !source.isCompressed, let size = source.storedSize else { return }
    let found = size - headerBytes
    if found < valueBytes { throw truncated(found) }
    if found > valueBytes { throw trailing }
  }

  func checkEnd(of source: ByteSource) throws(DatasetError) {
    try source.fill()
    if source.unreadCount > 0 { throw trailing }
  }

  /// Reads values of one byte, as the bytes arrive.
  func readBytes(_ count: Int, from source: ByteSource) throws(DatasetError) -> [UInt8] {
    var values: [UInt8] = []
    values.reserveCapacity(believable(count, source))
    while values.count < count {
      try nextBytes(count - values.count, after: values.count, from: source, to: &values)
    }
    return values
  }

  /// Reads values of any other type, as the bytes arrive.
  func readFloats(_ count: Int, from source: ByteSource) throws(DatasetError) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(believable(count, source) / type.size)
    let wanted = count / type.size
    while values.count < wanted {
      try nextFloats(wanted - values.count, after: values.count, from: source, to: &values)
    }
    return values
  }

  /// Puts all values on the disk, as the bytes arrive.
  func stored(from source: ByteSource) throws(DatasetError) -> StoredNumbers {
    let isBytes = type == .unsignedByte
    let wanted = valueBytes / type.size
    let writer = try NumberFileWriter(
      folder: ScratchFolder.standard,
      isBytes: isBytes,
      expected: wanted,
      from: path
    )
    var done = 0
    while done < wanted {
      if isBytes {
        var values: [UInt8] = []
        try nextBytes(wanted - done, after: done, from: source, to: &values)
        try writer.append(values)
        done += values.count
      } else {
        var values: [Float] = []
        try nextFloats(wanted - done, after: done, from: source, to: &values)
        try writer.append(values)
        done += values.count
      }
    }
    return StoredNumbers(writer.finish(), itemSize: itemBytes / type.size)
  }

  /// Appends the next values of one byte, at least one and at most as many as wanted.
  private func nextBytes(
    _ wanted: Int,
    after done: Int,
    from source: ByteSource,
    to values: inout [UInt8]
  ) throws(DatasetError) {
    if source.unreadCount == 0 { try source.fill() }
    if source.unreadCount == 0 { throw truncated(done) }
    source.moveUnread(to: &values, atMost: wanted)
  }

  /// Appends the next values of any other type, at least one and at most as many as wanted.
  private func nextFloats(
    _ wanted: Int,
    after done: Int,
    from source: ByteSource,
    to values: inout [Float]
  ) throws(DatasetError) {
    if source.unreadCount < type.size { try source.fill() }
    if source.unreadCount < type.size {
      throw truncated(done * type.size + source.unreadCount)
    }
    let taken = min(source.unreadCount / type.size, wanted)
    try source.withUnread { (bytes) throws(DatasetError) in
      try append(bytes.extracting(first: taken * type.size), after: done, to: &values)
    }
    source.discard(taken * type.size)
  }

  /// The bytes to make room for at once: no more than the file can hold at a usual compression.
  private func believable(_ count: Int, _ source: ByteSource) -> Int {
    guard let size = source.storedSize else { return min(count, source.windowSize) }
    return min(count, source.isCompressed ? 4 * min(size, 1 << 40) : size)
  }

  private func append(
    _ bytes: Span<UInt8>,
    after done: Int,
    to values: inout [Float]
  ) throws(DatasetError) {
    var offset = 0
    while offset < bytes.count {
      let value = number(bytes, offset)
      guard value.isFinite else {
        let item = (done + offset / type.size) / (itemBytes / type.size) + 1
        throw .idxValueNotFinite(path: path, item: item, value: text(bytes, offset))
      }
      values.append(value)
      offset += type.size
    }
  }

  private func number(_ bytes: Span<UInt8>, _ offset: Int) -> Float {
    switch type {
    case .unsignedByte: Float(bytes[offset])
    case .signedByte: Float(Int8(bitPattern: bytes[offset]))
    case .int16: Float(Int16(truncatingIfNeeded: bits(bytes, offset)))
    case .int32: Float(Int32(truncatingIfNeeded: bits(bytes, offset)))
    case .float32: Float(bitPattern: UInt32(truncatingIfNeeded: bits(bytes, offset)))
    case .float64: Float(Double(bitPattern: bits(bytes, offset)))
    }
  }

  /// A value that single precision cannot hold, in words.
  private func text(_ bytes: Span<UInt8>, _ offset: Int) -> String {
    type == .float64
      ? "\(Double(bitPattern: bits(bytes, offset)))" : "\(number(bytes, offset))"
  }

  private func bits(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    var result: UInt64 = 0
    for index in offset..<offset + type.size { result = result << 8 | UInt64(bytes[index]) }
    return result
  }

  private func truncated(_ found: Int) -> DatasetError {
    .truncatedIDX(
      path: path,
      dimensions: dimensions,
      expectedBytes: valueBytes,
      foundBytes: found
    )
  }

  private var trailing: DatasetError {
    .trailingInIDX(path: path, dimensions: dimensions, expectedBytes: valueBytes)
  }
}
