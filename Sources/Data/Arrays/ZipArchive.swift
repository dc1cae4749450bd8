/// The entries of a ZIP archive, of which nothing but the directory at its end is held.
///
/// Reference: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10, sections
/// 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end), 4.5.3 (ZIP64).
struct ZipArchive: Sendable {
  /// What the central directory says about an entry.
  struct Entry: Sendable {
    let name: String
    let method: Int
    let isEncrypted: Bool
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
  }

  let path: String
  let entries: [Entry]

  private let bytes: any PositionedBytes

  /// Whether bytes begin as an archive does.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4b, 0x05, 0x06])
  }

  /// Reads the directory.
  ///
  /// - Parameters:
  ///   - path: What to call the archive in errors.
  ///   - bytes: The bytes of the archive.
  ///   - memoryLimit: The most bytes that the directory may take.
  init(
    path: String,
    bytes: any PositionedBytes,
    memoryLimit: Int
  ) throws(DatasetError) {
    self.path = path
    self.bytes = bytes
    var directory = ZipDirectory(path: path, bytes: bytes, memoryLimit: memoryLimit)
    entries = try directory.entries()
  }

  /// The bytes of an entry, one after another, lengths and checksum verified at their end.
  ///
  /// - Throws: What is wrong with the place or the size of the entry.
  func member(_ entry: Entry) throws(DatasetError) -> ZipMember {
    if entry.isEncrypted || (entry.method != 0 && entry.method != 8) {
      let method = entry.isEncrypted ? -1 : entry.method
      throw .array(.unsupportedCompression(path: path, entry: entry.name, method: method))
    }
    var directory = ZipDirectory(path: path, bytes: bytes, memoryLimit: 0)
    let header = entry.headerOffset
    guard try directory.number(header, 4) == 0x0403_4b50 else {
      throw directory.damaged("no entry where the directory says")
    }
    let start =
      try header + 30 + directory.number(header + 26, 2) + directory.number(header + 28, 2)
    guard start <= bytes.count, entry.compressedSize <= bytes.count - start else {
      throw directory.damaged("an entry that ends behind the file")
    }
    if entry.method == 0 && entry.compressedSize != entry.size {
      throw directory.damaged("an entry of another size than promised")
    }
    // Deflate turns a byte into at most 1032; an entry that promises more is not believed.
    if entry.size / 1032 > entry.compressedSize {
      throw directory.damaged("an entry that promises too many bytes")
    }
    return try ZipMember(
      entry,
      path: path,
      bytes: bytes,
      packed: start..<start + entry.compressedSize
    )
  }
}

/// Reads the directory of a ZIP archive, through a small window.
private struct ZipDirectory {
  let path: String
  let bytes: any PositionedBytes
  let memoryLimit: Int

  private var window: [UInt8] = []
  private var windowStart = 0

  private static let windowSize = 1 << 14

  init(path: String, bytes: any PositionedBytes, memoryLimit: Int) {
    self.path = path
    self.bytes = bytes
    self.memoryLimit = memoryLimit
  }

  mutating func entries() throws(DatasetError) -> [ZipArchive.Entry] {
    let end = try endRecord()
    var count = try number(end + 10, 2)
    var offset = try number(end + 16, 4)
    if count == 0xffff || offset == 0xffff_ffff, end >= 20,
      try number(end - 20, 4) == 0x0706_4b50
    {
      let end64 = try number(end - 20 + 8, 8)
      guard try number(end64, 4) == 0x0606_4b50 else {
        throw damaged("no directory where its end says")
      }
      count = try number(end64 + 32, 8)
      offset = try number(end64 + 48, 8)
    }
    var entries: [ZipArchive.Entry] = []
    let start = offset
    while entries.count < count {
      guard try number(offset, 4) == 0x0201_4b50 else { throw damaged("a damaged directory") }
      let (entry, size) = try entry(offset)
      entries.append(entry)
      offset += size
      // An entry takes at most three times the memory of the 46 bytes and the name that it is made
      // of.
      if 3 * (offset - start) > memoryLimit {
        throw .tooLarge(path: path, bytes: 3 * (offset - start), limit: memoryLimit)
      }
    }
    return entries
  }

  /// The offset of the record at the end, before a comment of at most 65,535 bytes.
  private mutating func endRecord() throws(DatasetError) -> Int {
    let start = max(0, bytes.count - 22 - 0xffff)
    let tail = try bytes.bytes(start..<bytes.count)
    let signature: [UInt8] = [0x50, 0x4b, 0x05, 0x06]
    var offset = tail.count - 22
    while offset >= 0 {
      if tail[offset] == signature[0], tail[offset...].starts(with: signature),
        Int(tail[offset + 20]) | Int(tail[offset + 21]) << 8 == tail.count - offset - 22
      {
        return start + offset
      }
      offset -= 1
    }
    throw damaged("no directory at its end")
  }

  private mutating func entry(
    _ offset: Int
  ) throws(DatasetError) -> (ZipArchive.Entry, size: Int) {
    let nameSize = try number(offset + 28, 2)
    let extraSize = try number(offset + 30, 2)
    let commentSize = try number(offset + 32, 2)
    var sizes = [
      try number(offset + 24, 4), try number(offset + 20, 4), try number(offset + 42, 4),
    ]
    let nameStart = offset + 46
    let extraStart = nameStart + nameSize
    guard extraStart + extraSize + commentSize <= bytes.count else {
      throw damaged("a directory that ends behind the file")
    }
    try readZip64(extraStart..<extraStart + extraSize, into: &sizes)
    let entry = ZipArchive.Entry(
      name: String(decoding: try bytes.bytes(nameStart..<extraStart), as: UTF8.self),
      method: try number(offset + 10, 2),
      isEncrypted: try number(offset + 8, 2) & 1 == 1,
      checksum: UInt32(truncatingIfNeeded: try number(offset + 16, 4)),
      compressedSize: sizes[1],
      size: sizes[0],
      headerOffset: sizes[2]
    )
    return (entry, 46 + nameSize + extraSize + commentSize)
  }

  /// Reads the sizes that do not fit into 32 bits from the extra field that holds them.
  private mutating func readZip64(
    _ extra: Range<Int>,
    into sizes: inout [Int]
  ) throws(DatasetError) {
    var offset = extra.lowerBound
    while offset + 4 <= extra.upperBound {
      let identifier = try number(offset, 2)
      let end = try offset + 4 + number(offset + 2, 2)
      offset += 4
      if identifier == 1 {
        for index in sizes.indices where sizes[index] == 0xffff_ffff && offset + 8 <= end {
          sizes[index] = try number(offset, 8)
          offset += 8
        }
      }
      offset = end
    }
  }

  /// A whole number at an offset, the least significant byte first.
  mutating func number(_ offset: Int, _ size: Int) throws(DatasetError) -> Int {
    guard offset >= 0, offset <= bytes.count - size else { throw damaged("that it stops early") }
    if offset < windowStart || offset + size > windowStart + window.count {
      window = try bytes.bytes(offset..<min(offset + Self.windowSize, bytes.count))
      windowStart = offset
      // Of a file that was shortened meanwhile.
      if window.count < size { throw damaged("that it stops early") }
    }
    var result: UInt64 = 0
    for index in (offset..<offset + size).reversed() {
      result = result << 8 | UInt64(window[index - windowStart])
    }
    guard let number = Int(exactly: result) else { throw damaged("a size beyond any file") }
    return number
  }

  func damaged(_ reason: String) -> DatasetError {
    .array(.damagedArchive(path: path, reason: reason))
  }
}
