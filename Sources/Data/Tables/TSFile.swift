internal import HourglassSystem
internal import HourglassTensors

/// A file of time series, each with its class, in the format of sktime and the UCR archive.
///
/// Behind lines of remarks (`#`) and settings (`@`) each line of data is one series: the numbers of
/// its channels, the channels with a colon between them, and behind the last colon its class. It is
/// read as a table with one row for each series, its values in the columns `1`, `2`, … or, with more
/// than one channel, `channel 1 at 1`, and the class in `class`. Shorter series end with missing
/// cells.
///
/// Where it is asked for as time series, it is read as a table with one row for each time instead, in the
/// columns `series`, `time`, `value` (or `channel 1`, …) and `class`. The times are the stamps of a file
/// that has them, `@timestamps true` and `(stamp,value)` in place of each number, and else count from 1.
///
/// Reference: the description of the format by the sktime project, version 1.0,
/// https://www.sktime.net/en/stable/api_reference/file_specifications/ts.html.
package enum TSFile {
  /// The longest line of data, and the most numbers of a series.
  private static let lineLimit = 1 << 24
  private static let valueLimit = 1 << 20

  /// Whether bytes begin as such a file does: a remark or a setting, and `@data` or another setting.
  static func isBeginning(_ bytes: [UInt8], path: String) -> Bool {
    guard let first = bytes.first, first == UInt8(ascii: "#") || first == UInt8(ascii: "@") else {
      return false
    }
    return path.hasSuffix(".ts") || path.hasSuffix(".ts.gz")
  }

  /// Reads the table of a file, which may take so many bytes of memory.
  package static func table(
    contentsOf path: String,
    memoryLimit: Int
  ) throws(DatasetError) -> Table {
    try table(ByteSource(path: path), limit: nil, memoryLimit: memoryLimit)
  }

  /// Reads the table.
  ///
  /// - Parameter options: How times are read, where there is to be one row for each time.
  static func table(
    _ source: ByteSource,
    limit: Int?,
    memoryLimit: Int,
    byTime options: TableOptions? = nil
  ) throws(DatasetError) -> Table {
    let path = source.path
    var reading = Reading(path: path, memoryLimit: memoryLimit)
    var line: [UInt8] = []
    while !reading.isFull(limit) {
      if source.unreadCount == 0 {
        try source.fill()
        if source.unreadCount == 0 { break }
      }
      let used = try source.withUnread { (bytes) throws(DatasetError) in
        var index = 0
        while index < bytes.count {
          let byte = bytes[index]
          index += 1
          if byte == CSVDialect.lineFeed { return index }
          line.append(byte)
          if line.count > lineLimit {
            throw DatasetError.cellTooLong(path: path, line: reading.line, limit: lineLimit)
          }
        }
        return index
      }
      let endsLine = source.firstUnread(used).last == CSVDialect.lineFeed
      source.discard(used)
      if endsLine {
        try reading.take(line)
        line.removeAll(keepingCapacity: true)
      }
    }
    if !line.isEmpty && !reading.isFull(limit) { try reading.take(line) }
    guard var options else { return try reading.table(name: lastPart(of: path)) }
    options.limit = nil
    options.header = .present
    let rows = MemoryStream(try reading.rowsByTime())
    return try Table(
      ByteSource(rows, path: path),
      options: options,
      memoryLimit: memoryLimit
    )
  }

  /// What was read so far.
  private struct Reading {
    let path: String
    let memoryLimit: Int
    private(set) var line = 1
    private var isInData = false
    private var hasClass = true
    /// Whether the class is a number to predict.
    private var hasTarget = false
    private var hasStamps = false
    /// The stamps of each series and channel, where the file has them.
    private var stamps: [[[String]]] = []
    /// The numbers of each series, channel by channel; NaN is a missing one.
    private var series: [[[Double]]] = []
    private var classes: [String] = []
    private var valueCount = 0
    private let words = MissingWords()

    init(path: String, memoryLimit: Int) {
      self.path = path
      self.memoryLimit = memoryLimit
    }

    func isFull(_ limit: Int?) -> Bool { limit.map { series.count >= $0 } ?? false }

    mutating func take(_ bytes: [UInt8]) throws(DatasetError) {
      defer { line += 1 }
      if let byte = bytes.first(where: CSVCell.isControl) {
        throw .controlByte(path: path, line: line, byte: byte)
      }
      guard let whole = String(validating: bytes, as: UTF8.self) else {
        throw .notUTF8(path: path, line: line)
      }
      let text = whole.trimmed
      if text.isEmpty || text.hasPrefix("#") { return }
      if text.hasPrefix("@") {
        let words = text.split(separator: " ").map { $0.lowercased() }
        if words[0] == "@data" { isInData = true }
        if ["@classlabel", "@targetlabel"].contains(words[0]), words.count > 1 {
          hasClass = words[1] == "true"
          hasTarget = hasClass && words[0] == "@targetlabel"
        }
        if words[0] == "@timestamps", words.count > 1 { hasStamps = words[1] == "true" }
        return
      }
      guard isInData else {
        throw problem("settings that begin with @ before the line @data", text)
      }
      try takeSeries(text)
    }

    private mutating func takeSeries(_ text: String) throws(DatasetError) {
      var parts = Self.split(text[...], at: ":")
      if hasClass {
        guard parts.count > 1, let last = parts.popLast() else {
          throw problem("numbers, a colon and a class", text)
        }
        classes.append(String(last).trimmed)
      }
      if let first = series.first, first.count != parts.count {
        throw problem("\(first.count) channels as in the first series", "\(parts.count)")
      }
      guard parts.count <= valueLimit else {
        throw problem("at most \(valueLimit) channels", "\(parts.count)")
      }
      var channels: [[Double]] = []
      var times: [[String]] = []
      channels.reserveCapacity(parts.count)
      var count = 0
      for part in parts {
        var values: [Double] = []
        var own: [String] = []
        for word in Self.split(part, at: ",") {
          var cell = String(word).trimmed
          if hasStamps {
            guard let pair = Self.pair(cell) else {
              throw problem("a time and a number in parentheses, as in (2024-03-05,1.5)", cell)
            }
            own.append(pair.stamp)
            cell = pair.value
          }
          let bytes = Array(cell.utf8)
          if words.contains(bytes.span, 0..<bytes.count) {
            values.append(.nan)
          } else if let number = TableNumber.value(of: cell) {
            values.append(number)
          } else {
            throw problem("a number", cell)
          }
        }
        channels.append(values)
        times.append(own)
        count += values.count
        guard count <= valueLimit else {
          throw problem("at most \(valueLimit) numbers of a series", "more")
        }
      }
      if hasStamps { stamps.append(times) }
      // A stamp is a text beside its number.
      valueCount += hasStamps ? 8 * count : count
      if valueCount * 8 > memoryLimit {
        throw .tooLarge(path: path, bytes: valueCount * 8, limit: memoryLimit)
      }
      series.append(channels)
    }

    /// The parts of a text between signs that stand outside of parentheses.
    private static func split(_ text: Substring, at sign: Character) -> [Substring] {
      var parts: [Substring] = []
      var (start, depth) = (text.startIndex, 0)
      for index in text.indices {
        switch text[index] {
        case "(": depth += 1
        case ")": depth = max(depth - 1, 0)
        case sign where depth == 0:
          parts.append(text[start..<index])
          start = text.index(after: index)
        default: break
        }
      }
      return parts + [text[start...]]
    }

    /// A stamp and a number in parentheses.
    private static func pair(_ cell: String) -> (stamp: String, value: String)? {
      guard cell.hasPrefix("("), cell.hasSuffix(")"), let comma = cell.lastIndex(of: ",") else {
        return nil
      }
      let stamp = String(cell[cell.index(after: cell.startIndex)..<comma]).trimmed
      let value = String(cell[cell.index(after: comma)...].dropLast()).trimmed
      return stamp.isEmpty ? nil : (stamp, value)
    }

    /// The text of a table with one row for each time of each series.
    func rowsByTime() throws(DatasetError) -> [UInt8] {
      guard let first = series.first else { throw .noRows(path: path, columns: 0) }
      let names = first.count == 1 ? ["value"] : first.indices.map { "channel \($0 + 1)" }
      var lines = [
        (["series", "time"] + names + (hasClass ? ["class"] : [])).joined(separator: ",")
      ]
      for (number, channels) in series.enumerated() {
        var places: [String: Int] = [:]
        var rows: [(time: String, values: [String])] = []
        for (channel, values) in channels.enumerated() {
          for (step, value) in values.enumerated() {
            let time = hasStamps ? stamps[number][channel][step] : "\(step + 1)"
            // A second value of one time is a row of its own.
            var place = places[time] ?? rows.count
            if place < rows.count, !rows[place].values[channel].isEmpty { place = rows.count }
            if place == rows.count {
              places[time] = place
              rows.append((time, [String](repeating: "", count: channels.count)))
            }
            rows[place].values[channel] = value.isNaN ? "" : Self.written(value)
          }
        }
        let label = hasClass ? [Self.quoted(classes[number])] : []
        for row in rows {
          lines.append(
            (["\(number + 1)", Self.quoted(row.time)] + row.values + label).joined(separator: ",")
          )
        }
      }
      return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func written(_ value: Double) -> String {
      value == value.rounded() && abs(value) < 0x1p53 ? "\(Int(value))" : "\(value)"
    }

    private static func quoted(_ text: String) -> String {
      let isPlain = !text.contains { $0 == "," || $0 == "\"" }
      return isPlain
        ? text
        : "\""
          + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
          + "\""
    }

    private func problem(_ expected: String, _ found: String) -> DatasetError {
      .series(.damagedFile(path: path, line: line, expected: expected, found: clipped(found)))
    }

    func table(name: String) throws(DatasetError) -> Table {
      guard let first = series.first else { throw .noRows(path: path, columns: 0) }
      var columns: [Table.Column] = []
      let lengths = first.indices.map { channel in series.map { $0[channel].count }.max() ?? 0 }
      // A value and whether it is missing; no product of both is near the largest integer.
      let bytes = lengths.reduce(0, +) * series.count * 9
      guard bytes <= memoryLimit else {
        throw .tooLarge(path: path, bytes: bytes, limit: memoryLimit)
      }
      for (channel, length) in lengths.enumerated() {
        for step in 0..<length {
          let values = series.map { step < $0[channel].count ? $0[channel][step] : .nan }
          let missing = values.map(\.isNaN)
          columns.append(
            ColumnInference.column(
              name: first.count == 1 ? "\(step + 1)" : "channel \(channel + 1) at \(step + 1)",
              numbers: values.map { $0.isNaN ? 0 : $0 },
              missing: missing.contains(true) ? missing : []
            )
          )
        }
      }
      let targets = hasTarget ? classes.map { TableNumber.value(of: $0) } : []
      if !targets.isEmpty, targets.allSatisfy({ $0 != nil }) {
        columns.append(
          ColumnInference.column(name: "class", numbers: targets.compactMap(\.self), missing: [])
        )
      } else if hasClass {
        let levels = Array(Set(classes)).sorted()
        let codes = classes.map { name in Int32(levels.firstIndex(of: name) ?? 0) }
        columns.append(
          Table.Column(
            name: "class",
            kind: levels.count > 1 ? .category : .constant,
            cells: .codes(codes, levels: levels)
          )
        )
      }
      return Table(name: name, columns: columns)
    }
  }
}

extension String {
  /// The text without blanks and line ends around it.
  fileprivate var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
