/// At most the first characters of a text, on one line and without control characters.
package func clipped(_ text: String, to length: Int = 40) -> String {
  let start = String(decoding: text.utf8.prefix(4 * length), as: UTF8.self)
  let line = String(
    String.UnicodeScalarView(
      start.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    )
  )
  let isWhole = line.count <= length && start.utf8.count == text.utf8.count
  return isWhole ? line : line.prefix(length) + "…"
}

/// Bytes as in "0x89 0x50".
package func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0x0" : "0x") + String($0, radix: 16, uppercase: true) }
    .joined(separator: " ")
}

/// The name of a file without its folders.
package func lastPart(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// A number of bytes as in "12 MB".
package func megabytes(_ bytes: Int) -> String {
  bytes >> 20 < 1 ? "\(bytes) bytes" : "\(bytes >> 20) MB"
}
