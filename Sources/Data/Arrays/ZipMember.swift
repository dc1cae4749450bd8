/// The bytes of an entry of a ZIP archive, stored or deflated, one after another.
///
/// No more bytes are given than the directory promises, and behind the last one their number, their
/// checksum and the end of the deflated data are verified.
final class ZipMember: ByteStream {
  private static let pieceSize = 1 << 17

  private let entry: ZipArchive.Entry
  private let path: String
  private let bytes: any PositionedBytes
  private let inflater: Inflater?
  /// The stored bytes that were not read yet.
  private var packed: Range<Int>
  /// Deflated bytes, before inflating.
  private var piece: [UInt8] = []
  private var pieceUnread = 0..<0
  /// The number of bytes that were given.
  private var position = 0
  private var checksum: UInt32 = 0
  private var isVerified = false

  /// Begins to read an entry.
  ///
  /// - Parameter packed: Where its bytes are in the archive.
  init(
    _ entry: ZipArchive.Entry,
    path: String,
    bytes: any PositionedBytes,
    packed: Range<Int>
  ) throws(DatasetError) {
    self.entry = entry
    self.path = path
    self.bytes = bytes
    self.packed = packed
    guard entry.method != 0 else {
      inflater = nil
      return
    }
    do throws(Inflater.Failure) {
      inflater = try Inflater(.deflated)
    } catch {
      throw .noMemory(path: path)
    }
    piece = [UInt8](repeating: 0, count: min(Self.pieceSize, packed.count))
  }

  var byteCount: Int? { entry.size }

  func read(into target: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    let room = offset..<offset + min(target.count - offset, entry.size - position)
    guard target.count > offset, !isVerified else { return 0 }
    var count = 0
    if let inflater, !room.isEmpty {
      count = try inflate(inflater, into: &target, room)
    } else if !room.isEmpty {
      count = try bytes.read(at: packed.lowerBound, into: &target, room)
      if count == 0 { throw damaged("an entry that ends behind the file") }
      packed = packed.lowerBound + count..<packed.upperBound
    }
    if count == 0 {
      try verify(&target)
      return 0
    }
    checksum = Inflater.checksum(checksum, target, offset..<offset + count)
    position += count
    return count
  }

  /// Inflates until there are some bytes; none where the deflated data end.
  private func inflate(
    _ inflater: Inflater,
    into target: inout [UInt8],
    _ room: Range<Int>
  ) throws(DatasetError) -> Int {
    while !inflater.mayEnd {
      try refill()
      let (consumed, produced) = try run(inflater, into: &target, room)
      if produced > 0 { return produced }
      // Data that go on behind the promised bytes have no room, and those that stop early no bytes.
      if consumed == 0 && !inflater.mayEnd { throw damaged("damaged compressed data") }
    }
    return 0
  }

  /// Verifies what can be verified behind the last byte.
  private func verify(_ target: inout [UInt8]) throws(DatasetError) {
    if let inflater {
      _ = try inflate(inflater, into: &target, 0..<0)
      guard pieceUnread.isEmpty && packed.isEmpty else { throw damaged("damaged compressed data") }
    }
    if position != entry.size { throw damaged("an entry of another size than promised") }
    if checksum != entry.checksum { throw damaged("an entry whose checksum (CRC-32) is wrong") }
    isVerified = true
  }

  private func refill() throws(DatasetError) {
    guard pieceUnread.isEmpty, !packed.isEmpty else { return }
    let count = try bytes.read(
      at: packed.lowerBound,
      into: &piece,
      0..<min(piece.count, packed.count)
    )
    if count == 0 { throw damaged("an entry that ends behind the file") }
    packed = packed.lowerBound + count..<packed.upperBound
    pieceUnread = 0..<count
  }

  private func run(
    _ inflater: Inflater,
    into target: inout [UInt8],
    _ room: Range<Int>
  ) throws(DatasetError) -> (consumed: Int, produced: Int) {
    do throws(Inflater.Failure) {
      let done = try inflater.run(piece, pieceUnread, into: &target, room)
      pieceUnread = pieceUnread.lowerBound + done.consumed..<pieceUnread.upperBound
      return done
    } catch {
      if case .memory = error { throw .noMemory(path: path) }
      throw damaged("damaged compressed data")
    }
  }

  private func damaged(_ reason: String) -> DatasetError {
    .array(.damagedArchive(path: path, reason: reason))
  }
}
