import Foundation
import HourglassData
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ArrayFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The bytes of an NPY file of version 1.0.
  static func npy(_ type: String, _ shape: String, _ values: [UInt8], fortran: Bool = false)
    -> [UInt8]
  {
    let header =
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + values
  }

  @Test func typesAndOrdersAreRead() throws {
    let fortran = try NPYFile(
      Self.npy("<i2", "(2, 3)", [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255], fortran: true),
      path: "a"
    )
    #expect((0..<6).map(fortran.value) == [1, 3, 5, 2, 4, -1])
    let big = try NPYFile(Self.npy(">f4", "(1,)", [0x3f, 0xc0, 0, 0]), path: "a")
    #expect(big.value(0) == 1.5)
    let half = try NPYFile(Self.npy("<f2", "(3,)", [0, 0x3c, 1, 0, 0, 0xfc]), path: "a")
    #expect((0..<3).map(half.value) == [1, 0x1p-24, -Double.infinity])
  }

  /// Integers of one byte are kept as numbers of eight, which is what they take.
  @Test func whatIsKeptOfAnArrayIsLimited() throws {
    let path = folder.path + "/bytes.npz"
    let bytes = Self.npy("|i1", "(500, 2)", [UInt8](repeating: 3, count: 1_000))
    let archive = ArchiveBytes.zip([ArchiveBytes.Member("X", bytes)])
    try Data(archive).write(to: URL(fileURLWithPath: path))
    #expect(throws: DatasetError.self) {
      try NPZFile(contentsOf: path, memoryLimit: 4_000).array("X")
    }
    #expect(try NPZFile(contentsOf: path, memoryLimit: 16_000).array("X").count == 1_000)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let path = folder.path + "/a.npy"
    try NPYFile.write(Tensor([1, 2.5, -3, 4, 5, 6], shape: [3, 2]), to: path)
    let array = try NPYFile(contentsOf: path)
    #expect(array.shape == [3, 2])
    #expect((0..<6).map(array.value) == [1, 2.5, -3, 4, 5, 6])
    guard case .table(let table) = try Dataset.load(contentsOf: path) else {
      Issue.record("expected a table")
      return
    }
    #expect(table.schema.columns.map(\.kind) == [.integer, .number])
  }

  @Test func objectsAreRefused() {
    let error = DatasetError.array(.unsupportedType(path: "a", type: "|O"))
    #expect(throws: error) { try NPYFile(Self.npy("|O", "(1,)", [0]), path: "a") }
  }

  @Test func mutatedArraysAreReadOrRefused() throws {
    let original = Self.npy("<f4", "(2, 2)", [UInt8](repeating: 0x3f, count: 16))
    var generator = SeededGenerator(seed: 31)
    for round in 0..<2000 {
      var bytes = original
      for _ in 0..<2 {
        let index = Int.random(in: bytes.indices, using: &generator)
        bytes[index] = .random(in: .min ... .max, using: &generator)
      }
      let array = try? NPYFile(bytes, path: "a")
      if let array { #expect(array.count == array.shape.reduce(1, *), "round \(round)") }
    }
  }

  @Test func seriesAreCutAndMerged() throws {
    let text =
      "t,v\n"
      + (0..<10).map { "\($0),\($0 == 4 ? "" : "\($0 * 2).5")" }
      .joined(separator: "\n")
    var options = DatasetOptions()
    options.series = SeriesOptions(timeColumn: "t", window: 4, stride: 3)
    guard
      case .series(let data) = try Dataset.load(contentsOf: folder.file(text), options: options)
    else {
      Issue.record("expected a series")
      return
    }
    let series = data.sample
    #expect((0..<series.count).map(series.range) == [0..<4, 3..<7, 6..<10])
    #expect(series.window(1).observed == [1, 0, 1, 1])
    let merged = series.merged(windows: (0..<series.count).map { series.window($0).values })
    let expected: [Double] = [0.5, 2.5, 4.5, 6.5, 0, 10.5, 12.5, 14.5, 16.5, 18.5]
    #expect(merged[0] == expected)
  }
}
