import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct MelSpectrogramTests {
  struct Golden: Decodable {
    let shape: [Int]
    let values: [Float]
  }

  @Test func itAgreesWithTheFormula() throws {
    let golden: Golden = try expectation("Sounds", "mel")
    let mel = MelSpectrogram()(try Sound.load(contentsOf: melody()))
    #expect(mel.shape == Shape(golden.shape))
    let differences = zip(mel.scalars, golden.values).map { abs($0 - $1) }
    // The energy is right to one part in a thousand.
    #expect(differences.max() ?? 1 < 1e-3)
  }

  private func melody() throws -> String { try golden("Sounds/melody.wav") }

  @Test(arguments: [(64, 16), (256, 256), (4096, 1000)])
  func otherWindowsAgreeWithAPlainTransform(_ window: Int, _ hop: Int) {
    let samples = waves(8000, 3000, hertz: 700).channels[0]
    let mel = MelSpectrogram(
      sampleRate: 8000,
      window: window,
      hop: hop,
      bands: 8,
      lowest: 0,
      highest: 4000
    )
    let result = mel(samples: samples)
    #expect(result.shape == [1 + 3000 / hop, 8])
    // The largest band of a frame in the middle holds the tone.
    let frame = result.shape[0] / 2
    let row = (0..<8).map { result[flat: frame * 8 + $0] }
    let top = row.indices.max { row[$0] < row[$1] }
    let corners = (0...9).map { hertz(Double($0) * (15 + 27 * log(4) / log(6.4)) / 9) }
    let expected = (0..<8).max { response($0, 700, corners) < response($1, 700, corners) }
    #expect(top == expected)
  }

  private func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
  }

  private func response(_ band: Int, _ hertz: Double, _ corners: [Double]) -> Double {
    let rising = (hertz - corners[band]) / (corners[band + 1] - corners[band])
    let falling = (corners[band + 2] - hertz) / (corners[band + 2] - corners[band + 1])
    return max(0, min(rising, falling)) / (corners[band + 2] - corners[band])
  }

  @Test func aFrameDoesNotDependOnTheOthers() {
    let mel = MelSpectrogram()
    let samples = waves(16000, 16000, hertz: 523).channels[0]
    let whole = mel(samples: samples)
    // The first frames of a longer and of a shorter sound are the same, bit by bit.
    let part = mel(samples: Array(samples.prefix(8000)))
    let common = (8000 - 512) / 320 * 64
    #expect(Array(whole.scalars.prefix(common)) == Array(part.scalars.prefix(common)))
  }

  @Test func silenceAndNothingHaveASpectrogram() {
    let mel = MelSpectrogram()
    #expect(mel(samples: []).shape == [1, 64])
    let silence = mel(samples: [Float](repeating: 0, count: 1000))
    #expect(silence.scalars.allSatisfy { $0 == log(MelSpectrogram.floor) })
  }

  @Test func otherRatesAndChannelsAreBroughtTogether() {
    let mel = MelSpectrogram()
    let slow = mel(waves(16000, 16000))
    let fast = mel(waves(48000, 48000))
    #expect(fast.shape == slow.shape)
    let differences = zip(slow.scalars, fast.scalars).map { abs($0 - $1) }
    // Away from the ends, where the tone sets in and is rich in overtones, and where there is energy.
    let middle = zip(differences, slow.scalars).dropFirst(4 * 64).dropLast(4 * 64)
    #expect(middle.filter { $0.1 > -2 }.map(\.0).max() ?? 1 < 0.02)
  }

  @Test func itIsSavedAndReadAgain() throws {
    let mel = MelSpectrogram(sampleRate: 22050, window: 512, hop: 100, bands: 40, highest: 9000)
    let data = try JSONEncoder().encode(mel)
    #expect(try JSONDecoder().decode(MelSpectrogram.self, from: data) == mel)
  }

  @Test(arguments: [
    ("window", "1000"), ("window", "-4"), ("window", "1099511627776"), ("hop", "0"),
    ("hop", "2000"), ("bands", "0"), ("bands", "513"), ("sampleRate", "1"), ("lowest", "-1"),
    ("highest", "8001"), ("highest", "40"),
  ])
  func absurdConfigurationsAreRefused(_ key: String, _ value: String) throws {
    let good = String(decoding: try JSONEncoder().encode(MelSpectrogram()), as: UTF8.self)
    let bad = good.replacing(try Regex("\"\(key)\":[0-9.]+"), with: "\"\(key)\":\(value)")
    #expect(bad != good)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(MelSpectrogram.self, from: Data(bad.utf8))
    }
  }
}

@Suite struct ResamplerTests {
  struct Golden: Decodable {
    let count: Int
    let values: [Float]
  }

  @Test(arguments: [8000, 11025, 44100])
  func itAgreesWithTheFormula(_ rate: Int) throws {
    let expected: Golden = try expectation("Sounds", "resampled \(rate)")
    let sound = try Sound.load(contentsOf: golden("Sounds/melody.wav")).resampled(to: rate)
    #expect(sound.sampleRate == rate)
    #expect(sound.count == expected.count)
    let differences = zip(sound.channels[0], expected.values).map { abs($0 - $1) }
    #expect(differences.max() ?? 1 < 2e-6)
  }

  /// Pairs with few phases and pairs whose phases are interpolated.
  @Test(arguments: [
    (44100, 16000), (16000, 48000), (44100, 44101), (48000, 11025), (8000, 191_999),
  ])
  func tonesWithinTheRangeAreKept(_ from: Int, _ to: Int) {
    let hertz = 0.4 * 0.85 * Double(min(from, to))
    let resampled = waves(from, from / 5, hertz: hertz).resampled(to: to)
    #expect(resampled.count == (from / 5 * to + from - 1) / from)
    let expected = waves(to, resampled.count, hertz: hertz)
    let inside = to / 50..<resampled.count - to / 50
    let differences = inside.map { abs(resampled.channels[0][$0] - expected.channels[0][$0]) }
    #expect(differences.max() ?? 1 < 2e-4)
  }

  @Test(arguments: [(44100, 16000), (48000, 8000), (44101, 16000)])
  func tonesBeyondTheRangeAreRemoved(_ from: Int, _ to: Int) {
    let resampled = waves(from, from / 5, hertz: 0.505 * Double(to)).resampled(to: to)
    let inside = to / 50..<resampled.count - to / 50
    // 80 dB below the amplitude of 0.5.
    #expect(inside.map { abs(resampled.channels[0][$0]) }.max() ?? 1 < 0.5e-4)
  }

  @Test func aConstantStaysOne() {
    let sound = Sound(
      name: "a",
      sampleRate: 44100,
      channels: [[Float](repeating: 0.5, count: 9000)]
    )
    let resampled = sound.resampled(to: 16000)
    let inside = resampled.channels[0].dropFirst(200).dropLast(200)
    #expect(inside.allSatisfy { abs($0 - 0.5) < 1e-6 })
    #expect(sound.resampled(to: 44100) == sound)
    #expect(Sound(name: "a", sampleRate: 8000, channels: [[]]).resampled(to: 16000).count == 0)
  }
}
