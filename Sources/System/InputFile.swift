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

  package init(path: String) throws(FileError) {
    self.path = path
    descriptor = try opened(path)
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

private func opened(_ path: String) throws(FileError) -> Int32 {
  while true {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { return descriptor }
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
