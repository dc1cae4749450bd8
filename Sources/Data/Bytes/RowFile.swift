package import HourglassSystem
internal import HourglassTensors
import Synchronization

/// A file for one run.
///
/// It has no name: it is removed from its folder as soon as it is open, so that nothing is left
/// behind however the process ends. It is read and not mapped into memory: mapped pages that were
/// touched would count as memory of the process until they are given back, and where they lie
/// scattered, a page fault costs more than reading one row.
package final class NamelessFile: Sendable {
  private let folder: String
  private let descriptor: Int32
  private let problem = Mutex<FileError?>(nil)

  /// Opens a file in a folder.
  ///
  /// - Throws: Why the folder cannot hold it.
  package init(folder: String) throws(FileError) {
    self.folder = folder
    descriptor = try namelessFile(in: folder)
  }

  deinit { _ = close(descriptor) }

  /// Why something could not be read, if that has happened.
  package var failure: FileError? { problem.withLock { $0 } }

  /// Writes some bytes behind those that were written before.
  package func write(_ bytes: RawSpan) throws(FileError) {
    try check(bytes.withUnsafeBytes { written($0) })
  }

  /// Writes some bytes; the result is 0 or the number of the reason why not.
  fileprivate func written(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    writtenWhole(descriptor, bytes)
  }

  fileprivate func check(_ code: Int32) throws(FileError) {
    if code != 0 { throw FileError(path: folder, operation: .write, code: code) }
  }

  /// Reads numbers of single precision from an offset of the file to a place in `destination`.
  ///
  /// Where the disk fails, they are zeros and `failure` has the reason.
  package func readFloats(
    _ count: Int,
    at offset: Int,
    into destination: inout MutableSpan<Float>,
    _ place: Int
  ) {
    fill(&destination, place, count) { readWhole(descriptor, $0, at: offset) }
  }

  /// Reads bytes from an offset of the file as numbers to a place in `destination`.
  ///
  /// Where the disk fails, they are zeros and `failure` has the reason.
  func readBytes(
    _ count: Int,
    at offset: Int,
    into destination: inout MutableSpan<Float>,
    _ place: Int
  ) {
    fill(&destination, place, count) { raw in
      // The bytes go to the end of the place: a number is written where only bytes lie that were
      // read before, or this one.
      let bytes = UnsafeMutableRawBufferPointer(rebasing: raw[(raw.count - count)...])
      let code = readWhole(descriptor, bytes, at: offset)
      if code != 0 { return code }
      for index in 0..<count {
        let number = Float(bytes[index])
        raw.storeBytes(of: number, toByteOffset: 4 * index, as: Float.self)
      }
      return 0
    }
  }

  /// Lets `read` fill a place for some numbers; its result is 0 or the number of the reason why not.
  private func fill(
    _ destination: inout MutableSpan<Float>,
    _ place: Int,
    _ count: Int,
    _ read: (UnsafeMutableRawBufferPointer) -> Int32
  ) {
    precondition(
      place >= 0 && count <= destination.count - place,
      "the destination holds the numbers"
    )
    let code = destination.withUnsafeMutableBufferPointer { all -> Int32 in
      let target = UnsafeMutableBufferPointer(rebasing: all[place..<place + count])
      return read(UnsafeMutableRawBufferPointer(target))
    }
    guard code != 0 else { return }
    for index in place..<place + count { destination[index] = 0 }
    problem.withLock { $0 = $0 ?? FileError(path: folder, operation: .read, code: code) }
  }
}

/// Rows of numbers of one length on the disk, that can be fetched in any order.
package final class RowFile: Sendable {
  /// The numbers of a row.
  package let width: Int
  /// The number of rows.
  package let count: Int

  private let file: NamelessFile

  fileprivate init(_ file: NamelessFile, width: Int, count: Int) {
    self.file = file
    self.width = width
    self.count = count
  }

  /// Why a row could not be read, if that has happened.
  package var failure: FileError? { file.failure }

  /// Reads a row to a place in `destination`.
  ///
  /// Where the disk fails, the row is of zeros and `failure` has the reason.
  package func read(_ row: Int, into destination: inout MutableSpan<Float>, at place: Int) {
    precondition(row >= 0 && row < count, "row \(row) is not there")
    let offset = row * width * MemoryLayout<Float>.stride
    file.readFloats(width, at: offset, into: &destination, place)
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

  /// The bytes that a folder has room for; `nil` where that is not known.
  package static func freeBytes(in folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(
      by: Int(status.f_frsize)
    )
    return overflow ? nil : bytes
  }
}

/// Makes a `RowFile` row by row.
package final class RowFileWriter {
  private let file: NamelessFile
  private let width: Int
  private var count = 0
  private var pending: [Float] = []

  private static let pendingLimit = 1 << 18

  /// Opens a file in a folder; the numbers of a row are `width`, at least 1.
  ///
  /// - Throws: Why the folder cannot hold it.
  package init(folder: String, width: Int) throws(FileError) {
    precondition(width > 0, "a row has at least one number")
    self.width = width
    file = try NamelessFile(folder: folder)
    pending.reserveCapacity(Self.pendingLimit)
  }

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
    return RowFile(file, width: width, count: count)
  }

  private func flush() throws(FileError) {
    let code = pending.withUnsafeBytes { file.written($0) }
    pending.removeAll(keepingCapacity: true)
    try file.check(code)
  }
}

/// Fills a place with bytes of a file from an offset on; the result is 0 or the number of the
/// reason why not.
func readWhole(
  _ descriptor: Int32,
  _ target: UnsafeMutableRawBufferPointer,
  at offset: Int
) -> Int32 {
  var done = 0
  while done < target.count, let start = target.baseAddress {
    // One call of the operating system reads at most about 2 GiB.
    let size = min(target.count - done, 1 << 30)
    let count = pread(descriptor, start + done, size, off_t(offset + done))
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    if count == 0 { return EIO }
    done += count
  }
  return 0
}
