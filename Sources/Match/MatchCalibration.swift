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
/// (`QueryClip.localDistanceScale`).
struct QueryClipCalibration: Hashable, Sendable, Codable {
  /// A length.
  struct Length: Hashable, Sendable, Codable {
    /// The number of signatures of such a query clip, at fine steps.
    var count: Int
    /// The distances of query clips as they are.
    var calibration: FalseAcceptCalibration
    /// Those of query clips under noise of random levels.
    var noisy: FalseAcceptCalibration
    /// The number of items of the database that they were searched in.
    var stored: Int
    /// Whether the network was trained on some of the sounds that the query clips were cut from.
    var ofTrained: Bool

    /// How often a rate is exceeded at most in a larger database: a query that is accepted by one of so many
    /// items is accepted in a part of them as large as the former database, and these are so many parts.
    func growth(to count: Int) -> Double { max(Double(count) / Double(max(stored, 1)), 1) }

    /// The smallest false-accept rate in a database of so many items.
    func smallestRate(among count: Int) -> Double {
      max(calibration.smallestRate, noisy.smallestRate) * growth(to: count)
    }
  }

  /// The key of the note that keeps it in a database.
  static let key = "queryClips"
  /// The lengths in seconds.
  static let seconds = [1.0, 2, 3, 5, 10]
  /// The query clips of all sounds together.
  static let queryClipCount = 128

  /// The sounds that query clips are cut from, of those that may be, and how many from each.
  static func chosen(of sounds: [Int]) -> (numbers: [Int], perSound: Int) {
    let step = max(sounds.count / queryClipCount, 1)
    let numbers = stride(from: 0, to: sounds.count, by: step).prefix(queryClipCount)
      .map { sounds[$0] }
    return (numbers, max(queryClipCount / max(numbers.count, 1), 1))
  }

  /// The lengths, the shortest first.
  var lengths: [Length]
  /// Whether distances are in parts of those of the local distance scale.
  var isRelative: Bool

  init(lengths: [Length], isRelative: Bool) {
    self.lengths = lengths
    self.isRelative = isRelative
  }

  /// Reads a note; none where it cannot be read.
  init?(_ text: String?) {
    guard let text,
      let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
      value.lengths.allSatisfy({ (1...1 << 20).contains($0.count) && $0.stored > 0 })
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
  func length(of count: Int) -> Length? {
    lengths.min { abs($0.count - count) < abs($1.count - count) }
  }
}

extension MatchLibrary {
  /// Estimates the distances of items not in the database from stored items: of images and rows from those
  /// that the network was not trained on, each compared with all others.
  ///
  /// The distance of such an item is exchangeable with that of an item that is not in the database, but for
  /// one stored item less. Items that were trained on are farther from one another: with them, 44 % of
  /// photographs that were not among 50 were accepted where 5 % were asked for. An item that is stored twice is
  /// in the database without itself, too: its twins are left out with it, and one of them calibrates.
  ///
  /// - Parameter unseen: The names of the new items that the network was not trained on.
  func calibrate(
    with data: Dataset,
    unseen: [String],
    _ matcher: FittedMatcher,
    _ spectrograms: SoundSpectrograms,
    on engine: ComputeEngine
  ) async throws {
    let index = try database.index()
    guard index.items.count > 1 else { return }
    let key = QueryClipCalibration.key
    if case (.sounds(let encoding), .sounds(let sounds)) = (matcher.encoding, data) {
      let former = QueryClipCalibration(try database.note(for: key))
      guard
        let found = try await queryClips(
          of: sounds,
          encoding,
          matcher,
          spectrograms,
          index,
          on: engine
        )
      else { return }
      try database.setNote(found.keeping(former, among: index.items.count).text(), for: key)
      return
    }
    let names = Set(unseen)
    var chosen = Self.unseenItems(try database.note(for: Self.unseenKey))
    chosen.formUnion(index.items.lazy.filter { names.contains($0.name) }.map(\.id))
    chosen.formIntersection(index.items.map(\.id))
    let ordered = chosen.sorted()
    let step = max((ordered.count + Self.mostUnseen - 1) / Self.mostUnseen, 1)
    let kept = stride(from: 0, to: ordered.count, by: step).map { ordered[$0] }
    try database.setNote(kept.map(String.init).joined(separator: " "), for: Self.unseenKey)
    let distances = try index.distancesOfNewItems(
      kept,
      threads: engine.threads
    )
    try database.setCalibration(
      distances.isEmpty ? nil : try FalseAcceptCalibration(distances: distances)
    )
    try database.setNote(String(index.items.count), for: Self.storedKey)
  }

  /// How many times as large the database is as when it was calibrated, at least 1: storing items may be stopped
  /// before they are compared.
  static func growth(of database: SignatureDatabase, to count: Int) throws -> Double {
    let stored = try database.note(for: storedKey).flatMap { Double($0) } ?? 0
    return stored > 0 ? max(Double(count) / stored, 1) : 1
  }

  /// The key of the note that keeps the number of stored items when the database was calibrated.
  private static let storedKey = "calibratedItems"
  /// The key of the note that keeps the numbers of the stored items that the network was not trained on.
  private static let unseenKey = "unseenItems"
  /// The most such items that are compared with all others.
  private static let mostUnseen = 2_000

  private static func unseenItems(_ note: String?) -> Set<Int64> {
    Set((note ?? "").split(separator: " ").compactMap { Int64($0) })
  }

  /// Measures query clips of sounds; `nil` where there are none.
  private func queryClips(
    of sounds: SoundSet,
    _ encoding: SoundEncoding,
    _ matcher: FittedMatcher,
    _ spectrograms: SoundSpectrograms,
    _ index: SignatureIndex,
    on engine: ComputeEngine
  ) async throws -> QueryClipCalibration? {
    let numbers = Dictionary(
      index.items.map { ($0.name, $0.id) },
      uniquingKeysWith: { first, _ in first }
    )
    let chosen = QueryClipCalibration.chosen(of: matcher.trained.calibrating(in: sounds)).numbers
    let ofTrained = chosen.contains { matcher.trained.contains(sound: sounds.contentHash($0)) }
    let counts = QueryClipCalibration.seconds.map { QueryClip.count(seconds: $0, encoding) }
    var distances = counts.map { _ in (plain: [Double](), noisy: [Double](), items: Set<Int64>()) }
    let isRelative = index.items.count > QueryClip.fewestItems
    var counted: Set<Int64> = []
    for (place, number) in chosen.enumerated() {
      guard let own = numbers[sounds.names[number]], !counted.contains(own) else { continue }
      let twins = try index.twins(of: own, threads: engine.threads)
      counted.formUnion(twins)
      let filter = SignatureFilter(excludedItems: twins)
      let spectrogram = try spectrograms.spectrogram(of: sounds, number, encoding)
      let drawn = try spectrograms.noisy(place, of: sounds, number, encoding)
      let plain = try await matcher.queryClip(of: spectrogram, encoding, on: engine)
      let noisy = try await matcher.queryClip(of: drawn.spectrogram, encoding, on: engine)
      for place in drawn.places {
        for (length, count) in counts.enumerated() where count <= plain.signatures.count {
          let first = Int(place * Double(plain.signatures.count - count + 1))
          // Silence is near to silence wherever it is, and no query is looked for by it.
          if plain.areSilent[first..<first + count].contains(true) { continue }
          func nearest(_ queryClip: QueryClip) throws -> Double? {
            let phases = queryClip.phases(of: queryClip.signatures[first..<first + count])
            let match = try QueryClip.matches(
              for: phases,
              in: index,
              spacing: encoding.spacing,
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
          distances[length].items.insert(own)
        }
      }
      try Task.checkCancellation()
    }
    var lengths: [QueryClipCalibration.Length] = []
    for (count, found) in zip(counts, distances) where !found.plain.isEmpty {
      lengths.append(
        QueryClipCalibration.Length(
          count: count,
          calibration: try FalseAcceptCalibration(
            distances: found.plain,
            itemCount: found.items.count
          ),
          noisy: try FalseAcceptCalibration(distances: found.noisy, itemCount: found.items.count),
          stored: index.items.count,
          ofTrained: ofTrained
        )
      )
    }
    return lengths.isEmpty ? nil : QueryClipCalibration(lengths: lengths, isRelative: isRelative)
  }
}

extension QueryClipCalibration {
  /// The same, but for lengths of which a former calibration still allows a smaller rate: few new sounds say less
  /// than those of before, although these were searched in a smaller database.
  fileprivate func keeping(_ former: QueryClipCalibration?, among count: Int) -> Self {
    guard let former, former.isRelative == isRelative else { return self }
    var result = self
    result.lengths.removeAll { new in
      former.lengths.contains { old in
        old.count == new.count && old.smallestRate(among: count) < new.smallestRate(among: count)
      }
    }
    let known = Set(result.lengths.map(\.count))
    result.lengths += former.lengths.filter { !known.contains($0.count) }
    result.lengths.sort { $0.count < $1.count }
    return result
  }
}
