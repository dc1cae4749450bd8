package import HourglassData
internal import HourglassGraphs
package import HourglassMedia
internal import HourglassNetworks
internal import HourglassSystem
package import HourglassTensors

/// How sounds are encoded: log-mel spectrograms, cut into patches.
package struct SoundEncoding: Hashable, Sendable, Codable {
  /// How patches are cut.
  package enum Cut: Hashable, Sendable, Codable {
    /// They follow each other without a gap, and the last one ends with its sound; each band is brought to
    /// mean 0 and standard deviation 1, 1 for one that never varied.
    case inTurn(means: [Double], deviations: [Double])
    /// They begin every `step` frames and come with `margin` frames on both sides, as they are; beyond the
    /// ends of a sound its first or last frame is repeated.
    case overlapping(step: Int, margin: Int)
  }

  /// The spectrogram.
  package var spectrogram: MelSpectrogram
  /// The number of frames of a patch, without margins.
  package var frames: Int
  /// How patches are cut.
  package var cut: Cut

  /// Patches of a second every half second, whose signatures find a sound by a part of it: 32 frames a
  /// second, moved by up to half a step in training.
  package static let signatures = SoundEncoding(
    spectrogram: MelSpectrogram(hop: 500),
    frames: 32,
    cut: .overlapping(step: 16, margin: 8)
  )

  private init(spectrogram: MelSpectrogram, frames: Int, cut: Cut) {
    self.spectrogram = spectrogram
    self.frames = frames
    self.cut = cut
  }

  /// Fits to some patches of about a second that follow each other.
  package init(_ patches: SoundPatches, _ training: [Int]) throws(TaskError) {
    let (frames, bands) = (patches.frames, patches.spectrogram.bands)
    var sums = [Double](repeating: 0, count: bands)
    var squares = sums
    let values = patches.values.span
    let first = Double(values[patches.starts[training[0]] * bands])
    var varies = false
    for patch in training {
      let start = patches.starts[patch] * bands
      for frame in 0..<frames {
        for band in 0..<bands {
          let value = Double(values[start + frame * bands + band])
          sums[band] += value
          squares[band] += value * value
          if value != first { varies = true }
        }
      }
    }
    guard varies else { throw .nothingVaries(name: patches.name, rows: training.count) }
    let count = Double(training.count * frames)
    let deviations = (0..<bands).map { band in
      let mean = sums[band] / count
      let variance = squares[band] / count - mean * mean
      // The logarithms lie between -14 and some 20, so that squares lose nothing that matters.
      return variance > 1e-8 ? variance.squareRoot() : 1
    }
    self.init(
      spectrogram: patches.spectrogram,
      frames: frames,
      cut: .inTurn(means: sums.map { $0 / count }, deviations: deviations)
    )
  }

  /// The frames on either side of a patch.
  package var margin: Int { if case .overlapping(_, let margin) = cut { margin } else { 0 } }

  /// `[1, margin + frames + margin, bands]`.
  package var itemShape: Shape { [1, frames + 2 * margin, spectrogram.bands] }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    let isGood: Bool
    switch cut {
    case .inTurn(let means, let deviations):
      isGood =
        (1...1 << 16).contains(frames) && means.count == spectrogram.bands
        && deviations.count == spectrogram.bands && means.allSatisfy(\.isFinite)
        && deviations.allSatisfy { $0.isFinite && $0 > 0 }
    case .overlapping(let step, let margin):
      isGood =
        (1...4096).contains(frames) && (2...frames).contains(step) && (0...frames).contains(margin)
    }
    return isGood
      ? nil : "its patches should be usable, and its bands have a finite mean and deviation"
  }

  /// The seconds from one frame to the next.
  package var frameSeconds: Double {
    Double(spectrogram.hop) / Double(spectrogram.sampleRate)
  }

  /// The first frames of overlapping patches of a sound, from a phase on; at least one patch at phase 0,
  /// which goes beyond the end of a sound that is shorter than it.
  package func starts(frameCount: Int, phase: Int = 0, every step: Int) -> [Int] {
    let last = frameCount - frames
    guard last >= phase else { return phase == 0 ? [0] : [] }
    return Array(stride(from: phase, through: last, by: step))
  }

  /// The logarithm of the energy that nothing of silence is above: a little more than that of nothing, so
  /// that the noise of rounding to 16 bits is silence too.
  private static let silenceLimit: Float = -13

  /// Whether patches of a spectrogram `[frames, bands]` hold nothing but silence, by their first frames.
  package func areSilent(_ starts: [Int], in spectrogram: Tensor) -> [Bool] {
    let (count, bands) = (spectrogram.shape[0], spectrogram.shape[1])
    let values = spectrogram.scalars.span
    // The number of frames with a sound before each one.
    var sounding = [0]
    sounding.reserveCapacity(count + 1)
    for frame in 0..<count {
      var isSilent = true
      for place in frame * bands..<(frame + 1) * bands where values[place] > Self.silenceLimit {
        isSilent = false
      }
      sounding.append(sounding[frame] + (isSilent ? 0 : 1))
    }
    return starts.map { sounding[min($0 + frames, count)] == sounding[min($0, count)] }
  }

  /// Checks that a sound is as long as a patch.
  package func requireLength(_ spectrogram: Tensor, name: String) throws(TaskError) {
    guard spectrogram.shape[0] < frames else { return }
    throw .soundTooShort(
      name: name,
      expected: Double(frames) * frameSeconds,
      found: Double(spectrogram.shape[0] - 1) * frameSeconds
    )
  }

  /// Spectrograms `[frames, bands]` as the network takes them.
  package func encoded(_ values: [Float]) -> [Float] {
    guard case .inTurn(let means, let deviations) = cut else { return values }
    let (centers, factors) = (means.map { Float($0) }, deviations.map { Float(1 / $0) })
    var result = values
    forEachBand(of: &result) { ($0 - centers[$1]) * factors[$1] }
    return result
  }

  /// Brings encoded values back to logarithms of energies, in place.
  package func decode(_ values: inout [Float]) {
    guard case .inTurn(let means, let deviations) = cut else { return }
    forEachBand(of: &values) { Float(Double($0) * deviations[$1] + means[$1]) }
  }

  private func forEachBand(of values: inout [Float], _ change: (Float, Int) -> Float) {
    let bands = spectrogram.bands
    var place = values.mutableSpan
    var band = 0
    for index in place.indices {
      place[index] = change(place[index], band)
      band += 1
      if band == bands { band = 0 }
    }
  }
}

/// The log-mel spectrograms of sounds, one after the other, and where patches begin in them.
///
/// Patches follow each other without a gap, and the last one ends with its sound, so that they cover
/// it all. What a sound shorter than a patch lacks is silence.
package struct SoundPatches: Sendable {
  /// The name of the sounds.
  package let name: String
  /// How spectrograms are made.
  package let spectrogram: MelSpectrogram
  /// The number of frames of a patch.
  package let frames: Int
  /// All frames, `[frame, band]`.
  package let values: [Float]
  /// The first frame of each patch.
  package let starts: [Int]
  /// The patches of each sound.
  package let sounds: [Range<Int>]

  /// About a second of 20 ms each; a multiple of 16, which convolutions halve without a rest.
  package static let standardFrames = 48

  /// Decodes sounds one after the other.
  ///
  /// - Throws: What is wrong with a file, or `tooLarge` where memory cannot hold the spectrograms.
  package init(
    _ set: SoundSet,
    spectrogram: MelSpectrogram = MelSpectrogram(),
    frames: Int = standardFrames
  ) throws(DatasetError) {
    var values: [Float] = []
    var starts: [Int] = []
    var sounds: [Range<Int>] = []
    let bands = spectrogram.bands
    for index in 0..<set.count {
      let first = values.count / bands
      let sound = try set.sound(index)
      values += spectrogram(sound).scalars
      if values.count > MemoryLimit.standard / 4 {
        throw .tooLarge(path: set.name, bytes: 4 * values.count, limit: MemoryLimit.standard)
      }
      let lacking = frames - (values.count / bands - first)
      if lacking > 0 {
        let silence = Self.silence
        values += Array(repeating: silence, count: lacking * bands)
      }
      let last = values.count / bands - frames
      let begin = starts.count
      starts += Array(stride(from: first, to: last, by: frames)) + [last]
      sounds.append(begin..<starts.count)
    }
    name = set.name
    self.spectrogram = spectrogram
    self.frames = frames
    self.values = values
    self.starts = starts
    self.sounds = sounds
  }

  /// The logarithm of the energy of nothing: ln 10⁻⁶.
  private static let silence: Float = -13.815_511
}
