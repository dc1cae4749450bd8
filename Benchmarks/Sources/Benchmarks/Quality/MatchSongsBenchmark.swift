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
    + "known where it is told to be in the database at 1 % of false accepts. Eight query clips of each length "
    + "of the other songs should then be told to be unknown."
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
    let other = (0..<all.count).filter { $0 % 8 == 7 }
    let stored = (0..<all.count).filter { $0 % 8 != 7 }
    let songs = all.items(stored)
    let matcher = Matcher(learning: run.learning)
    let fitted = try await matcher.fit(.sounds(songs), session: run.session)
    let scratch = try ScratchFolder()
    let library = try MatchLibrary(creating: scratch.file("songs.db"), fitted)
    run.says("storing \(stored.count) songs")
    try await library.add(.sounds(songs), on: run.engine)
    var generator = NumPyGenerator(seed: run.seed)
    var noise = SeededGenerator.named("noise over excerpts", seed: run.seed)
    var (found, placed, told): ([Double?], [Double?], [Double?]) = ([], [], [])
    var accepts = (count: 0, asked: 0)
    for length in Self.lengths {
      run.says("asking by query clips of \(length) s")
      var (right, inPlace, known, asked) = (0, 0, 0, 0)
      for index in stored {
        let song = try all.sound(index).mono
        for isSpeech in [false, true] {
          let cut = Excerpted(song, seconds: length, &generator)
          let sound = try cut.recorded(isSpeech: isSpeech, &noise)
          let answer = try await library.find(
            .sounds(SoundSet(name: "asked", sounds: [sound])),
            count: 1,
            falseAcceptRate: Self.falseAcceptRate,
            on: run.engine
          )[0]
          asked += 1
          guard let match = answer.matches.first, match.name == all.names[index] else { continue }
          right += 1
          if answer.isInDatabase == true { known += 1 }
          if let offset = match.offset, abs(offset - cut.start) <= 0.25 { inPlace += 1 }
        }
      }
      for index in other {
        let song = try all.sound(index).mono
        for number in 0..<8 {
          let cut = Excerpted(song, seconds: length, &generator)
          let sound = try cut.recorded(isSpeech: number % 2 == 1, &noise)
          let answer = try await library.find(
            .sounds(SoundSet(name: "asked", sounds: [sound])),
            count: 1,
            falseAcceptRate: Self.falseAcceptRate,
            on: run.engine
          )[0]
          accepts.asked += 1
          if answer.isInDatabase == true { accepts.count += 1 }
        }
      }
      found.append(Double(right) / Double(asked))
      placed.append(Double(inPlace) / Double(asked))
      told.append(Double(known) / Double(asked))
    }
    let folder = run.data.hasSuffix("/") ? run.data : run.data + "/"
    return BenchmarkMeasurement(
      own: found + placed + told + [Double(accepts.count) / Double(max(accepts.asked, 1))],
      paths: all.names.map { folder + $0 },
      options: OptionDifferences.lines(of: matcher, from: Matcher())
        + ["falseAcceptRate: \(Self.falseAcceptRate)"]
    )
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

  /// The part with noise over it, brought to at most 1, as an MP3 has it.
  func recorded(isSpeech: Bool, _ generator: inout SeededGenerator) throws -> Sound {
    let part = Sound(name: "queryClip", sampleRate: rate, channels: [samples])
    let sum = part.under(speech: isSpeech, decibels: Self.signalToNoise, &generator).channels[0]
    let peak = max(sum.map(abs).max() ?? 1, 1)
    return try Sound(name: "queryClip", sampleRate: rate, channels: [sum.map { $0 / peak }])
      .compressed(kilobits: Self.bitRate)
  }
}
