package import HourglassTensors
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rows of numbers of one length on the disk, that can be fetched in any order.
///
/// The file has no name: it is removed from its folder as soon as it is open, so that nothing is left
/// behind however the process ends. It is read and not mapped into memory: mapped pages that were
/// touched would count as memory of the process until they are given back, and where they lie
/// scattered, a page fault costs more than reading one row.
package final class RowFile: Sendable {
  /// The numbers of a row.
  package let width: Int
  /// The number of rows.
  package let count: Int

  private let folder: String
  private let descriptor: Int32
  private let problem = Mutex<FileError?>(nil)

  fileprivate init(folder: String, descriptor: Int32, width: Int, count: Int) {
    self.folder = folder
    self.descriptor = descriptor
    self.width = width
    self.count = count
  }

  deinit { _ = close(descriptor) }

  /// Why a row could not be read, if that has happened.
  package var failure: FileError? { problem.withLock { $0 } }

  /// Reads a row to a place in `destination`.
  ///
  /// Where the disk fails, the row is of zeros and `failure` has the reason.
  package func read(_ row: Int, into destination: inout MutableSpan<Float>, at place: Int) {
    precondition(row >= 0 && row < count, "row \(row) is not there")
    precondition(place >= 0 && place + width <= destination.count, "the destination holds a row")
    let size = width * MemoryLayout<Float>.stride
    let code = destination.withUnsafeMutableBufferPointer { all -> Int32 in
      let target = UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: all[place..<place + width])
      )
      return readWhole(descriptor, target, size, at: row * size)
    }
    guard code != 0 else { return }
    for index in place..<place + width { destination[index] = 0 }
    problem.withLock { $0 = $0 ?? FileError(path: folder, operation: .read, code: code) }
  }
}

/// Where files go that only last for one run.
package enum ScratchFolder {
  /// The system's folder for such files.
  package static var standard: String {
    guard let named = getenv("TMPDIR"), let path = String(validatingCString: named), !path.isEmpty
    else { return "/var/tmp" }
    return path
  }
}

/// Makes a `RowFile` row by row.
package final class RowFileWriter {
  private let folder: String
  private let width: Int
  private var descriptor: Int32?
  private var count = 0
  private var pending: [Float] = []

  private static let pendingLimit = 1 << 18

  /// Opens a file in a folder; the numbers of a row are `width`, at least 1.
  ///
  /// - Throws: Why the folder cannot hold it.
  package init(folder: String, width: Int) throws(FileError) {
    precondition(width > 0, "a row has at least one number")
    self.folder = folder
    self.width = width
    descriptor = try nameless(folder)
    pending.reserveCapacity(Self.pendingLimit)
  }

  deinit { if let descriptor { _ = close(descriptor) } }

  /// Appends whole rows.
  package func append(_ rows: Span<Float>) throws(FileError) {
    precondition(rows.count % width == 0, "rows of \(width) numbers were expected")
    for index in rows.indices { pending.append(rows[index]) }
    count += rows.count / width
    if pending.count >= Self.pendingLimit { try flush() }
  }

  /// Ends writing.
  package func finish() throws(FileError) -> RowFile {
    try flush()
    guard let open = descriptor else { preconditionFailure("the file was finished before") }
    descriptor = nil
    return RowFile(folder: folder, descriptor: open, width: width, count: count)
  }

  private func flush() throws(FileError) {
    guard let descriptor else { preconditionFailure("the file was finished before") }
    let code = pending.withUnsafeBytes { writtenWhole(descriptor, $0) }
    pending.removeAll(keepingCapacity: true)
    if code != 0 { throw FileError(path: folder, operation: .write, code: code) }
  }
}

/// Opens a file that has no name in a folder.
private func nameless(_ folder: String) throws(FileError) -> Int32 {
  var template = Array("\(folder)/.hourglass-XXXXXX".utf8CString)
  let descriptor = template.withUnsafeMutableBufferPointer { text -> Int32 in
    guard let start = text.baseAddress else { return -1 }
    let descriptor = mkstemp(start)
    if descriptor >= 0 {
      _ = unlink(start)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    return descriptor
  }
  if descriptor < 0 { throw FileError(path: folder, operation: .create, code: errno) }
  return descriptor
}

/// Fills a place with bytes from an offset on; the result is 0 or the number of the reason why not.
func readWhole(
  _ descriptor: Int32,
  _ target: UnsafeMutableRawBufferPointer,
  _ size: Int,
  at offset: Int
) -> Int32 {
  var done = 0
  while done < size, let start = target.baseAddress {
    let count = pread(descriptor, start + done, size - done, off_t(offset + done))
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    if count == 0 { return EIO }
    done += count
  }
  return 0
}
