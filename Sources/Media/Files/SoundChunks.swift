/// The chunks of a WAV or AIFF file: a name of four bytes, a size of four bytes, and the contents.
///
/// Reference: IBM and Microsoft, 1991, "Multimedia programming interface and data specifications
/// 1.0", chapter 2; Apple, 1989, "Audio interchange file format AIFF, version 1.3".
package enum SoundChunks {
  /// Whether the chunk of samples says that it is longer than what is there.
  ///
  /// A size of nearly all ones is written by programs that do not know the end, and promises nothing.
  package static func areTruncated(_ bytes: [UInt8]) -> Bool {
    let isLittle = bytes.starts(with: "RIFF".utf8)
    guard isLittle || bytes.starts(with: "FORM".utf8) else { return false }
    let samples = isLittle ? "data" : "SSND"
    var start = 12
    while bytes.count - start >= 8 {
      let size =
        isLittle
        ? littleSize(bytes, at: start + 4)
        : bytes[start + 4..<start + 8].reduce(0) { $0 << 8 | Int($1) }
      if bytes[start...].starts(with: samples.utf8) {
        return !isOfNoSize(size) && size > bytes.count - start - 8
      }
      start += 8 + size + size % 2
    }
    return false
  }

  /// Whether a size says that it was not known: nearly all ones, or, as of programs that count with a sign, as
  /// many as there can be.
  static func isOfNoSize(_ size: Int) -> Bool {
    size >= 0xffff_ff00 || (0x7fff_f000...0x8000_0040).contains(size)
  }

  /// A size of four bytes, the least significant one first.
  static func littleSize(_ bytes: [UInt8], at place: Int) -> Int {
    bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
