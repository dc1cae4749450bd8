/// A file that is written beside its place and takes it at the end, whole or not at all.
///
/// The bytes go to a new file in the same folder. `commit()` puts them on the disk and renames the
/// new file over the former one, which a reader therefore always finds whole. Where anything fails,
/// and where the writer is given up without a commit, the new file is removed and the former one
/// stays as it was.
///
///     let file = try AtomicFile(replacing: "codes.csv")
///     try file.write(bytes)
///     try file.commit()
///
/// A symbolic link is followed, also to where no file is yet, and the permissions of a file that is
/// replaced are kept. What is neither a file nor a folder (`/dev/stdout`, a pipe) cannot be replaced and is
/// written to directly. Each call of `write` is a call of the operating system: give it chunks, not single
/// numbers.
package final class AtomicFile {
  /// The path that the file will have, as the user named it.
  package let path: String

  private let destination: String
  private let isDirect: Bool
  /// The new file while it is there; none when the destination is written to directly.
  private var temporary: String?
  private var descriptor: Int32?

  /// Opens a new file beside the one that it will replace.
  package init(replacing path: String) throws(FileError) {
    self.path = path
    let target = try Target(path)
    destination = target.path
    isDirect = target.isDirect
    if target.isDirect {
      temporary = nil
      descriptor = try openedDirectly(target.path, errorPath: path)
      return
    }
    let new = try createdBeside(target.path, errorPath: path)
    (temporary, descriptor) = (new.name, new.descriptor)
    if let mode = target.mode { _ = fchmod(new.descriptor, mode) }
  }

  deinit { cancel() }

  /// Replaces a file by some bytes in one step.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let file = try AtomicFile(replacing: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes.span.bytes)
  }

  /// Appends bytes, such as `scalars.span.bytes` for an array of numbers.
  package func write(_ bytes: RawSpan) throws(FileError) {
    precondition(descriptor != nil, "\(path) was written to after its commit or its cancellation")
    guard let descriptor else { return }
    let code = bytes.withUnsafeBytes { writtenWhole(descriptor, $0) }
    if code != 0 { throw failed(.write, code) }
  }

  /// Puts the bytes on the disk and gives the new file its name.
  package func commit() throws(FileError) {
    precondition(descriptor != nil, "\(path) was committed after its commit or its cancellation")
    guard let open = descriptor else { return }
    // A pipe or a terminal cannot be flushed; both say EINVAL (or ENOTSUP).
    if fsync(open) != 0 && !(isDirect && (errno == EINVAL || errno == ENOTSUP)) {
      throw failed(.flush, errno)
    }
    descriptor = nil
    if close(open) != 0 && errno != EINTR { throw failed(.close, errno) }
    guard let temporary else { return }
    if rename(temporary, destination) != 0 { throw failed(.rename, errno) }
    self.temporary = nil
    flushFolder()
  }

  /// Gives the new file up: it is removed, and the former file stays.
  ///
  /// After a commit this does nothing.
  package func cancel() {
    if let open = descriptor { _ = close(open) }
    descriptor = nil
    if let temporary { _ = unlink(temporary) }
    temporary = nil
  }

  /// The error of a step that failed, after the new file has been removed.
  private func failed(_ operation: FileError.Operation, _ code: Int32) -> FileError {
    cancel()
    return FileError(path: path, operation: operation, code: code)
  }

  /// Makes the new name itself survive a power cut.
  ///
  /// The file is in place whether or not the file system can do this, so a refusal is no error.
  private func flushFolder() {
    let folder = open(folderPart(of: destination), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    _ = close(folder)
  }
}

/// Where the bytes go in the end, and what is there now.
private struct Target {
  var path: String
  /// Whether the path is no ordinary file, so that it cannot be replaced by one.
  var isDirect = false
  /// The permissions of the file that is there now.
  var mode: mode_t?

  init(_ path: String) throws(FileError) {
    self.path = path
    guard !path.isEmpty else { throw FileError(path: path, operation: .create, code: ENOENT) }
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ELOOP { throw FileError(path: path, operation: .create, code: ELOOP) }
      // Nothing is there yet, or the folder is missing or closed; making the new file will fail then.
      if path.utf8.last == UInt8(ascii: "/") {
        throw FileError(path: path, operation: .create, code: EISDIR)
      }
      self.path = linkTarget(of: path)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw FileError(path: path, operation: .create, code: EISDIR)
    case S_IFREG where !isStream(path):
      guard access(path, W_OK) == 0 else {
        throw FileError(path: path, operation: .create, code: errno)
      }
      mode = status.st_mode & 0o7777
      if let resolved = realpath(path, nil) {
        self.path = String(cString: resolved)
        free(resolved)
      }
    default: isDirect = true
    }
  }
}

/// Whether a path names a stream of the process, which may be an ordinary file but must not be
/// replaced by another one.
private func isStream(_ path: String) -> Bool {
  path == "/dev/stdout" || path == "/dev/stderr" || path.hasPrefix("/dev/fd/")
    || path.hasPrefix("/proc/")
}

/// Where the links lead that a path names, of which nothing is there yet; the path itself where it is none.
private func linkTarget(of path: String) -> String {
  var path = path
  // As many as the operating system follows.
  for _ in 0..<40 {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &buffer, buffer.count - 1)
    guard count > 0 else { return path }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = target.hasPrefix("/") ? target : folderPart(of: path) + "/" + target
  }
  return path
}

private func folderPart(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
}

/// Makes a file of a name that nothing else has in the folder of another one.
private func createdBeside(
  _ path: String,
  errorPath: String
) throws(FileError) -> (name: String, descriptor: Int32) {
  let folder = folderPart(of: path)
  for _ in 0..<100 {
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    let name = "\(folder == "/" ? "" : folder)/.hourglass-\(unique).tmp"
    do throws(FileError) {
      let flags = O_WRONLY | O_CREAT | O_EXCL
      return (name, try opened(name, flags, mode: 0o666, errorPath: errorPath))
    } catch  where error.code == EEXIST {
      continue
    }
  }
  throw FileError(path: errorPath, operation: .create, code: EEXIST)
}

/// Opens what cannot be replaced.
///
/// Standard output is taken as it is: opened anew, a file that the shell appends to would be written
/// from its beginning.
private func openedDirectly(_ path: String, errorPath: String) throws(FileError) -> Int32 {
  guard path == "/dev/stdout" else {
    return try opened(path, O_WRONLY, mode: 0, errorPath: errorPath)
  }
  let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
  if descriptor < 0 { throw FileError(path: errorPath, operation: .create, code: errno) }
  return descriptor
}

private func opened(
  _ path: String,
  _ flags: Int32,
  mode: mode_t,
  errorPath: String
) throws(FileError) -> Int32 {
  while true {
    let descriptor = open(path, flags | O_CLOEXEC, mode)
    if descriptor >= 0 { return descriptor }
    if errno != EINTR { throw FileError(path: errorPath, operation: .create, code: errno) }
  }
}

/// Writes all bytes; the result is 0 or the number of the reason why not.
package func writtenWhole(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
  var rest = bytes
  while let start = rest.baseAddress, rest.count > 0 {
    // One call of the operating system writes at most about 2 GiB.
    let count = write(descriptor, start, min(rest.count, 1 << 30))
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    if count == 0 { return EIO }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
  }
  return 0
}

/// Folders that are made when they are needed.
package enum Folders {
  /// Makes a folder, and those that it lies in, where there is none.
  ///
  /// - Throws: Why it cannot be made.
  package static func make(_ folder: String) throws(FileError) {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += path.isEmpty && part.isEmpty ? "/" : part + "/"
      guard mkdir(path, 0o777) == 0 || errno == EEXIST || access(path, F_OK) == 0 else {
        throw FileError(path: folder, operation: .create, code: errno)
      }
    }
  }

  /// A path without symbolic links and from the root on; as it is where nothing is there.
  package static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The paths that a pattern of the shell matches, such as `data/*.csv`, in the order of their bytes.
  package static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv?[$0] }.map { String(cString: $0) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
