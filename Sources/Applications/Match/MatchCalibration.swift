internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassTensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The distances of excerpts to the sounds that they are not from, by the length of the excerpt.
///
/// Each excerpt is searched as a query is, with all its phases, in the database without its own
/// sound. Longer excerpts have larger such distances, so that each length has a calibration of its
/// own. Noise brings excerpts nearer to whatever is noisy alike, and nobody knows how noisy a query is:
/// there is one for excerpts as they are and one for excerpts under noise, and a query has to pass both.
struct ExcerptCalibration: Hashable, Sendable, Codable {
  /// A length.
  struct Length: Hashable, Sendable, Codable {
    /// The number of signatures of such an excerpt, at fine steps.
    var count: Int
    /// The distances of excerpts as they are.
    var calibration: FalseAcceptCalibration
    /// Those of excerpts under noise of random levels; none in databases of before.
    var noisy: FalseAcceptCalibration?
  }

  /// The key of the note that keeps it in a database.
  static let key = "excerpts"
  /// The lengths in seconds.
  static let seconds = [1.0, 2, 3, 5, 10]
  /// The excerpts of all sounds together.
  static let excerptCount = 128

  /// The lengths, the shortest first.
  var lengths: [Length]

  init(lengths: [Length]) { self.lengths = lengths }

  /// Reads a note; none where it cannot be read.
  init?(_ text: String?) {
    guard let text,
      let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8))
    else { return nil }
    self = value
  }

  /// The note.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// The calibrations of the length that is nearest to an excerpt's.
  func calibrations(count: Int) -> [FalseAcceptCalibration] {
    let length = lengths.min { abs($0.count - count) < abs($1.count - count) }
    return [length?.calibration, length?.noisy].compactMap { $0 }
  }
}

extension MatchLibrary {
  /// Learns the distances of strangers from the items that are stored.
  func calibrate(
    with data: Dataset,
    _ matcher: FittedMatcher,
    on engine: ComputeEngine
  ) async throws {
    let index = try database.index()
    guard index.items.count > 1 else { return }
    if case (.sounds(let patching), .sounds(let sounds)) = (matcher.encoding, data) {
      try await calibrate(with: sounds, patching, matcher, index, on: engine)
      return
    }
    let distances = try index.distancesBetweenItems(limit: 2_000, threads: engine.threads)
    try database.setCalibration(try FalseAcceptCalibration(distances: distances))
  }

  private func calibrate(
    with sounds: SoundSet,
    _ patching: SoundPatching,
    _ matcher: FittedMatcher,
    _ index: SignatureIndex,
    on engine: ComputeEngine
  ) async throws {
    let numbers = Dictionary(
      index.items.map { ($0.name, $0.id) },
      uniquingKeysWith: { first, _ in first }
    )
    let most = ExcerptCalibration.excerptCount
    let step = max(sounds.count / most, 1)
    let chosen = Array(stride(from: 0, to: sounds.count, by: step).prefix(most))
    let perSound = max(most / max(chosen.count, 1), 1)
    let counts = ExcerptCalibration.seconds.map { Excerpt.count(seconds: $0, patching) }
    var distances = counts.map { _ in (plain: [Double](), noisy: [Double]()) }
    var generator = SeededGenerator.named(
      "excerpts",
      seed: matcher.configuration.learning.seed
    )
    for number in chosen {
      guard let own = numbers[sounds.names[number]] else { continue }
      let sound = try sounds.sound(number).mono
      let plain = try await matcher.excerpt(of: patching.mel(sound), patching, on: engine)
      let noise = RecordingNoise(drawnFrom: &generator)
      let noisy = try await matcher.excerpt(
        of: patching.mel(noise.over(sound, &generator)),
        patching,
        on: engine
      )
      for _ in 0..<perSound {
        let place = Double(generator.nextUniform())
        for (length, count) in counts.enumerated() where count <= plain.signatures.count {
          let first = Int(place * Double(plain.signatures.count - count + 1))
          func nearest(_ excerpt: Excerpt) throws -> Double? {
            try Excerpt.matches(
              for: excerpt.phases(of: excerpt.signatures[first..<first + count]),
              in: index,
              spacing: patching.spacing,
              count: 1,
              filter: SignatureFilter(excludedItems: [own]),
              threads: engine.threads
            ).first?.distance
          }
          guard let plainly = try nearest(plain), let noisily = try nearest(noisy) else { continue }
          distances[length].plain.append(plainly)
          distances[length].noisy.append(noisily)
        }
      }
      try Task.checkCancellation()
    }
    var lengths: [ExcerptCalibration.Length] = []
    let former = ExcerptCalibration(try database.note(for: ExcerptCalibration.key))
    for (count, found) in zip(counts, distances) {
      let known = former?.lengths.first { $0.count == count }
      // Few new sounds say less than those of before.
      if let known, known.noisy != nil, found.plain.count < known.calibration.distances.count {
        lengths.append(known)
      } else if !found.plain.isEmpty {
        lengths.append(
          ExcerptCalibration.Length(
            count: count,
            calibration: try FalseAcceptCalibration(distances: found.plain),
            noisy: try FalseAcceptCalibration(distances: found.noisy)
          )
        )
      }
    }
    guard !lengths.isEmpty else { return }
    try database.setNote(ExcerptCalibration(lengths: lengths).text(), for: ExcerptCalibration.key)
  }
}

/// Noise over a recording: of any spectrum between that of hiss and that of a crowd, steady or with the
/// pace of speech.
struct RecordingNoise: Sendable {
  /// The ratio of the sound to the noise, in dB.
  let signalToNoise: Float
  /// How much of a sample stays in the next one, from 0 for hiss on.
  let pole: Float
  /// How much the level goes up and down, from 0 to below 1.
  let depth: Float

  /// Draws noise of 0 to 20 dB.
  init(drawnFrom generator: inout SeededGenerator) {
    signalToNoise = 20 * generator.nextUniform()
    let draw = generator.nextUniform()
    pole = 0.97 * draw.squareRoot()
    depth = generator.nextUniform() < 0.5 ? 0 : 0.6 * generator.nextUniform()
  }

  /// A sound of one channel with the noise over it.
  func over(_ sound: Sound, _ generator: inout SeededGenerator) -> Sound {
    var noise = [Float](repeating: 0, count: sound.count)
    var last: Float = 0
    // Four syllables a second.
    let step = 8 * Float.pi / Float(sound.sampleRate)
    var phase = 2 * Float.pi * generator.nextUniform()
    for index in noise.indices {
      last = pole * last + generator.nextNormal()
      phase += step
      if phase > 2 * .pi { phase -= 2 * .pi }
      // A parabola in place of a sine: the same pace, and no need of its accuracy.
      let turn = abs(phase / .pi - 1)
      noise[index] = last * (1 - depth * turn)
    }
    let samples = sound.channels[0]
    let ratio = pow(10, -signalToNoise / 20)
    let level = ratio * Self.level(samples) / max(Self.level(noise), 1e-9)
    let sum = zip(samples, noise).map { $0 + max(level, 1e-6) * $1 }
    return Sound(name: sound.name, sampleRate: sound.sampleRate, channels: [sum])
  }

  private static func level(_ samples: [Float]) -> Float {
    let sum = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Float((sum / Double(max(samples.count, 1))).squareRoot())
  }
}
