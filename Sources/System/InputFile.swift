internal import Synchronization

/// A file that is open to be read from its beginning to its end, or an ordinary one at any place.
///
/// It is read and not mapped into memory, so that a file that another program shortens meanwhile is
/// an error and no crash, and so that a pipe will do as well. All reading calls of the operating
/// system are here.
package struct InputFile: ~Copyable {
  package let path: String
  /// The size of an ordinary file; none for a pipe or a device.
  package let size: Int?

  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file, a pipe or a device; `-` is standard input.
  ///   - isLive: Whether a pipe is read as its bytes arrive, and not spooled where the task spools pipes.
  package init(path: String, isLive: Bool = false) throws(FileError) {
    self.path = path
    let copy: Int32? = if isLive { nil } else { try SpooledInputs.current?.opened(path) }
    descriptor = if let copy { copy } else { try HourglassSystem.opened(path) }
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    size = known && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  deinit { _ = close(descriptor) }

  /// Reads some bytes into an array from an offset to its end; 0 is the end of the file.
  package func read(into bytes: inout [UInt8], from offset: Int) throws(FileError) -> Int {
    while true {
      let count = bytes.withUnsafeMutableBufferPointer { all in
        someBytes(descriptor, UnsafeMutableBufferPointer(rebasing: all[offset...]))
      }
      if count >= 0 { return count }
      if errno != EINTR { throw FileError(path: path, operation: .read, code: errno) }
    }
  }

  /// Reads some bytes from a place of the file into a part of an array; 0 is the end of the file.
  package func read(
    at place: Int,
    into bytes: inout [UInt8],
    _ room: Range<Int>
  ) throws(FileError) -> Int {
    while true {
      let count = bytes.withUnsafeMutableBufferPointer { all in
        someBytes(descriptor, UnsafeMutableBufferPointer(rebasing: all[room]), at: place)
      }
      if count >= 0 { return count }
      if errno != EINTR { throw FileError(path: path, operation: .read, code: errno) }
    }
  }
}

/// The pipes that a run reads: each is copied to a file when it is first opened, so that it can be read as
/// often as a file, and has a size.
///
///     try SpooledInputs.$current.withValue(SpooledInputs(folder: "/var/tmp")) { ... }
///
/// The copies have no names: they are gone when the process ends, however it does.
package final class SpooledInputs: Sendable {
  /// Those of the run that the present task belongs to; without any, a pipe is read as it comes.
  @TaskLocal package static var current: SpooledInputs?

  /// The bytes of a pipe that are copied however full the disk is.
  private static let smallSize = 16 << 20

  private let folder: String
  private let reserve: Int?
  /// The descriptors of the copies by the paths of the pipes.
  private let copies = Mutex<[String: Int32]>([:])

  /// Begins without any copy.
  ///
  /// - Parameters:
  ///   - folder: Where copies are kept.
  ///   - reserve: The bytes of its disk that a copy of more than 16 MiB must leave free; `nil` for a tenth of
  ///     the disk, and at least 1 GiB.
  package init(folder: String, reserve: Int? = nil) {
    self.folder = folder
    self.reserve = reserve
  }

  deinit { copies.withLock { for descriptor in $0.values { _ = close(descriptor) } } }

  /// Opens the copy of a pipe, which is made where there is none yet; `nil` for what is no pipe.
  ///
  /// A terminal counts as a pipe. Other devices do not: some of them, such as `/dev/zero`, never end.
  fileprivate func opened(_ path: String) throws(FileError) -> Int32? {
    var status = stat()
    guard stat(pathOfInput(path), &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFIFO, S_IFSOCK: break
    case S_IFCHR where pathOfInput(path) == "/dev/stdin" && isatty(STDIN_FILENO) != 0: break
    default: return nil
    }
    let copy = try copies.withLock { copies throws(FileError) in
      if let copy = copies[path] { return copy }
      let copy = try self.copy(of: path)
      copies[path] = copy
      return copy
    }
    // Opened anew, it has a position of its own.
    let descriptor = open("/proc/self/fd/\(copy)", O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw FileError(path: path, operation: .open, code: errno) }
    return descriptor
  }

  private func copy(of path: String) throws(FileError) -> Int32 {
    let source = try InputFile(path: path, isLive: true)
    let copy = try namelessFile(in: folder)
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    var size = 0
    do throws(FileError) {
      while case let count = try source.read(into: &bytes, from: 0), count > 0 {
        size += count
        if size > Self.smallSize, let disk = DiskSpace(of: folder),
          disk.free - count < reserve ?? max(disk.total / 10, 1 << 30)
        {
          throw FileError(path: path, operation: .spool, code: ENOSPC)
        }
        let code = bytes.withUnsafeBytes {
          writtenWhole(copy, UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
        if code != 0 { throw FileError(path: folder, operation: .write, code: code) }
      }
    } catch {
      _ = close(copy)
      throw error
    }
    return copy
  }
}

/// How much room the disk of a folder has, in bytes.
private struct DiskSpace {
  /// What is free for the user of this process.
  var free: Int
  /// What there is.
  var total: Int

  /// Asks for the room; `nil` where it is not known.
  init?(of folder: String) {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let unit = Double(status.f_frsize)
    free = Int(min(Double(status.f_bavail) * unit, 0x1p62))
    total = Int(min(Double(status.f_blocks) * unit, 0x1p62))
  }
}

/// Opens a file for one run: it has no name, so that nothing is left behind however the process ends.
package func namelessFile(in folder: String) throws(FileError) -> Int32 {
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

/// The path of standard input for `-`, and any other as it is.
package func pathOfInput(_ path: String) -> String { path == "-" ? "/dev/stdin" : path }

private func opened(_ path: String) throws(FileError) -> Int32 {
  while true {
    let descriptor = open(pathOfInput(path), O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { return descriptor }
    // A socket that is standard input cannot be opened by a path.
    if errno == ENXIO, pathOfInput(path) == "/dev/stdin" {
      let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
      if copy >= 0 { return copy }
    }
    if errno != EINTR { throw FileError(path: path, operation: .open, code: errno) }
  }
}

private func someBytes(_ descriptor: Int32, _ place: UnsafeMutableBufferPointer<UInt8>) -> Int {
  guard let start = place.baseAddress, place.count > 0 else { return 0 }
  return read(descriptor, start, min(place.count, 1 << 30))
}

private func someBytes(
  _ descriptor: Int32,
  _ room: UnsafeMutableBufferPointer<UInt8>,
  at place: Int
) -> Int {
  guard let start = room.baseAddress, room.count > 0 else { return 0 }
  return pread(descriptor, start, min(room.count, 1 << 30), off_t(place))
}

/// The memory that the decoded values of a file may take.
///
/// A small compressed file can promise, and hold, more than the machine has room for. A reader stops
/// with an error at a quarter of the memory of the machine (or of its container), which leaves room
/// for the array that grows and for training.
package enum MemoryLimit {
  /// A quarter of the memory of the machine, or of the container where that is less.
  package static let standard: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    let machine = pages > 0 && pageSize > 0 ? pages * pageSize : 4 << 30
    return min(machine, containerLimit ?? machine) / 4
  }()

  private static var containerLimit: Int? {
    let paths = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    for path in paths {
      var bytes = [UInt8](repeating: 0, count: 64)
      guard let file = try? InputFile(path: path),
        let count = try? file.read(into: &bytes, from: 0)
      else { continue }
      let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
      if let limit = Int(String(decoding: digits, as: UTF8.self)), limit > 0 { return limit }
    }
    return nil
  }
}
