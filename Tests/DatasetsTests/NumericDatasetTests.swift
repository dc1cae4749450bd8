import HourglassDatasets
import HourglassTensors
import Testing

@Suite struct NumericDatasetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aTableGivesRows() throws {
    let path = try folder.file("a,b\n1,2\n3,4\n5,-6\n", name: "table.csv")
    let dataset = try NumericDataset.load(contentsOf: path)
    #expect(dataset.name == "table.csv")
    #expect(dataset.count == 3)
    #expect(dataset.itemShape == [2])
    #expect(dataset.kind == .table(columns: ["a", "b"]))
    #expect(dataset.columns == ["a", "b"])
    #expect(dataset.valueRange == -6...5)
    #expect(dataset.scale == 1)
    #expect(dataset.item(1) == [3, 4])
    #expect(dataset.rows([2, 0, 2]) == Tensor([5, -6, 1, 2, 5, -6], shape: [3, 2]))
    #expect(dataset.rows(1..<3) == Tensor([3, 4, 5, -6], shape: [2, 2]))
    #expect(dataset.rows([]) == Tensor([], shape: [0, 2]))
  }

  @Test func imagesOfBytesAreScaled() throws {
    let dataset = try NumericDataset.load(contentsOf: golden("u8-gzip.bin"))
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
    let images = try NumericDataset.load(contentsOf: golden("i16.idx"))
    #expect(images.kind == .images)
    #expect(images.valueRange == -3...30)
    #expect(images.item(0) == [-3, -2, -1, 0, 1, 2])
    let colour = try NumericDataset.load(contentsOf: golden("colour.idx"))
    #expect(colour.itemShape == [3, 2, 2])
    let rows = try NumericDataset.load(contentsOf: golden("rows.idx"), limit: 2)
    #expect(rows.kind == .table(columns: ["column 1", "column 2", "column 3"]))
    #expect(rows.rows(0..<2) == Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
  }

  @Test func labelsAreNothingToLearnFrom() throws {
    let path = try golden("labels.idx.gz")
    let error = #expect(throws: DatasetError.self) { try NumericDataset.load(contentsOf: path) }
    #expect(
      error?.description == """
        cannot learn from \(path): expected items with several values, found 5 labels (IDX data \
        with one dimension). Give the file of the images that these labels belong to.
        """
    )
  }

  @Test func theFingerprintIsOfTheContents() throws {
    func fingerprint(_ text: String) throws -> String {
      try NumericDataset.load(contentsOf: folder.file(text)).fingerprint
    }
    let first = try fingerprint("a,b\n1,2\n3,4\n")
    #expect(first.utf8.count == 16)
    #expect(try fingerprint("1;2.0\n3;4e0") == first)
    #expect(try fingerprint("1\n2\n3\n4\n") != first)
    #expect(try fingerprint("1,2\n3,5\n") != first)
    #expect(try fingerprint("1,2,3,4\n") != first)
    let plain = try NumericDataset.load(contentsOf: golden("u8.idx"))
    let compressed = try NumericDataset.load(contentsOf: golden("u8-members.gz"))
    #expect(plain.fingerprint == compressed.fingerprint)
    // The same in every run and on every machine.
    #expect(plain.fingerprint == "169783a8c3eb4efa")
    #expect(first == "7d1fd74e2bec226f")
  }

  @Test func whatIsNotReadIsNamed() throws {
    let path = try folder.file([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0], name: "picture.csv")
    #expect(
      message(in: folder) { _ = try NumericDataset.load(contentsOf: path) } == """
        cannot read picture.csv: expected a table (CSV, TSV) or IDX data, found a PNG image. \
        Convert it to what is expected.
        """
    )
    #expect(throws: DatasetError.self) {
      try NumericDataset.load(contentsOf: golden("u8.idx"), limit: 0)
    }
  }

  @Test func tensorsMakeADataset() throws {
    let table = try NumericDataset(name: "made", table: Tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(table.columns == ["column 1", "column 2"])
    #expect(table.rows(0..<2).scalars == [1, 2, 3, 4])
    let read = try NumericDataset.load(contentsOf: folder.file("a,b\n1,2\n3,4\n"))
    #expect(read.fingerprint == table.fingerprint)
    let images = try NumericDataset(name: "made", images: .zeros([3, 1, 2, 2]))
    #expect(images.itemShape == [1, 2, 2])
    #expect(images.valueRange == 0...0)
    #expect(throws: DatasetError.valueNotFinite(name: "made", item: 2)) {
      try NumericDataset(name: "made", table: Tensor([1, 2, .nan, 4], shape: [2, 2]))
    }
  }
}
