internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassTensors

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The distances of excerpts to the sounds that they are not from, by the length of the excerpt.
///
/// Each excerpt is searched as a query is, with all its phases, in the database without its own
/// sound. Longer excerpts have larger such distances, so that each length has a calibration of its
/// own.
struct ExcerptCalibration: Hashable, Sendable, Codable {
  /// A length.
  struct Length: Hashable, Sendable, Codable {
    /// The number of signatures of such an excerpt, at fine steps.
    var count: Int
    /// The distances.
    var calibration: FalseAcceptCalibration
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

  /// The calibration of the length that is nearest to an excerpt's.
  func calibration(count: Int) -> FalseAcceptCalibration? {
    lengths.min { abs($0.count - count) < abs($1.count - count) }?.calibration
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
    var distances = counts.map { _ in [Double]() }
    var generator = SeededGenerator.named(
      "excerpts",
      seed: matcher.configuration.learning.seed
    )
    for number in chosen {
      guard let own = numbers[sounds.names[number]] else { continue }
      let spectrogram = patching.mel(try sounds.sound(number))
      let excerpt = try await matcher.excerpt(of: spectrogram, patching, on: engine)
      for _ in 0..<perSound {
        let place = Double(generator.nextUniform())
        for (length, count) in counts.enumerated() where count <= excerpt.signatures.count {
          let first = Int(place * Double(excerpt.signatures.count - count + 1))
          let found = try Excerpt.matches(
            for: excerpt.phases(of: excerpt.signatures[first..<first + count]),
            in: index,
            spacing: patching.spacing,
            count: 1,
            filter: SignatureFilter(excludedItems: [own]),
            threads: engine.threads
          )
          if let nearest = found.first { distances[length].append(nearest.distance) }
        }
      }
      try Task.checkCancellation()
    }
    var lengths: [ExcerptCalibration.Length] = []
    let former = ExcerptCalibration(try database.note(for: ExcerptCalibration.key))
    for (count, found) in zip(counts, distances) {
      // Few new sounds say less than those of before.
      let known = former?.lengths.first { $0.count == count }?.calibration.distances ?? []
      let all = found.count >= known.count ? found : known
      guard !all.isEmpty else { continue }
      lengths.append(
        ExcerptCalibration.Length(
          count: count,
          calibration: try FalseAcceptCalibration(distances: all)
        )
      )
    }
    guard !lengths.isEmpty else { return }
    try database.setNote(ExcerptCalibration(lengths: lengths).text(), for: ExcerptCalibration.key)
  }
}
