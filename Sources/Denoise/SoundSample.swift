internal import HourglassTasksCommon

/// The sounds that are trained on, in memory: all of them, or parts where they would need too much.
struct SoundSample: Sendable {
  /// A sound with one channel, at the common rate.
  struct Entry: Sendable {
    /// The samples, with a root mean square of 1.
    let samples: [Float]
    /// The noise that is found where noise is added.
    let floor: NoiseFloorTable
  }

  /// How spectrograms are made.
  let masking: SoundMasking
  private(set) var entries: [Entry] = []
  /// The sounds that are trained on.
  private(set) var learning: [Int] = []
  /// Those that choose the best epoch.
  private(set) var evaluating: [Int] = []

  /// The most samples that are kept, 256 MiB of them.
  private static let sampleLimit = 1 << 26
  /// The shortest part that is kept of a sound that is too long.
  private static let shortestPart = 1 << 16

  /// Reads the sounds that a split lets training see, brought to the rate that most of them have.
  ///
  /// Of each sound at most its share of the memory is kept, from a random place on, and where that
  /// would be too little, only some of the sounds are. Silent ones are left out.
  ///
  /// - Throws: `nothingVaries` where all are silent; what is wrong with a file.
  init(_ set: SoundSet, split: RowSplit, seed: UInt64) throws {
    var seen = split.seen
    let most = Self.sampleLimit / Self.shortestPart
    if seen.count > most {
      Permutation.shuffle(&seen, seed: seed, purpose: 0x736f_756e, number: 0)
      seen = seen.prefix(most).sorted()
    }
    let share = Self.sampleLimit / max(seen.count, 1)
    var generator = SeededGenerator.named("parts", seed: seed)
    var kept: [(index: Int, sound: Sound)] = []
    for index in seen {
      try Task.checkCancellation()
      let sound = try set.sound(index)
      try sound.requireFinite()
      let slack = sound.count - share
      let start = slack > 0 ? Int(generator.next(upperBound: UInt64(slack + 1))) : 0
      let part = sound.with(sound.channels.map { Array($0.dropFirst(start).prefix(share)) }).mono
      if part.rootMeanSquare > 0 { kept.append((index, part)) }
    }
    let rates = Dictionary(grouping: kept) { $0.sound.sampleRate }.mapValues(\.count)
    guard let rate = rates.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else {
      throw TaskError.nothingVaries(name: set.name, rows: set.count)
    }
    masking = SoundMasking(sampleRate: rate)
    let transform = masking.transform(forRate: rate)
    var noise: [Float] = []
    let training = Set(split.training)
    for (index, sound) in kept {
      let sound = sound.resampled(to: rate)
      let level = sound.rootMeanSquare
      guard level > 0 else { continue }
      if training.contains(index) {
        learning.append(entries.count)
      } else {
        evaluating.append(entries.count)
      }
      let samples = sound.channels[0].map { Float(Double($0) / level) }
      while noise.count < samples.count { noise.append(generator.nextNormal()) }
      let own = Array(noise.prefix(samples.count))
      entries.append(
        Entry(samples: samples, floor: NoiseFloorTable(samples, noise: own, by: transform))
      )
    }
    if learning.isEmpty { (learning, evaluating) = (evaluating, []) }
    guard !learning.isEmpty else {
      throw TaskError.nothingVaries(name: set.name, rows: set.count)
    }
  }

  /// The frames of the sounds that are trained on.
  var frameCount: Int {
    let transform = masking.transform(forRate: masking.sampleRate)
    return learning.reduce(0) { $0 + transform.frameCount(samples: entries[$1].samples.count) }
  }
}
