import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

/// Mutated files must be read or refused, and neither trap nor hang; the seed is fixed.
@Suite struct FuzzTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    "u8.idx", "f64.idx", "color.idx", "u8-gzip.bin", "u8-members.gz", "excel-gzip.csv",
    "excel.csv", "quoted.csv", "tabs.tsv", "semicolons.csv",
  ])
  func mutatedFilesAreReadOrRefused(_ name: String) throws {
    let original = try goldenBytes(name)
    var generator = SeededGenerator.named(name, seed: 11)
    for round in 0..<400 {
      let bytes = mutated(original, &generator)
      let path = try folder.file(bytes)
      check(path, windowSize: round.isMultiple(of: 2) ? 1 << 16 : 64, "\(name), round \(round)")
    }
  }

  @Test func randomTextsAreReadOrRefused() throws {
    var generator = SeededGenerator(seed: 12)
    let alphabet = Array("0123456789.-+eE,;\t\n\r\" ax\0".utf8)
    for round in 0..<1000 {
      let count = Int.random(in: 0..<60, using: &generator)
      let bytes = (0..<count).map { _ in
        alphabet[Int.random(in: alphabet.indices, using: &generator)]
      }
      check(try folder.file(bytes), windowSize: 24, "round \(round)")
    }
  }

  /// How the bytes fall into windows must not matter to what a table means.
  @Test func theWindowDoesNotMatter() throws {
    var generator = SeededGenerator(seed: 13)
    let alphabet = Array("0123.-e,,\n\r\" ".utf8)
    for round in 0..<500 {
      let count = Int.random(in: 1..<40, using: &generator)
      let bytes = (0..<count).map { _ in
        alphabet[Int.random(in: alphabet.indices, using: &generator)]
      }
      let path = try folder.file(bytes)
      let whole = try? NumberTable(contentsOf: path)
      let pieces = try? NumberTable(contentsOf: path, memoryLimit: large, windowSize: 41)
      #expect(
        whole?.values.map(\.bitPattern) == pieces?.values.map(\.bitPattern),
        "round \(round): \(bytes)"
      )
    }
  }

  private func check(_ path: String, windowSize: Int, _ comment: String) {
    if let dataset = try? NumericDataset(
      IDXFile(contentsOf: path, memoryLimit: 1 << 20, windowSize: windowSize)
    ) {
      #expect(dataset.rows(0..<dataset.count).isFinite, "\(comment)")
      #expect(dataset.count > 0, "\(comment)")
    }
    let table = try? NumberTable(contentsOf: path, memoryLimit: 1 << 20, windowSize: windowSize)
    if let table { #expect(table.values.count == table.rowCount * table.columns.count) }
    let idx = try? IDXFile(contentsOf: path, memoryLimit: 1 << 20, windowSize: windowSize)
    if let idx { #expect(idx.values().count == idx.count * idx.itemShape.elementCount) }
  }

  /// Flips, replaces, removes, repeats or inserts a few bytes.
  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !result.isEmpty else { return result }
      let index = Int.random(in: result.indices, using: &generator)
      let end = min(result.count, index + Int.random(in: 1...8, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: result[index] = .random(in: .min ... .max, using: &generator)
      case 2: result.removeSubrange(index..<end)
      case 3: result.insert(contentsOf: result[index..<end], at: index)
      case 4: result[index] = [0, 0xff, 0x7f, 0x80][Int.random(in: 0..<4, using: &generator)]
      default: result.removeLast(result.count - index)
      }
    }
    return result
  }
}
