package import HourglassMedia
internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Image {
  /// The image as it stands in figures and on pages: 8 bits, gray or in colors, without transparency.
  package var flattened: Image {
    withDepth(8).converted(channels: channels < 3 ? 1 : 3).with(colorProfile: nil, exif: nil)
  }

  /// The image with each pixel as a square of several.
  package func enlarged(_ factor: Int) -> Image {
    guard factor > 1 else { return self }
    let bytes = bytes
    var large: [UInt8] = []
    large.reserveCapacity(bytes.count * factor * factor)
    for y in 0..<height * factor {
      for x in 0..<width * factor {
        let start = (y / factor * width + x / factor) * channels
        large += bytes[start..<start + channels]
      }
    }
    return Image(
      width: width * factor,
      height: height * factor,
      channels: channels,
      samples: .bytes(large)
    )
  }

  /// An image of many equal-sized ones of 8 bits side by side, in rows from the top.
  ///
  /// - Parameters:
  ///   - images: The images; `nil` leaves a place see-through.
  ///   - columns: The images in a row.
  ///   - gap: The see-through pixels between two of them.
  package init(mosaicOf images: [Image?], columns: Int, gap: Int = 1) {
    precondition(columns > 0 && gap >= 0, "a mosaic has at least one column")
    guard let first = images.lazy.compactMap(\.self).first else {
      self.init(width: 1, height: 1, channels: 2, samples: .bytes([0, 0]))
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
      precondition(image.size == first.size, "the images of a mosaic have one size")
      let left = index % used * (first.width + gap)
      let top = index / used * (first.height + gap)
      let own = image.converted(channels: channels).bytes
      let length = image.width * channels
      for y in 0..<image.height {
        let start = ((top + y) * width + left) * channels
        bytes[start..<start + length] = own[y * length..<(y + 1) * length]
      }
    }
    self.init(width: width, height: height, channels: channels, samples: .bytes(bytes))
  }

  /// The samples of 8 bits.
  package var bytes: [UInt8] {
    guard case .bytes(let bytes) = samples else {
      preconditionFailure("an image of a figure has samples of 8 bits")
    }
    return bytes
  }

  /// The bytes of a PNG file; the same image gives the same bytes.
  package var png: [UInt8] {
    do {
      return try encoded(as: .png)
    } catch {
      // Of an image that has all its samples, libpng fails only where there is no memory.
      preconditionFailure("an image of a figure is not encoded: \(error)")
    }
  }

  /// The image as an address that holds it: a PNG file in base 64.
  package var dataAddress: String { "data:image/png;base64," + png.base64 }
}

/// An image in a file, PNG, JPEG or SVG, to be shown on a page as it is.
package struct ImageFile: Hashable, Sendable {
  /// The image as an address that holds all of it.
  package let dataAddress: String

  /// Reads a file; what it is, is seen from its contents.
  ///
  /// - Throws: Why it cannot be read; a file of another kind, or above 64 MiB, counts as such.
  package init(contentsOf path: String) throws(MediaError) {
    let bytes = try WholeFile.bytes(of: path, limit: 64 << 20)
    let type: String
    switch ImageFormat(beginning: bytes) {
    case .png: type = "png"
    case .jpeg: type = "jpeg"
    case nil:
      guard ["<svg", "<?xml"].contains(where: { bytes.starts(with: $0.utf8) }) else {
        throw .image(.notAnImage(path: path, found: Array(bytes.prefix(4))))
      }
      type = "svg+xml"
    }
    dataAddress = "data:image/\(type);base64,\(bytes.base64)"
  }
}

extension [UInt8] {
  /// The bytes as text of 64 characters (RFC 4648, section 4).
  var base64: String { Data(self).base64EncodedString() }
}
