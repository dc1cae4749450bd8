import HourglassTensors

extension ImageSet {
  /// All images in memory in one size, `[count, channels, height, width]` from 0 to 1.
  ///
  /// Where all images have 8 bits they are kept as bytes, and as numbers of single precision
  /// otherwise.
  ///
  /// - Parameters:
  ///   - channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. When left out it is that of the
  ///     images where they agree; else 3 where one has colors, and 1 where none has.
  ///   - size: The size that all images are resized to. When left out they must have one size.
  /// - Throws: What is wrong with a file, `sizesDiffer`, or `tooLarge` where they need too much memory.
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

  private static func commonChannels(_ headers: [PictureCodec.Header]) -> Int {
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
    let values = try checkedCount([count, channels, size.height, size.width], isBytes: isBytes)
    var bytes: [UInt8] = []
    var floats: [Float] = []
    if isBytes { bytes.reserveCapacity(values) } else { floats.reserveCapacity(values) }
    defer { flush() }
    for index in 0..<count {
      let picture = try picture(index).converted(channels: channels).resized(to: size)
      switch picture.samples {
      case .bytes(let samples) where isBytes: Self.append(samples, channels, to: &bytes)
      default: Self.append(picture.samples.floats(), channels, to: &floats)
      }
    }
    return NumericDataset(
      name: name,
      itemShape: [channels, size.height, size.width],
      kind: .images,
      storage: isBytes ? .bytes(bytes) : .floats(floats)
    )
  }

  /// Writes what was decoded to the cache, where there is one.
  private func flush() {
    if case .files(let entries) = storage { entries[0].cache?.pixels.flush() }
  }

  /// The number of values of a shape, where memory can hold them.
  private func checkedCount(_ extents: [Int], isBytes: Bool) throws(DatasetError) -> Int {
    let limit = MemoryLimit.standard
    var bytes = isBytes ? 1 : 4
    for extent in extents {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow { throw .tooLarge(path: name, bytes: .max, limit: limit) }
      bytes = product
    }
    if bytes > limit { throw .tooLarge(path: name, bytes: bytes, limit: limit) }
    return extents.reduce(1, *)
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
