import CHourglassCodecs

/// Gzip data, or deflated data without a wrapper, inflated piece by piece into memory of a fixed
/// size.
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

  /// Makes one for gzip, or for what archives hold: deflated data without a wrapper.
  init(isRaw: Bool = false) throws(Failure) {
    guard let handle = isRaw ? hg_inflater_create_raw() : hg_inflater_create() else {
      throw .memory
    }
    self.handle = handle
  }

  deinit { hg_inflater_destroy(handle) }

  /// Whether the compressed data may end here: after a whole member of gzip, at the end of raw
  /// data.
  var mayEnd: Bool { hg_inflater_may_end(handle) != 0 }

  /// Inflates some bytes of a piece into a part of an array.
  func run(
    _ piece: [UInt8],
    _ range: Range<Int>,
    into destination: inout [UInt8],
    _ part: Range<Int>
  ) throws(Failure) -> (consumed: Int, produced: Int) {
    var consumed = 0
    var produced = 0
    let status = piece[range].withUnsafeBufferPointer { source in
      destination.withUnsafeMutableBufferPointer { all in
        let room = UnsafeMutableBufferPointer(rebasing: all[part])
        return hg_inflater_run(
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
  /// The CRC-32 of a part of some bytes behind others that have the one given.
  static func checksum(_ sum: UInt32, _ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes[range].withUnsafeBufferPointer { hg_crc32(sum, $0.baseAddress, $0.count) }
  }
}
