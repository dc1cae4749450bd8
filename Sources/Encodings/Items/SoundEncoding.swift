package import HourglassData
internal import HourglassGraphs
package import HourglassMedia
internal import HourglassNetworks
internal import HourglassSystem
package import HourglassTensors

/// How sounds are encoded: log-mel spectrograms, each band brought to mean 0 and standard deviation
/// 1, cut into patches of about one second.
package struct SoundEncoding: Hashable, Sendable, Codable {
  /// The spectrogram.
  package var spectrogram: MelSpectrogram
  /// The number of frames of a patch.
  package var frames: Int
  /// The mean of each band over the frames trained on.
  package var means: [Double]
  /// The standard deviation of each band; 1 for one that never varied.
  package var deviations: [Double]

  /// Fits to some patches.
  package init(_ patches: SoundPatches, _ training: [Int]) throws(TaskError) {
    spectrogram = patches.spectrogram
    frames = patches.frames
    let bands = patches.spectrogram.bands
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
    means = sums.map { $0 / count }
    deviations = (0..<bands).map { [sums] band in
      let mean = sums[band] / count
      let variance = squares[band] / count - mean * mean
      // The logarithms lie between -14 and some 20, so that squares lose nothing that matters.
      return variance > 1e-8 ? variance.squareRoot() : 1
    }
  }

  /// `[1, frames, bands]`.
  package var itemShape: Shape { [1, frames, spectrogram.bands] }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    let isGood =
      (1...1 << 16).contains(frames) && means.count == spectrogram.bands
      && deviations.count == spectrogram.bands && means.allSatisfy(\.isFinite)
      && deviations.allSatisfy { $0.isFinite && $0 > 0 }
    return isGood ? nil : "its bands should each have a finite mean and standard deviation"
  }

  /// Spectrograms `[frames, bands]` as the network takes them.
  package func encoded(_ values: [Float]) -> [Float] {
    let bands = spectrogram.bands
    let (means, factors) = (means.map { Float($0) }, deviations.map { Float(1 / $0) })
    var result = values
    var place = result.mutableSpan
    var band = 0
    for index in place.indices {
      place[index] = (place[index] - means[band]) * factors[band]
      band += 1
      if band == bands { band = 0 }
    }
    return result
  }

  /// Brings encoded values back to logarithms of energies, in place.
  package func decode(_ values: inout [Float]) {
    let bands = spectrogram.bands
    var place = values.mutableSpan
    var band = 0
    for index in place.indices {
      place[index] = Float(Double(place[index]) * deviations[band] + means[band])
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
