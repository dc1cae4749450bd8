internal import CHourglassCodecs
internal import HTTPTypes
internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The files of a folder as one ZIP file, stored as they are, made while it is sent.
///
/// Each file is read twice: for its checksum, which stands before its bytes, and for the bytes. An archive of more
/// than 65,535 files or 4 GiB has the longer records of ZIP64; one file has less than 4 GiB.
struct ZipArchive {
  private struct Entry {
    var name: [UInt8]
    var path: String
    var size: Int
    var time: (date: UInt16, time: UInt16)
    var checksum: UInt32 = 0
    var place = 0
  }

  private var entries: [Entry]
  private var place = 0

  /// Chooses what is in it.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - files: Files below it, by their names there.
  /// - Throws: A problem where a file is too large.
  init(folder: String, files: [FolderFile]) throws(Problem) {
    if let large = files.first(where: { $0.bytes > Int(UInt32.max) - 1 }) {
      throw Problem(
        .conflict,
        "The file \(lastPart(of: large.name)) has 4 GiB or more, too much for a ZIP. Download it alone."
      )
    }
    entries = files.map { file in
      Entry(
        name: Array(file.name.utf8),
        path: "\(folder)/\(file.name)",
        size: file.bytes,
        time: Self.time(seconds: Int(file.modified.timeIntervalSince1970))
      )
    }
  }

  /// The bytes of the whole.
  var size: Int {
    let content = entries.reduce(0) { $0 + 30 + $1.name.count + $1.size }
    var (place, directory) = (0, 0)
    for entry in entries {
      directory += 46 + entry.name.count + (place >= Self.limit ? 12 : 0)
      place += 30 + entry.name.count + entry.size
    }
    return content + directory + Self.endSize(entries.count, content)
  }

  /// Sends the archive piece by piece.
  ///
  /// - Throws: An error where a file has changed meanwhile, and what sending throws.
  mutating func write(_ send: ([UInt8]) async throws -> Void) async throws {
    for index in entries.indices {
      entries[index].checksum = try await Self.bytes(of: entries[index]) { _ in }
      entries[index].place = place
      let entry = entries[index]
      var head = Record()
      head.add(UInt32(0x0403_4b50))
      head.add(UInt16(20))
      head.addCommon(of: entry)
      try await send(head.bytes + entry.name)
      guard try await Self.bytes(of: entry, take: send) == entry.checksum else {
        throw FileError(path: entry.path, operation: .read, code: EIO)
      }
      place += 30 + entry.name.count + entry.size
    }
    let start = place
    for entry in entries {
      let bytes = Self.directoryEntry(entry)
      place += bytes.count
      try await send(bytes)
    }
    try await send(Self.end(entries.count, start: start, size: place - start))
  }

  /// Reads the bytes of a file, which must be as many as they were, and gives their checksum.
  private static func bytes(
    of entry: Entry,
    take: ([UInt8]) async throws -> Void
  ) async throws -> UInt32 {
    let file = try InputFile(path: entry.path)
    var (sum, left) = (UInt32(0), entry.size)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while left > 0 {
      let count = min(try file.read(into: &bytes, from: 0), left)
      guard count > 0 else { throw FileError(path: entry.path, operation: .read, code: EIO) }
      let piece = Array(bytes[..<count])
      sum = hg_crc32(sum, piece, piece.count)
      try await take(piece)
      left -= count
    }
    return sum
  }

  private static let limit = Int(UInt32.max)

  private static func directoryEntry(_ entry: Entry) -> [UInt8] {
    let isFar = entry.place >= limit
    var record = Record()
    record.add(UInt32(0x0201_4b50))
    // Made on Unix, for its permissions below.
    record.add(UInt16(3 << 8 | 45))
    record.add(UInt16(isFar ? 45 : 20))
    record.addCommon(of: entry, extra: isFar ? 12 : 0)
    record.add(UInt16(0))
    record.add(UInt16(0))
    record.add(UInt16(0))
    record.add(UInt32(0o100644) << 16)
    record.add(UInt32(isFar ? limit : entry.place))
    record.bytes += entry.name
    if isFar {
      record.add(UInt16(1))
      record.add(UInt16(8))
      record.add(UInt64(entry.place))
    }
    return record.bytes
  }

  private static func endSize(_ count: Int, _ start: Int) -> Int {
    22 + (count > 65_534 || start >= limit ? 76 : 0)
  }

  private static func end(_ count: Int, start: Int, size: Int) -> [UInt8] {
    var record = Record()
    let isLong = endSize(count, start) > 22
    if isLong {
      record.add(UInt32(0x0606_4b50))
      record.add(UInt64(44))
      record.add(UInt16(45))
      record.add(UInt16(45))
      record.add(UInt64(0))
      record.add(UInt64(count))
      record.add(UInt64(count))
      record.add(UInt64(size))
      record.add(UInt64(start))
      record.add(UInt32(0x0706_4b50))
      record.add(UInt32(0))
      record.add(UInt64(start + size))
      record.add(UInt32(1))
    }
    record.add(UInt32(0x0605_4b50))
    record.add(UInt32(0))
    record.add(UInt16(min(count, 65_535)))
    record.add(UInt16(min(count, 65_535)))
    record.add(UInt32(min(size, limit)))
    record.add(UInt32(min(start, limit)))
    record.add(UInt16(0))
    return record.bytes
  }

  /// Universal time as DOS has it, from 1980 on, in steps of two seconds.
  private static func time(seconds: Int) -> (date: UInt16, time: UInt16) {
    var (moment, parts) = (time_t(max(seconds, 315_532_800)), tm())
    guard gmtime_r(&moment, &parts) != nil else { return (33, 0) }
    let date = min(Int(parts.tm_year) - 80, 127) << 9 | (Int(parts.tm_mon) + 1) << 5
    let time = Int(parts.tm_hour) << 11 | Int(parts.tm_min) << 5 | min(Int(parts.tm_sec), 59) / 2
    return (UInt16(date | Int(parts.tm_mday)), UInt16(time))
  }

  /// Numbers as ZIP has them, the low byte first.
  private struct Record {
    var bytes: [UInt8] = []

    mutating func add(_ number: some FixedWidthInteger & UnsignedInteger) {
      for byte in 0..<number.bitWidth / 8 {
        bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte)))
      }
    }

    /// What stands before the bytes of a file and in the directory: names in UTF-8, stored as they are.
    mutating func addCommon(of entry: Entry, extra: Int = 0) {
      add(UInt16(1 << 11))
      add(UInt16(0))
      add(entry.time.time)
      add(entry.time.date)
      add(entry.checksum)
      add(UInt32(entry.size))
      add(UInt32(entry.size))
      add(UInt16(entry.name.count))
      add(UInt16(extra))
    }
  }
}
