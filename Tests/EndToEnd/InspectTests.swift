import Foundation
import Testing

@Suite struct InspectTests {
  @Test func labelsAreCounted() throws {
    let folder = try Folder()
    try folder.write(Made.labels([3, 1, 3, 3, 10]), to: "labels.idx")
    let told = try Program.run("inspect", "labels.idx", in: folder)
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output == "labels.idx: 5 labels of 3 classes\n  1: 1\n  3: 3\n  10: 1\n")
    let counted = try json(Program.run("inspect", "labels.idx", "--json", in: folder).output)
    #expect(counted["count"] as? Int == 5)
    #expect(counted["labels"] as? [String: Int] == ["1": 1, "3": 3, "10": 1])
    let first = try json(
      Program.run("inspect", "labels.idx", "--json", "--first", "2", in: folder).output
    )
    #expect(first["count"] as? Int == 2)
  }

  /// Texts within an image, of which nothing is made, take no memory, however far they inflate.
  @Test func textsOfImagesAreSteppedOver() throws {
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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      print("skipped: an image with long texts, since python3 is missing")
      return
    }
    let told = try Running(["inspect", "texts.png"], in: folder, memory: 1 << 30).wait()
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output.hasPrefix("texts.png: 1 image of 2 x 2 pixels"))
  }

  /// To other verbs such a file is no data.
  @Test func labelsAloneAreNotTrainedOn() throws {
    let folder = try Folder()
    try folder.write(Made.labels([3, 1, 3, 3, 10]), to: "labels.idx")
    let refused = try Program.run("reduce", "labels.idx", in: folder)
    #expect(refused.code == 1 && refused.errors.contains("these labels belong to"))
  }
}
