internal import HourglassSystem

// The only file of this room with unsafe memory access: reading bytes, and numbers from bytes.

/// The bytes of a file, on the disk or in memory.
enum RandomAccessBytes: Sendable {
  case memory([UInt8])
  case file(OpenFile)

  /// The number of bytes.
  var count: Int {
    switch self {
    case .memory(let bytes): bytes.count
    case .file(let file): file.count
    }
  }

  /// The bytes of a range, which must lie within the source.
  func bytes(_ range: Range<Int>) throws(ModelFileError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is out of range")
    switch self {
    case .memory(let bytes): return Array(bytes[range])
    case .file(let file): return try file.bytes(range)
    }
  }
}

/// An ordinary file that is open for reading, with the size that it had when it was opened.
final class OpenFile: Sendable {
  let path: String
  let count: Int
  private let descriptor: Int32

  /// Opens a file; a pipe is refused and never waited for.
  init(_ path: String) throws(ModelFileError) {
    self.path = path
    var opened: Int32
    repeat {
      opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    } while opened < 0
      && errno == EINTR
    guard opened >= 0 else {
      throw .system(FileError(path: path, operation: .open, code: errno))
    }
    descriptor = opened
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      count = 0
      throw .system(FileError(path: path, operation: .open, code: errno))
    }
    count = Int(status.st_size)
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .system(FileError(path: path, operation: .open, code: EISDIR))
    default: throw .notAnOrdinaryFile(file: path)
    }
  }

  deinit { _ = close(descriptor) }

  func bytes(_ range: Range<Int>) throws(ModelFileError) -> [UInt8] {
    var failure: Int32 = 0
    let result = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count, let start = buffer.baseAddress {
        let count = pread(
          descriptor,
          start + filled,
          min(range.count - filled, 1 << 30),
          off_t(range.lowerBound + filled)
        )
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = errno }
        if count <= 0 { break }
        filled += count
      }
    }
    if failure != 0 { throw .system(FileError(path: path, operation: .read, code: failure)) }
    guard result.count == range.count else { throw .changedWhileRead(file: path) }
    return result
  }
}

/// The integers that some little-endian bytes hold; a rest that is shorter than one is left out.
func integers<Integer: FixedWidthInteger>(_ type: Integer.Type, in bytes: [UInt8]) -> [Integer] {
  let size = MemoryLayout<Integer>.size
  return bytes.withUnsafeBytes { raw in
    (0..<raw.count / size).map { index in
      Integer(littleEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Integer.self))
    }
  }
}

/// The memory of the machine in bytes, or `Int.max` where it is unknown.
func physicalMemory() -> Int {
  let pages = sysconf(Int32(_SC_PHYS_PAGES))
  let size = sysconf(Int32(_SC_PAGESIZE))
  guard pages > 0, size > 0 else { return .max }
  let (bytes, overflow) = pages.multipliedReportingOverflow(by: size)
  return overflow ? .max : bytes
}
