import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct IDXFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Value k of item i is 7 i + k - 3, divided by 4 in the files of floating-point numbers.
  static let numbers: [Float] = (0..<5).flatMap { item in (0..<6).map { Float(7 * item + $0 - 3) } }

  @Test(arguments: [
    ("u8.idx", IDXFile.ElementType.unsignedByte), ("i8.idx", .signedByte), ("i16.idx", .int16),
    ("i32.idx", .int32), ("f32.idx", .float32), ("f64.idx", .float64),
  ])
  func everyTypeIsRead(_ name: String, _ type: IDXFile.ElementType) throws {
    let expected = Self.numbers.map { number -> Float in
      switch type {
      case .unsignedByte: number < 0 ? number + 256 : number
      case .float32, .float64: number / 4
      default: number
      }
    }
    for windowSize in [24, 25, 31, 1 << 20] {
      let file = try IDXFile(
        contentsOf: golden(name),
        memoryLimit: large,
        windowSize: windowSize
      )
      #expect(file.elementType == type)
      #expect(file.count == 5)
      #expect(file.itemShape == [2, 3])
      #expect(file.values() == expected)
      #expect(file.item(4) == Array(expected[24...]))
    }
  }

  @Test(arguments: ["u8-gzip.bin", "u8-members.gz"])
  func gzipIsRecognizedByItsContents(_ name: String) throws {
    let plain = try IDXFile(contentsOf: golden("u8.idx"))
    for windowSize in [24, 64, 1 << 20] {
      let file = try IDXFile(contentsOf: golden(name), memoryLimit: large, windowSize: windowSize)
      #expect(file.values() == plain.values())
    }
  }

  @Test func onlyTheFirstItemsAreRead() throws {
    for name in ["u8.idx", "u8-gzip.bin", "f64.idx"] {
      let all = try IDXFile(contentsOf: golden(name))
      let file = try IDXFile(contentsOf: golden(name), limit: 2)
      #expect(file.count == 2)
      #expect(file.values() == Array(all.values().prefix(12)))
      #expect(try IDXFile(contentsOf: golden(name), limit: 6).count == 5)
    }
  }

  @Test func labelsAreRead() throws {
    let file = try IDXFile(contentsOf: golden("labels.idx.gz"))
    #expect(file.values() == [3, 1, 4, 1, 5])
    #expect(file.itemShape == [])
    #expect(file.item(2) == [4])
  }

  @Test(arguments: ["u8.idx", "i16.idx", "f64.idx", "color.idx", "u8-gzip.bin", "labels.idx.gz"])
  func aFileThatStopsEarlyIsAnError(_ name: String) throws {
    let bytes = try goldenBytes(name)
    for count in 0..<bytes.count {
      let path = try folder.file(Array(bytes.prefix(count)))
      #expect(throws: DatasetError.self, "\(count) bytes") { try IDXFile(contentsOf: path) }
      #expect(throws: DatasetError.self, "\(count) bytes") { try Dataset.load(contentsOf: path) }
    }
  }

  @Test func aTruncatedFileSaysHowMuchIsThere() throws {
    let path = try folder.file(idxHeader([5, 2, 3]) + [1, 2, 3])
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: path) } == """
        cannot read data as IDX: its dimensions [5, 2, 3] promise 30 bytes of values, found 3. \
        Copy or download the file again.
        """
    )
    let header = try folder.file(Array(idxHeader([5, 2, 3]).prefix(10)))
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: header) } == """
        cannot read data as IDX: expected a header of 16 bytes, found a file of 10. \
        Copy or download the file again.
        """
    )
  }

  @Test func trailingBytesAreAnError() throws {
    let expected = """
      cannot read data as IDX: its dimensions [2, 2] promise 4 bytes of values, found more. \
      The file is damaged; copy or download it again.
      """
    let path = try folder.file(idxHeader([2, 2]) + [1, 2, 3, 4, 5])
    #expect(message(in: folder) { _ = try IDXFile(contentsOf: path) } == expected)
    // The header promises one item less than the compressed data hold.
    let members = try goldenBytes("u8-gzip.bin") + goldenBytes("labels.idx.gz")
    let compressed = try folder.file(members)
    #expect(throws: DatasetError.self) { try IDXFile(contentsOf: compressed) }
  }

  @Test func aHeaderThatPromisesTooMuchAllocatesNothing() throws {
    // 2^32 - 1 in three dimensions overflows; in two, it is more than any machine has.
    let absurd = try folder.file(idxHeader([.max, .max, .max]) + [0])
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: absurd) } == """
        cannot read data as IDX: expected dimensions that memory can hold, found [4294967295, \
        4294967295, 4294967295]. The file is damaged, or it is of another format.
        """
    )
    let huge = try folder.file(idxHeader([.max, 1 << 20]) + [0])
    #expect(throws: DatasetError.self) { try IDXFile(contentsOf: huge) }
    let lying = try folder.file(idxHeader([1 << 20, 1 << 10]) + [0])
    #expect(throws: DatasetError.self) { try IDXFile(contentsOf: lying) }
  }

  @Test func memoryIsLimited() throws {
    #expect(
      throws: DatasetError.tooLarge(path: try golden("i16.idx"), bytes: 120, limit: 119)
    ) { try IDXFile(contentsOf: golden("i16.idx"), memoryLimit: 119, windowSize: 1 << 16) }
    let few = try IDXFile(
      contentsOf: golden("i16.idx"),
      limit: 4,
      memoryLimit: 119,
      windowSize: 1 << 16
    )
    #expect(few.count == 4)
  }

  @Test func whatIsNoIDXIsNamed() throws {
    let unknown = try folder.file(idxHeader(type: 0x0A, [1]) + [0])
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: unknown) } == """
        cannot read data as IDX: expected the type 0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E, found \
        0x0A. The file is damaged, or it is of another format.
        """
    )
    let deep = try folder.file(idxHeader([1, 1, 1, 1, 1]) + [0])
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: deep) } == """
        cannot read data as IDX: expected 1 to 4 dimensions, found 5. \
        Reshape the data to [items, channels, height, width] or fewer dimensions.
        """
    )
    let text = try folder.file("a,b\n1,2\n")
    #expect(
      message(in: folder) { _ = try IDXFile(contentsOf: text) } == """
        cannot read data as IDX: expected it to begin with two bytes 0, found \
        0x61 0x2C 0x62 0x0A. Give an IDX file.
        """
    )
  }

  @Test(arguments: [[0, 28, 28], [3, 0, 28], [0]])
  func noItemsAreAnError(_ dimensions: [UInt32]) throws {
    let path = try folder.file(idxHeader(dimensions))
    #expect(throws: DatasetError.emptyIDX(path: path, dimensions: dimensions.map(Int.init))) {
      try IDXFile(contentsOf: path)
    }
  }

  @Test func valuesAreFinite() throws {
    let infinity = try folder.file(idxHeader(type: 13, [2, 1]) + [0, 0, 0, 0, 0x7f, 0x80, 0, 0])
    #expect(throws: DatasetError.idxValueNotFinite(path: infinity, item: 2, value: "inf")) {
      try IDXFile(contentsOf: infinity)
    }
    // 1e300 is a number of double precision alone.
    let bits = (1e300).bitPattern
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    let double = try folder.file(idxHeader(type: 14, [1, 1]) + bytes)
    #expect(throws: DatasetError.idxValueNotFinite(path: double, item: 1, value: "1e+300")) {
      try IDXFile(contentsOf: double)
    }
  }
}
