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
