import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Files of large arrays that are damaged, lie, or change while they are read.
@Suite struct LargeArrayDamageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let values = (0..<4_000).map { Double($0 % 97) }
  private static let array = ArchiveBytes.npy(values, "(2000, 2)")

  private func large(_ path: String) throws -> StoredTable {
    try StoredTable(array: path, sampleBytes: 1)
  }

  /// The error of a file that is read block by block, which is that of the file read whole.
  private func error(_ bytes: [UInt8], isAlike: Bool = true) throws -> String {
    let path = try folder.file(bytes)
    let found = message(in: folder) { _ = try large(path) }
    if isAlike {
      #expect(found == message(in: folder) { _ = try Dataset.load(contentsOf: path) })
    }
    return found
  }

  @Test func filesThatStopEarlyOrGoOnAreErrors() throws {
    let header = Self.array.count - 32_000
    let short = Array(Self.array.dropLast(1))
    #expect(try error(short).contains("promises 32000 bytes of values, found 31999"))
    #expect(try error(Self.array + [0]).contains("found more"))
    #expect(try error(ArchiveBytes.gzip(short)).contains("found 31999"))
    #expect(try error(ArchiveBytes.gzip(Self.array + [0])).contains("found more"))
    let cut = Array(ArchiveBytes.gzip(Self.array).dropLast(9))
    #expect(try error(cut).contains("stops early"))
    for isDeflated in [false, true] {
      let members = [ArchiveBytes.Member("X", short, isDeflated: isDeflated)]
      #expect(try error(ArchiveBytes.zip(members)).contains("found 31999"))
    }
    // A header that promises very much.
    let promise = ArrayFileTests.npy("<f8", "(1099511627776, 2)", Array(Self.array[header...]))
    #expect(try error(promise).contains("found 32000"))
    #expect(try error(ArchiveBytes.gzip(promise)).contains("found 32000"))
    let wide = ArrayFileTests.npy("<f8", "(1000, 1073741824)", [1, 2])
    #expect(try error(ArchiveBytes.gzip(wide), isAlike: false).contains("at most 1000000 columns"))
  }

  @Test func damagedArchivesAreErrors() throws {
    for isDeflated in [false, true] {
      var member = ArchiveBytes.Member("X", Self.array, isDeflated: isDeflated)
      member.sum ^= 1
      let sum = try error(ArchiveBytes.zip([member]))
      #expect(sum.contains("checksum (CRC-32) is wrong"))
      member.sum ^= 1
      member.size += 8
      #expect(try error(ArchiveBytes.zip([member])).contains("of another size than promised"))
    }
    var member = ArchiveBytes.Member("X", Self.array, isDeflated: true)
    let packed = member.packed
    for (damaged, size) in [
      (Array(packed.dropLast(4)), member.size), (packed + [0], member.size),
      (packed, member.size - 8),
    ] {
      member.packed = damaged
      member.size = size
      #expect(try error(ArchiveBytes.zip([member])).contains("damaged compressed data"))
    }
    member.packed = packed
    member.size = 1 << 31
    #expect(try error(ArchiveBytes.zip([member])).contains("promises too many bytes"))
  }

  @Test func infiniteValuesNameTheirItem() throws {
    var values = Self.values
    values[2 * 1_700 + 1] = -.infinity
    values[2 * 1_800] = .infinity
    for form in ArchiveBytes.Form.allCases {
      let bytes = ArchiveBytes.file(ArchiveBytes.npy(values, "(2000, 2)"), form)
      #expect(try error(bytes).contains("found another value in item 1701"))
    }
  }

  @Test func columnMajorArraysSayWhatToDo() throws {
    let values = Array(Self.array.suffix(32_000))
    let turned = ArrayFileTests.npy("<f8", "(2000, 2)", values, fortran: true)
    for form in ArchiveBytes.Form.allCases {
      let found = try error(ArchiveBytes.file(turned, form), isAlike: false)
      #expect(found.contains("numpy.ascontiguousarray"))
    }
    // Where one extent is 1 the order does not matter.
    let single = ArrayFileTests.npy("<f8", "(4000, 1)", values, fortran: true)
    #expect(try large(folder.file(single)).rowCount == 4_000)
  }

  @Test func filesThatChangeMeanwhileAreErrors() throws {
    for form in ArchiveBytes.Form.allCases {
      let bytes = ArchiveBytes.file(Self.array, form)
      let path = try folder.file(bytes)
      let table = try large(path)
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.truncate(atOffset: UInt64(bytes.count / 2))
      try file.close()
      #expect(throws: DatasetError.self, "\(form)") { try table.whole() }
    }
    let path = try folder.file(Self.array)
    let table = try large(path)
    _ = try folder.file(ArchiveBytes.npy(Self.values, "(1000, 4)"))
    #expect(throws: DatasetError.array(.changed(path: path))) { try table.whole() }
  }

  @Test func mutatedArchivesAreReadOrRefused() throws {
    let small = ArrayFileTests.npy("<i2", "(1000, 2)", (0..<4_000).map { UInt8($0 % 251) })
    var generator = SeededGenerator(seed: 37)
    for form in ArchiveBytes.Form.allCases {
      let original = ArchiveBytes.file(small, form)
      for round in 0..<200 {
        var bytes = original
        for _ in 0..<2 {
          // Most of what matters stands at the two ends.
          let end = Bool.random(using: &generator) ? 0..<120 : bytes.count - 200..<bytes.count
          let range = round.isMultiple(of: 4) ? bytes.indices : end
          bytes[Int.random(in: range, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        let path = try folder.file(bytes)
        if let table = try? large(path) {
          #expect(try table.whole().rowCount == table.rowCount, "\(form), round \(round)")
        }
      }
    }
  }

  @Test(
    .enabled(
      if: Python.has("numpy"),
      "needs python3 with the package numpy (HOURGLASS_TEST_PYTHON)"
    )
  )
  func arraysThatNumPyWroteAreRead() throws {
    let path = folder.path + "/arrays.npz"
    let (status, output) = try Python.run(
      """
      import sys, numpy
      x = numpy.random.default_rng(3).normal(size=(5000, 4)).astype(">f4")
      y = numpy.arange(5000) % 3
      save = numpy.savez if sys.argv[2] == "stored" else numpy.savez_compressed
      save(sys.argv[1], X=x, y=y, turned=numpy.asfortranarray(x))
      print(*[repr(float(v)) for v in x[1234]])
      """,
      path,
      "deflated"
    )
    try #require(status == 0)
    let expected = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    var options = DatasetOptions()
    options.inMemorySize = 1_000
    options.labelsName = "y"
    guard case .table(let large) = try Dataset.load(contentsOf: path, options: options) else {
      Issue.record("it is larger than 1,000 bytes")
      return
    }
    #expect(!large.isInMemory)
    let table = try large.whole()
    #expect((0..<4).map { table.columns[$0].number(1_234) } == expected)
    #expect(table.columns[4].text(1_234) == "1" && table.columns[4].kind == .category)
    options.arrayName = "turned"
    #expect(
      message(in: folder) { _ = try Dataset.load(contentsOf: path, options: options) }
        .contains("numpy.ascontiguousarray")
    )
  }
}
