internal import HourglassSystem

extension Image {
  /// The channels apart, `[channels][height * width]`, each sample from 0 to 1.
  public func planes() -> [[Float]] {
    let area = width * height
    return (0..<channels).map { channel in
      var plane = [Float](repeating: 0, count: area)
      switch samples {
      case .bytes(let samples):
        for index in 0..<area { plane[index] = Float(samples[index * channels + channel]) / 255 }
      case .words(let samples):
        for index in 0..<area { plane[index] = Float(samples[index * channels + channel]) / 65535 }
      }
      return plane
    }
  }

  /// Makes an image from its channels.
  ///
  /// Samples are rounded to the nearest step. Those below 0 become 0, those above 1 become 1, and
  /// those that are not a number become 0.
  ///
  /// - Parameters:
  ///   - planes: One to four channels, `[channels][height * width]`, from 0 to 1.
  ///   - width: The number of columns.
  ///   - height: The number of rows.
  ///   - depth: The bits of a sample: 8 or 16.
  ///   - colorProfile: The ICC profile.
  ///   - exif: The EXIF data from their TIFF header on.
  public init(
    planes: [[Float]],
    width: Int,
    height: Int,
    depth: Int = 8,
    colorProfile: [UInt8]? = nil,
    exif: [UInt8]? = nil
  ) {
    precondition(
      planes.allSatisfy { $0.count == width * height },
      "planes of \(width) x \(height) samples were expected, found \(planes.map(\.count))"
    )
    var values = [Float](repeating: 0, count: width * height * planes.count)
    for (channel, plane) in planes.enumerated() {
      for (index, value) in plane.enumerated() { values[index * planes.count + channel] = value }
    }
    self.init(
      width: width,
      height: height,
      channels: planes.count,
      samples: Samples(rounding: values, depth: depth),
      colorProfile: colorProfile,
      exif: exif
    )
  }

  /// The same image with samples of another depth, 8 or 16 bits, each the nearest to the former.
  public func withDepth(_ depth: Int) -> Image {
    precondition(depth == 8 || depth == 16, "a depth of \(depth) bits was asked for")
    let converted: Samples =
      switch (samples, depth) {
      case (.words(let words), 8): .bytes(words.map { UInt8((Int($0) + 128) / 257) })
      case (.bytes(let bytes), 16): .words(bytes.map { UInt16($0) * 257 })
      default: samples
      }
    return replacing(samples: converted)
  }
}

extension Image.Samples {
  /// The samples from 0 to 1.
  package func floats() -> [Float] {
    switch self {
    case .bytes(let samples): samples.map { Float($0) / 255 }
    case .words(let samples): samples.map { Float($0) / 65535 }
    }
  }

  /// The nearest samples of a depth to numbers from 0 to 1; what is not a number becomes 0.
  package init(rounding values: [Float], depth: Int) {
    precondition(depth == 8 || depth == 16, "a depth of \(depth) bits was asked for")
    if depth == 8 {
      self = .bytes(values.map { UInt8(Self.clipped($0) * 255 + 0.5) })
    } else {
      self = .words(values.map { UInt16(Self.clipped($0) * 65535 + 0.5) })
    }
  }

  private static func clipped(_ value: Float) -> Float {
    value > 0 ? (value < 1 ? value : 1) : 0
  }
}
