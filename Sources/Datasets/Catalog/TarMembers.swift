/// Reads the members of a tar archive, compressed by gzip or not, one after the other.
///
/// Only ordinary files that were asked for are given; links, folders and whatever else an archive may
/// hold are passed over, and no path of the archive is ever used as one of this machine.
///
/// Reference: IEEE Std 1003.1-2017, utility pax, "ustar Interchange Format".
enum TarMembers {
  private static let blockSize = 512

  /// Calls a body with pieces of each member whose path is wanted, in the order of the archive.
  ///
  /// - Parameters:
  ///   - path: The archive.
  ///   - wanted: The paths of the members.
  ///   - body: Takes the path of a member, and further bytes of it.
  /// - Returns: The paths that were found.
  static func read(
    _ path: String,
    wanted: Set<String>,
    _ body: (String, [UInt8]) throws(DatasetError) -> Void
  ) throws(DatasetError) -> Set<String> {
    let source = try ByteSource(path: path)
    var found: Set<String> = []
    while true {
      let header = try exactly(blockSize, of: source)
      guard let header else { return found }
      if header.allSatisfy({ $0 == 0 }) { return found }
      let member = try Header(header, path: path)
      let isTaken = member.isFile && wanted.contains(member.name)
      var left = member.size
      while left > 0 {
        let piece = try some(min(left, 1 << 18), of: source, path: path)
        left -= piece.count
        if isTaken { try body(member.name, piece) }
      }
      if isTaken { found.insert(member.name) }
      let padding = (blockSize - member.size % blockSize) % blockSize
      if padding > 0, try exactly(padding, of: source) == nil { throw damaged(path) }
    }
  }

  /// So many bytes; nil at the end of the file.
  private static func exactly(_ count: Int, of source: ByteSource) throws(DatasetError) -> [UInt8]?
  {
    var bytes: [UInt8] = []
    while bytes.count < count {
      if source.unreadCount == 0 { try source.fill() }
      if source.unreadCount == 0 { return nil }
      source.moveUnread(to: &bytes, atMost: count - bytes.count)
    }
    return bytes
  }

  private static func some(
    _ count: Int,
    of source: ByteSource,
    path: String
  ) throws(DatasetError) -> [UInt8] {
    if source.unreadCount == 0 { try source.fill() }
    guard source.unreadCount > 0 else { throw damaged(path) }
    var bytes: [UInt8] = []
    source.moveUnread(to: &bytes, atMost: count)
    return bytes
  }

  private static func damaged(_ path: String) -> DatasetError {
    .unsupportedFormat(
      path: path,
      expected: "a tar archive",
      found: "one that is damaged or stops too soon"
    )
  }

  private struct Header {
    let name: String
    let size: Int
    let isFile: Bool

    init(_ block: [UInt8], path: String) throws(DatasetError) {
      // The sum is taken with blanks in its own place.
      let own = 148..<156
      let sum = block.indices.reduce(0) { $0 + (own.contains($1) ? 32 : Int(block[$1])) }
      guard let stated = Self.octal(block[own]), stated == sum,
        let size = Self.octal(block[124..<136]), size <= 1 << 40
      else { throw TarMembers.damaged(path) }
      let prefix = block[257..<262].elementsEqual("ustar".utf8) ? Self.text(block[345..<500]) : ""
      let name = Self.text(block[0..<100])
      self.name = prefix.isEmpty ? name : prefix + "/" + name
      self.size = size
      isFile = block[156] == 0 || block[156] == UInt8(ascii: "0")
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
      let digits = bytes.prefix { $0 != 0 }.filter { $0 != UInt8(ascii: " ") }
      guard !digits.isEmpty, digits.count <= 12 else { return nil }
      return Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }
  }
}
