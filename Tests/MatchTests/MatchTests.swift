import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassEvaluation
import HourglassModelFiles
import HourglassSignatures
import HourglassTensors
import HourglassTestSupport
import Synchronization
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassMatch
@testable import HourglassMedia
@testable import HourglassSystem
@testable import HourglassTasksCommon

@Suite struct MatchTests {
  private let quick = TrainingSettings(epochs: 6, seed: 3)

  private func images(_ tensor: Tensor, name: String = "spots") throws -> Dataset {
    .images(ImageSet(try NumericDataset(name: name, images: tensor)))
  }

  @Test func theVerdictIsThatOfTheHits() async throws {
    let data = try images(spots(120))
    let fitted = try await Matcher(dimensions: 4, learning: quick)
      .fit(data, session: TrainingSession(engine: smallEngine()))
    let evaluation = try #require(fitted.evaluation)
    #expect(
      evaluation.title == "Validation: 120 held-out augmented copies, searched among 120 images"
    )
    #expect(evaluation.tables[0].methods.map(\.name) == ["signatures", "PCA", "raw values"])
    #expect(evaluation["raw values", "dimensions"] == 64 && evaluation["dimensions"] == 4)
    let verdict = try #require(evaluation.verdict)
    let best = try max(
      #require(evaluation["PCA", "recall@1"]),
      #require(evaluation["raw values", "recall@1"])
    )
    let advantage = try #require(verdict.advantage)
    #expect(abs(advantage - (try #require(evaluation["recall@1"]) - best)) < 1e-9)
    #expect(try #require(verdict.interval).contains(advantage))
  }

  @Test func imagesAreFoundAndUnknownItemsAreNot() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let data = try images(spots(120))
      let learning = TrainingSettings(epochs: 60, seed: 3)
      let session = TrainingSession(engine: engine)
      let fitted = try await Matcher(dimensions: 8, learning: learning).fit(data, session: session)
      let library = try MatchLibrary(creating: folder + "/spots.db", fitted)
      #expect(try await library.add(data, on: engine) == 120)
      // A model inside the file gives the same signatures as the one that was learned.
      let opened = try MatchLibrary(contentsOf: folder + "/spots.db", readOnly: true)
      let asked = try images(spots(120).rows(40..<60))
      let answers = try await opened.find(asked, count: 2, falseAcceptRate: 0.05, on: engine)
      #expect(answers.map { $0.matches[0].name } == (41...60).map { "spots:\($0)" })
      #expect(answers.allSatisfy { $0.matches[0].distance == 0 && $0.matches.count == 2 })
      #expect(answers.allSatisfy { $0.isInDatabase == true })
      let unknownItems = try images(spots(100, seed: 9))
      let others = try await opened.find(unknownItems, count: 1, falseAcceptRate: 0.05, on: engine)
      // 99.9 % of binomial variables of 100 and .05 are below.
      #expect(others.count { $0.isInDatabase == true } <= 13)
      let thumbnail = try #require(try opened.database.thumbnail(of: "spots:1"))
      let decoded = try Image.decoded(thumbnail)
      #expect(decoded.width == 8 && decoded.height == 8)
      await #expect(throws: HourglassError.self) {
        try await library.add(data, on: engine)
      }
      #expect(try library.database.count == 120)
    }
  }

  @Test func onlyItemsThatWereNotTrainedOnCalibrate() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let data = try images(spots(120))
      let fitted = try await Matcher(dimensions: 4, learning: quick)
        .fit(data, session: TrainingSession(engine: engine))
      try fitted.save(to: folder + "/model")
      let library = try MatchLibrary(creating: folder + "/spots.db", fitted)
      func calibrating() throws -> Int? { try library.database.calibration()?.distances.count }
      try await library.add(data, on: engine)
      // A quarter is held out.
      #expect(try calibrating() == 30)
      try await library.add(try images(spots(10, seed: 9), name: "new"), on: engine)
      #expect(try calibrating() == 40)
      // Known by what they are, not by their names: twins of those that were trained on do not calibrate, and twins of
      // the others count once.
      try await library.add(try images(spots(120), name: "again"), on: engine)
      #expect(try calibrating() == 40)
      try library.database.remove((1...10).map { "new:\($0)" })
      try await library.add(try images(spots(1, seed: 11), name: "last"), on: engine)
      #expect(try calibrating() == 31)
      // All items are new to a model of other data, read from its file.
      let other = try MatchLibrary(
        creating: folder + "/other.db",
        try FittedMatcher(contentsOf: folder + "/model")
      )
      try await other.add(try images(spots(15, seed: 12)), on: engine)
      #expect(try other.database.calibration()?.distances.count == 15)
      let trained = try images(spots(120).rows(0..<120), name: "known")
      try await other.add(trained, on: engine)
      #expect(try other.database.calibration()?.distances.count == 45)
      let message = await #expect(throws: HourglassError.self) {
        try await other.find(trained, falseAcceptRate: 0.02, on: engine)
      }
      #expect(try #require(message).description.contains("at least 0.0217: too few items"))
    }
  }

  @Test(arguments: [
    (DataKind.images, 5, 2), (.images, 30, 12), (.images, 50, 20), (.table, 100, 25),
    (.images, 299, 74), (.images, 300, 100), (.images, 400, 100), (.table, 1_000, 120),
    (.images, 20_000, 1_000), (.sounds, 100, 0),
    (.sounds, 1_000, 50),
  ])
  func soManyItemsAreHeldOut(kind: DataKind, count: Int, expected: Int) {
    let heldOut = MatchJob.validation(kind, count: count).heldOutCount(of: count)
    #expect(heldOut == (count < 10 ? 0 : expected))
  }

  /// A sound of random tones that change every quarter of a second.
  private func melody(_ number: Int, seconds: Int = 8) -> Sound {
    var generator = SeededGenerator(seed: UInt64(number))
    var samples: [Float] = []
    var phase: Float = 0
    for _ in 0..<seconds * 4 {
      let step = 2 * Float.pi * (150 + 2000 * generator.nextUniform()) / 16_000
      for _ in 0..<4_000 {
        phase += step
        if phase > 2 * .pi { phase -= 2 * .pi }
        samples.append(0.3 * sin(phase))
      }
    }
    return Sound(name: "melody \(number)", sampleRate: 16_000, channels: [samples])
  }

  @Test func anQueryClipIsFoundWithItsPlace() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let data = Dataset.sounds(SoundSet(name: "melodies", sounds: (1...8).map { melody($0) }))
      let learning = TrainingSettings(epochs: 12, batchSize: 64, seed: 1)
      let session = TrainingSession(engine: engine)
      let fitted = try await Matcher(dimensions: 8, learning: learning).fit(data, session: session)
      let library = try MatchLibrary(creating: folder + "/melodies.db", fitted)
      #expect(try await library.add(data, on: engine) == 8)
      // Quieter, and from no multiple of half a second on.
      let whole = melody(4).channels[0]
      let part = whole[37_600..<37_600 + 48_000].map { $0 * 0.2 }
      let queryClip = Sound(name: "queryClip", sampleRate: 16_000, channels: [part])
      let asked = Dataset.sounds(SoundSet(name: "asked", sounds: [queryClip]))
      let answer = try await library.find(asked, count: 3, falseAcceptRate: 0.15, on: engine)[0]
      #expect(answer.matches[0].name == "melody 4")
      #expect(abs(try #require(answer.matches[0].offset) - 2.35) < 0.13)
      #expect(answer.isInDatabase == true)
      // Eight melodies promise no rate below 1 in 9, however many clips are cut from them.
      await #expect(throws: HourglassError.self) {
        try await library.find(asked, falseAcceptRate: 0.1, on: engine)
      }
      // Channels that cancel are taken by one, and silence before and behind is no part of the clip.
      let rest = [Float](repeating: 0, count: 32_000)
      let padded = rest + part + rest + rest
      let turned = Sound(
        name: "turned",
        sampleRate: 16_000,
        channels: [padded, padded.map { -$0 }]
      )
      let silent = Sound(name: "silent", sampleRate: 16_000, channels: [rest])
      let set = Dataset.sounds(SoundSet(name: "asked", sounds: [turned, silent]))
      let both = try await library.find(set, count: 3, falseAcceptRate: 0.15, on: engine)
      #expect(both[0].matches[0].name == "melody 4" && both[0].isInDatabase == true)
      #expect(abs(try #require(both[0].matches[0].offset) - 0.35) < 0.13)
      #expect(both[1].isSilent == true && both[1].matches.isEmpty)
      #expect(both[1].isInDatabase == false)
      // Silence is not stored, and what is too short is named.
      #expect(
        try await library.add(.sounds(SoundSet(name: "s", sounds: [silent])), on: engine) == 0
      )
      #expect(try library.database.count == 8)
      let short = Sound(name: "blip", sampleRate: 16_000, channels: [Array(part.prefix(8_000))])
      let tooShort = Dataset.sounds(SoundSet(name: "asked", sounds: [short]))
      let refusal = await #expect(throws: HourglassError.self) {
        try await library.find(tooShort, on: engine)
      }
      let said = try #require(refusal).description
      #expect(said.contains("blip") && said.contains("at least 1 s"), "\(said)")
      // Melodies that are not stored are separated from those that are, and in the scale of these.
      let unknownItems = Dataset.sounds(
        SoundSet(name: "unknownItems", sounds: (20..<26).map { melody($0, seconds: 3) })
      )
      let others = try await library.find(unknownItems, count: 1, falseAcceptRate: 0.15, on: engine)
      #expect(others.count { $0.isInDatabase == true } <= 1)
      let note = try library.database.note(for: QueryClipCalibration.key)
      let calibration = try #require(QueryClipCalibration(note))
      #expect(calibration.isRelative == true)
      #expect(calibration.lengths.allSatisfy { $0.calibration.distances.allSatisfy { $0 < 1.5 } })
    }
  }

  /// The notes and the signatures that adding some files makes, and how often each file is read.
  private func added(
    _ folder: String,
    keeping spectrograms: (SoundSet) -> SoundSpectrograms
  ) async throws -> (note: String?, signatures: [[[Float]]], reads: [String: Int]) {
    let reads = Mutex<[String: Int]>([:])
    let sounds = try SoundSet.load(contentsOf: folder + "/songs") { path throws(MediaError) in
      reads.withLock { $0[path, default: 0] += 1 }
      return try WholeFile.bytes(of: path)
    }
    let engine = smallEngine()
    let kept = spectrograms(sounds)
    let learning = TrainingSettings(epochs: 2, batchSize: 64, seed: 1)
    let fitted = try await Matcher(dimensions: 8, learning: learning).fit(
      .sounds(sounds),
      session: TrainingSession(engine: engine),
      keeping: kept
    )
    let path = folder + "/\(UInt64.random(in: 0..<1 << 62)).db"
    let library = try MatchLibrary(creating: path, fitted)
    _ = try await library.add(.sounds(sounds), ifPresent: .refuse, keeping: kept, on: engine)
    return (
      try library.database.note(for: QueryClipCalibration.key),
      try await fitted.items(of: .sounds(sounds), on: engine).map(\.signatures),
      reads.withLock { $0 }
    )
  }

  @Test func songsAreReadTwiceAndDecodedOnce() async throws {
    try await withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/songs",
        withIntermediateDirectories: true
      )
      for number in 1...8 { try melody(number).write(to: folder + "/songs/\(number).wav") }
      let memory = try await added(folder) { _ in SoundSpectrograms() }
      // Once for the fingerprint, once to decode it; and once more for the signatures of the test.
      #expect(memory.reads.count == 8 && memory.reads.values.allSatisfy { $0 == 3 })
      let disk = try await added(folder) { _ in SoundSpectrograms(memoryLimit: 0, folder: folder) }
      #expect(disk.reads.values.allSatisfy { $0 == 3 })
      #expect(memory.note != nil && disk.note == memory.note)
      #expect(disk.signatures == memory.signatures)
    }
  }

  @Test func noiseIsDrawnInOneOrder() throws {
    let sounds = SoundSet(name: "melodies", sounds: (1...4).map { melody($0) })
    let encoding = SoundEncoding.signatures
    func noisy(_ touched: [Int]) throws -> [[Float]] {
      let kept = SoundSpectrograms()
      kept.prepareCalibration(of: sounds, [0, 1, 2, 3], seed: 3)
      for index in touched { _ = try kept.spectrogram(of: sounds, index, encoding) }
      return try (0..<4).map { place in
        let noisy = try kept.noisy(place, of: sounds, place, encoding)
        #expect(noisy.places.count == 32)
        return noisy.spectrogram.scalars
      }
    }
    // Drawn one after the other, as the calibration without kept spectrograms did.
    var generator = SeededGenerator.named("queryClips", seed: 3)
    let expected = try (0..<4).map { index in
      let noise = RecordingNoise.drawn(from: &generator)
      let spectrogram = encoding.spectrogram(noise.over(try sounds.sound(index), &generator))
      for _ in 0..<32 { _ = generator.nextUniform() }
      return spectrogram.scalars
    }
    #expect(try noisy([0, 1, 2, 3]) == expected)
    #expect(try noisy([]) == expected)
    #expect(try noisy([3, 0, 2, 1]) == expected)
  }

  /// A rate counts as many times as a database has grown since it was calibrated, and twins are no other sounds.
  @Test func aGrownDatabasePromisesLess() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let twin = Sound(name: "twin", sampleRate: 16_000, channels: melody(3, seconds: 3).channels)
      let all = (1...19).map { melody($0, seconds: 3) } + [twin]
      let sounds = SoundSet(name: "melodies", sounds: all)
      let learning = TrainingSettings(epochs: 1, batchSize: 64, seed: 1)
      let fitted = try await Matcher(dimensions: 4, learning: learning)
        .fit(.sounds(sounds), session: TrainingSession(engine: engine))
      let library = try MatchLibrary(creating: folder + "/melodies.db", fitted)
      try await library.add(.sounds(sounds), on: engine)
      #expect(
        try library.promise()
          == FalseAcceptPromise(items: 19, smallestRate: 0.05, stored: nil, ofTrained: true)
      )
      #expect(try library.promise().text.hasSuffix("the rate may be 1.5 times as high"))
      let clips = QueryClipCalibration(try library.database.note(for: QueryClipCalibration.key))
      #expect(try #require(clips).lengths.allSatisfy { $0.calibration.distances[0] > 0.01 })
      // Three new ones say less than those of before, which were compared with 20.
      let new = SoundSet(name: "new", sounds: (31...33).map { melody($0, seconds: 3) })
      try await library.add(.sounds(new), on: engine)
      let grown = try library.promise()
      #expect(grown.items == 19 && grown.stored == 20)
      #expect(abs((grown.smallestRate ?? 0) - 0.05 * 23 / 20) < 1e-12)
      #expect(grown.text.contains("compared when 20 items were stored"), "\(grown.text)")
      let refusal = await #expect(throws: HourglassError.self) {
        try await library.find(.sounds(new), falseAcceptRate: 0.057, on: engine)
      }
      #expect(try #require(refusal).description.contains("too few"))
      let found = try await library.find(.sounds(new), falseAcceptRate: 0.058, on: engine)
      #expect(found.allSatisfy { ($0.pValue ?? 0) >= 0.05 * 23 / 20 - 1e-12 })
    }
  }

  /// Where many sounds were not trained on they alone calibrate.
  @Test func soundsThatWereNotTrainedOnCalibrateWhereTheyAreMany() {
    let sounds = SoundSet(name: "melodies", sounds: (1...110).map { melody($0, seconds: 1) })
    func calibrating(trained: Range<Int>) -> [Int] {
      TrainedItems(sounds: trained.map { sounds.contentHash($0) }).calibrating(in: sounds)
    }
    #expect(calibrating(trained: 0..<11) == Array(11..<110))
    #expect(calibrating(trained: 0..<12) == Array(0..<110))
    #expect(MatchItems.trainedSounds(of: 300).count == 300)
    #expect(MatchItems.trainedSounds(of: 301).count == 151)
  }

  /// Images that were stored without being compared: a rate counts for more.
  @Test func itemsThatWereNotComparedCount() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let data = try images(spots(80))
      let fitted = try await Matcher(dimensions: 4, learning: quick)
        .fit(data, session: TrainingSession(engine: engine))
      let library = try MatchLibrary(creating: folder + "/spots.db", fitted)
      try await library.add(data, on: engine)
      #expect(
        try library.promise() == FalseAcceptPromise(items: 20, smallestRate: 1 / 21, stored: nil)
      )
      let others = try images(spots(80, seed: 7), name: "more")
      let more = try await fitted.items(of: others, on: engine)
      try library.database.add(contentsOf: more)
      let grown = try library.promise()
      #expect(abs((grown.smallestRate ?? 0) - 2.0 / 21) < 1e-12 && grown.stored == 80)
      let refusal = await #expect(throws: HourglassError.self) {
        try await library.find(data, falseAcceptRate: 0.09, on: engine)
      }
      #expect(try #require(refusal).description.contains("too few"))
    }
  }

  @Test func coordinatesOfThreeSongs() async throws {
    try await withFolder { folder in
      let database = try SignatureDatabase(creating: folder + "/songs.db")
      try database.importCoordinates([
        ("Enter Sandman", [0.65, 0.12]), ("Fear of the Dark", [0.44, 0.99]),
        ("Land of the Free", [0.81, 0.03]),
      ])
      let library = try MatchLibrary(contentsOf: folder + "/songs.db", readOnly: true)
      let answer = try library.find(at: [0.45, 0.97], count: 1)
      #expect(answer.matches[0].name == "Fear of the Dark")
      #expect(abs(answer.matches[0].distance - 0.02236) < 1e-4)
      #expect(throws: HourglassError.application(.noCalibration(file: folder + "/songs.db"))) {
        try library.find(at: [0.45, 0.97], falseAcceptRate: 0.01)
      }
      #expect(library.matcher == nil)
    }
  }

  @Test func tuningStopsWhereItIsEnough() async throws {
    let engine = smallEngine()
    let learning = TrainingSettings(epochs: 300, seed: 3)
    let tuning = try await Matcher(learning: learning).tuned(
      to: try images(spots(60)),
      target: 0.1,
      session: TrainingSession(engine: engine)
    )
    // The sizes double from 2 on, and the last one tried is the first that is enough.
    let sizes = tuning.sizes.map(\.dimensions)
    #expect(sizes == Array([2, 4, 8].prefix(sizes.count)))
    #expect(tuning.enough == sizes.last)
    await #expect(throws: HourglassError.self) {
      try await Matcher().tuned(to: try images(spots(60)), target: 2)
    }
  }

  @Test func rowsOfATableAreFound() async throws {
    try await withFolder { folder in
      let engine = smallEngine()
      let rows = curvedRows(150)
      let names = (0..<rows.shape[1]).map { "c\($0)" }
      let columns = names.indices.map { column in
        Table.Column(
          name: names[column],
          kind: .number,
          cells: .numbers(
            (0..<150).map { Double(rows.scalars[$0 * names.count + column]) },
            missing: []
          )
        )
      }
      let data = Dataset.table(Table(name: "rows", columns: columns))
      let session = TrainingSession(engine: engine)
      let fitted = try await Matcher(dimensions: 4, learning: quick).fit(data, session: session)
      let library = try MatchLibrary(creating: folder + "/rows.db", fitted)
      try await library.add(data, on: engine)
      let answers = try await library.find(data, count: 1, on: engine)
      #expect(answers.allSatisfy { $0.matches[0].distance == 0 })
      let other = try images(spots(3))
      await #expect(throws: HourglassError.self) { try await library.find(other, on: engine) }
    }
  }
}
