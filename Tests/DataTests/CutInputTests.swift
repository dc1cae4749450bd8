import Foundation
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Bytes that come as a pipe gives them: up to each cut, and never more at a time than wanted.
final class CutStream: ByteStream {
  private let bytes: [UInt8]
  private let cuts: [Int]
  private let most: Int
  private var position = 0

  init(_ bytes: [UInt8], cuts: [Int] = [], most: Int = .max) {
    (self.bytes, self.cuts, self.most) = (bytes, cuts, most)
  }

  var byteCount: Int? { nil }

  func read(into target: inout [UInt8], from offset: Int) -> Int {
    let end = cuts.first { $0 > position } ?? bytes.count
    let count = min(target.count - offset, end - position, most)
    target.replaceSubrange(offset..<offset + count, with: bytes[position..<position + count])
    position += count
    return count
  }
}

/// The ways in which a pipe may cut some bytes: at every place, and after each byte.
func waysToCut(_ bytes: [UInt8]) -> [CutStream] {
  (0...bytes.count).map { CutStream(bytes, cuts: [$0]) } + [CutStream(bytes, most: 1)]
    + [2, 3, 7, 64].map { CutStream(bytes, most: $0) }
}

/// Checks that bytes are read as a table however a pipe cuts them: at once, and block by block.
func expectCut(_ bytes: [UInt8], at path: String, isReadAs whole: Table) throws {
  for stream in waysToCut(bytes) {
    let source = try ByteSource(stream, path: path)
    #expect(try Table(source, options: TableOptions(), memoryLimit: large) == whole)
  }
  for isLive in [true, false] {
    for stream in waysToCut(bytes) {
      let reader = try TableReader(
        ByteSource(stream, path: path, isLive: isLive),
        schema: whole.schema,
        blockRows: 2,
        limit: nil,
        options: TableOptions()
      )
      var blocks: [Table] = []
      while let block = try reader.next() { blocks.append(block) }
      #expect(Table(joining: blocks) == whole)
    }
  }
}

@Suite struct CutInputTests {
  /// Twenty rows with every kind of column and of cell: quotes, line ends in quotes, missing cells.
  private static let text: String = {
    var lines = ["id;\"full name\";length;born;kind;note"]
    for row in 0..<20 {
      let length = row % 6 == 4 ? "" : "\(Double(row) * 1.25 - 3)"
      let name = row % 5 == 2 ? "\"Mr; \"\"A\"\"\n\(row)\"" : "näme \(row % 7)"
      lines.append(
        "r\(row);\(name);\(length);2024-0\(row % 9 + 1)-1\(row % 10);"
          + ["red", "green", "\"blue, dark\""][row % 3] + ";x\(row * 7919 % 31)"
      )
    }
    return lines.joined(separator: "\r\n") + "\n"
  }()

  private func rows(_ stream: any ByteStream, _ schema: TableSchema, isLive: Bool) throws -> Table {
    let reader = try TableReader(
      ByteSource(stream, path: "pipe", isLive: isLive),
      schema: schema,
      blockRows: 6,
      limit: nil,
      options: TableOptions()
    )
    var blocks: [Table] = []
    while let block = try reader.next() { blocks.append(block) }
    #expect(reader.unknownCounts.isEmpty)
    return Table(
      name: "pipe",
      columns: schema.columns.indices.map { index in
        Table.Column(joining: blocks.map { $0.columns[index] })
      }
    )
  }

  private func table(_ stream: any ByteStream) throws -> Table {
    try Table(
      ByteSource(stream, path: "pipe"),
      options: TableOptions(columnKinds: ["id": .identifier, "note": .identifier]),
      memoryLimit: large
    )
  }

  @Test func aTextIsTheSameHoweverAPipeCutsIt() throws {
    let bytes = Array(Self.text.utf8)
    let whole = try table(MemoryStream(bytes))
    #expect(whole.rowCount == 20)
    let kinds = whole.columns.map(\.kind)
    #expect(kinds == [.identifier, .category, .number, .date, .category, .identifier])
    for stream in waysToCut(bytes) { #expect(try table(stream) == whole) }
    for isLive in [true, false] {
      for stream in waysToCut(bytes) {
        #expect(try rows(stream, whole.schema, isLive: isLive) == whole)
      }
    }
  }

  @Test func gzipIsTheSameHoweverAPipeCutsIt() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(Self.text, name: "rows.csv")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-k", path]
    try process.run()
    process.waitUntilExit()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
    let whole = try table(MemoryStream(Array(Self.text.utf8)))
    for stream in waysToCut(bytes) {
      #expect(try rows(stream, whole.schema, isLive: true) == whole)
    }
    for stream in waysToCut(bytes) { #expect(try table(stream) == whole) }
  }

  @Test func blankLinesAndColumnsOfBlanksMayBeCut() throws {
    let bytes = Array("\n\n 1  2.5 -3\n4 5    6.25\n\n7 ? 8\n9 10 11".utf8)
    let whole = try table(MemoryStream(bytes), options: TableOptions())
    #expect(whole.rowCount == 4 && whole.columns.count == 3)
    for stream in waysToCut(bytes) {
      #expect(try rows(stream, whole.schema, isLive: true) == whole)
    }
  }

  private func table(_ stream: any ByteStream, options: TableOptions) throws -> Table {
    try Table(ByteSource(stream, path: "pipe"), options: options, memoryLimit: large)
  }

  @Test func anArrayIsTheSameHoweverAPipeCutsIt() throws {
    let folder = try TemporaryFolder()
    let numbers = Tensor((0..<60).map { Float($0 * $0 % 17) + 0.5 }, shape: [20, 3])
    let path = "\(folder.path)/rows.npy"
    try NPYFile.write(numbers, to: path)
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    func array(_ stream: any ByteStream) throws -> Table? {
      let source = try ByteSource(stream, path: "pipe")
      let dataset = try ArrayItems(source, DatasetOptions())?.dataset { _ in }
      guard case .table(let table) = dataset else { return nil }
      return try table.whole()
    }
    let whole = try #require(try array(MemoryStream(bytes)))
    #expect(whole.rowCount == 20 && whole.columns.count == 3)
    for stream in waysToCut(bytes) { #expect(try array(stream) == whole) }
  }
}
