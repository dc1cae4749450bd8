internal import HourglassSystem
internal import HourglassTensors

/// The bytes of a file, inflated where the file is compressed, through a window of a fixed size.
///
/// Gzip and Zstandard are recognized by their first bytes and not by the name of the file. A reader looks at the
/// unread bytes of the window, discards those that it is done with, and fills the window again:
///
///     try source.fill()
///     let used = try source.withUnread { bytes in ... }
///     source.discard(used)
///
/// A reader of text calls `beginText` first, after which the bytes are UTF-8.
final class ByteSource {
  /// The number of bytes that a reader can look at together.
  static let standardWindowSize = 1 << 20

  let path: String
  /// The size of the file as it is stored; none for a pipe or a device.
  let storedSize: Int?
  /// Whether the file is compressed.
  private(set) var isCompressed = false
  /// Whether the window holds the last byte.
  private(set) var isAtEnd = false
  /// The number of bytes that were discarded so far, which is the position of the window.
  private(set) var position = 0
  /// The encoding of the text, as far as it is known: pure ASCII is UTF-8 until another byte comes.
  var encoding: TextEncoding { parts?.encoding ?? ownEncoding }

  let windowSize: Int
  /// Whether bytes are given as they arrive, from the first whole line on, and not only when the
  /// window is full.
  let isLive: Bool

  private let stored: CountedStream
  private let parts: PartStream?
  /// The bytes as they go into the window.
  private var stream: any ByteStream
  private var window: [UInt8]
  private var unread = 0..<0
  private var ownEncoding = TextEncoding.utf8
  /// Whether the encoding is decided by the first byte beyond ASCII.
  private var isWatched = false
  /// The last bytes of the window that may be the beginning of a character.
  private var undecided = 0

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
        try PartStream(parts.files, path: path, windowSize: windowSize)
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
    parts = file as? PartStream
    stored = CountedStream(file)
    stream = stored
    storedSize = file.byteCount
    // A small file gets a small window: many small files may be open in one run.
    let size = min(storedSize.map { max($0, 1 << 16) + 1 } ?? windowSize, windowSize)
    window = [UInt8](repeating: 0, count: size)
    try fill()
    guard let format = Inflater.Format(beginning: firstUnread(4)) else { return }
    isCompressed = true
    if window.count < windowSize { window += [UInt8](repeating: 0, count: windowSize - size) }
    try filter { upstream throws(DatasetError) in
      try InflatedStream(upstream, format, path: path, storedSize: storedSize)
    }
  }

  /// The number of bytes of the window that are not read yet.
  var unreadCount: Int { unread.count }

  /// The part of the file as it is stored that was read, from 0 to 1; 0 for a pipe.
  var storedPart: Double { storedSize.map { Double(stored.count) / Double(max($0, 1)) } ?? 0 }

  /// Whether further bytes may show another encoding.
  var isEncodingOpen: Bool { isWatched && !isAtEnd }

  /// Whether the bytes are those of the file, so that a position says how much of it was read.
  var isAsStored: Bool { stream === stored }

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

  /// Drops as many bytes, of which the window need not hold all.
  func skip(_ count: Int) throws(DatasetError) {
    var left = count
    while left > 0 {
      if unread.isEmpty { try fill() }
      if unread.isEmpty { return }
      let some = min(left, unread.count)
      discard(some)
      left -= some
    }
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
      let count = try stream.read(into: &window, from: start)
      isAtEnd = count == 0
      unread = unread.lowerBound..<start + count
      if isWatched { watch(from: start) }
      if isLive && endsLine(window[min(start, unread.upperBound)..<unread.upperBound]) { return }
    }
  }

  /// Doubles what a reader can look at together, and fills it.
  func widen() throws(DatasetError) {
    window += [UInt8](repeating: 0, count: window.count)
    try fill()
  }

  /// Whether what is compressed in a file is more than so many bytes, for which it is inflated once.
  ///
  /// - Throws: What is wrong with the file.
  static func inflatesBeyond(_ limit: Int, path: String) throws(DatasetError) -> Bool {
    let source = try ByteSource(path: path)
    while source.position + source.unreadCount <= limit {
      if source.isAtEnd { return false }
      source.discard(source.unreadCount)
      try source.fill()
    }
    return true
  }

  /// From here on gives what another stream makes of the bytes that come.
  ///
  /// - Parameter make: Makes the other stream of one of the unread bytes and of those behind them.
  func filter(
    _ make: (any ByteStream) throws(DatasetError) -> any ByteStream
  ) throws(DatasetError) {
    // At the end of the bytes nothing is read again: a terminal would wait for more. Behind the first of several
    // files the others follow.
    let rest: any ByteStream = isAtEnd && parts == nil ? MemoryStream([]) : stream
    stream = try make(PrefixedStream(Array(window[unread]), rest))
    unread = unread.lowerBound..<unread.lowerBound
    isAtEnd = false
    try fill()
  }

  /// Whether there are several files, which are one table.
  var isOfParts: Bool { parts != nil }

  /// Where the lines of several files are.
  var partLines: PartLines? { parts?.lines }

  /// Goes on with the other files of a table behind the first one.
  ///
  /// - Parameter format: How the first one begins, which the others must begin alike.
  func readOtherParts(_ format: PartFormat) throws(DatasetError) {
    guard let parts else { return }
    parts.goOn(format)
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
}

extension ByteSource {
  /// The bytes of the beginning that show UTF-16 without a mark.
  private static let beginningSize = 1 << 12

  /// Takes the bytes for a text, and from here on gives it in UTF-8 without a byte-order mark.
  ///
  /// The encoding is that of the mark; else UTF-16 where the beginning shows it; else UTF-8 or Windows-1252, by the
  /// first bytes beyond ASCII, wherever they come.
  ///
  /// - Parameter declared: The encoding where it is known, which only a byte-order mark of UTF-16 overrides.
  /// - Returns: Whether the text began with a byte-order mark.
  @discardableResult
  func beginText(_ declared: TextEncoding? = nil) throws(DatasetError) -> Bool {
    if let parts {
      // The files are opened again as texts: each has a mark and an encoding of its own.
      try parts.beginText(declared)
      (unread, isAtEnd) = (0..<0, false)
      try fill()
      return parts.hasByteOrderMark
    }
    let beginning = firstUnread(Self.beginningSize)
    let marked = TextEncoding.marked(beginning)
    let isOverridden = declared?.isUTF16 == false && marked?.isUTF16 != true
    let known =
      marked.flatMap { isOverridden && $0 != declared ? nil : $0 } ?? declared
      ?? TextEncoding.unmarkedUTF16(beginning)
    let hasMark = known != nil && known == marked
    if hasMark { discard(known?.byteOrderMark.count ?? 0) }
    ownEncoding = known ?? .utf8
    switch ownEncoding {
    case .utf8:
      isWatched = known == nil
      if isWatched { watch(from: unread.lowerBound) }
      if ownEncoding != .utf8 { try fill() }
    case .utf16LittleEndian, .utf16BigEndian, .windows1252:
      try filter { [ownEncoding] upstream in
        TextDecodingStream(upstream, encoding: ownEncoding, isFound: false)
      }
    }
    return hasMark
  }

  /// Looks for the first byte beyond ASCII, which decides between UTF-8 and Windows-1252.
  ///
  /// Both are the same up to it, so that a text is decoded from there on.
  private func watch(from start: Int) {
    let first = max(start - undecided, unread.lowerBound)
    undecided = 0
    guard let place = EightBytes.firstBeyondASCII(in: window, first..<unread.upperBound) else {
      return
    }
    let bytes = window[place..<unread.upperBound]
    switch UTF8Sequence(bytes) {
    case .valid: isWatched = false
    case .cut where !isAtEnd: undecided = bytes.count
    case .cut, .invalid:
      isWatched = false
      // Such a byte is no text of Windows-1252 either.
      if TextEncoding.isUndefinedInWindows1252(bytes[place]) { return }
      ownEncoding = .windows1252
      let rest: any ByteStream = isAtEnd ? MemoryStream([]) : stream
      stream = TextDecodingStream(
        PrefixedStream(Array(bytes), rest),
        encoding: .windows1252,
        isFound: true
      )
      unread = unread.lowerBound..<place
      isAtEnd = false
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
