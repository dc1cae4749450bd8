import CHourglassCodecs

/// Data compressed as gzip or Zstandard, or deflated without a wrapper, made plain piece by piece into memory of
/// a fixed size.
///
/// All calls of zlib and libzstd are here.
final class Inflater {
  /// How data are compressed.
  enum Format {
    /// Gzip, with any number of members.
    case gzip
    /// Zstandard, with any number of frames.
    case zstandard
    /// Deflated data without a wrapper, as archives hold them.
    case deflated

    /// The format that bytes begin as; nil for what is not compressed.
    init?(beginning bytes: [UInt8]) {
      if bytes.starts(with: [0x1f, 0x8b]) {
        self = .gzip
      } else if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
        self = .zstandard
      } else {
        return nil
      }
    }
  }

  /// Why data cannot be inflated.
  enum Failure: Error {
    case corrupt(reason: String)
    case trailing
    case memory
  }

  private enum Handle {
    case zlib(OpaquePointer)
    case zstandard(OpaquePointer)
  }

  private let handle: Handle

  /// Makes one for a format.
  init(_ format: Format = .gzip) throws(Failure) {
    let made: Handle? =
      switch format {
      case .gzip: hg_inflater_create().map { .zlib($0) }
      case .deflated: hg_inflater_create_raw().map { .zlib($0) }
      case .zstandard: hg_zstd_create().map { .zstandard($0) }
      }
    guard let made else { throw .memory }
    handle = made
  }

  deinit {
    switch handle {
    case .zlib(let pointer): hg_inflater_destroy(pointer)
    case .zstandard(let pointer): hg_zstd_destroy(pointer)
    }
  }

  /// Whether the compressed data may end here: after a whole member of gzip or frame of Zstandard, at the end
  /// of deflated data.
  var mayEnd: Bool {
    switch handle {
    case .zlib(let pointer): hg_inflater_may_end(pointer) != 0
    case .zstandard(let pointer): hg_zstd_may_end(pointer) != 0
    }
  }

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
        return switch handle {
        case .zlib(let pointer):
          hg_inflater_run(
            pointer,
            source.baseAddress,
            source.count,
            &consumed,
            room.baseAddress,
            room.count,
            &produced
          )
        case .zstandard(let pointer):
          hg_zstd_run(
            pointer,
            source.baseAddress,
            source.count,
            &consumed,
            room.baseAddress,
            room.count,
            &produced
          )
        }
      }
    }
    switch status {
    case HG_INFLATE_OK: return (consumed, produced)
    case HG_INFLATE_TRAILING: throw .trailing
    case HG_INFLATE_MEMORY: throw .memory
    default: throw .corrupt(reason: message)
    }
  }

  private var message: String {
    switch handle {
    case .zlib(let pointer): String(cString: hg_inflater_message(pointer))
    case .zstandard(let pointer): String(cString: hg_zstd_message(pointer))
    }
  }
}

extension Inflater {
  /// The CRC-32 of a part of some bytes behind others that have the one given.
  static func checksum(_ sum: UInt32, _ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes[range].withUnsafeBufferPointer { hg_crc32(sum, $0.baseAddress, $0.count) }
  }
}
