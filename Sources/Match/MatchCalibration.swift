internal import HourglassData
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassTasksCommon

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The distances of query clips to the sounds that they are not from, by the length of the query clip.
///
/// Each query clip is searched as a query is, with all its phases, in the database without its own
/// sound. Longer query clips have larger such distances, so that each length has a calibration of its
/// own. Noise brings query clips nearer to whatever is noisy alike, and nobody knows how noisy a query is:
/// there is one for query clips as they are and one for query clips under noise, and a query has to pass
/// both. In databases of some items a distance is taken in parts of that of the local distance scale
/// (`Query clip.local distance scale`).
struct QueryClipCalibration: Hashable, Sendable, Codable {
  /// A length.
  struct Length: Hashable, Sendable, Codable {
    /// The number of signatures of such a query clip, at fine steps.
    var count: Int
    /// The distances of query clips as they are.
    var calibration: FalseAcceptCalibration
    /// Those of query clips under noise of random levels; none in databases of before.
    var noisy: FalseAcceptCalibration?
  }

  /// The key of the note that keeps it in a database.
  static let key = "queryClips"
  /// The lengths in seconds.
  static let seconds = [1.0, 2, 3, 5, 10]
  /// The query clips of all sounds together.
  static let queryClipCount = 128

  /// The sounds that query clips are cut from, and how many from each.
  static func chosen(of count: Int) -> (numbers: [Int], perSound: Int) {
    let step = max(count / queryClipCount, 1)
    let numbers = Array(stride(from: 0, to: count, by: step).prefix(queryClipCount))
    return (numbers, max(queryClipCount / max(numbers.count, 1), 1))
  }

  /// The lengths, the shortest first.
  var lengths: [Length]
  /// Whether distances are in parts of those of the local distance scale; none in databases of before.
  var isRelative: Bool?

  init(lengths: [Length], isRelative: Bool) {
    self.lengths = lengths
    self.isRelative = isRelative
  }

  /// Reads a note; none where it cannot be read.
  init?(_ text: String?) {
    guard let text,
      let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
      value.lengths.allSatisfy({ (1...1 << 20).contains($0.count) })
    else { return nil }
    self = value
  }

  /// The note.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// The calibrations of the length that is nearest to a query clip's.
  func calibrations(count: Int) -> [FalseAcceptCalibration] {
    let length = lengths.min { abs($0.count - count) < abs($1.count - count) }
    return [length?.calibration, length?.noisy].compactMap { $0 }
  }
}

extension MatchLibrary {
  /// Estimates the distances of items not in the database from the items that are stored.
  func calibrate(
    with data: Dataset,
    _ matcher: FittedMatcher,
    _ spectrograms: SoundSpectrograms,
    on engine: ComputeEngine
  ) async throws {
    let index = try database.index()
    guard index.items.count > 1 else { return }
    if case (.sounds(let patching), .sounds(let sounds)) = (matcher.encoding, data) {
      try await calibrate(with: sounds, patching, matcher, spectrograms, index, on: engine)
      return
    }
    let distances = try index.distancesBetweenItems(limit: 2_000, threads: engine.threads)
    try database.setCalibration(try FalseAcceptCalibration(distances: distances))
  }

  private func calibrate(
    with sounds: SoundSet,
    _ patching: SoundPatching,
    _ matcher: FittedMatcher,
    _ spectrograms: SoundSpectrograms,
    _ index: SignatureIndex,
    on engine: ComputeEngine
  ) async throws {
    let numbers = Dictionary(
      index.items.map { ($0.name, $0.id) },
      uniquingKeysWith: { first, _ in first }
    )
    let chosen = QueryClipCalibration.chosen(of: sounds.count).numbers
    let counts = QueryClipCalibration.seconds.map { QueryClip.count(seconds: $0, patching) }
    var distances = counts.map { _ in (plain: [Double](), noisy: [Double]()) }
    let isRelative = index.items.count > QueryClip.fewestItems
    for (place, number) in chosen.enumerated() {
      guard let own = numbers[sounds.names[number]] else { continue }
      let spectrogram = try spectrograms.spectrogram(of: sounds, number, patching)
      let drawn = try spectrograms.noisy(place, of: sounds, number, patching)
      let plain = try await matcher.queryClip(of: spectrogram, patching, on: engine)
      let noisy = try await matcher.queryClip(of: drawn.spectrogram, patching, on: engine)
      for place in drawn.places {
        for (length, count) in counts.enumerated() where count <= plain.signatures.count {
          let first = Int(place * Double(plain.signatures.count - count + 1))
          func nearest(_ queryClip: QueryClip) throws -> Double? {
            let filter = SignatureFilter(excludedItems: [own])
            let phases = queryClip.phases(of: queryClip.signatures[first..<first + count])
            let match = try QueryClip.matches(
              for: phases,
              in: index,
              spacing: patching.spacing,
              count: 1,
              filter: filter,
              threads: engine.threads
            ).first
            guard let match, isRelative else { return match?.distance }
            let scale = try QueryClip.localDistanceScale(
              of: phases[0].signatures,
              in: index,
              filter: filter,
              threads: engine.threads
            )
            return scale.map { match.distance / $0 }
          }
          guard let plainly = try nearest(plain), let noisily = try nearest(noisy) else { continue }
          distances[length].plain.append(plainly)
          distances[length].noisy.append(noisily)
        }
      }
      try Task.checkCancellation()
    }
    var lengths: [QueryClipCalibration.Length] = []
    var former = QueryClipCalibration(try database.note(for: QueryClipCalibration.key))
    if (former?.isRelative ?? false) != isRelative { former = nil }
    for (count, found) in zip(counts, distances) {
      let known = former?.lengths.first { $0.count == count }
      // Few new sounds say less than those of before.
      if let known, known.noisy != nil, found.plain.count < known.calibration.distances.count {
        lengths.append(known)
      } else if !found.plain.isEmpty {
        lengths.append(
          QueryClipCalibration.Length(
            count: count,
            calibration: try FalseAcceptCalibration(distances: found.plain),
            noisy: try FalseAcceptCalibration(distances: found.noisy)
          )
        )
      }
    }
    guard !lengths.isEmpty else { return }
    let calibration = QueryClipCalibration(lengths: lengths, isRelative: isRelative)
    try database.setNote(calibration.text(), for: QueryClipCalibration.key)
  }
}
