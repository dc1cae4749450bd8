import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct NumericDatasetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aTableGivesRows() throws {
    let rows = Tensor([1, 2, 3, 4, 5, -6] as [Float], shape: [3, 2])
    let dataset = try NumericDataset(name: "table", table: rows)
    #expect(dataset.name == "table")
    #expect(dataset.count == 3)
    #expect(dataset.itemShape == [2])
    #expect(dataset.columns == ["column 1", "column 2"])
    #expect(dataset.valueRange == -6...5)
    #expect(dataset.scale == 1)
    #expect(dataset.item(1) == [3, 4])
    #expect(dataset.rows([2, 0, 2]) == Tensor([5, -6, 1, 2, 5, -6], shape: [3, 2]))
    #expect(dataset.rows(1..<3) == Tensor([3, 4, 5, -6], shape: [2, 2]))
    #expect(dataset.rows([]) == Tensor([], shape: [0, 2]))
  }

  @Test func imagesOfBytesAreScaled() throws {
    let dataset = try NumericDataset(IDXFile(contentsOf: golden("u8-gzip.bin")))
    #expect(dataset.count == 5)
    #expect(dataset.itemShape == [1, 2, 3])
    #expect(dataset.kind == .images)
    #expect(dataset.columns == [])
    #expect(dataset.valueRange == 0...255)
    let first: [Float] = [253, 254, 255, 0, 1, 2].map { $0 * (1 / 255) }
    #expect(dataset.item(0) == first)
    #expect(dataset.rows([0]) == Tensor(first, shape: [1, 1, 2, 3]))
    #expect(dataset.rows(0..<5).isFinite)
    #expect(dataset.rows(0..<5).scalars.max() == 1)
    var place = [Float](repeating: -1, count: 7)
    var span = place.mutableSpan
    dataset.copyItem(0, into: &span)
    #expect(place == first + [-1])
  }

  @Test func otherDataAreGivenAsTheyAre() throws {
    let images = try NumericDataset(IDXFile(contentsOf: golden("i16.idx")))
    #expect(images.kind == .images)
    #expect(images.valueRange == -3...30)
    #expect(images.item(0) == [-3, -2, -1, 0, 1, 2])
    let color = try NumericDataset(IDXFile(contentsOf: golden("color.idx")))
    #expect(color.itemShape == [3, 2, 2])
    let rows = try NumericDataset(IDXFile(contentsOf: golden("rows.idx"), limit: 2))
    #expect(rows.kind == .table(columns: ["column 1", "column 2", "column 3"]))
    #expect(rows.rows(0..<2) == Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
  }

  @Test func labelsAreNothingToLearnFrom() throws {
    let path = try golden("labels.idx.gz")
    let error = #expect(throws: DatasetError.self) { try NumericDataset(IDXFile(contentsOf: path)) }
    #expect(
      error?.description == """
        cannot train on \(path): expected items with several values, found 5 labels (IDX data \
        with one dimension). Give the file of the images that these labels belong to.
        """
    )
  }

  @Test func theFingerprintIsOfTheContents() throws {
    func fingerprint(_ values: [Float], _ shape: Shape) throws -> String {
      try NumericDataset(name: "made", table: Tensor(values, shape: shape)).fingerprint
    }
    let first = try fingerprint([1, 2, 3, 4], [2, 2])
    #expect(first.utf8.count == 16)
    #expect(try fingerprint([1, 2, 3, 4], [2, 2]) == first)
    #expect(try fingerprint([1, 2, 3, 4], [4, 1]) != first)
    #expect(try fingerprint([1, 2, 3, 5], [2, 2]) != first)
    #expect(try fingerprint([1, 2, 3, 4], [1, 4]) != first)
    let plain = try NumericDataset(IDXFile(contentsOf: golden("u8.idx")))
    let compressed = try NumericDataset(IDXFile(contentsOf: golden("u8-members.gz")))
    #expect(plain.fingerprint == compressed.fingerprint)
    // The same in every run and on every machine.
    #expect(plain.fingerprint == "169783a8c3eb4efa")
    #expect(first == "7d1fd74e2bec226f")
  }

  @Test func whatIsNotReadIsNamed() throws {
    for (bytes, name) in [
      ([0x47, 0x49, 0x46, 0x38, 0x39, 0x61], "a GIF image"),
      (Array("PAR1 ".utf8), "a Parquet file"), (Array("<HTML><BODY>".utf8), "a web page or XML"),
      (Array("RIFF0000WEBPVP8 ".utf8), "a WebP image"),
    ] as [([UInt8], String)] {
      let path = try folder.file(bytes, name: "data.csv")
      #expect(message(in: folder) { _ = try Dataset.load(contentsOf: path) }.contains(name))
    }
    #expect(throws: DatasetError.self) { try IDXFile(contentsOf: golden("u8.idx"), limit: 0) }
  }

  @Test func tensorsMakeADataset() throws {
    let table = try NumericDataset(name: "made", table: Tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(table.columns == ["column 1", "column 2"])
    #expect(table.rows(0..<2).scalars == [1, 2, 3, 4])
    let images = try NumericDataset(name: "made", images: .zeros([3, 1, 2, 2]))
    #expect(images.itemShape == [1, 2, 2])
    #expect(images.valueRange == 0...0)
    #expect(throws: DatasetError.valueNotFinite(name: "made", item: 2)) {
      try NumericDataset(name: "made", table: Tensor([1, 2, .nan, 4], shape: [2, 2]))
    }
  }
}
