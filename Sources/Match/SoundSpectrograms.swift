internal import HourglassTasksCommon
internal import Synchronization

/// The mel spectrograms of sounds, so that each sound is decoded once for all that one run does with it:
/// training, evaluating, storing, and calibrating, which wants it under noise as well.
///
/// They are found again by what the files hold. Up to a limit they stay in memory, and beyond it on the
/// disk.
package final class SoundSpectrograms: Sendable {
  /// A sound under noise, and where the query clips of each length that are cut from it begin, in parts
  /// of what is left of its length.
  struct Noisy: Sendable {
    var spectrogram: Tensor
    var places: [Double]
  }

  private struct Kept {
    var shape: Shape
    /// `nil` where they are on the disk, from an offset on.
    var values: Tensor?
    var offset = 0
  }

  /// The sounds whose query clips calibrate a database, and what is drawn for them, one after the other.
  private struct Plan {
    var hashes: [UInt64]
    var seed: UInt64
    var perSound: Int
    var generator: SeededGenerator
    /// By the place in the order.
    var drawn: [Int: (spectrogram: Kept, places: [Double])] = [:]
  }

  private struct State {
    var kept: [UInt64: Kept] = [:]
    var plan: Plan?
    var bytes = 0
    var file: NamelessFile?
    var written = 0
  }

  private let memoryLimit: Int
  private let folder: String
  private let state = Mutex(State())

  /// Begins without a spectrogram.
  ///
  /// - Parameters:
  ///   - memoryLimit: The bytes that may be in memory.
  ///   - folder: Where the others go.
  package init(
    memoryLimit: Int = MemoryLimit.standard / 4,
    folder: String = ScratchFolder.standard
  ) {
    self.memoryLimit = memoryLimit
    self.folder = folder
  }

  /// Makes ready for the calibration of a database by some of the sounds: those that it takes are kept, and
  /// put under noise as soon as they are decoded.
  func prepareCalibration(of sounds: SoundSet, _ numbers: [Int], seed: UInt64) {
    let chosen = QueryClipCalibration.chosen(of: numbers)
    let hashes = chosen.numbers.map { sounds.contentHash($0) }
    state.withLock { state in
      if let plan = state.plan, plan.hashes == hashes, plan.seed == seed { return }
      state.plan = Plan(
        hashes: hashes,
        seed: seed,
        perSound: chosen.perSound,
        generator: SeededGenerator.named("queryClips", seed: seed)
      )
    }
  }

  /// The spectrogram of a sound, `[frames, bands]`.
  ///
  /// - Parameter keeps: Whether it is kept although no calibration takes it.
  func spectrogram(
    of sounds: SoundSet,
    _ index: Int,
    _ encoding: SoundEncoding,
    keeps: Bool = true
  ) throws -> Tensor {
    let hash = sounds.contentHash(index)
    return try state.withLock { state in
      if let kept = state.kept[hash] { return try read(kept, state) }
      let sound = try sounds.sound(index)
      let spectrogram = encoding.spectrogram(sound)
      if let plan = state.plan, plan.drawn.count < plan.hashes.count,
        plan.hashes[plan.drawn.count] == hash
      {
        try draw(plan.drawn.count, sound, encoding, &state)
      }
      if keeps || state.plan?.hashes.contains(hash) == true {
        state.kept[hash] = try keep(spectrogram, &state)
      }
      return spectrogram
    }
  }

  /// A sound of the calibration under noise, by its place in the order in which they are drawn.
  func noisy(
    _ place: Int,
    of sounds: SoundSet,
    _ index: Int,
    _ encoding: SoundEncoding
  ) throws -> Noisy {
    try state.withLock { state in
      if state.plan?.drawn[place] == nil {
        try draw(place, try sounds.sound(index), encoding, &state)
      }
      guard let drawn = state.plan?.drawn[place] else {
        preconditionFailure("a calibration was prepared")
      }
      return Noisy(spectrogram: try read(drawn.spectrogram, state), places: drawn.places)
    }
  }

  /// The spectrograms of some sounds.
  func spectrograms(
    of sounds: SoundSet,
    _ indices: [Int],
    _ encoding: SoundEncoding,
    keeps: Bool = true
  ) throws -> [Tensor] {
    try indices.map { index in
      try Task.checkCancellation()
      return try spectrogram(of: sounds, index, encoding, keeps: keeps)
    }
  }

  private func draw(
    _ place: Int,
    _ sound: Sound,
    _ encoding: SoundEncoding,
    _ state: inout State
  ) throws {
    guard var plan = state.plan else { return }
    let noise = RecordingNoise.drawn(from: &plan.generator)
    let noisy = encoding.spectrogram(noise.over(sound.mono, &plan.generator))
    let places = (0..<plan.perSound).map { _ in Double(plan.generator.nextUniform()) }
    plan.drawn[place] = (try keep(noisy, &state), places)
    state.plan = plan
  }

  private func keep(_ spectrogram: Tensor, _ state: inout State) throws -> Kept {
    let bytes = 4 * spectrogram.scalars.count
    if state.bytes + bytes <= memoryLimit {
      state.bytes += bytes
      return Kept(shape: spectrogram.shape, values: spectrogram)
    }
    let file = try state.file ?? NamelessFile(folder: folder)
    state.file = file
    try file.write(spectrogram.scalars.span.bytes)
    defer { state.written += bytes }
    return Kept(shape: spectrogram.shape, values: nil, offset: state.written)
  }

  private func read(_ kept: Kept, _ state: State) throws -> Tensor {
    if let values = kept.values { return values }
    var values = [Float](repeating: 0, count: kept.shape.elementCount)
    var place = values.mutableSpan
    state.file?.readFloats(place.count, at: kept.offset, into: &place, 0)
    if let failure = state.file?.failure { throw failure }
    return Tensor(values, shape: kept.shape)
  }
}
