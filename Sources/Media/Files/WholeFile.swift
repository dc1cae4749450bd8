package import HourglassSystem

/// A file read in one piece, for the formats whose libraries want all of it.
package enum WholeFile {
  private static let pieceSize = 1 << 18

  /// Writes a file, whole or not at all.
  static func replace(_ path: String, with bytes: [UInt8]) throws(MediaError) {
    do throws(FileError) {
      try AtomicFile.replace(path, with: bytes)
    } catch {
      throw .file(error)
    }
  }

  /// All bytes of a file as they are stored.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes to hold; a longer file is an error.
  package static func bytes(
    of path: String,
    limit: Int = MemoryLimit.standard
  ) throws(MediaError) -> [UInt8] {
    let limited: Int
    do throws(FileError) {
      let file = try InputFile(path: path)
      var size = file.size ?? 0
      var bytes = [UInt8](repeating: 0, count: min(size, limit) + 1)
      var count = 0
      while count <= limit {
        if count == bytes.count {
          bytes.append(contentsOf: repeatElement(0, count: max(pieceSize, count / 2)))
        }
        let read = try file.read(into: &bytes, from: count)
        if read == 0 {
          bytes.removeLast(bytes.count - count)
          return bytes
        }
        count += read
        size = max(size, count)
      }
      limited = size
    } catch {
      throw .file(error)
    }
    throw .tooLarge(path: path, bytes: limited, limit: limit)
  }

  /// The first bytes of a file, fewer where it is shorter.
  package static func beginning(of path: String, count: Int) throws(FileError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes = [UInt8](repeating: 0, count: count)
    var found = 0
    while found < count {
      let read = try file.read(into: &bytes, from: found)
      if read == 0 { break }
      found += read
    }
    return Array(bytes.prefix(found))
  }
}

/// Numbers read one after the other from some bytes; each reading is nil past the end.
package struct ByteReader {
  private let bytes: [UInt8]
  /// The number of bytes that were read.
  package private(set) var offset = 0

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next byte.
  package mutating func byte() -> UInt8? {
    guard offset < bytes.count else { return nil }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// The next four bytes, the most significant one first.
  package mutating func bigEndianUInt32() -> UInt32? {
    guard bytes.count - offset >= 4 else { return nil }
    defer { offset += 4 }
    return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
