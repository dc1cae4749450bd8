import CHourglassCodecs
internal import HourglassSystem
internal import HourglassTensors

/// A file that only grows at its end, which one process at a time writes and any number reads.
final class GrowingFile: Sendable {
  let path: String
  /// Whether this process may write: no other one did when the file was opened.
  let isWritable: Bool

  private let descriptor: Int32

  /// Opens a file, which is made where there is none.
  init(path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw FileError(path: path, operation: .open, code: errno) }
    isWritable = hg_file_lock(descriptor) == 0
  }

  deinit { _ = close(descriptor) }

  /// The number of bytes.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Some bytes from an offset on; nil where the file has fewer.
  func bytes(_ count: Int, at offset: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let code = bytes.withUnsafeMutableBytes { readWhole(descriptor, $0, at: offset) }
    return code == 0 ? bytes : nil
  }

  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(FileError) {
    let code = bytes.withUnsafeBytes { writtenWhole(descriptor, $0) }
    if code != 0 { throw FileError(path: path, operation: .write, code: code) }
  }

  /// Drops the bytes behind the first ones.
  func shorten(to count: Int) throws(FileError) {
    if ftruncate(descriptor, off_t(count)) != 0 {
      throw FileError(path: path, operation: .write, code: errno)
    }
  }

  /// Removes a file; who has it open keeps it.
  static func remove(_ path: String) { _ = unlink(path) }

  /// Notes that the file was used now.
  func touch() { _ = futimens(descriptor, nil) }
}
