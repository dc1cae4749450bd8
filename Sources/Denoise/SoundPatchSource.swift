internal import HourglassTasksCommon
internal import Synchronization

/// Pieces of spectrograms of sounds with noise as items `[1, frames, bins]`, and the masks that lead
/// to the clean ones as targets with their weights, `[2, frames, bins]`.
///
/// The place of a piece, the level of its noise and the noise itself are drawn anew in every epoch;
/// those that the trainer holds out stay and lie in sounds that no other piece is cut from, where
/// there are enough sounds. Noise is a stretch of a long sequence of normal numbers, from a place
/// drawn at random on.
///
/// The target of a bin is what the part of the clean spectrum S along the noisy one Y is of it, cut
/// off at 0 and 1, and its weight is the power of Y in units of the noise's:
///
///     m = Re(S / Y),   |Y|² (x - m)² / σ²,
///
/// so that the loss is the energy of the error with the noisy phases.
///
/// Reference: Erdogan, Hershey, Watanabe, Le Roux, 2015, "Phase-sensitive and recognition-boosted
/// speech separation using deep recurrent neural networks", doi:10.1109/ICASSP.2015.7178061.
struct SoundPatchSource: PairedBatchSource {
  let itemShape: Shape
  let targetShape: Shape
  let count: Int

  private let sounds: SoundSample
  private let transform: ShortTimeFourierTransform
  private let noise: Noise
  private let seed: UInt64
  private let heldOut: Set<Int>
  private let bank: [Float]
  private let scratch = SoundPatchScratch()
  private var epoch = 0

  /// The frames of a piece, some second, and the most bins.
  static let frames = 64
  static let bins = 128
  private static let bankSize = 1 << 20

  init(
    _ sounds: SoundSample,
    count: Int,
    noise: Noise,
    validation: ValidationSplit,
    seed: UInt64
  ) {
    self.sounds = sounds
    self.count = count
    self.noise = noise
    self.seed = seed
    transform = sounds.masking.transform(forRate: sounds.masking.sampleRate)
    let bins = min(SoundMasking.seenBins(transform), Self.bins)
    itemShape = [1, Self.frames, bins]
    targetShape = [2, Self.frames, bins]
    heldOut =
      sounds.evaluating.isEmpty ? [] : Set(validation.indices(of: count, seed: seed).validation)
    var generator = SeededGenerator.named("noise", seed: seed)
    bank = (0..<Self.bankSize).map { _ in generator.nextNormal() }
  }

  func drawn(inEpoch epoch: Int) -> any BatchSource {
    var result = self
    result.epoch = epoch
    return result
  }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, into: &destination) { $0.items }
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, into: &destination) { $0.targets }
  }

  private func copy(
    _ indices: Span<Int>,
    into destination: inout MutableSpan<Float>,
    _ part: (SoundPatchScratch.Patch) -> [Float]
  ) {
    var wanted: [Int] = []
    for place in indices.indices { wanted.append(indices[place]) }
    // Targets are asked for after the items that they belong to.
    let patches = scratch.patches(wanted, epoch: epoch) { wanted.map(patch) }
    var start = 0
    for patch in patches {
      for value in part(patch) {
        destination[start] = value
        start += 1
      }
    }
  }

  /// Cuts a piece, adds noise, and finds the mask.
  private func patch(_ item: Int) -> SoundPatchScratch.Patch {
    var generator = SeededGenerator.named("sound \(item) of \(epoch)", seed: seed)
    let group = heldOut.contains(item) ? sounds.evaluating : sounds.learning
    let sound = sounds.entries[group[item % group.count]]
    let slack = transform.frameCount(samples: sound.samples.count) - Self.frames
    let frame = slack > 0 ? Int(generator.next(upperBound: UInt64(slack + 1))) : 0
    let spare = SoundMasking.seenBins(transform) - itemShape[2]
    let bin = Int(generator.next(upperBound: UInt64(spare + 1)))
    let level = noise.levelOfSound(&generator)
    // A margin of whole hops before the first frame, as long as half a frame.
    let margin = (transform.window / 2 + transform.hop - 1) / transform.hop
    let first = (frame - margin) * transform.hop
    let length = (Self.frames - 1 + margin) * transform.hop + transform.window / 2
    let offset = Int(generator.next(upperBound: UInt64(bank.count - length)))
    var clean = [Float](repeating: 0, count: length)
    var noisy = clean
    for index in max(0, -first)..<max(0, -first, min(length, sound.samples.count - first)) {
      clean[index] = sound.samples[first + index]
      noisy[index] = clean[index] + level * bank[offset + index]
    }
    let frames = margin..<margin + Self.frames
    let floor = max(sound.floor.power(atLevel: level), NoiseFloor.least * (1 + level * level))
    return spectra(clean, noisy, frames: frames, from: bin, level: level, floor: floor)
  }

  private func spectra(
    _ clean: [Float],
    _ noisy: [Float],
    frames: Range<Int>,
    from first: Int,
    level: Float,
    floor: Float
  ) -> SoundPatchScratch.Patch {
    let target = transform.spectrogram(of: clean, frames: frames)
    let given = transform.spectrogram(of: noisy, frames: frames)
    let (width, area) = (itemShape[2], itemShape.elementCount)
    let unit = 1 / SoundMasking.noisePower(transform)
    let noisePower = max(level * level, 1e-6)
    var patch = SoundPatchScratch.Patch(
      items: [Float](repeating: 0, count: area),
      targets: [Float](repeating: 0, count: 2 * area)
    )
    for row in 0..<frames.count {
      for bin in 0..<width {
        let (place, index) = (row * width + bin, row * given.binCount + first + bin)
        let (a, b) = (given.real[index], given.imaginary[index])
        let power = a * a + b * b
        let along = target.real[index] * a + target.imaginary[index] * b
        patch.items[place] = SoundMasking.feature(power * unit / floor)
        patch.targets[place] = power > 0 ? min(max(along / power, 0), 1) : 0
        patch.targets[area + place] = min(power * unit / noisePower, SoundMasking.largestWeight)
      }
    }
    return patch
  }
}

/// The pieces that were made last: items and targets are asked for one after the other.
final class SoundPatchScratch: Sendable {
  /// A piece of a spectrogram, and its mask with the weights.
  struct Patch: Sendable {
    var items: [Float]
    var targets: [Float]
  }

  private struct Content: Sendable {
    var indices: [Int] = []
    var epoch = -1
    var patches: [Patch] = []
  }

  private let content = Mutex(Content())

  /// The pieces of some numbers, made where they were not made last.
  func patches(_ indices: [Int], epoch: Int, make: () -> [Patch]) -> [Patch] {
    content.withLock { content in
      if content.indices != indices || content.epoch != epoch {
        content = Content(indices: indices, epoch: epoch, patches: make())
      }
      return content.patches
    }
  }
}
