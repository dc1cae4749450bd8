internal import CHourglassCodecs

/// Images as the bytes of PNG files, by libpng.
enum PNGData {
  /// The bytes of a PNG file with 8 bits for each sample.
  ///
  /// The same image gives the same bytes.
  static func bytes(of figure: FigureImage) -> [UInt8] {
    var image = hg_image()
    image.width = UInt32(figure.width)
    image.height = UInt32(figure.height)
    image.channels = Int32(figure.channels)
    image.depth = 8
    var result = hg_block()
    defer { hg_block_free(&result) }
    let status = figure.bytes.withUnsafeBufferPointer { samples in
      // They are only read.
      let start = UnsafeMutablePointer(mutating: samples.baseAddress)
      image.samples = hg_block(bytes: start, size: samples.count)
      return hg_png_encode(&image, 9, &result)
    }
    // Of an image that has all its samples, libpng fails only where there is no memory.
    precondition(status == HG_CODEC_OK, "there is no memory to compress an image")
    return Array(UnsafeBufferPointer(start: result.bytes, count: result.size))
  }
}
