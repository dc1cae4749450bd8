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
