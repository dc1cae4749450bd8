import HourglassJobs

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension JobResult {
  /// The result for people: reports, what it came to, and the files that were written.
  var text: String {
    var lines = paragraphs.flatMap { [$0, ""] } + sentences
    let width = outputs.map(\.label.count).max() ?? 0
    for output in outputs where output.path != "/dev/stdout" {
      let blanks = String(repeating: " ", count: width - output.label.count + 2)
      lines.append(output.label + blanks + output.path + (output.note.map { "  (\($0))" } ?? ""))
    }
    if outputs.isEmpty, let hint { lines.append("nothing was written: \(hint)") }
    return (lines + details).joined(separator: "\n")
  }
}

extension Encodable {
  /// The value as JSON on one line, its keys in alphabetical order; a number that is none is a text.
  func jsonLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
