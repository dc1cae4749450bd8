internal import HourglassSystem
internal import HourglassTensors

/// Numbers on the disk, in a file without a name, that can be fetched from any place: kept as
/// bytes, or in single precision.
final class NumberFile: Sendable {
  /// The number of numbers.
  let count: Int
  /// Whether they are whole numbers from 0 to 255, kept as one byte each.
  let isBytes: Bool
  /// The least and the greatest number; 0 to 255 for bytes.
  let range: ClosedRange<Float>
  /// The hash of the numbers as they are kept.
  let hash: UInt64

  private let file: NamelessFile

  fileprivate init(
    _ file: NamelessFile,
    count: Int,
    isBytes: Bool,
    range: ClosedRange<Float>,
    hash: UInt64
  ) {
    self.file = file
    self.count = count
    self.isBytes = isBytes
    self.range = range
    self.hash = hash
  }

  /// Why numbers could not be read, if that has happened.
  var failure: FileError? { file.failure }

  /// Reads a range of the numbers to a place in `destination`.
  ///
  /// Where the disk fails, they are zeros and `failure` has the reason.
  func read(_ range: Range<Int>, into destination: inout MutableSpan<Float>, at place: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "numbers \(range) of \(count) were asked for"
    )
    if isBytes {
      file.readBytes(range.count, at: range.lowerBound, into: &destination, place)
    } else {
      file.readFloats(range.count, at: 4 * range.lowerBound, into: &destination, place)
    }
  }
}

/// What is found of numbers while they are read: their range and their hash.
struct PassingNumbers {
  private var hasher = Fingerprint.Stream()
  private var low = Float.infinity
  private var high = -Float.infinity

  mutating func take(_ bytes: [UInt8]) { hasher.append(bytes.span.bytes) }

  mutating func take(_ floats: [Float]) {
    hasher.append(floats.span.bytes)
    for number in floats {
      low = min(low, number)
      high = max(high, number)
    }
  }

  /// The range of numbers of single precision; 0 where there were none.
  var range: ClosedRange<Float> { low <= high ? low...high : 0...0 }
  var hash: UInt64 { hasher.hash }
}

/// Makes a `NumberFile` piece by piece.
final class NumberFileWriter {
  private let file: NamelessFile
  private let isBytes: Bool
  private var count = 0
  private var facts = PassingNumbers()

  /// Opens a file in a folder.
  ///
  /// - Parameters:
  ///   - folder: Where the file goes.
  ///   - isBytes: Whether numbers are kept as bytes.
  ///   - expected: About how many numbers there will be.
  ///   - path: What they are read from, for an error.
  /// - Throws: Why the folder cannot hold it; `noRoom` where it has less room than they take.
  init(
    folder: String,
    isBytes: Bool,
    expected: Int,
    from path: String
  ) throws(DatasetError) {
    self.isBytes = isBytes
    let (bytes, overflow) = expected.multipliedReportingOverflow(by: isBytes ? 1 : 4)
    if let free = ScratchFolder.freeBytes(in: folder), overflow || free < bytes {
      throw .noRoom(path: path, bytes: overflow ? .max : bytes, folder: folder, free: free)
    }
    do throws(FileError) {
      file = try NamelessFile(folder: folder)
    } catch {
      throw .file(error)
    }
  }

  /// Appends numbers that are kept as bytes.
  func append(_ bytes: [UInt8]) throws(DatasetError) {
    precondition(isBytes, "numbers of single precision were expected")
    facts.take(bytes)
    try write(bytes.span.bytes, bytes.count)
  }

  /// Appends numbers of single precision, all of them finite.
  func append(_ floats: [Float]) throws(DatasetError) {
    precondition(!isBytes, "bytes were expected")
    facts.take(floats)
    try write(floats.span.bytes, floats.count)
  }

  private func write(_ bytes: RawSpan, _ further: Int) throws(DatasetError) {
    do throws(FileError) {
      try file.write(bytes)
    } catch {
      throw .file(error)
    }
    count += further
  }

  /// Ends writing.
  func finish() -> NumberFile {
    NumberFile(
      file,
      count: count,
      isBytes: isBytes,
      range: isBytes ? 0...255 : facts.range,
      hash: facts.hash
    )
  }
}

/// Items of numbers on the disk: all of a file, or some of them in any order.
struct StoredNumbers: Sendable {
  /// The least and the greatest number; 0 to 255 for bytes.
  let range: ClosedRange<Float>
  /// The hash of the numbers, as they would have it in memory.
  let hash: UInt64

  private let file: NumberFile
  private let itemSize: Int
  /// The numbers of the items in the file; all of them where there is none.
  private let items: [Int]?

  /// Takes all items of a file.
  init(_ file: NumberFile, itemSize: Int) {
    self.file = file
    self.itemSize = itemSize
    items = nil
    range = file.range
    hash = file.hash
  }

  /// Takes some items of others, which are read once for what is known of them.
  private init(_ other: StoredNumbers, _ chosen: [Int]) {
    file = other.file
    itemSize = other.itemSize
    items = chosen.map { other.items?[$0] ?? $0 }
    var facts = PassingNumbers()
    var item = [Float](repeating: 0, count: itemSize)
    for index in chosen {
      var place = item.mutableSpan
      other.copy(index * itemSize..<(index + 1) * itemSize, to: &place, at: 0)
      if file.isBytes { facts.take(item.map { UInt8($0) }) } else { facts.take(item) }
    }
    range = file.isBytes ? 0...255 : facts.range
    hash = facts.hash
  }

  var count: Int { items.map { $0.count * itemSize } ?? file.count }
  var isBytes: Bool { file.isBytes }

  /// Why numbers could not be read, if that has happened.
  var failure: FileError? { file.failure }

  /// Some of the items in the order of their indices.
  func items(_ indices: [Int]) -> StoredNumbers { StoredNumbers(self, indices) }

  /// Copies a range of the numbers to a place from an offset on; zeros where the disk fails.
  func copy(_ range: Range<Int>, to place: inout MutableSpan<Float>, at offset: Int) {
    guard let items else { return file.read(range, into: &place, at: offset) }
    var position = range.lowerBound
    while position < range.upperBound {
      let (item, start) = position.quotientAndRemainder(dividingBy: itemSize)
      let count = min(itemSize - start, range.upperBound - position)
      let first = items[item] * itemSize + start
      file.read(first..<first + count, into: &place, at: offset + position - range.lowerBound)
      position += count
    }
  }
}
