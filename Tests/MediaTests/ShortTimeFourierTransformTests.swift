import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassEncodings
@testable import HourglassMedia

@Suite struct ShortTimeFourierTransformTests {
  private struct Frames: Decodable {
    let frames: [Int]
    let real: [Float]
    let imaginary: [Float]
  }

  private struct Recovery: Decodable {
    let turns: Int
    let plain: Double
    let fast: Double
  }

  private struct Powers: Decodable {
    let energies: [Double]
    let powers: [Double]
    let error: Double
  }

  private func melody() throws -> [Float] {
    try Sound.load(contentsOf: golden("Sounds/melody.wav")).channels[0]
  }

  @Test func itAgreesWithSciPy() throws {
    let expected: Frames = try expectation("Spectra", "transform")
    let result = ShortTimeFourierTransform(window: 512, hop: 128)(try melody())
    #expect(result.binCount == 257)
    for (place, frame) in expected.frames.enumerated() {
      for bin in 0..<257 {
        let (own, other) = (frame * 257 + bin, place * 257 + bin)
        #expect(abs(result.real[own] - expected.real[other]) < 1e-4)
        #expect(abs(result.imaginary[own] - expected.imaginary[other]) < 1e-4)
      }
    }
  }

  @Test(
    arguments: [(16, 8), (64, 16), (256, 100), (1024, 256), (4096, 2048)],
    [1, 15, 1000, 4097]
  )
  func samplesComeBack(_ sizes: (Int, Int), _ count: Int) {
    var generator = SeededGenerator(seed: 3)
    let samples = (0..<count).map { _ in 2 * generator.nextUniform() - 1 }
    let transform = ShortTimeFourierTransform(window: sizes.0, hop: sizes.1)
    let spectrogram = transform(samples)
    #expect(spectrogram.frameCount == transform.frameCount(samples: count))
    let again = transform.samples(of: spectrogram, count: count)
    #expect(zip(samples, again).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(again.count == count)
  }

  @Test func piecesAreTheWhole() throws {
    let samples = try melody()
    let transform = ShortTimeFourierTransform(window: 256, hop: 64)
    let whole = transform(samples)
    var sum = OverlapAdd(transform, count: samples.count)
    for start in stride(from: 0, to: whole.frameCount, by: 24) {
      let frames = start..<min(start + 24, whole.frameCount)
      let piece = transform.spectrogram(of: samples, frames: frames)
      #expect(piece == whole.frames(frames))
      sum.add(piece, from: start)
    }
    #expect(sum.samples == transform.samples(of: whole, count: samples.count))
  }

  @Test func nothingGivesNothing() {
    let transform = ShortTimeFourierTransform(window: 64, hop: 32)
    let spectrogram = transform([])
    #expect(spectrogram.frameCount == 1 && spectrogram.real.allSatisfy { $0 == 0 })
    #expect(transform.samples(of: spectrogram) == [])
  }

  @Test func phasesAreFoundAsWellAsByLibrosa() throws {
    let expected: Recovery = try expectation("Spectra", "griffin-lim")
    let samples = try melody()
    let transform = ShortTimeFourierTransform(window: 512, hop: 128)
    let magnitudes = transform(samples).magnitudes
    func distance(_ momentum: Float, _ seed: UInt64) -> Double {
      let recover = GriffinLim(
        transform,
        iterations: expected.turns,
        momentum: momentum,
        seed: seed
      )
      let found = transform(recover(magnitudes, count: samples.count)).magnitudes
      var (error, all) = (0.0, 0.0)
      for (own, other) in zip(found.scalars, magnitudes.scalars) {
        error += Double(own - other) * Double(own - other)
        all += Double(other) * Double(other)
      }
      return (error / all).squareRoot()
    }
    let plain = (0..<8).reduce(0) { $0 + distance(0, UInt64($1)) / 8 }
    let fast = (0..<8).reduce(0) { $0 + distance(0.99, UInt64($1)) / 8 }
    // Means of eight seeds differ by some tenth.
    #expect(plain < 1.3 * expected.plain, "\(plain)")
    #expect(fast < 1.3 * expected.fast && fast < plain, "\(fast)")
    let recover = GriffinLim(transform, iterations: 3, seed: 5)
    #expect(recover(magnitudes) == recover(magnitudes))
  }

  @Test func bandsAreTurnedToBins() throws {
    let expected: Powers = try expectation("Spectra", "mel inverse")
    let mel = MelSpectrogram()
    let inverse = MelInverse(MelFilters(mel), binCount: 513)
    let largest = expected.powers.max() ?? 0
    let found = inverse.powers(of: expected.energies, turns: 0)
    #expect(zip(found, expected.powers).allSatisfy { abs($0 - $1) < 1e-4 * largest })
    let logarithms = expected.energies.map { Float(log($0 + Double(MelSpectrogram.floor))) }
    let magnitudes = mel.magnitudes(of: Tensor(logarithms, shape: [1, 64]), turns: 200)
    #expect(magnitudes.shape == [1, 513] && magnitudes.scalars.allSatisfy { $0 >= 0 })
    let powers = magnitudes.scalars.map { Double($0) * Double($0) }
    let filters = MelFilters(mel)
    var (error, all) = (0.0, 0.0)
    for (band, energy) in expected.energies.enumerated() {
      let own = zip(filters.ranges[band], filters.weights[band])
        .reduce(0) { $0 + powers[$1.0] * Double($1.1) }
      error += (own - energy) * (own - energy)
      all += energy * energy
    }
    #expect((error / all).squareRoot() < max(2 * expected.error, 0.01))
  }

  @Test func aMelodyIsHeardAgain() throws {
    let mel = MelSpectrogram(hop: 256)
    let given = mel(samples: try melody())
    let sound = mel.sound(of: given, iterations: 32)
    #expect(sound.sampleRate == 16_000 && sound.count == (given.shape[0] - 1) * 256)
    let again = mel(sound)
    let differences = zip(given.scalars, again.scalars).filter { $0.0 > -6 }.map { abs($0 - $1) }
    #expect(differences.reduce(0, +) / Float(differences.count) < 0.6)
  }
}
