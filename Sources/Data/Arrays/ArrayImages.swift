internal import HourglassSystem
internal import HourglassTensors

/// The images that an array of three or four dimensions holds: `[count, height, width]`,
/// `[count, channels, height, width]`, or with the channels last.
struct ArrayImages {
  /// The shape of an image, `[channels, height, width]`.
  let shape: [Int]

  private let header: NPYHeader
  /// The values of an image.
  private let size: Int
  /// The channels where they come last; 1 otherwise.
  private let lastChannels: Int

  private static let pieceCount = 1 << 16

  /// Takes the shape of a header.
  init(_ header: NPYHeader) {
    self.header = header
    let extents = Array(header.shape.dropFirst())
    let isLast = extents.count == 3 && extents[0] > 4 && extents[2] <= 4
    lastChannels = isLast ? extents[2] : 1
    size = extents.reduce(1, *)
    if extents.count == 2 {
      shape = [1] + extents
    } else {
      shape = isLast ? [extents[2], extents[0], extents[1]] : extents
    }
  }

  /// The values of the first images in memory.
  ///
  /// - Throws: `notFinite` for a value that is none of single precision.
  func storage(_ array: NPYFile, count: Int) throws(DatasetError) -> NumericStorage {
    if case .bytes(let bytes) = array.values {
      return .bytes(channelsFirst(Array(bytes.prefix(count * size))))
    }
    let floats = channelsFirst((0..<count * size).map { Float(array.value($0)) })
    try checkFinite(floats, from: 0, array.path)
    return .floats(floats)
  }

  /// The values of all images on the disk.
  ///
  /// - Throws: What is wrong with the file or the disk, `notFinite`, `columnMajor`, and `tooLarge`
  ///   where one image, or a name for each of them, takes too much memory.
  func stored(
    _ stream: NPYStream,
    folder: String = ScratchFolder.standard,
    progress: (Double) -> Void
  ) throws(DatasetError) -> StoredNumbers {
    if header.isColumnMajor {
      throw .array(.columnMajor(path: stream.path, shape: header.shape))
    }
    // Reading an image takes its numbers in double and in single precision.
    let bytes = max(16 * size, 64 * header.shape[0])
    if bytes > MemoryLimit.standard {
      throw .tooLarge(path: stream.path, bytes: bytes, limit: MemoryLimit.standard)
    }
    let writer = try NumberFileWriter(
      folder: folder,
      isBytes: header.precision == .bytes,
      expected: header.count,
      from: stream.path
    )
    // Whole images, so that channels can be moved.
    let wanted = size * max(Self.pieceCount / size, 1)
    var numbers: [Double] = []
    while stream.position < header.count {
      let start = stream.position
      numbers.removeAll(keepingCapacity: true)
      try stream.append(wanted, to: &numbers)
      if header.precision == .bytes {
        try writer.append(channelsFirst(numbers.map { UInt8($0) }))
      } else {
        let floats = channelsFirst(numbers.map { Float($0) })
        try checkFinite(floats, from: start, stream.path)
        try writer.append(floats)
      }
      progress(Double(stream.position) / Double(header.count))
    }
    return StoredNumbers(writer.finish(), itemSize: size)
  }

  /// The values of whole images with their channels one after another.
  private func channelsFirst<Value>(_ values: [Value]) -> [Value] {
    if lastChannels == 1 { return values }
    var moved: [Value] = []
    moved.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: size) {
      for channel in 0..<lastChannels {
        for place in stride(from: start + channel, to: start + size, by: lastChannels) {
          moved.append(values[place])
        }
      }
    }
    return moved
  }

  private func checkFinite(
    _ floats: [Float],
    from start: Int,
    _ path: String
  ) throws(DatasetError) {
    guard let index = floats.firstIndex(where: { !$0.isFinite }) else { return }
    throw .array(.notFinite(path: path, item: (start + index) / size + 1))
  }
}
