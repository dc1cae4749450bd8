import CHourglassCodecs
internal import HourglassSystem

/// Images decoded and encoded by libpng and libjpeg-turbo.
///
/// All calls of the two libraries are here.
package enum ImageCodec {
  /// What the header of an image says, for upright rows.
  package struct Header: Hashable, Sendable {
    package var size: ImageSize
    package let channels: Int
    package let depth: Int

    package init(size: ImageSize, channels: Int, depth: Int) {
      self.size = size
      self.channels = channels
      self.depth = depth
    }
  }

  /// Decodes an image to upright rows.
  package static func image(
    _ bytes: [UInt8],
    path: String,
    pixelLimit: Int
  ) throws(MediaError) -> Image {
    var decoded = hg_image()
    defer { hg_image_free(&decoded) }
    try decode(bytes, path: path, headerOnly: false, pixelLimit: pixelLimit, into: &decoded)
    let (width, height) = (Int(decoded.width), Int(decoded.height))
    let samples = UnsafeRawBufferPointer(start: decoded.samples.bytes, count: decoded.samples.size)
    let image = Image(
      width: width,
      height: height,
      channels: Int(decoded.channels),
      samples: decoded.depth == 8
        ? .bytes(Array(samples)) : .words(Array(samples.bindMemory(to: UInt16.self))),
      colorProfile: array(decoded.profile),
      exif: array(decoded.exif)
    )
    return image.upright()
  }

  /// Reads the header of an image.
  package static func header(
    _ bytes: [UInt8],
    path: String,
    pixelLimit: Int
  ) throws(MediaError) -> Header {
    var decoded = hg_image()
    defer { hg_image_free(&decoded) }
    try decode(bytes, path: path, headerOnly: true, pixelLimit: pixelLimit, into: &decoded)
    let exif = array(decoded.exif) ?? []
    let isTurned = ExifOrientation(exif)?.orientation.swapsSides ?? false
    let (width, height) = (Int(decoded.width), Int(decoded.height))
    return Header(
      size: isTurned
        ? ImageSize(width: height, height: width) : ImageSize(width: width, height: height),
      channels: Int(decoded.channels),
      depth: Int(decoded.depth)
    )
  }

  /// Encodes an image; a JPEG takes 8 bits and no alpha.
  ///
  /// - Parameter halvesColor: Whether a JPEG keeps the colors of squares of two by two pixels alone.
  package static func encoded(
    _ image: Image,
    as format: ImageFormat,
    quality: Int,
    halvesColor: Bool = false,
    path: String
  ) throws(MediaError) -> [UInt8] {
    var source = hg_image()
    source.width = UInt32(image.width)
    source.height = UInt32(image.height)
    source.channels = Int32(image.channels)
    source.depth = Int32(image.depth)
    var result = hg_block()
    defer { hg_block_free(&result) }
    let status = lent(image.samples) { samples in
      lent(.bytes(image.colorProfile ?? [])) { profile in
        lent(.bytes(image.exif ?? [])) { exif in
          (source.samples, source.profile, source.exif) = (samples, profile, exif)
          return switch format {
          case .png: hg_png_encode(&source, 6, &result)
          case .jpeg: hg_jpeg_encode(&source, Int32(quality), halvesColor ? 1 : 0, &result)
          }
        }
      }
    }
    switch status {
    case HG_CODEC_OK: return Array(UnsafeBufferPointer(start: result.bytes, count: result.size))
    case HG_CODEC_MEMORY: throw .noMemory(path: path)
    default:
      throw .image(
        .notEncoded(path: path, format: format.rawValue, reason: message(&source))
      )
    }
  }

  private static func decode(
    _ bytes: [UInt8],
    path: String,
    headerOnly: Bool,
    pixelLimit: Int,
    into decoded: inout hg_image
  ) throws(MediaError) {
    if bytes.isEmpty { throw .emptyFile(path: path) }
    guard let format = ImageFormat(beginning: bytes) else {
      throw .image(.notAnImage(path: path, found: Array(bytes.prefix(4))))
    }
    let status = bytes.withUnsafeBufferPointer { source in
      let (isHeader, limit) = (Int32(headerOnly ? 1 : 0), UInt64(max(pixelLimit, 0)))
      return switch format {
      case .png: hg_png_decode(source.baseAddress, source.count, isHeader, limit, &decoded)
      case .jpeg: hg_jpeg_decode(source.baseAddress, source.count, isHeader, limit, &decoded)
      }
    }
    switch status {
    case HG_CODEC_OK: return
    case HG_CODEC_MEMORY: throw .noMemory(path: path)
    case HG_CODEC_TRUNCATED:
      throw .image(.truncated(path: path, format: format.rawValue, size: bytes.count))
    case HG_CODEC_TOO_LARGE:
      throw .image(
        .tooManyPixels(
          path: path,
          width: Int(decoded.width),
          height: Int(decoded.height),
          limit: pixelLimit
        )
      )
    case HG_CODEC_UNSUPPORTED:
      throw .image(.unsupported(path: path, format: format.rawValue, reason: message(&decoded)))
    default: throw .image(.damaged(path: path, format: format.rawValue, reason: message(&decoded)))
    }
  }

  private static func message(_ image: inout hg_image) -> String {
    clipped(String(cString: hg_image_message(&image)), to: 120)
  }

  private static func array(_ block: hg_block) -> [UInt8]? {
    block.size == 0 ? nil : Array(UnsafeBufferPointer(start: block.bytes, count: block.size))
  }

  /// Lends C some samples that it only reads.
  private static func lent(
    _ samples: Image.Samples,
    _ body: (hg_block) -> hg_codec_status
  ) -> hg_codec_status {
    func lend(_ bytes: UnsafeRawBufferPointer) -> hg_codec_status {
      let start = bytes.bindMemory(to: UInt8.self).baseAddress
      return body(hg_block(bytes: UnsafeMutablePointer(mutating: start), size: bytes.count))
    }
    return switch samples {
    case .bytes(let bytes): bytes.withUnsafeBytes(lend)
    case .words(let words): words.withUnsafeBytes(lend)
    }
  }
}
