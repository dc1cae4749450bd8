internal import HourglassMedia
internal import HourglassSystem

/// Whether a file is a model or data.
package enum FileKind {
  /// Whether there is a file of this name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a file is, or claims by its name to be, a safetensors file.
  ///
  /// Such a file begins with eight bytes of a length, the upper ones of them 0, and a brace.
  static func isModel(_ path: String) -> Bool {
    if path.hasSuffix(".hourglass") || path.hasSuffix(".safetensors") { return true }
    let bytes = stored(path, 9)
    return bytes.count == 9 && bytes[8] == UInt8(ascii: "{")
      && bytes[4..<8].allSatisfy { $0 == 0 }
  }

  /// Whether a file begins as IDX does, or is compressed, which no file of labels in text is.
  static func isIDX(_ path: String) -> Bool { [[0, 0], [0x1f, 0x8b]].contains(stored(path, 2)) }

  /// The first bytes of a file as it is stored; none where it cannot be read, for reading it says why.
  private static func stored(_ path: String, _ count: Int) -> [UInt8] {
    (try? WholeFile.beginning(of: path, count: count)) ?? []
  }
}
