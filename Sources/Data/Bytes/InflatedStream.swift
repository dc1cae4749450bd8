/// The bytes of another stream, which are compressed, as plain ones.
final class InflatedStream: ByteStream {
  private static let pieceSize = 1 << 18

  private let upstream: any ByteStream
  private let path: String
  private let storedSize: Int?
  private let format: Inflater.Format
  private let inflater: Inflater
  /// Bytes as they are stored.
  private var piece = [UInt8](repeating: 0, count: pieceSize)
  private var unread = 0..<0
  private var isAtEnd = false

  /// - Parameters:
  ///   - upstream: The compressed bytes.
  ///   - format: How they are compressed.
  ///   - path: What errors name.
  ///   - storedSize: The number of compressed bytes, where it is known.
  init(
    _ upstream: any ByteStream,
    _ format: Inflater.Format,
    path: String,
    storedSize: Int?
  ) throws(DatasetError) {
    self.upstream = upstream
    self.format = format
    self.path = path
    self.storedSize = storedSize
    do throws(Inflater.Failure) {
      inflater = try Inflater(format)
    } catch {
      throw Self.damage(error, format, path)
    }
  }

  var byteCount: Int? { nil }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    guard offset < bytes.count else { return 0 }
    while true {
      if unread.isEmpty && !isAtEnd { try readPiece() }
      if unread.isEmpty && isAtEnd && inflater.mayEnd { return 0 }
      let (consumed, produced) = try inflate(into: &bytes, offset..<bytes.count)
      unread = unread.lowerBound + consumed..<unread.upperBound
      if produced > 0 { return produced }
      if consumed == 0 && unread.isEmpty && isAtEnd {
        if inflater.mayEnd { return 0 }
        throw truncated
      }
    }
  }

  private func readPiece() throws(DatasetError) {
    let count = try upstream.read(into: &piece, from: 0)
    unread = 0..<count
    isAtEnd = count == 0
  }

  private func inflate(
    into bytes: inout [UInt8],
    _ room: Range<Int>
  ) throws(DatasetError) -> (consumed: Int, produced: Int) {
    do throws(Inflater.Failure) {
      return try inflater.run(piece, unread, into: &bytes, room)
    } catch {
      throw Self.damage(error, format, path)
    }
  }

  private var truncated: DatasetError {
    format == .zstandard
      ? .truncatedZstandard(path: path, size: storedSize)
      : .truncatedGzip(path: path, size: storedSize)
  }

  private static func damage(
    _ failure: Inflater.Failure,
    _ format: Inflater.Format,
    _ path: String
  ) -> DatasetError {
    switch failure {
    case .corrupt(let reason):
      format == .zstandard
        ? .damagedZstandard(path: path, reason: reason) : .damagedGzip(path: path, reason: reason)
    case .trailing: .trailingAfterGzip(path: path)
    case .memory: .noMemory(path: path)
    }
  }
}

/// The bytes of another stream, counted.
final class CountedStream: ByteStream {
  /// The number of bytes that were read so far.
  private(set) var count = 0
  private let upstream: any ByteStream

  init(_ upstream: any ByteStream) { self.upstream = upstream }

  var byteCount: Int? { upstream.byteCount }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    let found = try upstream.read(into: &bytes, from: offset)
    count += found
    return found
  }
}
