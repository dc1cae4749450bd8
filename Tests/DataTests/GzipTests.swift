import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct GzipTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func gzipThatStopsEarlySaysSo() throws {
    let bytes = try goldenBytes("excel-gzip.csv")
    for count in 2..<bytes.count {
      let path = try folder.file(Array(bytes.prefix(count)))
      #expect(throws: DatasetError.truncatedGzip(path: path, size: count)) {
        try NumberTable(contentsOf: path)
      }
    }
    let path = try folder.file(Array(bytes.prefix(20)))
    #expect(
      message(in: folder) { _ = try Dataset.load(contentsOf: path) } == """
        cannot read data: expected gzip data up to its end, found that it stops early after 20 \
        bytes. Copy or download the file again.
        """
    )
  }

  @Test func aSecondMemberThatStopsEarlySaysSo() throws {
    let first = try goldenBytes("excel-gzip.csv")
    for count in 1..<first.count {
      let path = try folder.file(first + first.prefix(count))
      #expect(throws: DatasetError.self) { try NumberTable(contentsOf: path) }
    }
  }

  @Test func everyDamagedByteIsFoundOrDoesNotMatter() throws {
    let expected = try NumberTable(contentsOf: golden("excel.csv"))
    let bytes = try goldenBytes("excel-gzip.csv")
    for index in 2..<bytes.count {
      var damaged = bytes
      damaged[index] ^= 0x10
      let path = try folder.file(damaged)
      // The time and the system that the header names do not matter.
      if let file = try? NumberTable(contentsOf: path) { #expect(file.values == expected.values) }
    }
  }

  @Test func damageIsReportedInTheWordsOfZlib() throws {
    var bytes = try goldenBytes("excel-gzip.csv")
    bytes[bytes.count - 6] ^= 1
    let path = try folder.file(bytes)
    #expect(
      message(in: folder) { _ = try NumberTable(contentsOf: path) } == """
        cannot read data: expected gzip data, found damaged data (incorrect data check). \
        Copy or download the file again.
        """
    )
  }

  @Test func otherBytesAfterTheDataAreAnError() throws {
    let path = try folder.file(try goldenBytes("excel-gzip.csv") + [1, 2, 3])
    #expect(throws: DatasetError.trailingAfterGzip(path: path)) {
      try NumberTable(contentsOf: path)
    }
    let padded = try folder.file(
      try goldenBytes("excel-gzip.csv") + [UInt8](repeating: 0, count: 600)
    )
    #expect(try NumberTable(contentsOf: padded).rowCount == 3)
  }

  @Test func membersAreReadAsOne() throws {
    let path = try folder.file(try goldenBytes("numbers.gz") + goldenBytes("numbers.gz"))
    for windowSize in [1 << 12, 1 << 20] {
      let file = try NumberTable(
        contentsOf: path,
        limit: 1 << 15,
        memoryLimit: large,
        windowSize: windowSize
      )
      #expect(file.rowCount == 1 << 15)
    }
  }

  /// Each compressed megabyte takes a thousand bytes; none of them may be kept.
  @Test func aBombMeetsALimit() throws {
    let blank = try goldenBytes("blank-lines.gz")
    let lines = try folder.file([[UInt8]](repeating: blank, count: 40).flatMap { $0 })
    let error = #expect(throws: DatasetError.self) { try NumberTable(contentsOf: lines) }
    #expect(error.map { if case .mostlyBlank = $0 { true } else { false } } == true)

    let numbers = try folder.file(try goldenBytes("numbers.gz"))
    let limited = #expect(throws: DatasetError.self) {
      try NumberTable(contentsOf: numbers, memoryLimit: 4000, windowSize: 1 << 16)
    }
    #expect(
      limited.map { if case .tooLarge(numbers, _, 4000) = $0 { true } else { false } } == true
    )

    // The zeros look like the header of IDX data of type 0.
    let zeros = try folder.file(try goldenBytes("zeros.gz"))
    #expect(throws: DatasetError.unknownIDXType(path: zeros, code: 0)) {
      try Dataset.load(contentsOf: zeros)
    }
    #expect(throws: DatasetError.cellTooLong(path: zeros, line: 1, limit: 1 << 12)) {
      try NumberTable(contentsOf: zeros, memoryLimit: large, windowSize: 1 << 12)
    }
  }

  @Test func gzipInsideGzipIsNotRead() throws {
    // A member whose data, stored without compression, begin as gzip does.
    let stored: [UInt8] =
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 3, 0, 0xfc, 0xff, 0x1f, 0x8b, 8]
      + [0xed, 0xf4, 0x97, 0x3e, 3, 0, 0, 0]
    let path = try folder.file(stored)
    let error = #expect(throws: DatasetError.self) { try Dataset.load(contentsOf: path) }
    #expect(
      error
        == .unsupportedFormat(
          path: path,
          expected:
            "a table (CSV, TSV, NPY, NPZ), images (PNG, JPEG, IDX, CIFAR-10) or sounds (WAV, FLAC, "
            + "Ogg, MP3)",
          found: "a gzip file inside a gzip file"
        )
    )
  }
}
