import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Arrays that are read block by block, beside the same ones read whole.
@Suite struct LargeArrayTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func whole(_ path: String, _ options: DatasetOptions = .init()) throws -> Table {
    guard case .table(let table) = try Dataset.load(contentsOf: path, options: options) else {
      throw DatasetError.emptyFile(path: "no table")
    }
    #expect(table.isInMemory)
    return table.sample
  }

  private func large(_ path: String, _ options: DatasetOptions = .init()) throws -> StoredTable {
    try StoredTable(array: path, options: options, sampleBytes: 1)
  }

  /// Compares everything that a large table knows with the same table in memory.
  private func check(
    _ path: String,
    _ options: DatasetOptions = .init(),
    _ comment: String = ""
  ) throws {
    let table = try whole(path, options)
    let large = try large(path, options)
    #expect(large.rowCount == table.rowCount, "\(comment)")
    for (expected, found) in zip(table.schema.columns, large.schema.columns) {
      #expect(expected == found, "\(comment) \(expected.name)")
    }
    #expect(try large.whole() == table, "\(comment)")
    #expect(large.sampleRows.count == min(table.rowCount, 1_000))
    #expect(large.sampleRows == large.sampleRows.sorted())
    #expect(large.sample == table.rows(large.sampleRows), "\(comment)")
    #expect(large.facts.map(\.missingCount) == table.columns.map(\.missingCount))
    for (facts, column) in zip(large.facts, table.columns) {
      let numbers = (0..<column.count).compactMap { column.number($0) }
      #expect(facts.minimum == numbers.min() && facts.maximum == numbers.max(), "\(comment)")
    }
  }

  @Test(arguments: ArchiveBytes.types)
  func everyTypeIsReadAsInMemory(_ type: String) throws {
    let values = ArchiveBytes.elements(type, count: 3 * 1_500, seed: 5)
    let array = ArrayFileTests.npy(type, "(1500, 3)", values)
    for form in ArchiveBytes.Form.allCases {
      let path = try folder.file(ArchiveBytes.file(array, form))
      try check(path, comment: "\(type) \(form)")
    }
  }

  @Test(arguments: [
    (UInt8(0x08), "|u1"), (0x09, "|i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8"),
  ])
  func rowsOfIDXAreReadAsThoseOfArrays(_ code: UInt8, _ type: String) throws {
    let values = ArchiveBytes.elements(type, count: 3 * 1_500, seed: 5)
    let bytes = idxHeader(type: code, [1_500, 3]) + values
    let array = try folder.file(ArrayFileTests.npy(type, "(1500, 3)", values))
    for file in [bytes, ArchiveBytes.gzip(bytes)] {
      let path = try folder.file(file)
      try check(path, comment: type)
      #expect(try large(path).whole().columns == whole(array).columns)
      var options = DatasetOptions()
      options.limit = 7
      #expect(try whole(path, options).columns == whole(array, options).columns)
    }
    for (damaged, found) in [
      (Array(bytes.dropLast()), "found \(values.count - 1)"), (bytes + [0], "found more"),
      (ArchiveBytes.gzip(Array(bytes.dropLast())), "found \(values.count - 1)"),
      (ArchiveBytes.gzip(bytes + [0]), "found more"),
    ] {
      let path = try folder.file(damaged)
      let text = error { _ = try large(path).whole() }
      #expect(text.contains("as IDX") && text.contains(found), "\(text)")
      #expect(text == error { _ = try whole(path) })
    }
  }

  private func check(_ path: String, comment: String) throws {
    try check(path, DatasetOptions(), comment)
  }

  /// Columns whose first rows differ from the others.
  private static func mixed(rows: Int) -> [Double] {
    (0..<rows).flatMap { row -> [Double] in
      let late: Double = row == rows - 2 ? 0.25 : Double(row % 5)
      let last: Double = row == rows - 1 ? 2 : 1
      let gaps: Double = row % 3 == 0 ? .nan : Double(row % 4)
      let great: Double = row == 0 ? 0x1p60 : row == 700 ? 3.5 : 4
      let zero: Double = row % 2 == 0 ? 0.0 : -0.0
      return [7, Double(row), late, last, .nan, gaps, great, zero, Double(row % 9) / 8]
    }
  }

  @Test func columnsAreWhatTheyAreInMemory() throws {
    let values = Self.mixed(rows: 20_000)
    let path = try folder.file(ArchiveBytes.npy(values, "(20000, 9)"))
    try check(path, comment: "mixed")
    let kinds: [ColumnKind] = [
      .constant, .identifier, .number, .boolean, .constant, .integer, .number, .constant, .number,
    ]
    #expect(try large(path).schema.columns.map(\.kind) == kinds)
    let names: Set = ["column 1", "column 6"]
    #expect(try large(path).removing(names).whole() == whole(path).removing(names))
    // One dimension is one column.
    let single = try folder.file(ArchiveBytes.npy(Self.mixed(rows: 1_000), "(9000,)"))
    try check(single, comment: "one dimension")
  }

  @Test func declaredKindsAreHonoured() throws {
    let path = try folder.file(ArchiveBytes.npy(Self.mixed(rows: 2_500), "(2500, 9)"))
    var options = DatasetOptions()
    options.columnKinds = [
      "column 1": .identifier, "column 3": .category, "column 4": .boolean, "column 6": .ordinal,
      "column 2": .number, "column 9": .identifier, "column 7": .category,
    ]
    options.ordinalLevels = ["column 6": ["3", "2.0", "1", "0"]]
    try check(path, options, "declared")
    for (column, kind, reason) in [
      ("column 2", ColumnKind.category, "more than 1000 different numbers"),
      ("column 2", .boolean, "more than 2 different numbers"),
      ("column 3", .integer, "numbers with decimals"),
    ] {
      options.columnKinds = [column: kind]
      let found = error { _ = try large(path, options) }
      #expect(found == error { _ = try whole(path, options) })
      #expect(found.contains(reason), "\(found)")
    }
  }

  private func error(_ body: () throws -> Void) -> String { message(in: folder, body) }

  @Test func labelsAreAColumn() throws {
    let array = ArchiveBytes.npy(Self.mixed(rows: 3_000), "(3000, 9)")
    let labels = (0..<3_000).map { Double($0 == 2_999 ? 12 : $0 % 4) }
    var options = DatasetOptions()
    options.labelsName = "column 1"
    func path(_ labels: [Double]) throws -> String {
      let members = [
        ArchiveBytes.Member("X", array, isDeflated: true),
        ArchiveBytes.Member("column 1", ArchiveBytes.npy(labels, "(\(labels.count),)")),
      ]
      return try folder.file(ArchiveBytes.zip(members))
    }
    try check(path(labels), options, "labels")
    let large = try large(path(labels), options)
    #expect(large.schema.columns.last?.name == "column 1 (2)")
    #expect(large.schema.columns.last?.kind == .category)
    for bad in [Array(labels.dropLast()), labels.map { $0 / 2 }] {
      let path = try path(bad)
      let text = error { _ = try self.large(path, options) }
      #expect(text.contains("expected 3000 whole numbers"))
      #expect(text == error { _ = try whole(path, options) })
    }
  }

  @Test func onlyLargeArraysAreLarge() throws {
    let path = try folder.file(ArchiveBytes.npy(Self.mixed(rows: 1_000), "(1000, 9)"))
    var options = DatasetOptions()
    options.inMemorySize = 72_000
    let large = try Dataset.load(contentsOf: path, options: options)
    #expect(large.count == 1_000 && !large.isInMemory)
    options.limit = 5
    #expect(try whole(path, options).rowCount == 5)
    options.limit = nil
    options.inMemorySize = 72_001
    #expect(try whole(path, options).rowCount == 1_000)
    options.inMemorySize = 1
    let short = try folder.file(ArchiveBytes.npy(Self.mixed(rows: 999), "(999, 9)"))
    #expect(try whole(short, options).rowCount == 999)
  }

  @Test func blocksAreReadForAnotherSchema() async throws {
    let path = try folder.file(ArchiveBytes.npy(Self.mixed(rows: 9_000), "(9000, 9)"))
    let levels = TableSchema.Content.codes(levels: ["0", "1", "3"])
    var schema = TableSchema(columns: [
      .init(name: "column 6", kind: .category, content: levels),
      .init(name: "row", kind: .identifier, content: .texts),
    ])
    let batches = try DatasetBatches(contentsOf: path, schema: schema, optional: ["row"])
    #expect(batches.schema?.columns.map(\.name) == ["column 6"])
    let block = try #require(try await batches.next()?.table)
    #expect(block.columns[0].text(1) == "1" && block.columns[0].text(2) == nil)
    #expect(block.columns[0].text(3) == nil && block.columns[0].text(7) == "3")
    #expect(try await batches.next()?.firstRow == 8_192)
    #expect(try await batches.next() == nil)
    #expect(await batches.unknownCounts == ["column 6": 1_500])
    schema.columns[0].name = "other"
    #expect(throws: DatasetError.self) { try DatasetBatches(contentsOf: path, schema: schema) }
  }
}
