import HourglassModelFiles
import HourglassTensors
import Testing

/// Damaged files: an error or a readable file, and never a trap, a hang or a great use of memory.
@Suite struct DamageTests {
  private func model() throws -> [UInt8] {
    try ModelFile.bytes(tensors: exampleTensors, header: exampleHeader, path: "f")
  }

  @Test(arguments: ["single-precision", "element-types", "edges", "bfloat16", "none"])
  func aFileCutAnywhereIsAnError(name: String) throws {
    let bytes = try golden(name)
    for count in 0..<bytes.count {
      #expect(throws: ModelFileError.self, "cut to \(count) bytes") {
        try SafetensorsFile(bytes: Array(bytes.prefix(count)), path: "f")
      }
    }
  }

  @Test func aModelCutAnywhereIsAnError() throws {
    let model = try model()
    for count in 0..<model.count {
      #expect(throws: ModelFileError.self, "cut to \(count) bytes") {
        try ModelFile(bytes: Array(model.prefix(count)), path: "f")
      }
    }
  }

  /// A header whose length is made to fit, so that its text is cut and not found short at once.
  @Test func aHeaderCutAnywhereIsAnError() throws {
    let bytes = try golden("edges")
    let header = bytes.dropFirst(8).prefix(Int(bytes[0]) + Int(bytes[1]) << 8)
    let text = header.reversed().drop { $0 == 0x20 }.reversed()
    for count in 0..<text.count {
      #expect(throws: ModelFileError.self, "cut to \(count) bytes") {
        try SafetensorsFile(bytes: file(header: Array(text.prefix(count))), path: "f")
      }
    }
  }

  @Test(arguments: 0..<4)
  func mutationsNeverTrap(stream: UInt64) throws {
    var generator = SeededGenerator(seed: 20, stream: stream)
    let originals = [
      try golden("single-precision"), try golden("element-types"), try golden("edges"), try model(),
    ]
    var readable = 0
    for _ in 0..<1500 {
      var bytes = originals[Int.random(in: 0..<originals.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, &generator) }
      // Half of the cases get a length that fits, so that the mutations reach the parser.
      if Bool.random(using: &generator), bytes.count > 8 {
        let end = bytes.lastIndex(of: UInt8(ascii: "}")) ?? bytes.count - 1
        if end >= 8 { bytes.replaceSubrange(0..<8, with: length(UInt64(end - 7))) }
      }
      if readAll(bytes) { readable += 1 }
    }
    // A mutation of a number in the data leaves a good file.
    #expect((15..<1485).contains(readable), "stream \(stream): \(readable) readable")
  }

  /// Reads everything that can be read of a file; whether all of it could be.
  private func readAll(_ bytes: [UInt8]) -> Bool {
    do throws(ModelFileError) {
      let file = try SafetensorsFile(bytes: bytes, path: "f")
      for (_, tensor) in try file.tensors() { _ = tensor.shape.strides }
      if file.metadata["hourglass"] != nil {
        _ = try ModelSummary(ModelFile(bytes: bytes, path: "f")).description
      }
      return true
    } catch {
      return error.description.isEmpty
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.remove(at: place)
    case 3:
      let pieces = [
        "[[[[", "{", "}", "\"", "\\", "\\ud800", ",", "-1", "1e999", "9223372036854775807",
        "null", "0", "\"F64\"", "[]",
      ]
      bytes.insert(
        contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)].utf8,
        at: place
      )
    case 4: bytes.removeLast(bytes.count - place)
    case 5:
      let other = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(other + Int.random(in: 1...16, using: &generator), bytes.count)
      bytes.insert(contentsOf: Array(bytes[other..<end]), at: place)
    default:
      let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
      guard let digit = digits.randomElement(using: &generator) else { return }
      bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
    }
  }
}
