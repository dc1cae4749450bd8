internal import HourglassSystem

/// Bytes that come one after another: those of a file, inflated where it is gzip, those of a member
/// of an archive, or some in memory.
protocol ByteStream: AnyObject {
  /// The number of all bytes, where it is known before they are read.
  var byteCount: Int? { get }

  /// Reads some bytes into an array from an offset, at which it has room, to its end; 0 is the end
  /// of the stream.
  ///
  /// - Throws: What is wrong with the bytes; what can only be checked on all of them is thrown at the end.
  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int
}

extension ByteStream {
  /// The next bytes, fewer at the end of the stream.
  func next(_ count: Int) throws(DatasetError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var found = 0
    while found < count {
      let more = try read(into: &bytes, from: found)
      if more == 0 { break }
      found += more
    }
    bytes.removeLast(count - found)
    return bytes
  }

  /// Reads the bytes that are left, for the errors that only all of them show.
  func drain() throws(DatasetError) {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while try read(into: &bytes, from: 0) > 0 {}
  }
}

/// Bytes in memory as a stream.
final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var byteCount: Int? { bytes.count }

  func read(into target: inout [UInt8], from offset: Int) -> Int {
    let count = min(target.count - offset, bytes.count - position)
    target.replaceSubrange(offset..<offset + count, with: bytes[position..<position + count])
    position += count
    return count
  }
}

/// The bytes of a file as it is stored, or of a pipe.
final class FileStream: ByteStream {
  private let file: InputFile

  init(path: String, isLive: Bool = false) throws(DatasetError) {
    do throws(FileError) {
      file = try InputFile(path: path, isLive: isLive)
    } catch {
      throw .file(error)
    }
  }

  /// The size of an ordinary file; none for a pipe or a device.
  var byteCount: Int? { file.size }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    do throws(FileError) {
      return try file.read(into: &bytes, from: offset)
    } catch {
      throw .file(error)
    }
  }
}
