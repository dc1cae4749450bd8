import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

private let program = ["/usr/bin/zstd", "/usr/local/bin/zstd", "/opt/homebrew/bin/zstd"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// Tables compressed as Zstandard, by its own program; without it there is nothing to read.
@Suite(.enabled(if: program != nil)) struct ZstandardTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func compressed(_ bytes: [UInt8], _ options: [String] = []) throws -> [UInt8] {
    let path = try folder.file(bytes, name: "plain")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(program))
    process.arguments = ["-q", "-f", path, "-o", path + ".zst"] + options
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(fileURLWithPath: path + ".zst")))
  }

  private static let text =
    "a,b\n" + (0..<30_000).map { "\($0 % 977),x\($0 * 7919 % 3001)\n" }.joined()

  @Test func framesAreReadAsOneTable() throws {
    let whole = try Table(contentsOf: folder.file(Self.text))
    let all = Array(Self.text.utf8)
    let frames =
      try compressed(Array(all[..<100_000])) + compressed(Array(all[100_000...]), ["-19"])
    let path = try folder.file(frames, name: "t.csv.zst")
    for window in [1 << 12, 1 << 20] {
      let table = try Table(contentsOf: path, memoryLimit: large, windowSize: window)
      #expect(table.columns == whole.columns)
    }
    for stream in [1, 2, 3, 64].map({ CutStream(frames, most: $0) }) {
      let source = try ByteSource(stream, path: "pipe")
      let table = try Table(source, options: TableOptions(), memoryLimit: large)
      #expect(table.columns == whole.columns)
    }
    #expect(try Dataset.load(contentsOf: path).count == 30_000)
  }

  @Test func dataThatStopEarlySaySo() throws {
    let bytes = try compressed(Array("a,b\n1,2\n3,4\n".utf8))
    for count in 4..<bytes.count {
      let path = try folder.file(Array(bytes.prefix(count)))
      #expect(throws: DatasetError.truncatedZstandard(path: path, size: count)) {
        try Table(contentsOf: path)
      }
    }
  }

  @Test func damageIsFound() throws {
    let bytes = try compressed(Array(Self.text.utf8.prefix(5_000)))
    let expected = try Table(contentsOf: folder.file(Array(Self.text.utf8.prefix(5_000)))).columns
    for index in stride(from: 4, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[index] ^= 0x10
      let path = try folder.file(damaged)
      if let table = try? Table(contentsOf: path) { #expect(table.columns == expected) }
    }
    var sum = bytes
    sum[bytes.count - 1] ^= 1
    let path = try folder.file(sum)
    #expect(
      message(in: folder) { _ = try Table(contentsOf: path) }
        .hasPrefix("cannot read data: expected Zstandard data, found damaged data (")
    )
    let tail = try folder.file(bytes + Array("tail".utf8))
    #expect(throws: DatasetError.self) { try Table(contentsOf: tail) }
  }

  /// Sixty megabytes of blank lines take a few thousand bytes; none of them may be kept.
  @Test func aBombMeetsALimit() throws {
    let lines = try compressed([UInt8](repeating: 10, count: 60 << 20))
    #expect(lines.count < 100_000)
    let path = try folder.file(lines)
    let error = #expect(throws: DatasetError.self) { try Table(contentsOf: path) }
    #expect(error.map { if case .mostlyBlank = $0 { true } else { false } } == true)
    // A window of 2 GiB is not allocated.
    let long = try compressed(Array(Self.text.utf8), ["--long=31", "--no-progress"])
    _ = try? Table(contentsOf: folder.file(long))
  }
}
