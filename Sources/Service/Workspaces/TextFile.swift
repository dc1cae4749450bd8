internal import HTTPTypes
internal import HourglassSystem

/// Short texts in files.
enum TextFile {
  /// A whole text.
  ///
  /// - Parameter limit: The most bytes that it may have.
  /// - Throws: A problem where it is longer.
  static func contents(of path: String, limit: Int = 64 << 20) throws -> String {
    let file = try InputFile(path: path)
    let size = file.size ?? 0
    guard size <= limit else {
      throw Problem(
        .unprocessableContent,
        "The result is longer than \(NumberText.bytes(limit)). Start a job, which keeps it as a file."
      )
    }
    var bytes = [UInt8](repeating: 0, count: size)
    var count = 0
    while count < size, case let more = try file.read(into: &bytes, from: count), more > 0 {
      count += more
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// The last bytes of a text.
  static func end(of path: String, bytes limit: Int) throws -> String {
    let file = try InputFile(path: path)
    let size = file.size ?? 0
    var bytes = [UInt8](repeating: 0, count: min(size, limit))
    if bytes.isEmpty { return "" }
    let count = try file.read(at: size - bytes.count, into: &bytes, 0..<bytes.count)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
