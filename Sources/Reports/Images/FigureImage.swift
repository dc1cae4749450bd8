/// A small image for a figure: 8 bits for each sample, interleaved, rows from the top.
package struct FigureImage: Hashable, Sendable {
  /// The columns of pixels, at least 1.
  package let width: Int
  /// The rows of pixels, at least 1.
  package let height: Int
  /// The samples of a pixel: 1 gray, 2 gray and opacity, 3 red, green and blue, 4 those and opacity.
  package let channels: Int
  /// The samples `[height, width, channels]`.
  package let bytes: [UInt8]

  /// Takes samples `[height, width, channels]`.
  package init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0, "an image for a figure has at least one pixel")
    precondition((1...4).contains(channels), "an image has 1 to 4 channels, found \(channels)")
    precondition(
      bytes.count == width * height * channels,
      "\(width) x \(height) x \(channels) samples are \(width * height * channels), "
        + "found \(bytes.count)"
    )
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// Takes planes `[channels, height, width]` in one array, of values from 0 (dark) to 1.
  ///
  /// Values outside are drawn as the nearest one inside, those that are not numbers as 0.
  package init(width: Int, height: Int, planes: some Collection<Float>) {
    let area = width * height
    precondition(area > 0, "an image for a figure has at least one pixel")
    let values = planes.map(Self.byte)
    let channels = values.count / area
    var bytes = [UInt8](repeating: 0, count: values.count)
    for channel in 0..<channels {
      for pixel in 0..<area { bytes[pixel * channels + channel] = values[channel * area + pixel] }
    }
    self.init(width: width, height: height, channels: channels, bytes: bytes)
  }

  /// An image of many equal-sized ones side by side, in rows from the top.
  ///
  /// - Parameters:
  ///   - images: The images; `nil` leaves a place see-through.
  ///   - columns: The images in a row.
  ///   - gap: The see-through pixels between two of them.
  package init(mosaicOf images: [FigureImage?], columns: Int, gap: Int = 1) {
    precondition(columns > 0 && gap >= 0, "a mosaic has at least one column")
    guard let first = images.lazy.compactMap(\.self).first else {
      self.init(width: 1, height: 1, channels: 2, bytes: [0, 0])
      return
    }
    let used = min(columns, images.count)
    let rows = (images.count + used - 1) / used
    let width = used * (first.width + gap) - gap
    let height = rows * (first.height + gap) - gap
    let isColor = images.contains { ($0?.channels ?? 1) >= 3 }
    let channels = isColor ? 4 : 2
    var bytes = [UInt8](repeating: 0, count: width * height * channels)
    for (index, image) in images.enumerated() {
      guard let image else { continue }
      precondition(
        image.width == first.width && image.height == first.height,
        "the images of a mosaic have one size"
      )
      let left = index % used * (first.width + gap)
      let top = index / used * (first.height + gap)
      for y in 0..<image.height {
        for x in 0..<image.width {
          let start = ((top + y) * width + left + x) * channels
          let pixel = image.pixel(x, y)
          if isColor {
            bytes[start] = pixel.red
            bytes[start + 1] = pixel.green
            bytes[start + 2] = pixel.blue
          } else {
            bytes[start] = pixel.red
          }
          bytes[start + channels - 1] = pixel.opacity
        }
      }
    }
    self.init(width: width, height: height, channels: channels, bytes: bytes)
  }

  /// The bytes of a PNG file; the same image gives the same bytes.
  package var png: [UInt8] { PNGData.bytes(of: self) }

  /// The image as an address that holds it: a PNG file in base 64.
  package var dataAddress: String { "data:image/png;base64," + png.base64 }

  private func pixel(
    _ x: Int,
    _ y: Int
  ) -> (red: UInt8, green: UInt8, blue: UInt8, opacity: UInt8) {
    let start = (y * width + x) * channels
    let gray = bytes[start]
    return switch channels {
    case 1: (gray, gray, gray, 255)
    case 2: (gray, gray, gray, bytes[start + 1])
    case 3: (gray, bytes[start + 1], bytes[start + 2], 255)
    default: (gray, bytes[start + 1], bytes[start + 2], bytes[start + 3])
    }
  }

  private static func byte(_ value: Float) -> UInt8 {
    // The comparison is false for what is not a number, too.
    guard value > 0 else { return 0 }
    return UInt8((min(value, 1) * 255).rounded())
  }
}
