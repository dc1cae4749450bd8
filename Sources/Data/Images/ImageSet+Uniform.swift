public import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

extension ImageSet {
  /// All images in one size, `[count, channels, height, width]` from 0 to 1.
  ///
  /// Where all images have 8 bits they are kept as bytes, and as numbers of single precision
  /// otherwise. Those that take more than a quarter of the machine's memory, or than a data set was
  /// loaded to hold there, lie in a file on the disk that vanishes with them.
  ///
  /// - Parameters:
  ///   - channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. When left out it is that of the
  ///     images where they agree; else 3 where one has colors, and 1 where none has.
  ///   - size: The size that all images are resized to. When left out they must have one size.
  /// - Throws: What is wrong with a file, `sizesDiffer`, `tooLarge` where one needs too much memory, or
  ///   `noRoom` where the disk has none for all of them.
  public func uniform(
    channels: Int? = nil,
    size: ImageSize? = nil
  ) throws(DatasetError) -> NumericDataset {
    precondition(channels.map { (1...4).contains($0) } ?? true, "\(channels ?? 0) channels")
    switch storage {
    case .memory(let dataset):
      let shape = dataset.itemShape
      let isSameSize = size.map { $0.width == shape[2] && $0.height == shape[1] } ?? true
      if isSameSize && (channels.map { $0 == shape[0] } ?? true) { return dataset }
      return try uniform(
        channels: channels ?? shape[0],
        size: size ?? ImageSize(width: shape[2], height: shape[1]),
        isBytes: dataset.storage.isBytes
      )
    case .files(let entries):
      let headers = entries.map(\.header)
      let isBytes = headers.allSatisfy { $0.depth == 8 }
      let common: ImageSize
      if let size { common = size } else { common = try Self.commonSize(entries) }
      return try uniform(
        channels: channels ?? Self.commonChannels(headers),
        size: common,
        isBytes: isBytes
      )
    }
  }

  private static func commonChannels(_ headers: [ImageCodec.Header]) -> Int {
    if let first = headers.first?.channels, headers.allSatisfy({ $0.channels == first }) {
      return first
    }
    return headers.contains { $0.channels >= 3 } ? 3 : 1
  }

  private static func commonSize(_ entries: [ImageEntry]) throws(DatasetError) -> ImageSize {
    let first = entries[0]
    if let other = entries.first(where: { $0.header.size != first.header.size }) {
      throw .image(
        .sizesDiffer(
          name: first.name,
          size: first.header.size,
          otherName: other.name,
          otherSize: other.header.size
        )
      )
    }
    return first.header.size
  }

  private func uniform(
    channels: Int,
    size: ImageSize,
    isBytes: Bool
  ) throws(DatasetError) -> NumericDataset {
    let item = try checkedSize([channels, size.height, size.width], isBytes: isBytes)
    let (bytes, overflow) = item.multipliedReportingOverflow(by: count)
    if overflow { throw .tooLarge(path: name, bytes: .max, limit: MemoryLimit.standard) }
    var writer: NumberFileWriter?
    if bytes > inMemorySize {
      writer = try NumberFileWriter(
        folder: ScratchFolder.standard,
        isBytes: isBytes,
        expected: isBytes ? bytes : bytes / 4,
        from: name
      )
    }
    var samples: [UInt8] = []
    var floats: [Float] = []
    if writer == nil {
      if isBytes { samples.reserveCapacity(bytes) } else { floats.reserveCapacity(bytes / 4) }
    }
    defer { flush() }
    for index in 0..<count {
      let image = try image(index).converted(channels: channels).resized(to: size)
      switch image.samples {
      case .bytes(let own) where isBytes: Self.append(own, channels, to: &samples)
      default: Self.append(image.samples.floats(), channels, to: &floats)
      }
      guard let writer else { continue }
      if isBytes { try writer.append(samples) } else { try writer.append(floats) }
      samples.removeAll(keepingCapacity: true)
      floats.removeAll(keepingCapacity: true)
    }
    let storage: NumericStorage
    if let writer {
      let width = isBytes ? item : item / 4
      storage = .disk(StoredNumbers(writer.finish(), itemSize: width))
    } else {
      storage = isBytes ? .bytes(samples) : .floats(floats)
    }
    return NumericDataset(
      name: name,
      itemShape: [channels, size.height, size.width],
      kind: .images,
      storage: storage
    )
  }

  /// Writes what was decoded to the cache, where there is one.
  private func flush() {
    if case .files(let entries) = storage { entries[0].cache?.pixels.flush() }
  }

  /// The number of bytes of an image, where memory can hold it.
  private func checkedSize(_ extents: [Int], isBytes: Bool) throws(DatasetError) -> Int {
    let limit = MemoryLimit.standard
    var bytes = isBytes ? 1 : 4
    for extent in extents {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow { throw .tooLarge(path: name, bytes: .max, limit: limit) }
      bytes = product
    }
    if bytes > limit { throw .tooLarge(path: name, bytes: bytes, limit: limit) }
    return bytes
  }

  /// Appends interleaved samples as one plane after the other.
  private static func append<Sample>(_ samples: [Sample], _ channels: Int, to all: inout [Sample]) {
    if channels == 1 { return all.append(contentsOf: samples) }
    for channel in 0..<channels {
      for index in stride(from: channel, to: samples.count, by: channels) {
        all.append(samples[index])
      }
    }
  }
}
