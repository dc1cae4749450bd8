import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct SoundFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    arguments: [
      ("mono16.wav", 0), ("stereo24.wav", 0), ("bytes.wav", 0), ("float.wav", 0),
      ("stereo16.flac", 0), ("mono.aiff", 0), ("mono.ogg", 1e-4),
    ] as [(String, Float)]
  )
  func everyFormatIsRead(_ name: String, _ tolerance: Float) throws {
    try check(name, tolerance: tolerance)
  }

  @Test(.enabled(if: Self.readsMP3, "the libsndfile at hand reads no MP3"))
  func anMP3IsRead() throws {
    try check("mono.mp3", tolerance: 1e-3)
  }

  private static var readsMP3: Bool {
    do {
      _ = try Sound.load(contentsOf: golden("Sounds/mono.mp3"))
      return true
    } catch MediaError.sound(.unsupported) {
      return false
    } catch {
      return true
    }
  }

  private func check(_ name: String, tolerance: Float) throws {
    let expected: ExpectedSound = try expectation("Sounds", name)
    let sound = try Sound.load(contentsOf: golden("Sounds/\(name)"))
    #expect(sound.name == name)
    #expect(sound.sampleRate == expected.rate)
    #expect(sound.count == expected.count)
    #expect(sound.channels.count == expected.channels.count)
    for (channel, values) in zip(sound.channels, expected.channels) {
      let differences = zip(channel, values).map { abs($0 - $1) }
      // The expected numbers are rounded to seven decimals.
      #expect(differences.max() ?? 1 <= tolerance + 1e-7)
    }
  }

  @Test(arguments: [("a.wav", 16), ("a.wav", 24), ("a.flac", 16), ("a.flac", 24)])
  func wholeNumbersComeBackExactly(_ name: String, _ bits: Int) throws {
    let largest = Float(1 << (bits - 1))
    let steps: [Float] = [0, 1, -1, 12345, -32000, largest - 1, -largest]
    let values = (0..<2000).map { steps[$0 % 7] / largest }
    let sound = Sound(name: name, sampleRate: 44100, channels: [values, values.map { -$0 }])
    let path = folder.path + "/" + name
    try sound.write(to: path, as: bits == 16 ? .bits16 : .bits24)
    let read = try Sound.load(contentsOf: path)
    #expect(read.sampleRate == 44100)
    #expect(read.channels[0] == values)
    // The greatest number has no step for its opposite's opposite.
    #expect(read.channels[1] == values.map { min(-$0, (largest - 1) / largest) })
  }

  @Test func floatsComeBackExactly() throws {
    let values: [Float] = [0.1, -3.5, 1e-20, 7, -0.25]
    let sound = Sound(name: "a.wav", sampleRate: 8000, channels: [values])
    try sound.write(to: folder.path + "/a.wav", as: .float)
    #expect(try Sound.load(contentsOf: folder.path + "/a.wav") == sound)
    #expect(
      message(in: folder) { try sound.write(to: folder.path + "/a.flac", as: .float) } == """
        cannot write a.flac: expected samples of 16 or 24 bits, which are what FLAC holds, found a \
        wish for single precision. Write 24 bits, or a WAV.
        """
    )
  }

  @Test func loudSamplesAreCutOff() throws {
    let sound = Sound(name: "a", sampleRate: 8000, channels: [[2, -2, .infinity, 0.5, .nan]])
    try sound.write(to: folder.path + "/a.wav")
    let read = try Sound.load(contentsOf: folder.path + "/a.wav")
    let most: Float = 32767 / 32768
    #expect(read.channels == [[most, -1, most, 0.5, 0]])
  }

  /// None with a libsndfile before 1.1, or one that was built without it.
  private static var writesMP3: Bool {
    let silence = Sound(name: "a", sampleRate: 16_000, channels: [[Float](repeating: 0, count: 64)])
    do {
      _ = try silence.encoded(as: .mp3)
      return true
    } catch MediaError.sound(.unsupported) {
      return false
    } catch {
      return true
    }
  }

  @Test(.enabled(if: Self.writesMP3, "the libsndfile at hand writes no MP3"))
  func mp3HasTheBitRateThatIsAskedForAndComesBackNearly() throws {
    let count = 48_000
    let tone = (0..<count).map { 0.4 * sin(Float($0) * 2 * .pi * 440 / 16_000) }
    let sound = Sound(name: "tone", sampleRate: 16_000, channels: [tone])
    // 64 of 8 to 160 kbit/s.
    let bytes = try sound.encoded(as: .mp3, quality: 56.0 / 152)
    #expect(bytes == (try sound.encoded(as: .mp3, quality: 56.0 / 152)))
    let kilobits = Double(bytes.count) * 8 / 1000 / 3
    #expect((58...72).contains(kilobits))
    let read = try Sound.decoded(bytes)
    #expect(read.sampleRate == 16_000 && read.channels.count == 1)
    #expect(abs(read.count - count) < 3_000)
    let middle = read.channels[0][16_000..<32_000]
    let level = (middle.reduce(0) { $0 + $1 * $1 } / 16_000).squareRoot()
    #expect(abs(level - 0.4 / Float(2).squareRoot()) < 0.02)
  }

  @Test func oggComesBackNearlyAndIsTheSameEachTime() throws {
    let sound = waves(22050, 22050, channels: 2)
    try sound.write(to: folder.path + "/a.ogg", quality: 0.8)
    let read = try Sound.load(contentsOf: folder.path + "/a.ogg")
    #expect(read.sampleRate == 22050)
    #expect(read.count == sound.count)
    for (channel, former) in zip(read.channels, sound.channels) {
      let power = zip(channel, former).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
      #expect(power / former.map { $0 * $0 }.reduce(0, +) < 1e-3)
    }
    let first = try sound.encoded(as: .ogg)
    let again = try sound.encoded(as: .ogg)
    #expect(first == again)
    #expect(try sound.encoded(as: .wav, .float) == sound.encoded(as: .wav, .float))
    #expect(try sound.encoded(as: .flac) == sound.encoded(as: .flac))
  }

  @Test func channelsAreMixed() {
    let sound = Sound(name: "a", sampleRate: 8000, channels: [[1, 0, 0.5], [0, 0, -0.5]])
    #expect(sound.mono.channels == [[0.5, 0, 0]])
    #expect(abs(sound.duration - 0.000375) < 1e-12)
  }

  @Test func soundsThatCannotBeWrittenAreRefused() throws {
    let silence = Sound(name: "a", sampleRate: 8000, channels: [[]])
    #expect(throws: MediaError.sound(.noSamples(path: folder.path + "/a.wav"))) {
      try silence.write(to: folder.path + "/a.wav")
    }
    #expect(throws: MediaError.sound(.unknownExtension(path: folder.path + "/a.mp3"))) {
      try waves(8000, 10).write(to: folder.path + "/a.mp3")
    }
    let many = Sound(
      name: "a",
      sampleRate: 8000,
      channels: (0..<20).map { _ in [0, 0.5] }
    )
    #expect(throws: MediaError.self) { try many.write(to: folder.path + "/a.flac") }
    #expect(throws: MediaError.self) {
      try Sound(name: "a", sampleRate: 10_000_000, channels: [[0, 1]])
        .write(to: folder.path + "/b.flac")
    }
  }
}
