/// The numbers of an array one after another, in the order of the file and in memory that their
/// number does not matter to.
final class NPYStream {
  /// The path of the file, with the name of the array in an archive behind it.
  let path: String
  let header: NPYHeader
  /// The numbers that were given.
  private(set) var position = 0

  private let stream: any ByteStream
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var unread = 0..<0
  private var isVerified = false

  /// Reads the header.
  ///
  /// - Throws: What is wrong with it, and `wrongSize` where the size of the file is not the
  ///   promised one and is known at once.
  init(_ stream: any ByteStream, path: String) throws(DatasetError) {
    self.path = path
    self.stream = stream
    var beginning = try stream.next(12)
    beginning += try stream.next(NPYHeader.missingBytes(beginning))
    header = try NPYHeader(beginning, path: path)
    try checkSize()
  }

  /// Takes a file of the IDX format from its beginning.
  init(idx source: ByteSource) throws(DatasetError) {
    path = source.path
    stream = source
    header = NPYHeader(try IDXHeader(source))
    try checkSize()
  }

  private func checkSize() throws(DatasetError) {
    guard let size = stream.byteCount, size - header.end != header.byteCount else { return }
    throw wrongSize(size - header.end)
  }

  /// Whether it is known that the stream has as many bytes as the header promises.
  var isOfKnownSize: Bool { stream.byteCount != nil }

  /// Appends the next numbers to a list, at most as many as wanted, and fewer only at the end.
  ///
  /// - Throws: What is wrong with the file, such as that it stops early or goes on behind the last
  ///   number.
  func append(_ wanted: Int, to numbers: inout [Double]) throws(DatasetError) {
    var rest = min(wanted, header.count - position)
    while rest > 0 {
      if unread.count < header.size { try refill() }
      let taken = min(rest, unread.count / header.size)
      let end = unread.lowerBound + taken * header.size
      let bytes = buffer
      header.decode(bytes.span.extracting(unread.lowerBound..<end), to: &numbers)
      unread = end..<unread.upperBound
      position += taken
      rest -= taken
    }
    if position == header.count { try verifyEnd() }
  }

  /// Reads at least one element.
  private func refill() throws(DatasetError) {
    let left = Array(buffer[unread])
    buffer.replaceSubrange(0..<left.count, with: left)
    unread = 0..<left.count
    while unread.count < header.size {
      let count = try stream.read(into: &buffer, from: unread.count)
      if count == 0 { throw wrongSize(position * header.size + unread.count) }
      unread = 0..<unread.count + count
    }
  }

  private func verifyEnd() throws(DatasetError) {
    guard !isVerified else { return }
    var further = unread.count
    if further == 0 { further = try stream.read(into: &buffer, from: 0) }
    if further > 0 { throw wrongSize(header.byteCount + further) }
    isVerified = true
  }

  private func wrongSize(_ found: Int) -> DatasetError {
    if header.isIDX {
      return found > header.byteCount
        ? .trailingInIDX(
          path: path,
          dimensions: header.shape,
          expectedBytes: header.byteCount
        )
        : .truncatedIDX(
          path: path,
          dimensions: header.shape,
          expectedBytes: header.byteCount,
          foundBytes: found
        )
    }
    return .array(
      .wrongSize(
        path: path,
        shape: header.shape,
        expectedBytes: header.byteCount,
        foundBytes: found
      )
    )
  }
}

/// An array in a file, of which nothing but the header was read; it can be read any number of
/// times.
struct StoredArray: Sendable {
  /// Where the bytes of an array are.
  enum Place: Sendable {
    /// A file of its own.
    case file(String)
    /// An archive.
    case member(ZipArchive, ZipArchive.Entry)
  }

  /// The path of the file, with the name of the array in an archive behind it.
  let path: String
  let header: NPYHeader
  private let place: Place

  /// Reads the header of an array.
  init(_ place: Place, path: String) throws(DatasetError) {
    self.place = place
    self.path = path
    header = try Self.opened(place, path).header
  }

  /// Takes the header of a file that was read already.
  init(_ stream: NPYStream) {
    place = .file(stream.path)
    path = stream.path
    header = stream.header
  }

  /// The numbers from the first one on.
  ///
  /// - Throws: `changed` where the header is not what it was.
  func stream() throws(DatasetError) -> NPYStream {
    let stream = try Self.opened(place, path)
    if stream.header != header { throw .array(.changed(path: path)) }
    return stream
  }

  /// The array in memory, or its first items.
  func whole(memoryLimit: Int, limit: Int? = nil) throws(DatasetError) -> NPYFile {
    try NPYFile(stream(), memoryLimit: memoryLimit, limit: limit)
  }

  private static func opened(_ place: Place, _ path: String) throws(DatasetError) -> NPYStream {
    switch place {
    case .file(let file):
      let source = try ByteSource(path: file)
      return IDXFile.isBeginning(source.firstUnread(2))
        ? try NPYStream(idx: source) : try NPYStream(source, path: path)
    case .member(let archive, let entry):
      let member = try archive.member(entry)
      do throws(DatasetError) {
        return try NPYStream(member, path: path)
      } catch {
        // Damage of the archive, if there is any, is the error to report.
        try member.drain()
        throw error
      }
    }
  }
}
