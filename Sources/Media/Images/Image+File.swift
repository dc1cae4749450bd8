internal import HourglassSystem

extension Image {
  /// The pixels that an image may have when nothing else is asked for: some 268 million, or fewer
  /// where they would take more than a quarter of the memory.
  public static let standardPixelLimit = min(1 << 28, MemoryLimit.standard / 8)

  /// Reads an image file, PNG or JPEG; which one is seen from its contents.
  ///
  /// A palette and samples of fewer than 8 bits are expanded to 8 bits, CMYK becomes RGB, and the
  /// rows are turned as the EXIF data ask for. The color profile is kept and not applied.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - pixelLimit: The most pixels that the image may have.
  /// - Throws: What is wrong with the file.
  public static func load(
    contentsOf path: String,
    pixelLimit: Int = standardPixelLimit
  ) throws(MediaError) -> Image {
    try decoded(WholeFile.bytes(of: path), path: path, pixelLimit: pixelLimit)
  }

  /// Reads an image file whose bytes are at hand.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: What to call the image in an error.
  ///   - pixelLimit: The most pixels that the image may have.
  /// - Throws: What is wrong with the bytes.
  package static func decoded(
    _ bytes: [UInt8],
    path: String = "the image",
    pixelLimit: Int = standardPixelLimit
  ) throws(MediaError) -> Image {
    try ImageCodec.image(bytes, path: path, pixelLimit: pixelLimit)
  }

  /// Writes the image to a file whose extension says the format: .png, or .jpg and .jpeg.
  ///
  /// The file is replaced as a whole or not at all. A JPEG has 8 bits and no alpha: samples are
  /// rounded, and an image with pixels that are not opaque is an error. EXIF data that are longer
  /// than a JPEG can hold (64 KiB) are left out.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - quality: How little a JPEG may lose, from 1 to 100.
  /// - Throws: Why the file cannot be written.
  public func write(to path: String, quality: Int = 95) throws(MediaError) {
    guard let format = ImageFormat(path: path) else {
      throw .image(.unknownExtension(path: path))
    }
    try WholeFile.replace(path, with: encoded(as: format, quality: quality, path: path))
  }

  /// The bytes of an image file.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - quality: How little a JPEG may lose, from 1 to 100.
  ///   - halvesColor: Whether a JPEG keeps the colors of squares of two by two pixels alone, as those of
  ///     cameras do.
  ///   - path: What to call the image in an error.
  /// - Throws: Why the image cannot be encoded.
  package func encoded(
    as format: ImageFormat,
    quality: Int = 95,
    halvesColor: Bool = false,
    path: String = "the image"
  ) throws(MediaError) -> [UInt8] {
    precondition((1...100).contains(quality), "a JPEG quality of \(quality) was asked for")
    let limit = format == .png ? Int(Int32.max) : 65500
    if width > limit || height > limit {
      throw .image(.sidesTooLong(path: path, format: format.rawValue, size: size, limit: limit))
    }
    var image = self
    if format == .jpeg {
      if hasAlpha && !isOpaque { throw .image(.transparency(path: path)) }
      image = withDepth(8).converted(channels: channels < 3 ? 1 : 3)
    }
    return try ImageCodec.encoded(
      image,
      as: format,
      quality: quality,
      halvesColor: halvesColor,
      path: path
    )
  }

  /// Whether alpha is the greatest in every pixel.
  private var isOpaque: Bool {
    let alphas = stride(from: channels - 1, to: samples.count, by: channels)
    return switch samples {
    case .bytes(let samples): alphas.allSatisfy { samples[$0] == .max }
    case .words(let samples): alphas.allSatisfy { samples[$0] == .max }
    }
  }
}
