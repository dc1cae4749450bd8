internal import HTTPTypes
internal import HourglassSystem

/// Reads the rows of a CSV or TSV file one after another, as texts; what they mean is for jobs to find out.
///
/// Cells are separated by the sign that the first line has most of; a cell in double quotes may hold it, line
/// feeds, and quotes that are doubled. Memory is bounded by the longest row that is allowed.
struct DelimitedRows: ~Copyable {
  /// The bytes of the longest row.
  static let longestRow = 1 << 20
  /// The most bytes of a file that are skipped: no request keeps a thread for long.
  static let mostSkipped = 64 << 20

  private let file: InputFile
  private var chunk: [UInt8]
  private var count: Int
  private var place: Int
  private var isAtEnd: Bool
  private var bytesRead = 0
  /// The sign between cells.
  let separator: UInt8

  init(path: String) throws {
    let file = try InputFile(path: path)
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    let count = try file.read(into: &chunk, from: 0)
    self.init(file: file, beginning: chunk, count: count)
  }

  private init(file: consuming InputFile, beginning chunk: [UInt8], count: Int) {
    self.file = file
    (self.chunk, self.count, isAtEnd) = (chunk, count, count == 0)
    // A byte-order mark is no part of the first cell.
    place = count >= 3 && chunk[0...2] == [0xef, 0xbb, 0xbf] ? 3 : 0
    separator = Self.separator(of: chunk[place..<count])
  }

  private mutating func fill() throws {
    place = 0
    count = try file.read(into: &chunk, from: 0)
    bytesRead += count
    isAtEnd = count == 0
  }

  /// The sign that the first line has most of, outside quotes.
  private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: "\n") { break }
      counts[byte, default: 0] += 1
    }
    let signs: [UInt8] = [0x2c, 0x3b, 0x09, 0x7c]
    return signs.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? 0x2c
  }

  private mutating func byte() throws -> UInt8? {
    if place == count {
      if isAtEnd { return nil }
      try fill()
      if isAtEnd { return nil }
    }
    defer { place += 1 }
    return chunk[place]
  }

  private mutating func peek() throws -> UInt8? {
    guard let byte = try byte() else { return nil }
    place -= 1
    return byte
  }

  /// Skips rows, up to the end of the file.
  ///
  /// - Throws: A problem where they have more bytes than are skipped.
  mutating func skip(_ count: Int) throws {
    for _ in 0..<count {
      guard bytesRead <= Self.mostSkipped else { throw Problem.tooFar }
      guard try skip() else { return }
    }
  }

  /// Skips a row; false at the end of the file.
  mutating func skip() throws -> Bool { try row(keeping: false) != nil }

  /// The cells of the next row; none at the end of the file.
  mutating func next() throws -> [String]? { try row(keeping: true) }

  private mutating func row(keeping: Bool) throws -> [String]? {
    guard try peek() != nil else { return nil }
    var cells: [String] = []
    var cell: [UInt8] = []
    var size = 0
    var isQuoted = false
    while let byte = try byte() {
      size += 1
      guard size <= Self.longestRow else {
        throw Problem(.unprocessableContent, "A row is longer than a mebibyte: this is no table.")
      }
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        if try peek() == UInt8(ascii: "\"") {
          _ = try self.byte()
          if keeping { cell.append(byte) }
        } else {
          isQuoted = false
        }
      case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
      case separator where !isQuoted:
        if keeping { cells.append(String(decoding: cell, as: UTF8.self)) }
        cell.removeAll(keepingCapacity: true)
      case UInt8(ascii: "\n") where !isQuoted:
        if cell.last == UInt8(ascii: "\r") { cell.removeLast() }
        if keeping { cells.append(String(decoding: cell, as: UTF8.self)) }
        return cells
      default: if keeping || cell.isEmpty { cell.append(byte) }
      }
    }
    if keeping { cells.append(String(decoding: cell, as: UTF8.self)) }
    return cells
  }
}

extension Problem {
  /// Rows that lie behind too many others.
  static let tooFar = Problem(
    .unprocessableContent,
    "The rows lie more than \(NumberText.bytes(DelimitedRows.mostSkipped)) behind the beginning of the "
      + "file. Download it to look at them."
  )
}
