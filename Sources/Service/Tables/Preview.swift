internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import Hummingbird

/// Some rows of a table, or some files of a set.
struct Preview: Encodable, Sendable {
  /// A file of a set.
  struct File: Encodable, Sendable {
    var name: String
    var bytes: Int
    var kind: String
  }

  var kind: String
  var type: String?
  var columns: [String]?
  var rows: [[String?]]?
  var from: Int?
  var more: Bool?
  var files: [File]?

  /// Once the cells of a preview have this many bytes, it has no further row.
  private static let room = 8 << 20
  /// The most cells of a preview, those included that an object has no member for.
  private static let mostCells = 2_000_000

  /// What a file or a folder holds.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - name: Its name for clients.
  ///   - range: The rows or files, counted from 0.
  init(path: String, name: String, range: Range<Int>) throws {
    guard let entry = FolderFile(Folders.resolved(path), name: name) else {
      throw Problem.missing("data")
    }
    if entry.kind == .folder {
      kind = "set"
      let files = FolderFile.files(below: Folders.resolved(path), limit: 100_000)
      (from, more) = (range.lowerBound, files.count > range.upperBound)
      self.files = files.dropFirst(range.lowerBound).prefix(range.count).map {
        File(name: "\(name)/\($0.name)", bytes: $0.bytes, kind: FileType($0.name).kind.rawValue)
      }
      return
    }
    let file = FileType(name)
    kind = file.kind.rawValue
    if file.kind == .image || file.kind == .sound { type = file.media }
    guard file.kind == .table else {
      if !["image", "sound"].contains(kind) { kind = "other" }
      return
    }
    if file.media.hasPrefix("text/") {
      try readCells(path, range)
    } else if file.media == "application/x-ndjson" {
      try readObjects(path, range)
    } else {
      kind = "other"
    }
  }

  /// The answer with a preview, which is read beside the threads that answer requests.
  static func response(path: String, name: String, range: Range<Int>) async throws -> Response {
    try Response.json(try await Blocking.run { try Preview(path: path, name: name, range: range) })
  }

  private mutating func readCells(_ path: String, _ range: Range<Int>) throws {
    var table = try DelimitedRows(path: path)
    columns = try table.next() ?? []
    try table.skip(range.lowerBound)
    var (found, size) = ([[String?]](), 0)
    while found.count < range.count, size < Self.room, let row = try table.next() {
      size += row.reduce(0) { $0 + $1.utf8.count }
      found.append(row)
    }
    (from, rows, more) = (range.lowerBound, found, try table.skip())
  }

  private mutating func readObjects(_ path: String, _ range: Range<Int>) throws {
    var lines = try TextLines(path: path)
    try lines.skip(range.lowerBound)
    var (objects, size) = ([JSONValue](), 0)
    while objects.count < range.count, size < Self.room, let line = try lines.next() {
      size += line.utf8.count
      do {
        objects.append(try JSONValue(text: line, file: "the table"))
      } catch {
        throw Problem(.unprocessableContent, "A line of the file is no JSON object.")
      }
    }
    var (names, known) = ([String](), Set<String>())
    for object in objects {
      guard case .object(let members) = object else { continue }
      names += members.keys.filter { known.insert($0).inserted }.sorted()
      guard names.count <= 10_000, names.count * objects.count <= Self.mostCells else {
        throw Problem(
          .unprocessableContent,
          "The rows have too many different members: more than 10,000, or \(Self.mostCells) cells."
        )
      }
    }
    columns = names
    rows = objects.map { object in names.map { object[$0]?.cell } }
    (from, more) = (range.lowerBound, try lines.next() != nil)
  }
}

extension JSONValue {
  /// The value as a cell; none for null.
  fileprivate var cell: String? {
    switch self {
    case .null: nil
    case .boolean(let value): value ? "true" : "false"
    case .number(let number): number.text
    case .string(let text): text
    case .array, .object: (try? jsonLine()) ?? ""
    }
  }

}

/// The lines of a text one after another, those without any sign left out.
struct TextLines: ~Copyable {
  private let file: InputFile
  private var bytes = [UInt8](repeating: 0, count: 1 << 18)
  private var (place, count) = (0, 0)
  private var bytesRead = 0

  init(path: String) throws { file = try InputFile(path: path) }

  /// Skips lines, up to the end of the file.
  mutating func skip(_ count: Int) throws {
    for _ in 0..<count {
      guard bytesRead <= DelimitedRows.mostSkipped else { throw Problem.tooFar }
      guard try next() != nil else { return }
    }
  }

  /// The next line; none at the end.
  mutating func next() throws -> String? {
    var line: [UInt8] = []
    while true {
      if place == count {
        (place, count) = (0, try file.read(into: &bytes, from: 0))
        bytesRead += count
        if count == 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
      }
      let end = bytes[place..<count].firstIndex(of: UInt8(ascii: "\n")) ?? count
      line += bytes[place..<end]
      guard line.count <= DelimitedRows.longestRow else {
        throw Problem(.unprocessableContent, "A line is longer than a mebibyte.")
      }
      place = min(end + 1, count)
      if end < count {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if !line.isEmpty { return String(decoding: line, as: UTF8.self) }
      }
    }
  }
}
