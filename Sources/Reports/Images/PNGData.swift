internal import CCodecs

/// Images as the bytes of PNG files.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025: sections 5
/// (chunks), 9 (filters), 10 (compression) and annex D (the cyclic redundancy check).
enum PNGData {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The bytes of a PNG file with 8 bits for each sample.
  ///
  /// The same image gives the same bytes.
  static func bytes(of image: FigureImage) -> [UInt8] {
    var header = bigEndian(UInt32(image.width)) + bigEndian(UInt32(image.height))
    let colorType: UInt8 =
      switch image.channels {
      case 1: 0
      case 2: 4
      case 3: 2
      default: 6
      }
    header += [8, colorType, 0, 0, 0]
    var file = signature
    append("IHDR", header, to: &file)
    append("IDAT", zlibStream(filteredRows(of: image)), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  /// The check of ISO 3309 over bytes: CRC-32 with the reversed polynomial `0xEDB88320`.
  static func cyclicRedundancyCheck(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var check: UInt32 = 0xffff_ffff
    for byte in bytes {
      check = checkTable[Int((check ^ UInt32(byte)) & 0xff)] ^ (check >> 8)
    }
    return ~check
  }

  /// Bytes compressed as one zlib stream.
  static func zlibStream(_ bytes: [UInt8]) -> [UInt8] {
    var compressed = [UInt8](repeating: 0, count: hg_deflate_bound(bytes.count))
    var produced = 0
    let status = hg_deflate(bytes, bytes.count, 9, &compressed, compressed.count, &produced)
    // With room for the bound, zlib fails only where its 256 KiB of memory cannot be had.
    precondition(status == 0, "there is no memory to compress an image")
    compressed.removeLast(compressed.count - produced)
    return compressed
  }

  private static let checkTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
    }
  }

  private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
    let body = Array(type.utf8) + data
    file += bigEndian(UInt32(data.count)) + body + bigEndian(cyclicRedundancyCheck(body))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The rows of an image, each after the number of the filter that makes it smallest.
  ///
  /// Section 12.7 of the specification: the sum of the absolute differences, as signed bytes,
  /// chooses the filter.
  private static func filteredRows(of image: FigureImage) -> [UInt8] {
    let (length, step) = (image.width * image.channels, image.channels)
    var result: [UInt8] = []
    result.reserveCapacity((length + 1) * image.height)
    var above = [UInt8](repeating: 0, count: length)
    for row in 0..<image.height {
      let line = Array(image.bytes[(row * length)..<((row + 1) * length)])
      var best: (cost: Int, filter: UInt8, bytes: [UInt8])?
      for filter in UInt8(0)...4 {
        let bytes = filtered(line, above, step, filter)
        let cost = bytes.reduce(0) { $0 + abs(Int(Int8(bitPattern: $1))) }
        if cost < best?.cost ?? .max { best = (cost, filter, bytes) }
      }
      if let best { result += [best.filter] + best.bytes }
      above = line
    }
    return result
  }

  private static func filtered(
    _ line: [UInt8],
    _ above: [UInt8],
    _ step: Int,
    _ filter: UInt8
  ) -> [UInt8] {
    line.indices.map { index in
      let left = index < step ? 0 : Int(line[index - step])
      let up = Int(above[index])
      let corner = index < step ? 0 : Int(above[index - step])
      let guess =
        switch filter {
        case 0: 0
        case 1: left
        case 2: up
        case 3: (left + up) / 2
        default: paeth(left, up, corner)
        }
      return line[index] &- UInt8(truncatingIfNeeded: guess)
    }
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let estimate = left + up - corner
    let distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    if distances.0 <= distances.1, distances.0 <= distances.2 { return left }
    return distances.1 <= distances.2 ? up : corner
  }
}
