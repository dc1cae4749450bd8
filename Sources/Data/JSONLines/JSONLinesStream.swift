/// JSON lines, one object a line, as comma-separated values: a header of the keys, and a row for each line.
///
/// Texts stand in quotes. A missing key and null are empty cells, and an object or a list within a line is a text as
/// it is written. Blank lines stay, so that the lines of the rows are those of the objects.
final class JSONLinesStream: ByteStream {
  /// The longest line.
  private static let lineLimit = 1 << 24

  private let path: String
  private let keys: JSONKeys
  private let upstream: any ByteStream
  private var input = [UInt8](repeating: 0, count: 1 << 16)
  private var line: [UInt8] = []
  private var lineNumber = 1
  private var output: [UInt8] = []
  private var given = 0

  /// - Parameters:
  ///   - upstream: The lines in UTF-8.
  ///   - keys: The keys that become columns.
  ///   - path: What errors name.
  init(_ upstream: any ByteStream, keys: JSONKeys, path: String) {
    self.upstream = upstream
    self.keys = keys
    self.path = path
    output = keys.header
  }

  var byteCount: Int? { nil }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    while given == output.count {
      output.removeAll(keepingCapacity: true)
      given = 0
      let count = try upstream.read(into: &input, from: 0)
      if count == 0 {
        if line.isEmpty { return 0 }
        try endLine()
        continue
      }
      var start = 0
      while let end = input[start..<count].firstIndex(of: CSVDialect.lineFeed) {
        line += input[start..<end]
        try endLine()
        start = end + 1
      }
      line += input[start..<count]
      if line.count > Self.lineLimit {
        throw .cellTooLong(path: path, line: lineNumber, limit: Self.lineLimit)
      }
    }
    let count = min(bytes.count - offset, output.count - given)
    bytes.replaceSubrange(offset..<offset + count, with: output[given..<given + count])
    given += count
    return count
  }

  private func endLine() throws(DatasetError) {
    defer {
      output.append(CSVDialect.lineFeed)
      line.removeAll(keepingCapacity: true)
      lineNumber += 1
    }
    if line.allSatisfy({ $0 == CSVDialect.space || $0 == CSVDialect.carriageReturn }) { return }
    try keys.appendRow(line, number: lineNumber, path: path, to: &output)
  }
}

/// The keys of JSON lines that become the columns of a table, in the order in which they come.
struct JSONKeys: Sendable {
  private(set) var names: [String] = []
  private var places: [[UInt8]: Int] = [:]
  /// The lines, and the values in them, that the keys were taken from.
  private var lineCount = 0
  private var valueCount = 0
  /// Whether a key that is none of these is an error, as they are those of the first lines alone.
  var refusesOthers = false

  init(_ names: [String] = []) { for name in names { insert(Array(name.utf8)) } }

  private mutating func insert(_ key: [UInt8]) {
    guard places[key] == nil else { return }
    places[key] = names.count
    names.append(String(decoding: key, as: UTF8.self))
  }

  /// The place of a key among the columns.
  func place(of key: [UInt8]) -> Int? { places[key] }

  /// Whether a text begins as JSON lines do: with an object that is whole on the first line.
  ///
  /// - Parameter isWhole: Whether these are all bytes of the text.
  static func areLines(_ bytes: Span<UInt8>, isWhole: Bool) -> Bool {
    var start = 0
    while start < bytes.count, bytes[start] <= CSVDialect.space { start += 1 }
    guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else { return false }
    var end = start
    while end < bytes.count, bytes[end] != CSVDialect.lineFeed { end += 1 }
    guard end < bytes.count || isWhole else { return false }
    return (try? JSONLine((start..<end).map { bytes[$0] })) != nil
  }

  /// Takes the keys of the whole lines of some bytes, and says how many bytes they are.
  ///
  /// Lines that hold no object are left to the reader of the rows.
  mutating func take(_ bytes: Span<UInt8>, isLast: Bool) -> Int {
    var line: [UInt8] = []
    var used = 0
    for index in bytes.indices {
      if bytes[index] != CSVDialect.lineFeed {
        line.append(bytes[index])
        if index + 1 < bytes.count || !isLast { continue }
      }
      used = index + 1
      if let object = try? JSONLine(line) {
        lineCount += 1
        valueCount += object.members.count
        for member in object.members { insert(member.key) }
      }
      line.removeAll(keepingCapacity: true)
      if names.count > CSVDialect.columnLimit { break }
    }
    return used
  }

  /// The most cells of a table of which nearly all are missing, and how many there may be for each value.
  private static let sparseLimit = (cells: 1 << 24, forEachValue: 1_000)

  /// Refuses lines that have so few of the keys each that their table would be far larger than they are.
  private func checkDensity(_ path: String) throws(DatasetError) {
    let cells = lineCount.multipliedReportingOverflow(by: names.count)
    guard cells.overflow || cells.partialValue > Self.sparseLimit.cells,
      cells.overflow || cells.partialValue / max(valueCount, 1) > Self.sparseLimit.forEachValue
    else { return }
    throw .notJSON(
      path: path,
      line: lineCount,
      found: "\(names.count) different keys in \(lineCount) lines that hold \(valueCount) values, "
        + "too few for a table"
    )
  }

  /// The keys of all lines of a file.
  init(_ source: ByteSource) throws(DatasetError) {
    while true {
      let isLast = source.isAtEnd
      var keys = self
      let used = try source.withUnread { bytes in keys.take(bytes, isLast: isLast) }
      self = keys
      if names.count > CSVDialect.columnLimit {
        throw .tooManyColumns(path: source.path, limit: CSVDialect.columnLimit)
      }
      try checkDensity(source.path)
      source.discard(used == 0 && source.isFull ? source.unreadCount : used)
      if isLast { return }
      try source.fill()
    }
  }

  /// The keys as a row of a table.
  var header: [UInt8] {
    var bytes: [UInt8] = []
    for (index, name) in names.enumerated() {
      if index > 0 { bytes.append(CSVDialect.comma) }
      Self.appendQuoted(Array(name.utf8), to: &bytes)
    }
    bytes.append(CSVDialect.lineFeed)
    return bytes
  }

  /// Appends the row of a line.
  func appendRow(
    _ line: [UInt8],
    number: Int,
    path: String,
    to bytes: inout [UInt8]
  ) throws(DatasetError) {
    let object: JSONLine
    do throws(JSONLine.Failure) {
      object = try JSONLine(line)
    } catch {
      throw .notJSON(path: path, line: number, found: error.found)
    }
    var cells = [JSONLine.Member?](repeating: nil, count: names.count)
    for member in object.members {
      if let place = places[member.key] {
        cells[place] = member
      } else if refusesOthers {
        let key = String(decoding: member.key, as: UTF8.self)
        throw .notJSON(
          path: path,
          line: number,
          found: "the key \"\(key)\", which the first lines do not have, in data that can be read "
            + "only once"
        )
      }
    }
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(CSVDialect.comma) }
      switch cell?.value {
      case nil, .null:
        // An empty line would be no row.
        if names.count == 1 { bytes += Array("null".utf8) }
      case .string(let text): Self.appendQuoted(text, to: &bytes)
      case .bare: bytes += line[cell?.range ?? 0..<0]
      case .nested: Self.appendQuoted(Array(line[cell?.range ?? 0..<0]), to: &bytes)
      }
    }
  }

  private static func appendQuoted(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(CSVDialect.quote)
    for byte in text {
      if byte == CSVDialect.quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(CSVDialect.quote)
  }
}
