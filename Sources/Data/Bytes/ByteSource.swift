internal import HourglassSystem
internal import HourglassTensors

/// The bytes of a file, inflated where the file is gzip, through a window of a fixed size.
///
/// Gzip is recognized by its first two bytes and not by the name of the file. A reader looks at the
/// unread bytes of the window, discards those that it is done with, and fills the window again:
///
///     try source.fill()
///     let used = try source.withUnread { bytes in ... }
///     source.discard(used)
final class ByteSource {
  /// The number of bytes that a reader can look at together.
  static let standardWindowSize = 1 << 20
  private static let pieceSize = 1 << 18

  let path: String
  /// The size of the file as it is stored; none for a pipe or a device.
  let storedSize: Int?
  /// Whether the file is gzip.
  private(set) var isCompressed = false
  /// Whether the window holds the last byte.
  private(set) var isAtEnd = false
  /// The number of bytes that were discarded so far, which is the position of the window.
  private(set) var position = 0

  let windowSize: Int
  /// Whether bytes are given as they arrive, from the first whole line on, and not only when the
  /// window is full.
  let isLive: Bool
  /// The bytes of the file as it is stored that were read so far.
  private var storedPosition = 0

  private let file: any ByteStream
  private var inflater: Inflater?
  private var window: [UInt8]
  private var unread = 0..<0
  /// Bytes as they are stored, before inflating.
  private var piece: [UInt8] = []
  private var pieceUnread = 0..<0
  private var fileIsAtEnd = false
  /// Whether runs of blanks are given as one tab.
  private var givesBlanksAsTabs = false
  private var isAtLineStart = true
  private var isAfterBlank = false

  /// Opens a file and fills the window for the first time.
  ///
  /// - Parameters:
  ///   - path: The file; or a pattern or a folder of several that are one table (`TableParts`), of which the
  ///     first one is read until `readOtherParts`.
  ///   - windowSize: The number of bytes that a reader can look at together; tests make it small.
  ///   - isLive: Whether bytes are given as they arrive.
  convenience init(
    path: String,
    windowSize: Int = standardWindowSize,
    isLive: Bool = false
  ) throws(DatasetError) {
    let file: any ByteStream =
      if let parts = try TableParts(path: path) {
        try PartStream(parts.files, windowSize: windowSize)
      } else {
        try FileStream(path: path, isLive: isLive)
      }
    try self.init(file, path: path, windowSize: windowSize, isLive: isLive)
  }

  /// Takes bytes as they are stored and fills the window for the first time.
  ///
  /// However few of them the stream gives at a time, readers get the same.
  init(
    _ file: any ByteStream,
    path: String,
    windowSize: Int = standardWindowSize,
    isLive: Bool = false
  ) throws(DatasetError) {
    self.path = path
    self.windowSize = windowSize
    self.isLive = isLive
    self.file = file
    storedSize = file.byteCount
    // A small file gets a small window: many small files may be open in one run.
    let size = min(storedSize.map { max($0, 1 << 16) + 1 } ?? windowSize, windowSize)
    window = [UInt8](repeating: 0, count: size)
    try fill()
    guard startsWithGzip else { return }
    try becomeCompressed()
  }

  /// The number of bytes of the window that are not read yet.
  var unreadCount: Int { unread.count }

  /// The part of the file as it is stored that was read, from 0 to 1; 0 for a pipe.
  var storedPart: Double { storedSize.map { Double(storedPosition) / Double(max($0, 1)) } ?? 0 }

  /// Whether the window has no room left for another byte.
  var isFull: Bool { unread.count == window.count }

  /// Gives the unread bytes of the window to a reader.
  func withUnread<Result>(
    _ body: (Span<UInt8>) throws(DatasetError) -> Result
  ) throws(DatasetError) -> Result {
    let bytes = window
    return try body(bytes.span.extracting(unread))
  }

  /// The first unread bytes, at most as many as wanted.
  func firstUnread(_ count: Int) -> [UInt8] {
    Array(window[unread].prefix(count))
  }

  /// Appends all unread bytes to an array, at most as many as wanted, and discards them.
  func moveUnread(to bytes: inout [UInt8], atMost count: Int) {
    let moved = min(count, unread.count)
    bytes.append(contentsOf: window[unread].prefix(moved))
    discard(moved)
  }

  /// Drops the first unread bytes.
  func discard(_ count: Int) {
    precondition(count <= unread.count, "\(count) of \(unread.count) unread bytes were discarded")
    unread = unread.lowerBound + count..<unread.upperBound
    position += count
  }

  /// Moves the unread bytes to the start of the window and reads until it is full or the end comes.
  func fill() throws(DatasetError) {
    guard !isAtEnd else { return }
    if unread.lowerBound > 0 {
      let rest = Array(window[unread])
      window.replaceSubrange(0..<rest.count, with: rest)
      unread = 0..<rest.count
    }
    while !isAtEnd && unread.upperBound < window.count {
      let start = unread.upperBound
      keepPlaceForTab()
      guard unread.upperBound < window.count else { return }
      let count = inflater == nil ? try readPlain() : try readInflated()
      unread = unread.lowerBound..<unread.upperBound + count
      let hasLine = isLive && endsLine(window[start..<unread.upperBound])
      if givesBlanksAsTabs { compactBlanks(from: start) }
      if hasLine { return }
    }
  }

  /// Whether there are several files, which are one table.
  var isOfParts: Bool { file is PartStream }

  /// Goes on with the other files of a table behind the first one.
  ///
  /// - Parameter format: How the first one begins, which the others must begin alike.
  func readOtherParts(_ format: PartFormat) throws(DatasetError) {
    guard let parts = file as? PartStream else { return }
    parts.format = format
    isAtEnd = false
    try fill()
  }

  /// Whether further bytes hold the end of a line, with anything but line ends before it.
  private func endsLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let end = bytes.lastIndex(of: CSVDialect.lineFeed) else { return false }
    return window[unread.lowerBound..<end].contains {
      $0 != CSVDialect.lineFeed && $0 != CSVDialect.carriageReturn
    }
  }

  /// From here on gives each run of blanks as one tab, and none at the ends of lines.
  func giveBlanksAsTabs() {
    givesBlanksAsTabs = true
    compactBlanks(from: unread.lowerBound)
  }

  /// Puts one blank back where a run of them stood at the end of the window: the tab that it becomes needs
  /// a place before the bytes that come next.
  private func keepPlaceForTab() {
    guard givesBlanksAsTabs && isAfterBlank && !isAtLineStart else { return }
    let place = unread.upperBound
    unread = unread.lowerBound..<place + 1
    if place + 1 < window.count {
      window[place] = CSVDialect.space
    } else {
      window[place] = CSVDialect.tab
      isAfterBlank = false
    }
  }

  /// Compacts the unread bytes from a place of the window on.
  private func compactBlanks(from start: Int) {
    var end = start
    for index in start..<unread.upperBound {
      let byte = window[index]
      if byte == CSVDialect.space {
        isAfterBlank = true
        continue
      }
      let endsLine = byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn
      // The tab takes the place of the first blank.
      if isAfterBlank && !isAtLineStart && !endsLine {
        window[end] = CSVDialect.tab
        end += 1
      }
      window[end] = byte
      end += 1
      isAfterBlank = false
      isAtLineStart = endsLine
    }
    unread = unread.lowerBound..<end
  }

  private var startsWithGzip: Bool { firstUnread(2) == [0x1f, 0x8b] }

  /// Starts again with the bytes of the window as compressed ones.
  private func becomeCompressed() throws(DatasetError) {
    isCompressed = true
    do throws(Inflater.Failure) {
      inflater = try Inflater()
    } catch {
      throw damage(error)
    }
    piece = Array(window[unread])
    pieceUnread = 0..<piece.count
    if piece.count < Self.pieceSize {
      piece += [UInt8](repeating: 0, count: Self.pieceSize - piece.count)
    }
    fileIsAtEnd = isAtEnd
    isAtEnd = false
    unread = 0..<0
    if window.count < windowSize {
      window = [UInt8](repeating: 0, count: windowSize)
    }
    try fill()
  }

  private func readPlain() throws(DatasetError) -> Int {
    let count = try file.read(into: &window, from: unread.upperBound)
    isAtEnd = count == 0
    storedPosition += count
    return count
  }

  private func readInflated() throws(DatasetError) -> Int {
    if pieceUnread.isEmpty && !fileIsAtEnd { try readPiece() }
    let mayEnd = inflater?.mayEnd ?? true
    if pieceUnread.isEmpty && fileIsAtEnd && mayEnd {
      isAtEnd = true
      return 0
    }
    let (consumed, produced) = try inflate()
    pieceUnread = pieceUnread.lowerBound + consumed..<pieceUnread.upperBound
    if consumed == 0 && produced == 0 && pieceUnread.isEmpty && fileIsAtEnd {
      throw .truncatedGzip(path: path, size: storedSize)
    }
    return produced
  }

  private func inflate() throws(DatasetError) -> (Int, Int) {
    do throws(Inflater.Failure) {
      let room = unread.upperBound..<window.count
      return try inflater?.run(piece, pieceUnread, into: &window, room) ?? (0, 0)
    } catch {
      throw damage(error)
    }
  }

  private func readPiece() throws(DatasetError) {
    let count = try file.read(into: &piece, from: 0)
    pieceUnread = 0..<count
    storedPosition += count
    fileIsAtEnd = count == 0
  }

  private func damage(_ failure: Inflater.Failure) -> DatasetError {
    switch failure {
    case .corrupt(let reason): .damagedGzip(path: path, reason: reason)
    case .trailing: .trailingAfterGzip(path: path)
    case .memory: .noMemory(path: path)
    }
  }
}

extension ByteSource: ByteStream {
  var byteCount: Int? { isCompressed ? nil : storedSize }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    if unreadCount == 0 { try fill() }
    let count = min(bytes.count - offset, unreadCount)
    let end = unread.lowerBound + count
    bytes.replaceSubrange(offset..<offset + count, with: window[unread.lowerBound..<end])
    discard(count)
    return count
  }
}
