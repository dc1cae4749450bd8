import Foundation
import Testing

/// A file with which something is wrong, and what the program says of it.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  /// The name that the program is given.
  let name: String
  /// Words that its error has.
  let message: String
  /// The options that it is read with.
  var options: [String] = []
  /// The verbs that are tried on it; each says the same.
  var verbs = [["inspect"], ["reduce", "-o", "out.csv", "--epochs", "1"]]
  /// Puts it in a folder.
  let make: @Sendable (Folder, String) throws -> Void

  init(
    _ name: String,
    _ message: String,
    options: [String] = [],
    verbs: [[String]]? = nil,
    make: @escaping @Sendable (Folder, String) throws -> Void
  ) {
    self.name = name
    self.message = message
    self.options = options
    if let verbs { self.verbs = verbs }
    self.make = make
  }

  /// A file of bytes.
  init(
    _ name: String,
    _ message: String,
    options: [String] = [],
    verbs: [[String]]? = nil,
    bytes: @escaping @Sendable () throws -> [UInt8]
  ) {
    self.init(name, message, options: options, verbs: verbs) { folder, name in
      try folder.write(bytes(), to: name)
    }
  }

  /// A file of text.
  init(_ name: String, _ message: String, options: [String] = [], text: String) {
    self.init(name, message, options: options) { Array(text.utf8) }
  }

  var testDescription: String { ([name] + options).joined(separator: " ") + ": " + message }

  /// All of them.
  static let all = tables + images + arrays + archives + photographs + sounds + places + models
}

/// Parts of which files are put together.
enum Bytes {
  /// A good file that the tests of the readers keep.
  static func golden(_ name: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return Array(
      try Data(contentsOf: tests.appendingPathComponent("TestSupport/Goldens/\(name)"))
    )
  }

  /// The same with other bytes in one place.
  static func golden(_ name: String, at place: Int, _ bytes: [UInt8]) throws -> [UInt8] {
    var all = try golden(name)
    all.replaceSubrange(place..<place + bytes.count, with: bytes)
    return all
  }

  static func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  static func big(_ value: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  static func little(_ value: Int, _ count: Int = 4) -> [UInt8] { big(value, count).reversed() }

  /// The check sum of PNG chunks and ZIP members.
  static func checksum(_ bytes: [UInt8]) -> Int {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let half = sum >> 1
        sum = sum & 1 != 0 ? half ^ 0xedb8_8320 : half
      }
    }
    return Int(~sum)
  }

  /// A PNG chunk.
  static func chunk(_ kind: String, _ bytes: [UInt8] = []) -> [UInt8] {
    let body = Array(kind.utf8) + bytes
    return big(bytes.count) + body + big(checksum(body))
  }

  /// The beginning of a PNG file of 8 bits and three channels.
  static func png(width: Int, height: Int, depth: UInt8 = 8, kind: UInt8 = 2) -> [UInt8] {
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", big(width) + big(height) + [depth, kind, 0, 0, 0])
  }

  /// An NPY file with this text for a header.
  static func npy(_ header: String, data: Int, version: UInt8 = 1) -> [UInt8] {
    let text = Array((header + "\n").utf8)
    let length = little(text.count, version == 1 ? 2 : 4)
    let zeros = [UInt8](repeating: 0, count: data)
    return joined([0x93], Array("NUMPY".utf8), [version, 0], length, text, zeros)
  }

  static func npyHeader(_ kind: String, _ shape: String) -> String {
    "{'descr': '\(kind)', 'fortran_order': False, 'shape': (\(shape)), }"
  }

  /// What a member of an archive says of itself.
  struct Member {
    var name = "x.npy"
    var bytes: [UInt8]
    var method = 0
    var flags = 0
    var size: Int?
    var packedSize: Int?
    var offset: Int?
    var sum: Int?
  }

  /// A ZIP archive.
  static func zip(_ members: [Member], count: Int? = nil, directory: Int? = nil) -> [UInt8] {
    var all: [UInt8] = []
    var entries: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let fields = joined(
        little(member.flags, 2),
        little(member.method, 2),
        little(0),
        little(member.sum ?? checksum(member.bytes)),
        little(member.packedSize ?? member.bytes.count),
        little(member.size ?? member.bytes.count),
        little(name.count, 2),
        little(0, 2)
      )
      let place = little(member.offset ?? all.count)
      entries += joined([0x50, 0x4b, 1, 2, 20, 0, 20, 0], fields)
      entries += joined([UInt8](repeating: 0, count: 10), place, name)
      all += joined([0x50, 0x4b, 3, 4, 20, 0], fields, name, member.bytes)
    }
    let start = all.count
    let total = little(count ?? members.count, 2)
    let place = little(directory ?? start)
    let end = joined([0x50, 0x4b, 5, 6], little(0), total, total, little(entries.count), place)
    return joined(all, entries, end, little(0, 2))
  }

  /// A WAV file of 16 bits.
  static func wav(
    channels: Int = 1,
    rate: Int = 8_000,
    codec: Int = 1,
    bits: Int = 16,
    promised: Int? = nil,
    data: Int = 1_600
  ) -> [UInt8] {
    let frame = channels * bits / 8
    let format = joined(
      little(codec, 2),
      little(channels, 2),
      little(rate),
      little(rate * frame),
      little(frame, 2),
      little(bits, 2)
    )
    let samples = (0..<data).map { UInt8(truncatingIfNeeded: $0 * 37) }
    return joined(
      Array("RIFF".utf8),
      little(36 + data),
      Array("WAVEfmt ".utf8),
      little(16),
      format,
      Array("data".utf8),
      little(promised ?? data),
      samples
    )
  }
}
