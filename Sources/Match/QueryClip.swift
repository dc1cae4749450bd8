internal import HourglassSignatures
internal import HourglassTasksCommon

/// A sound to be found: its signatures at fine steps, which stand for several phases.
///
/// The stored signatures of a sound are half a second apart, and a query clip begins anywhere between
/// two of them. Each phase is a sequence that begins a little later; the one that falls in with the
/// stored signatures is the nearest.
struct QueryClip: Sendable {
  /// The signatures, `phaseStep` frames apart.
  let signatures: [[Float]]
  /// Which of them are of nothing but silence.
  let areSilent: [Bool]
  let encoding: SoundEncoding

  /// The longest part without a silent signature, by which it is looked for; none where all is silent.
  ///
  /// Silence is like silence in any sound.
  var sounding: (clip: QueryClip, seconds: Double)? {
    var longest = 0..<0
    var start = 0
    for place in 0...areSilent.count where place == areSilent.count || areSilent[place] {
      if place - start > longest.count { longest = start..<place }
      start = place + 1
    }
    guard !longest.isEmpty else { return nil }
    return (
      QueryClip(
        signatures: Array(signatures[longest]),
        areSilent: Array(areSilent[longest]),
        encoding: encoding
      ), Double(longest.lowerBound * SoundEncoding.phaseStep) * encoding.frameSeconds
    )
  }

  /// The phases that a sequence of at least one signature begins with: its signatures, and the
  /// seconds before the first one.
  var phases: [(offset: Double, signatures: [[Float]])] {
    phases(of: signatures[...])
  }

  /// The phases of a part.
  func phases(of part: ArraySlice<[Float]>) -> [(offset: Double, signatures: [[Float]])] {
    let perStep = max(encoding.signatureStep / SoundEncoding.phaseStep, 1)
    return (0..<min(perStep, part.count)).map { phase in
      let places = stride(from: part.startIndex + phase, to: part.endIndex, by: perStep)
      return (
        Double(phase * SoundEncoding.phaseStep) * encoding.frameSeconds, places.map { part[$0] }
      )
    }
  }

  /// The number of fine signatures of a query clip of some seconds.
  static func count(seconds: Double, _ encoding: SoundEncoding) -> Int {
    let frames = Int(seconds / encoding.frameSeconds) + 1
    return max((frames - encoding.frames) / SoundEncoding.phaseStep + 1, 1)
  }

  /// The items that some phases are found in, the nearest first, with the second at which the query clip
  /// begins.
  static func matches(
    for phases: [(offset: Double, signatures: [[Float]])],
    in index: SignatureIndex,
    spacing: Double,
    count: Int,
    filter: SignatureFilter,
    threads: Int
  ) throws(SignatureError) -> [SequenceMatch] {
    var best: [Int64: (match: SequenceMatch, offset: Double)] = [:]
    // Phases that reach from one stored signature to the next find the place among themselves.
    let reached = (phases.last?.offset ?? 0) + (phases.count > 1 ? phases[1].offset : 0)
    for phase in phases {
      let found = try index.sequenceMatches(
        for: phase.signatures,
        spacing: spacing,
        count: count,
        filter: filter,
        isPlacedBetween: reached < 0.9 * spacing,
        threads: threads
      )
      for match in found {
        if let former = best[match.itemID], former.match.distance <= match.distance { continue }
        best[match.itemID] = (match, match.offset - phase.offset)
      }
    }
    return best.values.sorted {
      ($0.match.distance, $0.match.itemID) < ($1.match.distance, $1.match.itemID)
    }.prefix(count).map { $0.match.moved(to: $0.offset) }
  }

  /// How far away the items are that some signatures are not from: the mean distance of each to those
  /// of its nearest items, but for the first two.
  ///
  /// What is faint or noisy is near to many items, and what is loud and clear near to none but its own;
  /// a distance says more beside this one. The nearest item may be the one that the signatures are
  /// from, and the second one a copy of it.
  ///
  /// Reference: Zelnik-Manor, Perona, 2004, "Self-Tuning Spectral Clustering", section 2 (the distance
  /// to the seventh neighbor as a scale); Lowe, 2004, doi:10.1023/B:VISI.0000029664.99615.94, section
  /// 7.1 (the next item as a measure of chance).
  ///
  /// - Returns: `nil` where the index has fewer than `fewestItems`.
  static func localDistanceScale(
    of signatures: [[Float]],
    in index: SignatureIndex,
    filter: SignatureFilter = .all,
    threads: Int
  ) throws(SignatureError) -> Double? {
    guard index.items.count >= fewestItems else { return nil }
    let found = try index.matches(
      for: signatures,
      count: 10,
      filter: filter,
      threads: threads
    )
    let distances = found.flatMap { $0.dropFirst(2).map(\.distance) }
    let mean = distances.reduce(0, +) / Double(max(distances.count, 1))
    return mean > 0 ? mean : nil
  }

  /// The fewest items among which some are local distance scale.
  static let fewestItems = 6
}
