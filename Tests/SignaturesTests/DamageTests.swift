import Foundation
import HourglassSignatures
import HourglassTensors
import HourglassTestSupport
import Testing

/// Files that are no signature databases must be refused, and neither trap nor hang.
@Suite struct DamageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func original() throws -> [UInt8] {
    let path = folder.path + "/original.db"
    do {
      let database = try SignatureDatabase(creating: path)
      for number in 0..<40 {
        let rows = vectors(3, dimension: 8, seed: UInt64(number))
        try database.add(NewItem(name: "\(number)", signatures: rows, metadata: ["k": "v"]))
      }
      try database.setCalibration(FalseAcceptCalibration(distances: [1, 2]))
    }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func otherFilesAreRefused() throws {
    #expect(
      failure { _ = try SignatureDatabase(contentsOf: folder.path + "/none.db") }
        == .noSuchFile(file: folder.path + "/none.db")
    )
    let text = try folder.file(Array("name,z1\na,1\n".utf8), name: "text.csv")
    #expect(
      failure { _ = try SignatureDatabase(contentsOf: text) } == .notADatabase(file: text)
    )
    let empty = try folder.file([], name: "empty.db")
    #expect(failure { _ = try SignatureDatabase(contentsOf: empty) } == .unfinished(file: empty))
    #expect(try SignatureDatabase(openingOrCreating: empty).count == 0)
    #expect(
      failure { _ = try SignatureDatabase(creating: empty) } == .alreadyExists(file: empty)
    )
    #expect(
      failure { _ = try SignatureDatabase(contentsOf: folder.path) }
        == .cannotOpen(file: folder.path, reason: "unable to open database file")
    )
  }

  @Test func foreignAndNewerFormatsAreRefused() throws {
    var bytes = try original()
    bytes[63] = 2  // user_version, the last of its 4 bytes
    let newer = try folder.file(bytes, name: "newer.db")
    #expect(
      failure { _ = try SignatureDatabase(contentsOf: newer) }
        == .newerFormat(file: newer, found: 2, supported: 1)
    )
    bytes[71] = 0  // application_id
    let foreign = try folder.file(bytes, name: "foreign.db")
    #expect(
      failure { _ = try SignatureDatabase(contentsOf: foreign) } == .otherApplication(file: foreign)
    )
    #expect(Array(try Data(contentsOf: URL(fileURLWithPath: foreign))) == bytes)
  }

  @Test func mutatedFilesAreReadOrRefused() throws {
    let original = try original()
    var generator = SeededGenerator(seed: 5)
    for round in 0..<150 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...20, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        bytes[index] = .random(in: .min ... .max, using: &generator)
      }
      if round.isMultiple(of: 5) {
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
      }
      let path = try folder.file(bytes, name: "mutated-\(round).db")
      do {
        let database = try SignatureDatabase(contentsOf: path, readOnly: true)
        let index = try database.index()
        for row in 0..<index.count {
          let isFinite = index.vector(at: row).allSatisfy { $0.isFinite }
          #expect(isFinite)
        }
        _ = try database.items()
        _ = try database.calibration()
      } catch {
        #expect("\(error)".contains(path))
      }
    }
  }
}
