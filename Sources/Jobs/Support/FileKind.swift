internal import HourglassData
internal import HourglassSystem
internal import HourglassTensors

/// Whether a file is a model or data.
package enum FileKind {
  /// Whether there is a file of this name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a file is, or claims by its name to be, a safetensors file.
  ///
  /// Such a file begins with eight bytes of a length, the upper ones of them 0, and a brace.
  static func isModel(_ path: String) -> Bool {
    if path.hasSuffix(".hourglass") || path.hasSuffix(".safetensors") { return true }
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 9)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return false }
    return bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
  }

  /// Whether a file begins as IDX does, or is compressed, which no file of labels in text is.
  static func isIDX(_ path: String) -> Bool {
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 1, count: 2)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return false }
    return bytes == [0, 0] || bytes == [0x1f, 0x8b]
  }

  /// Whether a file holds a table in text; a compressed one counts by its name.
  static func isText(_ path: String) -> Bool {
    // Series with their classes are no rows of separated values.
    if path.hasSuffix(".ts") { return false }
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count > 0 else { return false }
    if bytes[0] == 0x1f, bytes[1] == 0x8b {
      return [".csv.gz", ".tsv.gz", ".txt.gz"].contains { path.lowercased().hasSuffix($0) }
    }
    let magics = ["PK\u{3}\u{4}", "RIFF", "OggS", "fLaC", "ID3"].map { Array($0.utf8) }
    if magics.contains(where: { bytes.starts(with: $0) }) { return false }
    // Neither zeros nor other control characters stand in a text; 0x93 begins an array of NumPy.
    return bytes[0] != 0x93 && bytes[0] != 0x89
      && !bytes[..<count].contains { $0 < 9 || (14..<27).contains($0) }
  }
}
