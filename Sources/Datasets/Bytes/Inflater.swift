import CCodecs

/// Gzip data inflated piece by piece, into memory of a fixed size.
///
/// All calls of zlib are here.
final class Inflater {
  /// Why data cannot be inflated.
  enum Failure: Error {
    case corrupt(reason: String)
    case trailing
    case memory
  }

  private let handle: OpaquePointer

  init() throws(Failure) {
    guard let handle = hg_inflater_create() else { throw .memory }
    self.handle = handle
  }

  deinit { hg_inflater_destroy(handle) }

  /// Whether the compressed data may end here, after a whole member.
  var mayEnd: Bool { hg_inflater_may_end(handle) != 0 }

  /// Inflates some bytes of a piece into an array from an offset to its end.
  func run(
    _ piece: [UInt8],
    _ range: Range<Int>,
    into destination: inout [UInt8],
    from offset: Int
  ) throws(Failure) -> (consumed: Int, produced: Int) {
    var consumed = 0
    var produced = 0
    let status = piece[range].withUnsafeBufferPointer { source in
      destination[offset...].withUnsafeMutableBufferPointer { room in
        hg_inflater_run(
          handle,
          source.baseAddress,
          source.count,
          &consumed,
          room.baseAddress,
          room.count,
          &produced
        )
      }
    }
    switch status {
    case HG_INFLATE_OK: return (consumed, produced)
    case HG_INFLATE_TRAILING: throw .trailing
    case HG_INFLATE_MEMORY: throw .memory
    default: throw .corrupt(reason: String(cString: hg_inflater_message(handle)))
    }
  }
}

extension Inflater {
  /// Inflates a range of some bytes, which have no wrapper, into as many as are promised.
  ///
  /// - Returns: The bytes, of which there may be fewer.
  static func inflateRaw(
    _ source: [UInt8],
    _ range: Range<Int>,
    size: Int
  ) throws(Failure) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: size)
    var produced = 0
    let status = source[range].withUnsafeBufferPointer { bytes in
      result.withUnsafeMutableBufferPointer { room in
        hg_inflate_raw(bytes.baseAddress, bytes.count, room.baseAddress, room.count, &produced)
      }
    }
    switch status {
    case HG_INFLATE_OK: break
    case HG_INFLATE_MEMORY: throw .memory
    default: throw .corrupt(reason: "damaged compressed data")
    }
    result.removeLast(size - produced)
    return result
  }

  /// The CRC-32 of some bytes.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { hg_crc32($0.baseAddress, $0.count) }
  }
}
