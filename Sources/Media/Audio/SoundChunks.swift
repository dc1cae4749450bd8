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
      let field = bytes[start + 4..<start + 8]
      let size =
        isLittle
        ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
      if bytes[start...].starts(with: samples.utf8) {
        return size < 0xffff_ff00 && size > bytes.count - start - 8
      }
      start += 8 + size + size % 2
    }
    return false
  }
}
