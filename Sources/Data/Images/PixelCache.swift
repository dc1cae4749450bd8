internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors
import Synchronization

/// The decoded images of a folder, kept in a file from one run to the next.
///
/// A record belongs to a file by its name, size and time of last change; one that was changed since
/// is decoded anew. Nothing in the cache is trusted: lengths are checked before use, and the head and
/// the samples of each record have hashes. It may be removed at any time, and where it cannot be
/// written, everything goes on without it.
///
/// The file is a row of records, to which one process at a time appends; what a killed process left
/// half-written is cut off by the next one. A record is
///
///     bytes     what
///     0-95      twelve numbers of eight bytes, little-endian: "HGPIXEL1", size and time of the file,
///               hash of the file, width, height, channels * 256 + bits, bytes of the color profile
///               and of the EXIF data (one more than they are, 0 where there are none), bytes of the
///               name, hash of all that follows the head, hash of the head up to here
///     96-       name, color profile, EXIF data, samples
final class PixelCache: Sendable {
  /// The fewest images of a folder that are kept; fewer are decoded soon enough.
  static let fewestImages = 1_000
  /// The most bytes of samples of an image that is kept.
  static let largestImage = 1 << 20
  /// The most bytes that the cache of a folder takes.
  static let largestFile = 2 << 30
  /// The seconds after which the cache of a folder that was not read again is removed: 60 days.
  static let lifetime = 60 * 24 * 3600

  private static let magic = UInt64(0x314C_4558_4950_4748)
  private static let headWords = 12
  private static let headSize = headWords * 8
  private static let pendingLimit = 1 << 20

  /// What a record says of its image.
  struct Known: Sendable {
    let header: ImageCodec.Header
    /// The hash of the bytes of the file.
    let hash: UInt64
  }

  private struct Record {
    let size: UInt64
    let modified: UInt64
    let known: Known
    let profileCount: Int?
    let exifCount: Int?
    let nameCount: Int
    let bodyHash: UInt64
    /// Where the record begins in the cache.
    let offset: Int

    var sampleCount: Int {
      known.header.size.width * known.header.size.height * known.header.channels
        * (known.header.depth / 8)
    }
    var bodyCount: Int { nameCount + (profileCount ?? 0) + (exifCount ?? 0) + sampleCount }
  }

  private struct State {
    var records: [String: Record] = [:]
    /// What is not written yet, and where it will stand.
    var pending: [UInt8] = []
    var end = 0
    /// Whether writing failed, or another process does it.
    var isReadOnly = false
  }

  private let file: GrowingFile
  private let state: Mutex<State>

  /// Opens the cache of a folder of images.
  ///
  /// - Parameters:
  ///   - folder: The folder of all caches, which is made where there is none.
  ///   - images: The folder of images.
  /// - Returns: Nothing where the cache cannot be opened.
  init?(in folder: String, of images: String) {
    do throws(FileError) {
      try Folders.make(folder)
      let path = Array(Folders.resolved(images).utf8)
      let hash = Fingerprint.hexadecimal(Fingerprint.hash(path.span.bytes))
      file = try GrowingFile(path: "\(folder)/pixels-\(hash).cache")
    } catch {
      return nil
    }
    var found = State()
    found.isReadOnly = !file.isWritable
    var live = 0
    let size = file.size
    while let (name, record) = Self.record(in: file, at: found.end, size) {
      live += record.bodyCount - (found.records[name]?.bodyCount ?? 0)
      found.records[name] = record
      found.end += Self.headSize + record.bodyCount
    }
    if file.isWritable {
      // Where most of it is out of date it begins anew; else what is half-written is cut off.
      if found.end > 1 << 26 && live < found.end / 2 { found = State() }
      do throws(FileError) {
        if found.end < size { try file.shorten(to: found.end) }
      } catch {
        found.isReadOnly = true
      }
      file.touch()
    }
    state = Mutex(found)
    if found.records.isEmpty { Self.removeOld(in: folder) }
  }

  deinit { flush() }

  /// What is known of a file without reading it.
  func known(_ file: FolderListing.File) -> Known? { record(of: file)?.known }

  /// The decoded image of a file, where it is here.
  func image(_ file: FolderListing.File) -> Image? {
    guard let record = record(of: file) else { return nil }
    let body: [UInt8]? = state.withLock { state in
      let start = state.end - state.pending.count
      guard record.offset >= start else { return nil }
      let first = record.offset - start + Self.headSize
      return Array(state.pending[first..<first + record.bodyCount])
    }
    guard let body = body ?? self.file.bytes(record.bodyCount, at: record.offset + Self.headSize),
      Fingerprint.hash(body.span.bytes) == record.bodyHash
    else { return nil }
    var position = record.nameCount
    func next(_ count: Int) -> [UInt8] {
      defer { position += count }
      return Array(body[position..<position + count])
    }
    let (profile, exif) = (record.profileCount.map(next), record.exifCount.map(next))
    let samples = next(record.sampleCount)
    let header = record.known.header
    return Image(
      width: header.size.width,
      height: header.size.height,
      channels: header.channels,
      samples: header.depth == 8
        ? .bytes(samples)
        : .words(
          stride(from: 0, to: samples.count, by: 2).map {
            UInt16(samples[$0]) | UInt16(samples[$0 + 1]) << 8
          }
        ),
      colorProfile: profile,
      exif: exif
    )
  }

  /// Keeps the decoded image of a file.
  func keep(_ image: Image, of file: FolderListing.File, hash: UInt64) {
    let name = Array(file.name.utf8)
    let header = ImageCodec.Header(
      size: image.size,
      channels: image.channels,
      depth: image.depth
    )
    guard image.samples.count * image.depth / 8 <= Self.largestImage else { return }
    var body = name + (image.colorProfile ?? []) + (image.exif ?? [])
    switch image.samples {
    case .bytes(let samples): body += samples
    case .words(let samples):
      body += samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }
    state.withLock { state in
      guard !state.isReadOnly, state.end + body.count <= Self.largestFile else { return }
      let record = Record(
        size: UInt64(file.size),
        modified: UInt64(bitPattern: Int64(file.modified)),
        known: Known(header: header, hash: hash),
        profileCount: image.colorProfile?.count,
        exifCount: image.exif?.count,
        nameCount: name.count,
        bodyHash: Fingerprint.hash(body.span.bytes),
        offset: state.end
      )
      state.pending += Self.head(of: record) + body
      state.end += Self.headSize + body.count
      state.records[file.name] = record
      if state.pending.count >= Self.pendingLimit { write(&state) }
    }
  }

  /// Writes what is not written yet.
  func flush() { state.withLock { write(&$0) } }

  private func write(_ state: inout State) {
    guard !state.pending.isEmpty, !state.isReadOnly else { return }
    do throws(FileError) {
      try file.append(state.pending)
      state.pending.removeAll(keepingCapacity: true)
    } catch {
      // A full disk: what is held stays usable, and nothing further is kept.
      state.isReadOnly = true
    }
  }

  private func record(of file: FolderListing.File) -> Record? {
    let record = state.withLock { $0.records[file.name] }
    guard let record, record.size == UInt64(file.size),
      record.modified == UInt64(bitPattern: Int64(file.modified))
    else { return nil }
    return record
  }

  // MARK: Records

  private static func head(of record: Record) -> [UInt8] {
    let header = record.known.header
    let words = [
      magic, record.size, record.modified, record.known.hash, UInt64(header.size.width),
      UInt64(header.size.height), UInt64(header.channels << 8 | header.depth),
      UInt64(record.profileCount.map { $0 + 1 } ?? 0), UInt64(record.exifCount.map { $0 + 1 } ?? 0),
      UInt64(record.nameCount), record.bodyHash,
    ]
    let head = words.flatMap(bytes)
    return head + bytes(Fingerprint.hash(head.span.bytes))
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
  }

  /// The record at an offset, and the name of its file; nil where no whole one is there.
  private static func record(
    in file: GrowingFile,
    at offset: Int,
    _ size: Int
  ) -> (name: String, record: Record)? {
    // Nearly all names stand in the bytes that are read with the head.
    let nearby = min(headSize + 160, size - offset)
    guard nearby >= headSize, let bytes = file.bytes(nearby, at: offset) else { return nil }
    let words = (0..<headWords).map { EightBytes(bytes.span.bytes, at: 8 * $0).word }
    let checked = Array(bytes.prefix(headSize - 8))
    guard words[0] == magic, words[11] == Fingerprint.hash(checked.span.bytes),
      let width = Int(exactly: words[4]), let height = Int(exactly: words[5]),
      (1...largestImage).contains(width), (1...largestImage).contains(height),
      case let channels = Int(words[6] >> 8 & 0xff), (1...4).contains(channels),
      case let depth = Int(words[6] & 0xff), depth == 8 || depth == 16,
      [words[7], words[8], words[9]].allSatisfy({ $0 <= 1 << 30 }), words[9] > 0
    else { return nil }
    let record = Record(
      size: words[1],
      modified: words[2],
      known: Known(
        header: ImageCodec.Header(
          size: ImageSize(width: width, height: height),
          channels: channels,
          depth: depth
        ),
        hash: words[3]
      ),
      profileCount: words[7] == 0 ? nil : Int(words[7]) - 1,
      exifCount: words[8] == 0 ? nil : Int(words[8]) - 1,
      nameCount: Int(words[9]),
      bodyHash: words[10],
      offset: offset
    )
    guard record.sampleCount <= largestImage, record.bodyCount <= size - offset - headSize else {
      return nil
    }
    let name =
      headSize + record.nameCount <= nearby
      ? Array(bytes[headSize..<headSize + record.nameCount])
      : file.bytes(record.nameCount, at: offset + headSize)
    return name.map { (String(decoding: $0, as: UTF8.self), record) }
  }

  /// Removes the caches of folders that were not read for long.
  private static func removeOld(in folder: String) {
    let files = (try? FolderListing.files(below: folder)) ?? []
    // The cache that was made just now is the newest one.
    let now = files.map(\.modified).max() ?? 0
    for file in files
    where file.name.hasPrefix("pixels-") && now - file.modified > lifetime * 1_000_000_000 {
      GrowingFile.remove(folder + "/" + file.name)
    }
  }
}
