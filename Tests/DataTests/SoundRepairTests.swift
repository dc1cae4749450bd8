import Foundation
import HourglassData
import HourglassMedia
import HourglassTestSupport
import Testing

/// Sound files that begin otherwise than they should, and what a library leaves to other programs.
@Suite struct SoundRepairTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func tone(_ seconds: Double = 0.5) -> Sound {
    let samples = (0..<Int(16_000 * seconds)).map { Float(0.4 * sin(Double($0) / 7)) }
    return Sound(name: "tone", sampleRate: 16_000, channels: [samples])
  }

  private func tag(_ size: Int) -> [UInt8] {
    let bytes = [21, 14, 7, 0].map { UInt8(size >> $0 & 0x7f) }
    return Array("ID3".utf8) + [4, 0, 0] + bytes + (0..<size).map { UInt8($0 * 7 % 251) }
  }

  /// Bytes without a frame's beginning.
  private func junk(_ size: Int) -> [UInt8] { (0..<size).map { UInt8($0 * 31 % 200) } }

  @Test(
    .enabled(if: Self.writesMP3, "the libsndfile at hand writes no MP3"),
    arguments: [0, 1, 2, 3]
  )
  func tagsAndJunkBeforeAnMP3AreSkipped(_ way: Int) throws {
    let bytes = try tone(2).encoded(as: .mp3)
    let before = [[], tag(300), tag(2_000) + tag(70_000), junk(5_000)][way]
    let path = try folder.file(before + bytes, name: "a.mp3")
    let sound = try Sound.load(contentsOf: path)
    let plain = try Sound.decoded(bytes)
    #expect(sound.channels == plain.channels)
    let set = try SoundSet.load(contentsOf: path)
    #expect(try set.sound(0).count == plain.count)
    guard case .sounds = try Dataset.load(contentsOf: path) else {
      Issue.record("it is no sound")
      return
    }
  }

  private static var writesMP3: Bool {
    let sound = Sound(
      name: "a",
      sampleRate: 16_000,
      channels: [[Float](repeating: 0.1, count: 9_000)]
    )
    return (try? sound.encoded(as: .mp3)) != nil
  }

  @Test(arguments: [0, 0xffff_ffff, 0xffff_ff00, 0x7fff_ffff, 0x7fff_f000, 0x8000_0000])
  func streamedSizesOfAWAVAreThoseOfTheFile(_ size: Int) throws {
    var bytes = try tone().encoded(as: .wav)
    let place = try #require(
      (0..<bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual("data".utf8) }
    )
    for byte in 0..<4 {
      bytes[place + 4 + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte))
      bytes[4 + byte] = bytes[place + 4 + byte]
    }
    let sound = try Sound.load(contentsOf: folder.file(bytes, name: "s.wav"))
    #expect(sound.count == 8_000)
    let plain = try Sound.decoded(tone().encoded(as: .wav))
    #expect(sound.channels == plain.channels)
  }

  @Test func channelsThatCancelAreTakenByOne() {
    let left = tone().channels[0]
    let right = left.map { -0.9 * $0 }
    let both = Sound(name: "s", sampleRate: 16_000, channels: [left, right])
    #expect(both.mono.channels == [left])
    let alike = Sound(name: "s", sampleRate: 16_000, channels: [left, left.map { 0.5 * $0 }])
    #expect(zip(alike.mono.channels[0], left).allSatisfy { abs($0 - 0.75 * $1) < 1e-6 })
  }

  @Test func aForeignFormatIsNamedAndLeftToADecoder() throws {
    let bytes = [0, 0, 0, 32] + Array("ftypM4A ".utf8) + [UInt8](repeating: 0, count: 40)
    let path = try folder.file(bytes, name: "a.m4a")
    let said = message(in: folder) { _ = try Dataset.load(contentsOf: path) }
    #expect(said.contains("found M4A") && said.contains("ffmpeg"), "\(said)")
    let wave = try tone().encoded(as: .wav)
    @Sendable func decoded(_ path: String) throws(MediaError) -> [UInt8] { wave }
    ForeignSounds.use(decoded)
    defer { ForeignSounds.use(nil) }
    let loaded = try Dataset.load(contentsOf: path)
    guard case .sounds(let sounds) = loaded else {
      Issue.record("it is no sound")
      return
    }
    #expect(try sounds.sound(0).count == 8_000)
  }
}
