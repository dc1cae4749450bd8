import Foundation
import HourglassSignatures
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct DatabaseTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/songs.db" }

  init() throws { folder = try TemporaryFolder() }

  @Test func theExampleFindsItsSong() throws {
    let database = try SignatureDatabase(creating: path)
    #expect(try database.importCoordinates(songs) == 3)
    let match = try #require(try database.index().matches(for: [0.45, 0.97], count: 1).first)
    #expect(match.name == "Fear of the Dark")
    #expect(NumberText.fixed(match.distance, places: 3) == "0.022")
  }

  @Test func whatWasStoredIsThereAgain() throws {
    let item = NewItem(
      name: "a",
      signatures: Tensor([1, 2, 3, 4], shape: [2, 2]),
      positions: [0, 0.5],
      metadata: ["artist": "x"],
      thumbnail: [1, 2]
    )
    let model = StoredModel(kind: "sounds", fingerprint: "f", file: [9, 8])
    let calibration = try FalseAcceptCalibration(distances: [2, 1])
    do {
      let database = try SignatureDatabase(creating: path)
      try database.add(item)
      try database.setModel(model)
      try database.setCalibration(calibration)
      try database.setNote("n", for: "k")
    }
    let database = try SignatureDatabase(contentsOf: path, readOnly: true)
    let found = try #require(try database.items().first)
    #expect(found.coordinates == [2, 3] && found.signatureCount == 2 && found.hasThumbnail)
    #expect(found.metadata == ["artist": "x"])
    #expect(try database.signatures().map(\.position) == [0, 0.5])
    #expect(try database.signatures().map(\.vector) == [[1, 2], [3, 4]])
    #expect(try database.thumbnail(of: "a") == [1, 2])
    #expect(try database.model() == model)
    #expect(try database.calibration() == calibration)
    #expect(try database.note(for: "k") == "n")
    #expect(try database.dimension == 2)
    #expect(failure { try database.remove(["a"]) } == .readOnly(file: path))
    try database.verify()
  }

  @Test func replacingAndRemoving() throws {
    let database = try SignatureDatabase(openingOrCreating: path)
    try database.importCoordinates(songs)
    let revision = try database.revision
    let other = NewItem(name: songs[0].name, signature: [0, 0])
    #expect(failure { try database.add(other) } == .nameTaken(file: path, name: other.name))
    #expect(try database.add(other, ifPresent: .keep) == false)
    #expect(try database.revision == revision)
    #expect(try database.add(other, ifPresent: .replace))
    #expect(try database.items().map(\.coordinates).first == [0, 0])
    #expect(
      failure { try database.remove([other.name, "none"]) }
        == .noSuchItems(file: path, names: ["none"])
    )
    #expect(try database.count == 3)
    try database.remove([other.name])
    #expect(try database.count == 2)
    #expect(try database.signatures().count == 2)
    #expect(try database.index().revision == revision + 2)
  }

  @Test func namesAreNeverStatements() throws {
    let database = try SignatureDatabase(creating: path)
    let names = ["'; DROP TABLE item; --", "\" OR 1=1", "a\nb", "ü💡", "%", "x' OR 'x'='x"]
    for name in names { try database.add(NewItem(name: name, signature: [1])) }
    #expect(try database.items().map(\.name) == names)
    try database.remove([names[5]])
    #expect(try database.items().map(\.name) == Array(names.dropLast()))
    for name in ["", "a\0b", String(repeating: "a", count: 2000)] {
      #expect(
        failure { try database.add(NewItem(name: name, signature: [1])) }
          == .unusableName(name: name, limit: 1024)
      )
    }
  }

  @Test func unusableVectorsAreRefused() throws {
    let database = try SignatureDatabase(creating: path)
    try database.importCoordinates(songs)
    for value in [Float.nan, .infinity, 1e16] {
      #expect(
        failure { try database.add(NewItem(name: "n", signature: [0, value])) }
          == .unusableNumber(
            subject: "a signature of \"n\"",
            index: 1,
            value: "\(value)",
            limit: 1e15
          )
      )
      #expect(
        failure { _ = try database.index().matches(for: [value, 0]) }
          == .unusableNumber(subject: "a query", index: 0, value: "\(value)", limit: 1e15)
      )
    }
    #expect(
      failure { _ = try database.index().matches(for: [1, 2, 3]) }
        == .wrongDimension(subject: "a query", expected: 2, found: 3)
    )
    #expect(
      failure { try database.add(NewItem(name: "n", signature: [1, 2, 3])) }
        == .wrongDimension(subject: "a signature of \"n\"", expected: 2, found: 3)
    )
    #expect(
      failure { try database.add(NewItem(name: "n", signatures: [[Float]]())) }
        == .noSignatures(name: "n")
    )
    let backwards = NewItem(name: "n", signatures: [[1, 2], [3, 4]], positions: [1, 1])
    #expect(
      failure { try database.add(backwards) }
        == .unusablePosition(name: "n", index: 1, value: "1.0")
    )
    // All or none.
    let items = [NewItem(name: "m", signature: [1, 2]), NewItem(name: "n", signature: [1])]
    #expect(
      failure { try database.add(contentsOf: items) }
        == .wrongDimension(subject: "a signature of \"n\"", expected: 2, found: 1)
    )
    #expect(try database.count == 3)
  }

  @Test func aReaderWorksWhileAWriterAdds() async throws {
    let writer = try SignatureDatabase(creating: path)
    try writer.importCoordinates(songs)
    let reader = try SignatureDatabase(contentsOf: path, readOnly: true)
    async let added: Void = {
      for number in 0..<100 {
        try writer.add(NewItem(name: "\(number)", signatures: [[1, 2], [3, 4]]))
      }
    }()
    for _ in 0..<30 {
      let index = try reader.index()
      #expect(index.items.dropFirst(3).allSatisfy { $0.rows.count == 2 })
    }
    try await added
    #expect(try reader.count == 103)
  }

  /// What a killed program leaves: the files as they are at some moment while items are added.
  @Test func copiesTakenWhileAddingAreValid() throws {
    let database = try SignatureDatabase(creating: path)
    for number in 0..<20 {
      try database.add(NewItem(name: "\(number)", signature: [Float(number), 0]))
      let copy = "\(folder.path)/copy-\(number).db"
      for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      // The last change is torn.
      if number.isMultiple(of: 2), let log = FileHandle(forWritingAtPath: copy + "-wal") {
        try log.truncate(atOffset: log.seekToEnd() - 100)
      }
      let found = try SignatureDatabase(contentsOf: copy)
      try found.verify()
      #expect([number, number + 1].contains(try found.index().count), "\(number)")
    }
  }
}
