import Foundation

extension BrokenFile {
  /// Paths behind which there is nothing to read.
  static let places: [BrokenFile] = [
    BrokenFile("nothing-here.csv", "error: cannot open nothing-here.csv: No such file or directory")
    { _, _ in },
    BrokenFile("folder.csv", "found no file in it") { folder, name in
      try FileManager.default.createDirectory(
        atPath: folder.path(name),
        withIntermediateDirectories: false
      )
    },
    BrokenFile("round.csv", "error: cannot open round.csv: Too many levels of symbolic links") {
      folder,
      name in
      symlink(folder.path("back.csv"), folder.path(name))
      symlink(folder.path(name), folder.path("back.csv"))
    },
    BrokenFile("dangling.csv", "error: cannot open dangling.csv: No such file or directory") {
      folder,
      name in symlink("gone.csv", folder.path(name))
    },
    BrokenFile("round-folder", "found no file in it") { folder, name in
      try FileManager.default.createDirectory(
        atPath: folder.path(name),
        withIntermediateDirectories: false
      )
      symlink(".", folder.path("\(name)/again"))
    },
    BrokenFile("/dev/zero", "found 0x00") { _, _ in },
    BrokenFile("/dev/null", "found an empty file") { _, _ in },
    BrokenFile(String(repeating: "x", count: 300), "File name too long") { _, _ in },
    BrokenFile("", "cannot open \"\": No such file or directory") { _, _ in },
  ]

  private static let apply = [["inspect"], ["reduce", "good.csv", "-o", "out.csv", "--model"]]
  private static let find = [["match", "list", "--database"]]

  private static func model(_ header: String, data: Int = 0, length: Int? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    return Bytes.little(length ?? text.count, 8) + text + [UInt8](repeating: 0, count: data)
  }

  private static func tensor(_ kind: String, _ shape: String, _ start: Int, _ end: Int) -> String {
    """
    {"t":{"dtype":"\(kind)","shape":\(shape),"data_offsets":[\(start),\(end)]}}
    """
  }

  /// Model files and databases.
  static let models: [BrokenFile] = [
    BrokenFile("empty.hourglass", "found 0 bytes in the whole file", verbs: apply) { [] },
    BrokenFile("short.hourglass", "found 3 bytes in the whole file", verbs: apply) { [1, 2, 3] },
    BrokenFile("length.hourglass", "found 2 bytes after its length", verbs: apply) {
      model("{}", length: 1 << 62)
    },
    BrokenFile(
      "json.hourglass",
      "error: json.hourglass: the header of the file is not valid JSON at byte 5: it ends too early",
      verbs: apply
    ) { model("{\"t\":") },
    BrokenFile("deep.hourglass", "found \"[\"", verbs: apply) {
      model(String(repeating: "[", count: 90_000))
    },
    BrokenFile("offsets.hourglass", "found bytes 0 to 8", verbs: apply) {
      model(tensor("F32", "[2]", 0, 8))
    },
    BrokenFile("backwards.hourglass", "found bytes 8 to 0", verbs: apply) {
      model(tensor("F32", "[2]", 8, 0), data: 8)
    },
    BrokenFile("shape.hourglass", "found the shape [4294967296, 4294967296]", verbs: apply) {
      model(tensor("F32", "[4294967296,4294967296]", 0, 8), data: 8)
    },
    BrokenFile("kind.hourglass", "found \"Q7\"", verbs: apply) {
      model(tensor("Q7", "[2]", 0, 8), data: 8)
    },
    BrokenFile(
      "foreign.hourglass",
      "found a safetensors file of another program with the tensor \"t\"",
      verbs: [apply[1]]
    ) {
      model(tensor("F32", "[2]", 0, 8), data: 8)
    },
    BrokenFile(
      "text.db",
      "found a file of another kind or a damaged header",
      verbs: find,
      bytes: { Array("this is no database".utf8) }
    ),
    BrokenFile(
      "cut.db",
      "found a file of another kind or a damaged header",
      verbs: find,
      bytes: { Array("SQLite format 3\0".utf8) + [16, 0, 1, 1] }
    ),
    BrokenFile("gone.db", "found no file", verbs: find) { _, _ in },
  ]
}
