package import HourglassSystem
internal import HourglassTensors

/// An image in a file, PNG, JPEG or SVG, to be shown on a page as it is.
package struct ImageFile: Hashable, Sendable {
  /// The bytes of the file.
  package let bytes: [UInt8]
  /// The media type, such as `image/png`.
  package let mediaType: String

  /// The largest file that a page takes.
  private static let limit = 64 << 20

  /// Reads a file; what it is, is seen from its contents.
  ///
  /// - Throws: Why it cannot be read; a file of another kind, or above 64 MiB, counts as such.
  package init(contentsOf path: String) throws(FileError) {
    guard let file = fopen(path, "r") else {
      throw FileError(path: path, operation: .open, code: errno)
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      bytes += piece.prefix(count)
      guard count == piece.count, bytes.count <= Self.limit else { break }
    }
    if ferror(file) != 0 { throw FileError(path: path, operation: .read, code: errno) }
    guard bytes.count <= Self.limit, let type = Self.mediaType(of: bytes) else {
      throw FileError(path: path, operation: .read, code: EINVAL)
    }
    self.bytes = bytes
    mediaType = type
  }

  /// The image as an address that holds all of it.
  var dataAddress: String { "data:\(mediaType);base64,\(bytes.base64)" }

  private static func mediaType(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return "image/png" }
    if bytes.starts(with: [0xff, 0xd8, 0xff]) { return "image/jpeg" }
    let isMarkup = bytes.starts(with: Array("<svg".utf8)) || bytes.starts(with: Array("<?xml".utf8))
    return isMarkup ? "image/svg+xml" : nil
  }
}
