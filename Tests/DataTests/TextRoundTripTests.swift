import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Random texts: whatever is read as a table is written back byte for byte, read again to the same table, and the
/// same however a pipe cuts it.
@Suite struct TextRoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let pieces: [String] = [
    "0", "1", "2.5", "-3", ",", ",", ",", ";", "|", "\t", " ", "\n", "\n", "\n", "\r\n", "\"",
    "\"\"", "#", "# ", "a",
    "é", "€", "NA", "sep=;\n", "{\"a\": 1}\n", "{\"b\": \"x\", \"a\": null}\n", "2019,2020,2021\n",
    "a b\n",
  ]

  private func text(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 1..<30, using: &generator)
    return (0..<count).map { _ in
      Self.pieces[Int.random(in: Self.pieces.indices, using: &generator)]
    }.joined()
  }

  @Test(arguments: TextEncoding.allCases)
  func whatIsReadIsWrittenBack(_ encoding: TextEncoding) throws {
    var generator = SeededGenerator.named("round trip \(encoding.rawValue)", seed: 1)
    var count = 0
    for round in 0..<1500 {
      var bytes = encoding.isUTF16 ? encoding.byteOrderMark : []
      let text = text(&generator)
      _ = encoding.encode(Array(text.utf8), to: &bytes)
      let path = try folder.file(bytes)
      // Of lines of remarks alone, the last one is names or a row.
      if text.split(whereSeparator: \.isNewline).allSatisfy({ $0.hasPrefix("#") }) { continue }
      guard let table = try? Table(contentsOf: path) else { continue }
      count += 1
      let result = folder.path + "/result"
      let shown = String(decoding: bytes, as: UTF8.self).debugDescription
      do {
        let file = try CSVCompletion(
          replacing: result,
          from: path,
          columns: table.columns.map(\.name)
        )
        try file.append(table, given: table)
        try file.commit()
      } catch {
        Issue.record("round \(round): \(error): \(shown)")
        continue
      }
      let written = Array(try Data(contentsOf: URL(fileURLWithPath: result)))
      #expect(
        written == bytes,
        "round \(round): \(shown)"
      )
      let source = try ByteSource(CutStream(bytes, most: 1), path: path)
      let cut = try? Table(source, options: TableOptions(), memoryLimit: large)
      // A pipe cannot be read again where a text comes late, nor a key of JSON.
      if let cut { #expect(cut == table, "round \(round)") }
    }
    #expect(count > 100)
  }
}
