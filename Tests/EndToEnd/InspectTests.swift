import Foundation
import Testing

@Suite struct InspectTests {
  @Test func labelsAreCounted() throws {
    let folder = try Folder()
    try folder.write(Made.labels([3, 1, 3, 3, 10]), to: "labels.idx")
    let inspected = try Program.run("inspect", "labels.idx", in: folder)
    #expect(inspected.code == 0, "\(inspected.errors)")
    #expect(inspected.output == "labels.idx: 5 labels of 3 classes\n  1: 1\n  3: 3\n  10: 1\n")
    let counted = try json(Program.run("inspect", "labels.idx", "--json", in: folder).output)
    #expect(counted["count"] as? Int == 5)
    #expect(counted["labels"] as? [String: Int] == ["1": 1, "3": 3, "10": 1])
    let first = try json(
      Program.run("inspect", "labels.idx", "--json", "--first", "2", in: folder).output
    )
    #expect(first["count"] as? Int == 2)
  }

  private static let hasPython = (try? python("import struct, zlib")) == 0

  /// Runs a script and gives its exit code.
  private static func python(_ script: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Texts within an image, of which nothing is made, take no memory, however far they inflate.
  @Test(.enabled(if: Self.hasPython, "python3, which writes the image, is missing"))
  func textsOfImagesAreSteppedOver() throws {
    let folder = try Folder()
    let script = """
      import struct, zlib
      def chunk(kind, data):
          return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
      text = chunk(b"zTXt", b"k\\0\\0" + zlib.compress(b"a" * 7_900_000, 9))
      rows = zlib.compress(b"\\0" + bytes([200, 40, 60] * 2) + b"\\0" + bytes([20, 140, 60] * 2))
      image = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
      image += text * 300 + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
      open("\(folder.path("texts.png"))", "wb").write(image)
      """
    let code = try Self.python(script)
    try #require(code == 0)
    let inspected = try Running(["inspect", "texts.png"], in: folder, memory: 1 << 30).wait()
    #expect(inspected.code == 0, "\(inspected.errors)")
    #expect(inspected.output.hasPrefix("texts.png: 1 image of 2 x 2 pixels"))
  }

  /// To other verbs such a file is no data.
  @Test func labelsAloneAreNotTrainedOn() throws {
    let folder = try Folder()
    try folder.write(Made.labels([3, 1, 3, 3, 10]), to: "labels.idx")
    let refused = try Program.run("reduce", "labels.idx", in: folder)
    #expect(refused.code == 1 && refused.errors.contains("these labels belong to"))
  }
}
