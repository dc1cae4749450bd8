import Foundation
import Hourglass
import HourglassBenchmarkSupport

/// Songs found again from noisy query clips, with their places, and songs that are not in the database.
///
/// Reference: for the lengths and the answers Chang et al., 2021, "Neural Audio Fingerprint for
/// High-specific Audio Retrieval based on Contrastive Learning", arXiv:2010.11910.
struct MatchSongsBenchmark: QualityBenchmark {
  let name = "match-songs"
  let summary =
    "Seven of eight songs of the folder are stored; each is asked for by two query clips of each length, cut "
    + "at random, one under white noise and one under noise with the spectrum and the pace of speech, both "
    + "at 5 dB, and then made an MP3 of 64 kbit/s. A song is found where it is the nearest one, its place "
    + "where it is right within 0.25 s, and "
    + "known where it is said to be in the database at 1 % of false accepts. Eight query clips of each length "
    + "of the other songs should then be reported as unknown."
  let figures =
    lengths.map { BenchmarkResult.Figure("found, \($0) s", places: 3, moreIsBetter: true) }
    + lengths.map { BenchmarkResult.Figure("in its place", places: 3, moreIsBetter: true).at($0) }
    + lengths.map { BenchmarkResult.Figure("known", places: 3, moreIsBetter: true).at($0) }
    + [BenchmarkResult.Figure("false accepts at 1%", places: 3, moreIsBetter: false)]
  let published = [
    BenchmarkResult.Method(
      "Dejavu",
      source: "its own measurement, 45 songs played to a microphone",
      [0.60, 0.956, 1.0] + [Double?](repeating: nil, count: 7)
    ),
    BenchmarkResult.Method(
      "neural fingerprints",
      source: "Chang et al., 2021, 10,000 songs with background noise, about",
      [0.62, 0.83, 0.92] + [Double?](repeating: nil, count: 7)
    ),
  ]

  private static let lengths = [1, 2, 5]
  private static let falseAcceptRate = 0.01

  /// What came of the query clips of a length that are of stored songs.
  private struct Counts {
    var found = 0
    var inPlace = 0
    var known = 0
    var asked = 0
  }

  /// A query clip, by the name of its file.
  private struct Query {
    let length: Int
    /// The song that it is of, where that is stored.
    let song: String?
    /// The second of the song at which it begins.
    let start: Double
  }

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let all = try SoundSet.load(contentsOf: run.data)
    guard all.count >= 16 else {
      throw BenchmarkError.unsuited(
        run.data,
        for: name,
        expected: "a folder of 16 songs or more",
        found: "\(all.count)"
      )
    }
    let given = run.data.hasSuffix("/") ? run.data : run.data + "/"
    let folder = try ScratchFolder()
    for index in 0..<all.count where index % 8 != 7 {
      let copy = URL(fileURLWithPath: folder.file("songs/" + all.names[index]))
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: given + all.names[index]),
        to: copy
      )
    }
    run.says("training on the songs, and storing them")
    var stored = TaskRequest(task: "match add", data: ["songs"])
    stored.options = ["database": "songs.db"]
    try await run.run(stored, in: folder)
    let queries = try writeQueries(of: all, seed: run.seed, to: folder)
    run.says("asking by \(queries.count) query clips")
    var asked = TaskRequest(task: "match find", data: ["queries"])
    asked.options = [
      "database": "songs.db", "count": 1, "falseAccepts": Self.falseAcceptRate,
    ]
    let answers = try await run.run(asked, in: folder).answers
    var counts: [Int: Counts] = [:]
    var accepts = (count: 0, asked: 0)
    for answer in answers {
      guard let query = queries[answer.query] else {
        throw BenchmarkError("\(answer.query) was not asked for.")
      }
      guard let song = query.song else {
        accepts.asked += 1
        if answer.isInDatabase == true { accepts.count += 1 }
        continue
      }
      var count = counts[query.length] ?? Counts()
      count.asked += 1
      if let match = answer.matches.first, match.name == song {
        count.found += 1
        if answer.isInDatabase == true { count.known += 1 }
        if let offset = match.offset, abs(offset - query.start) <= 0.25 { count.inPlace += 1 }
      }
      counts[query.length] = count
    }
    let lengths = Self.lengths.map { counts[$0] ?? Counts() }
    func shares(_ count: (Counts) -> Int) -> [Double?] {
      lengths.map { Double(count($0)) / Double(max($0.asked, 1)) }
    }
    var own = shares(\.found)
    own += shares(\.inPlace)
    own += shares(\.known)
    own.append(Double(accepts.count) / Double(max(accepts.asked, 1)))
    return BenchmarkMeasurement(
      own: own,
      paths: all.names.map { given + $0 }
    )
  }

  /// Writes the query clips of all songs to the folder `queries`, and gives what they are by their names.
  private func writeQueries(
    of all: SoundSet,
    seed: UInt64,
    to folder: ScratchFolder
  ) throws -> [String: Query] {
    var generator = NumPyGenerator(seed: seed)
    var noise = SeededGenerator.named("noise over excerpts", seed: seed)
    try FileManager.default.createDirectory(
      atPath: folder.file("queries"),
      withIntermediateDirectories: false
    )
    var queries: [String: Query] = [:]
    for length in Self.lengths {
      // Stored songs first, then the others.
      let order = (0..<all.count).filter { $0 % 8 != 7 } + (0..<all.count).filter { $0 % 8 == 7 }
      for index in order {
        let isStored = index % 8 != 7
        let song = try all.sound(index).mono
        for number in 0..<(isStored ? 2 : 8) {
          let cut = Excerpted(song, seconds: length, &generator)
          let bytes = try cut.recorded(isSpeech: number % 2 == 1, &noise)
          let name = "\(length)-\(index)-\(number).mp3"
          try Data(bytes).write(to: URL(fileURLWithPath: folder.file("queries/" + name)))
          queries[name] = Query(
            length: length,
            song: isStored ? all.names[index] : nil,
            start: cut.start
          )
        }
      }
    }
    return queries
  }
}

extension BenchmarkResult.Figure {
  /// The figure for query clips of a length.
  fileprivate func at(_ seconds: Int) -> BenchmarkResult.Figure {
    BenchmarkResult.Figure("\(name), \(seconds) s", places: places, moreIsBetter: moreIsBetter)
  }
}

/// A part of a song.
private struct Excerpted {
  /// The ratio of the song to the noise, in dB.
  private static let signalToNoise: Float = 5
  /// The bit rate that a query clip went through, in kbit/s.
  private static let bitRate = 64.0

  /// Where it begins, in seconds.
  let start: Double
  private let samples: [Float]
  private let rate: Int

  init(_ song: Sound, seconds: Int, _ generator: inout NumPyGenerator) {
    rate = song.sampleRate
    let length = min(seconds * rate, song.count)
    let first = Int(generator.nextUniform() * Double(song.count - length))
    start = Double(first) / Double(rate)
    samples = Array(song.channels[0][first..<first + length])
  }

  /// The part with noise over it, brought to at most 1, as a file of MP3.
  func recorded(isSpeech: Bool, _ generator: inout SeededGenerator) throws -> [UInt8] {
    let part = Sound(name: "queryClip", sampleRate: rate, channels: [samples])
    let sum = part.under(speech: isSpeech, decibels: Self.signalToNoise, &generator).channels[0]
    let peak = max(sum.map(abs).max() ?? 1, 1)
    return try Sound(name: "queryClip", sampleRate: rate, channels: [sum.map { $0 / peak }])
      .mp3(kilobits: Self.bitRate)
  }
}
