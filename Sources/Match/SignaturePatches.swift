internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassMedia
internal import HourglassNetworks
internal import HourglassTensors

/// How a sound becomes patches of its mel spectrogram, each of which has a signature.
struct SoundPatching: Hashable, Sendable, Codable {
  /// 32 frames a second.
  var mel = MelSpectrogram(hop: 500)
  /// The frames of a patch: a second.
  var frames = 32
  /// The frames from one stored signature to the next: half a second.
  var step = 16
  /// The frames around a patch that it may be moved by in training: half a step.
  var margin = 8
  /// The frames from one phase of a query clip to the next.
  var phaseStep = 2

  /// The seconds from one frame to the next.
  var frameSeconds: Double { Double(mel.hop) / Double(mel.sampleRate) }
  /// The seconds from one stored signature to the next.
  var spacing: Double { Double(step) * frameSeconds }

  /// The shape of an item of the network: a patch with its margins.
  var itemShape: Shape { [1, frames + 2 * margin, mel.bands] }

  /// What is wrong with values that were read from a file, if anything.
  var problem: String? {
    let isGood =
      (1...4096).contains(frames) && (1...frames).contains(step) && (0...frames).contains(margin)
      && (1...step).contains(phaseStep)
    return isGood ? nil : "its patches should have a usable length and steps"
  }

  /// The first frames of the patches of a sound, from a phase on; at least one patch at phase 0,
  /// which goes beyond the end of a sound that is shorter than it.
  func starts(frameCount: Int, phase: Int = 0, every step: Int) -> [Int] {
    let last = frameCount - frames
    guard last >= phase else { return phase == 0 ? [0] : [] }
    return Array(stride(from: phase, through: last, by: step))
  }
}

/// Patches of spectrograms as items `[1, margin + frames + margin, bands]`, in any order.
///
/// Beyond the ends of a sound its first or last frame is repeated.
struct SignaturePatches: BatchSource {
  /// A patch: the spectrogram, and its first frame without the margin.
  struct Place: Hashable, Sendable {
    let sound: Int
    let start: Int
  }

  let itemShape: Shape
  let places: [Place]

  private let spectrograms: [Tensor]
  private let patching: SoundPatching

  init(_ spectrograms: [Tensor], places: [Place], _ patching: SoundPatching) {
    self.spectrograms = spectrograms
    self.places = places
    self.patching = patching
    itemShape = patching.itemShape
  }

  var count: Int { places.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let bands = patching.mel.bands
    let height = patching.frames + 2 * patching.margin
    var target = 0
    for index in indices.indices {
      let place = places[indices[index]]
      let spectrogram = spectrograms[place.sound]
      let last = spectrogram.shape[0] - 1
      let values = spectrogram.scalars.span
      for row in 0..<height {
        let frame = min(max(place.start - patching.margin + row, 0), last)
        for band in 0..<bands {
          destination[target] = values[frame * bands + band]
          target += 1
        }
      }
    }
  }
}
