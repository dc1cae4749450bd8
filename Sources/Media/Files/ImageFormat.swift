/// A format of image files that is read and written.
package enum ImageFormat: String, Hashable, Sendable, CaseIterable {
  /// Lossless, 8 or 16 bits, with or without transparency.
  case png = "PNG"
  /// Lossy, 8 bits, gray or RGB.
  case jpeg = "JPEG"

  /// The format of a file that begins with some bytes; none where it is neither.
  package init?(beginning: some Sequence<UInt8>) {
    if beginning.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if beginning.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  /// The format that the name of a file asks for; none where its extension is of no image.
  package init?(path: String) {
    switch pathExtension(path) {
    case "png": self = .png
    case "jpg", "jpeg", "jpe": self = .jpeg
    default: return nil
    }
  }
}

/// What follows the last point in the name of a file, in lower case; empty where there is none.
package func pathExtension(_ path: String) -> String {
  let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
  guard let point = name.lastIndex(of: UInt8(ascii: ".")), point != name.startIndex else {
    return ""
  }
  return String(decoding: name[name.index(after: point)...], as: UTF8.self).lowercased()
}

/// The width and the height of an image in pixels.
public struct ImageSize: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The number of columns of pixels, at least 1.
  public let width: Int

  /// The number of rows of pixels, at least 1.
  public let height: Int

  /// Makes a size of at least one pixel.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels was asked for")
    self.width = width
    self.height = height
  }

  /// Reads a size, and refuses one that holds no pixel.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    width = try values.decode(Int.self, forKey: .width)
    height = try values.decode(Int.self, forKey: .height)
    guard width > 0, height > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .width,
        in: values,
        debugDescription: "expected a size of at least one pixel, found \(width) x \(height)"
      )
    }
  }

  private enum CodingKeys: String, CodingKey {
    case width
    case height
  }

  /// The size as in "640 x 480".
  public var description: String { "\(width) x \(height)" }
}
