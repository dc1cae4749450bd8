import Foundation
import HourglassData
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct CSVWriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func contents(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder.path)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func aTableIsWrittenWithTheShortestDigits() throws {
    let writer = try CSVWriter(
      replacing: folder.path + "/a.csv",
      columns: ["x", "a, b", "say \"y\"", "", "two\nlines"]
    )
    try writer.append(Tensor([1, 0.1, -2.5e-20, 1 / 3, 16_777_216], shape: [1, 5]))
    try writer.append([0, -0.0, 3e38, .leastNonzeroMagnitude, 1e16])
    #expect(contents("a.csv") == nil)
    try writer.commit()
    #expect(
      contents("a.csv") == """
        x,"a, b","say ""y\""","","two
        lines"
        1.0,0.1,-2.5e-20,0.33333334,16777216.0
        0.0,-0.0,3e+38,1e-45,1e+16

        """
    )
  }

  @Test func whatIsWrittenIsReadBackExactly() throws {
    var generator = SeededGenerator(seed: 2)
    let numbers = (0..<30_000).map { _ in
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      return float.isFinite ? float : 0
    }
    let path = folder.path + "/numbers.csv"
    let writer = try CSVWriter(replacing: path, columns: ["a", "b", "c"])
    try writer.append(numbers)
    try writer.commit()
    let file = try NumberTable(contentsOf: path)
    #expect(file.columns == ["a", "b", "c"])
    #expect(file.values.map(\.bitPattern) == numbers.map(\.bitPattern))
  }

  @Test func aWriterThatIsGivenUpLeavesTheFormerFile() throws {
    let path = try folder.file("former", name: "a.csv")
    do {
      let writer = try CSVWriter(replacing: path, columns: ["x"])
      try writer.append([Float](repeating: 0.123, count: 100_000))
    }
    #expect(contents("a.csv") == "former")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.csv"])
  }

  @Test func aFolderThatIsMissingIsNamed() {
    #expect(
      message(in: folder) {
        _ = try CSVWriter(replacing: folder.path + "/none/a.csv", columns: ["x"])
      } == """
        cannot write none/a.csv: making a new file beside it failed: No such file or directory. \
        Make the folder first, or check the spelling of the path. \
        Nothing that was at this path has changed.
        """
    )
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsNamed() throws {
    let writer = try CSVWriter(replacing: "/dev/full", columns: ["x"])
    try writer.append([1])
    let error = #expect(throws: DatasetError.self) { try writer.commit() }
    #expect(error == .file(FileError(path: "/dev/full", operation: .write, code: ENOSPC)))
  }
}
