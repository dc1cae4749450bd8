internal import HourglassSystem

/// Reads the log of a job as it grows.
struct EventTail {
  /// A line, and the place behind it, by which a reader goes on later.
  struct Line {
    var text: String
    var end: Int
  }

  private let path: String
  /// Where it goes on.
  private(set) var place: Int

  init(path: String, from place: Int = 0) {
    (self.path, self.place) = (path, place)
  }

  /// The whole lines that are there beyond the last ones, at most about a mebibyte of them.
  mutating func next() -> [Line] {
    guard let file = try? InputFile(path: path), let size = file.size, size > place else {
      return []
    }
    var bytes = [UInt8](repeating: 0, count: min(size - place, 1 << 20))
    guard let count = try? file.read(at: place, into: &bytes, 0..<bytes.count) else { return [] }
    var lines: [Line] = []
    var start = 0
    for index in 0..<count where bytes[index] == UInt8(ascii: "\n") {
      let text = String(decoding: bytes[start..<index], as: UTF8.self)
      lines.append(Line(text: text, end: place + index + 1))
      start = index + 1
    }
    // A line that fills the whole room is none of ours.
    place += start == 0 && count == 1 << 20 ? count : start
    return lines
  }
}
