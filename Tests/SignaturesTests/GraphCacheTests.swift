import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassSignatures

/// The file that keeps a graph: whatever is in it, answers are right and nothing traps.
@Suite struct GraphCacheTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/items.db" }
  var kept: String { path + ".index" }

  init() throws { folder = try TemporaryFolder() }

  private func database(_ count: Int, seed: UInt64 = 1) throws -> SignatureDatabase {
    let database = try SignatureDatabase(creating: path)
    try database.importCoordinates(
      clustered(count, dimension: 8, seed: seed).enumerated().map { ("\($0)", $1) }
    )
    return database
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func write(_ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: kept))
  }

  /// Loads the index, and says whether its graph was made anew.
  private func loaded(_ database: SignatureDatabase) throws -> (SignatureIndex, wasMade: Bool) {
    var wasMade = false
    let index = try database.index(for: .approximate) { _ in wasMade = true }
    return (index, wasMade)
  }

  private let queries = clustered(30, dimension: 8, seed: 1, skipping: 1)

  @Test func isMadeOnceAndGivesTheSameAnswers() throws {
    let database = try database(600)
    let (first, wasMade) = try loaded(database)
    #expect(wasMade)
    // The recall that a graph must have to be used.
    #expect(try #require(first.approximation).recall >= 0.95)
    let (second, wasMadeAgain) = try loaded(database)
    #expect(!wasMadeAgain && second.approximation == first.approximation)
    #expect(try first.matches(for: queries) == (try second.matches(for: queries)))
    #expect(database.keptApproximation() == first.approximation)
    // Few signatures are searched exactly by themselves.
    #expect(try database.index(for: .automatic).approximation == nil)
    #expect(try database.index(for: .exact).approximation == nil)
  }

  @Test func changesOfTheDatabaseAreSeen() throws {
    let database = try database(600)
    let (index, _) = try loaded(database)
    let query = queries[0]
    let nearest = try index.matches(for: query, count: 2)
    try database.add(NewItem(name: "new", signature: query))
    let (added, wasMade) = try loaded(database)
    #expect(!wasMade && added.approximation?.signatures == 600)
    let found = try added.matches(for: query, count: 2)
    #expect(found.map(\.name) == ["new", nearest[0].name])
    #expect(found[0].distance == 0)
    try database.remove([nearest[0].name])
    let (removed, wasMadeAnew) = try loaded(database)
    #expect(wasMadeAnew)
    #expect(try removed.matches(for: query, count: 2).map(\.name) == ["new", nearest[1].name])
    try database.add(NewItem(name: nearest[1].name, signature: queries[1]), ifPresent: .replace)
    let (replaced, _) = try loaded(database)
    #expect(try replaced.matches(for: queries[1], count: 1)[0].name == nearest[1].name)
    #expect(!(try replaced.matches(for: query, count: 1).map(\.name) == [nearest[1].name]))
  }

  @Test func manyNewSignaturesAreComparedUntilThereAreTooMany() throws {
    let database = try database(600)
    _ = try loaded(database)
    let more = clustered(GraphSettings.mostAdded(to: 600), dimension: 8, seed: 1, skipping: 2)
    try database.importCoordinates(more.enumerated().map { ("more \($0)", $1) })
    let (added, wasMade) = try loaded(database)
    #expect(!wasMade)
    let exact = try database.index()
    for query in more.prefix(40) {
      #expect(
        try added.matches(for: query, count: 1) == (try exact.matches(for: query, count: 1))
      )
    }
    try database.importCoordinates([("one more", queries[0])])
    #expect(try loaded(database).wasMade)
  }

  @Test func truncatedFilesAreMadeAnew() throws {
    let database = try database(300)
    let (index, _) = try loaded(database)
    let answers = try index.matches(for: queries)
    let original = try bytes(kept)
    let sizes = try #require(index.graph).graph.stored().sizes
    let (levels, counts) = (128 + 300, 128 + 300 + Int(sizes.lists))
    let fields = Array(stride(from: 0, through: 128, by: 8))
    let ends =
      fields + [
        12, 127, 129, levels - 1, levels, levels + 1, counts - 1, counts, counts + 3, counts + 4,
        original.count - 5, original.count - 4, original.count - 1,
      ]
    for end in ends {
      try write(Array(original[..<end]))
      try expectMadeAnew(database, answers, original, "cut at \(end)")
    }
    try write(original + [0])
    try expectMadeAnew(database, answers, original, "one byte too long")
  }

  @Test func changedBytesAreNoticed() throws {
    let database = try database(300)
    let answers = try loaded(database).0.matches(for: queries)
    let original = try bytes(kept)
    var generator = SeededGenerator(seed: 3)
    let places =
      Array(0..<128)
      + (0..<40).map { _ in
        Int.random(in: 128..<original.count, using: &generator)
      }
    for place in places {
      var bytes = original
      bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
      try write(bytes)
      try expectMadeAnew(database, answers, original, "byte \(place)")
    }
  }

  /// Files with right checksums that say what cannot be.
  @Test func liesAreNoticed() throws {
    let database = try database(300)
    let (index, _) = try loaded(database)
    let answers = try index.matches(for: queries)
    let original = try bytes(kept)
    let graph = try #require(index.graph).graph
    let sizes = graph.stored().sizes
    let (levels, counts) = (128, 128 + 300)
    let ids = counts + Int(sizes.lists)
    let entry = Int(sizes.entry)
    let low = try #require((0..<300).first { original[levels + $0] == 0 })
    let lies: [(String, (inout [UInt8]) -> Void)] = [
      ("a level that is too high", { $0[levels] = 200 }),
      ("a level above the entry's", { $0[levels + low] = $0[levels + entry] + 1 }),
      ("an entry below the highest level", { put(UInt64(low), 4, at: 56, &$0) }),
      ("an entry that is not there", { put(300, 4, at: 56, &$0) }),
      ("more links than there may be", { $0[counts] = 255 }),
      ("a link that leads nowhere", { put(300, 4, at: ids, &$0) }),
      ("a link that leads far away", { put(UInt64(UInt32.max), 4, at: ids, &$0) }),
      ("a link to itself", { put(0, 4, at: ids, &$0) }),
      ("fewer signatures", { put(299, 8, at: 16, &$0) }),
      ("more signatures", { put(301, 8, at: 16, &$0) }),
      ("very many signatures", { put(UInt64.max, 8, at: 16, &$0) }),
      ("no signatures", { put(0, 8, at: 16, &$0) }),
      ("other dimensions", { put(9, 8, at: 24, &$0) }),
      ("no dimensions", { put(0, 8, at: 24, &$0) }),
      ("more lists", { put(sizes.lists + 1, 8, at: 32, &$0) }),
      ("very many lists", { put(UInt64.max, 8, at: 32, &$0) }),
      ("fewer links", { put(sizes.links - 1, 8, at: 40, &$0) }),
      ("very many links", { put(UInt64(Int64.max / 2), 8, at: 40, &$0) }),
      ("a twin too many", { put(sizes.twins + 1, 8, at: 48, &$0) }),
      ("very many twins", { put(UInt64(Int64.max), 8, at: 48, &$0) }),
      ("another format", { put(2, 4, at: 8, &$0) }),
      ("other links", { put(17, 4, at: 12, &$0) }),
      ("a recall that is none", { put(Double.nan.bitPattern, 8, at: 96, &$0) }),
      ("a recall above 1", { put(Double(2).bitPattern, 8, at: 96, &$0) }),
      ("no breadth", { put(0, 8, at: 80, &$0) }),
      ("other signatures", { put(1, 8, at: 104, &$0) }),
    ]
    for (name, lie) in lies {
      var bytes = original
      lie(&bytes)
      seal(&bytes)
      try write(bytes)
      try expectMadeAnew(database, answers, original, name)
    }
    var untouched = original
    seal(&untouched)
    #expect(untouched == original)
  }

  @Test func twinsAreChecked() throws {
    let database = try SignatureDatabase(creating: path)
    var rows = clustered(300, dimension: 8, seed: 1)
    for place in 100..<120 { rows[place] = rows[5] }
    try database.importCoordinates(rows.enumerated().map { ("\($0)", $1) })
    let (index, _) = try loaded(database)
    #expect(try index.matches(for: rows[5], count: 21).filter { $0.distance == 0 }.count == 21)
    let answers = try index.matches(for: queries)
    let original = try bytes(kept)
    let pairs = original.count - 20 * 8
    for (name, value, place) in [
      ("a row that is not there", UInt64(300), pairs), ("not equal", 99, pairs),
      ("itself", 100, pairs + 4), ("twice", 101, pairs), ("a twin of a twin", 100, pairs + 12),
    ] {
      var bytes = original
      put(value, 4, at: place, &bytes)
      seal(&bytes)
      try write(bytes)
      try expectMadeAnew(database, answers, original, name)
    }
  }

  @Test func theFileOfAnotherDatabaseIsNotUsed() throws {
    let database = try database(300)
    let other = try SignatureDatabase(creating: folder.path + "/other.db")
    try other.importCoordinates(
      clustered(300, dimension: 8, seed: 7).enumerated().map { ("\($0)", $1) }
    )
    _ = try loaded(other)
    let answers = try database.index().graphed().matches(for: queries)
    try write(try bytes(other.path + ".index"))
    let (index, wasMade) = try loaded(database)
    #expect(wasMade)
    #expect(try index.matches(for: queries) == answers)
  }

  /// Where the file cannot be kept, and where its place is taken by something else.
  @Test func aPlaceThatCannotBeWrittenToIsNoError() throws {
    let database = try database(300)
    try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: false)
    #expect(try loaded(database).wasMade)
    #expect(try loaded(database).0.matches(for: queries).count == 30)
    try FileManager.default.removeItem(atPath: kept)
    #expect(mkfifo(kept, 0o600) == 0)
    #expect(try loaded(database).wasMade)
    var status = stat()
    #expect(stat(kept, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test func workThatIsGivenUpLeavesNothing() throws {
    let database = try database(300)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(throws: CancellationError.self) {
      try database.index(for: .approximate) { _ in throw CancellationError() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == files)
  }

  private func expectMadeAnew(
    _ database: SignatureDatabase,
    _ answers: [[Match]],
    _ original: [UInt8],
    _ name: String
  ) throws {
    let (index, wasMade) = try loaded(database)
    #expect(wasMade, "\(name)")
    #expect(try index.matches(for: queries) == answers, "\(name)")
    #expect(try bytes(kept) == original, "\(name)")
  }
}

/// Puts a little-endian number into bytes.
private func put(_ value: UInt64, _ size: Int, at place: Int, _ bytes: inout [UInt8]) {
  for index in 0..<size { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
}

/// Gives bytes the checksums that belong to them.
private func seal(_ bytes: inout [UInt8]) {
  put(GraphCache.checksum(bytes, from: GraphCache.headerSize), 8, at: 112, &bytes)
  put(GraphCache.checksum(Array(bytes[..<120])), 8, at: 120, &bytes)
}
