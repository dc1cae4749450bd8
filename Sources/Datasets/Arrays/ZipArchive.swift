/// The entries of a ZIP archive in memory: stored or deflated, lengths and checksums verified.
///
/// Reference: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10, sections
/// 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end), 4.5.3 (ZIP64).
struct ZipArchive {
  /// What the central directory says about an entry.
  struct Entry {
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

  private let bytes: [UInt8]

  /// Whether bytes begin as an archive does.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4b, 0x05, 0x06])
  }

  init(path: String, bytes: [UInt8]) throws(DatasetError) {
    self.path = path
    self.bytes = bytes
    let reader = LittleEndian(path: path, bytes: bytes)
    entries = try Self.directory(reader)
  }

  /// The bytes of an entry.
  ///
  /// - Throws: `tooLarge` above the limit, before any memory is taken, and what is damaged.
  func contents(_ entry: Entry, memoryLimit: Int) throws(DatasetError) -> [UInt8] {
    let reader = LittleEndian(path: path, bytes: bytes)
    if entry.isEncrypted || (entry.method != 0 && entry.method != 8) {
      let method = entry.isEncrypted ? -1 : entry.method
      throw .array(.unsupportedCompression(path: path, entry: entry.name, method: method))
    }
    if entry.size > memoryLimit {
      throw .tooLarge(path: path, bytes: entry.size, limit: memoryLimit)
    }
    let header = entry.headerOffset
    guard try reader.number(header, 4) == 0x0403_4b50 else {
      throw reader.damaged("no entry where the directory says")
    }
    let start = try header + 30 + reader.number(header + 26, 2) + reader.number(header + 28, 2)
    guard start <= bytes.count, entry.compressedSize <= bytes.count - start else {
      throw reader.damaged("an entry that ends behind the file")
    }
    let contents = try unpacked(entry, start..<start + entry.compressedSize)
    if contents.count != entry.size {
      throw reader.damaged("an entry of another size than promised")
    }
    if Inflater.checksum(contents) != entry.checksum {
      throw reader.damaged("an entry whose checksum (CRC-32) is wrong")
    }
    return contents
  }

  private func unpacked(_ entry: Entry, _ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    if entry.method == 0 { return Array(bytes[range]) }
    // Deflate turns a byte into at most 1032; an entry that promises more is not believed.
    if entry.size / 1032 > entry.compressedSize {
      throw .array(.damagedArchive(path: path, reason: "an entry that promises too many bytes"))
    }
    do throws(Inflater.Failure) {
      return try Inflater.inflateRaw(bytes, range, size: entry.size)
    } catch {
      if case .memory = error { throw .noMemory(path: path) }
      throw .array(.damagedArchive(path: path, reason: "damaged compressed data"))
    }
  }

  // MARK: Directory

  private static func directory(_ reader: LittleEndian) throws(DatasetError) -> [Entry] {
    let end = try endRecord(reader)
    var count = try reader.number(end + 10, 2)
    var offset = try reader.number(end + 16, 4)
    if count == 0xffff || offset == 0xffff_ffff, end >= 20,
      try reader.number(end - 20, 4) == 0x0706_4b50
    {
      let end64 = try reader.number(end - 20 + 8, 8)
      guard try reader.number(end64, 4) == 0x0606_4b50 else {
        throw reader.damaged("no directory where its end says")
      }
      count = try reader.number(end64 + 32, 8)
      offset = try reader.number(end64 + 48, 8)
    }
    var entries: [Entry] = []
    while entries.count < count {
      guard try reader.number(offset, 4) == 0x0201_4b50 else {
        throw reader.damaged("a damaged directory")
      }
      let (entry, size) = try entry(reader, offset)
      entries.append(entry)
      offset += size
    }
    return entries
  }

  /// The offset of the record at the end, before a comment of at most 65,535 bytes.
  private static func endRecord(_ reader: LittleEndian) throws(DatasetError) -> Int {
    let count = reader.bytes.count
    var offset = count - 22
    while offset >= max(0, count - 22 - 0xffff) {
      if reader.bytes[offset] == 0x50, try reader.number(offset, 4) == 0x0605_4b50,
        try reader.number(offset + 20, 2) == count - offset - 22
      {
        return offset
      }
      offset -= 1
    }
    throw reader.damaged("no directory at its end")
  }

  private static func entry(
    _ reader: LittleEndian,
    _ offset: Int
  ) throws(DatasetError) -> (Entry, size: Int) {
    let nameSize = try reader.number(offset + 28, 2)
    let extraSize = try reader.number(offset + 30, 2)
    let commentSize = try reader.number(offset + 32, 2)
    var sizes = [
      try reader.number(offset + 24, 4), try reader.number(offset + 20, 4),
      try reader.number(offset + 42, 4),
    ]
    let nameStart = offset + 46
    let extraStart = nameStart + nameSize
    guard extraStart + extraSize + commentSize <= reader.bytes.count else {
      throw reader.damaged("a directory that ends behind the file")
    }
    try readZip64(reader, extraStart..<extraStart + extraSize, into: &sizes)
    let entry = Entry(
      name: String(decoding: reader.bytes[nameStart..<extraStart], as: UTF8.self),
      method: try reader.number(offset + 10, 2),
      isEncrypted: try reader.number(offset + 8, 2) & 1 == 1,
      checksum: UInt32(truncatingIfNeeded: try reader.number(offset + 16, 4)),
      compressedSize: sizes[1],
      size: sizes[0],
      headerOffset: sizes[2]
    )
    return (entry, 46 + nameSize + extraSize + commentSize)
  }

  /// Reads the sizes that do not fit into 32 bits from the extra field that holds them.
  private static func readZip64(
    _ reader: LittleEndian,
    _ extra: Range<Int>,
    into sizes: inout [Int]
  ) throws(DatasetError) {
    var offset = extra.lowerBound
    while offset + 4 <= extra.upperBound {
      let identifier = try reader.number(offset, 2)
      let end = try offset + 4 + reader.number(offset + 2, 2)
      offset += 4
      if identifier == 1 {
        for index in sizes.indices where sizes[index] == 0xffff_ffff && offset + 8 <= end {
          sizes[index] = try reader.number(offset, 8)
          offset += 8
        }
      }
      offset = end
    }
  }
}

/// Whole numbers within some bytes, the least significant byte first.
private struct LittleEndian {
  let path: String
  let bytes: [UInt8]

  func number(_ offset: Int, _ size: Int) throws(DatasetError) -> Int {
    guard offset >= 0, offset <= bytes.count - size else {
      throw damaged("that it stops early")
    }
    var result: UInt64 = 0
    for index in (offset..<offset + size).reversed() { result = result << 8 | UInt64(bytes[index]) }
    guard let number = Int(exactly: result) else { throw damaged("a size beyond any file") }
    return number
  }

  func damaged(_ reason: String) -> DatasetError {
    .array(.damagedArchive(path: path, reason: reason))
  }
}
