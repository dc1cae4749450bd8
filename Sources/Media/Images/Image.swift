/// One image at full depth: interleaved rows of pixels from the top.
///
///     let photo = try Image.load(contentsOf: "photo.jpg")
///     let small = photo.resized(to: ImageSize(width: 320, height: 240))
///     try small.gray().write(to: "small.png")
///
/// An image that was read and is written again keeps its color profile and its EXIF data.
public struct Image: Hashable, Sendable {
  /// The samples of all pixels: for each row from the top, for each pixel from the left, a sample
  /// of each channel.
  public enum Samples: Hashable, Sendable {
    /// Samples of 8 bits, from 0 to 255.
    case bytes([UInt8])
    /// Samples of 16 bits, from 0 to 65535.
    case words([UInt16])

    /// The number of samples.
    public var count: Int {
      switch self {
      case .bytes(let samples): samples.count
      case .words(let samples): samples.count
      }
    }

    /// The bits of a sample: 8 or 16.
    public var depth: Int {
      switch self {
      case .bytes: 8
      case .words: 16
      }
    }
  }

  /// The number of columns of pixels, at least 1.
  public let width: Int

  /// The number of rows of pixels, at least 1.
  public let height: Int

  /// The number of channels: 1 is gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  public let channels: Int

  /// The samples of all pixels, interleaved.
  public let samples: Samples

  /// The ICC profile that says what the colors look like; none where they are sRGB.
  public let colorProfile: [UInt8]?

  /// The EXIF data of a camera from their TIFF header on, or none.
  ///
  /// Their orientation is 1 after reading: the pixels were turned as the camera asked for.
  public let exif: [UInt8]?

  /// Makes an image from its samples.
  ///
  /// - Parameters:
  ///   - width: The number of columns, at least 1.
  ///   - height: The number of rows, at least 1.
  ///   - channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  ///   - samples: `height * width * channels` samples.
  ///   - colorProfile: The ICC profile.
  ///   - exif: The EXIF data from their TIFF header on.
  public init(
    width: Int,
    height: Int,
    channels: Int,
    samples: Samples,
    colorProfile: [UInt8]? = nil,
    exif: [UInt8]? = nil
  ) {
    precondition(
      width > 0 && height > 0 && (1...4).contains(channels),
      "an image of \(width) x \(height) pixels with \(channels) channels was asked for"
    )
    precondition(
      samples.count == width * height * channels,
      "\(width) x \(height) pixels with \(channels) channels have \(width * height * channels) "
        + "samples, found \(samples.count)"
    )
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
    self.colorProfile = colorProfile
    self.exif = exif
  }

  /// The width and the height.
  public var size: ImageSize { ImageSize(width: width, height: height) }

  /// The bits of a sample: 8 or 16.
  public var depth: Int { samples.depth }

  /// Whether the last channel is alpha, which says how opaque a pixel is.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// The same samples with another color profile and other EXIF data.
  package func with(colorProfile: [UInt8]?, exif: [UInt8]?) -> Image {
    with(samples: samples, colorProfile: colorProfile, exif: exif)
  }

  /// The same kind of image with other samples of as many pixels.
  package func replacing(samples: Samples) -> Image {
    with(samples: samples, colorProfile: colorProfile, exif: exif)
  }

  /// The same kind of image of other extents.
  func replacing(samples: Samples, width: Int, height: Int) -> Image {
    with(width: width, height: height, samples: samples, colorProfile: colorProfile, exif: exif)
  }

  private func with(
    width: Int? = nil,
    height: Int? = nil,
    samples: Samples,
    colorProfile: [UInt8]?,
    exif: [UInt8]?
  ) -> Image {
    Image(
      width: width ?? self.width,
      height: height ?? self.height,
      channels: channels,
      samples: samples,
      colorProfile: colorProfile,
      exif: exif
    )
  }
}
