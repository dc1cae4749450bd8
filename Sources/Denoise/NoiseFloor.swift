internal import HourglassTasksCommon

/// The power of the noise of a sound, guessed from the sound alone.
///
/// A bin is without sound for a part of the time: the power below which it lies for a fifth of it is
/// that of the noise, times ln(5/4) for normal noise. Of all bins the median counts, which neither
/// lasting tones nor an empty band change.
///
/// Reference: Stahl, Fischer, Bippus, 2000, "Quantile based noise estimation for spectral subtraction
/// and Wiener filtering", doi:10.1109/ICASSP.2000.862122.
enum NoiseFloor {
  /// The least power of noise, 60 dB below a sound with a root mean square of 1.
  static let least: Float = 1e-6
  /// Blocks of so many frames are looked at, as many as there may be, and each bin of so many.
  private static let blockFrames = 8
  private static let blockLimit = 32
  private static let binStep = 4

  /// The spectra of some frames from all over a sound, one after the other.
  static func spectra(
    of samples: [Float],
    by transform: ShortTimeFourierTransform
  ) -> [ComplexSpectrogram] {
    let count = transform.frameCount(samples: samples.count)
    let blocks = (count + blockFrames - 1) / blockFrames
    let chosen = min(blocks, blockLimit)
    return (0..<chosen).map { place in
      let start = place * blocks / chosen * blockFrames
      let frames = start..<min(start + blockFrames, count)
      return transform.spectrogram(of: samples, frames: frames)
    }
  }

  /// The power of the noise in units of that of white noise with a variance of 1.
  ///
  /// - Parameter spectra: What `spectra` gives of a sound with a root mean square of 1.
  static func power(of spectra: [ComplexSpectrogram], by transform: ShortTimeFourierTransform)
    -> Float
  {
    power(transform) { bin in
      spectra.flatMap { spectrogram in
        (0..<spectrogram.frameCount).map { frame in
          let place = frame * spectrogram.binCount + bin
          let (a, b) = (spectrogram.real[place], spectrogram.imaginary[place])
          return a * a + b * b
        }
      }
    }
  }

  /// The same of sounds to which noise was added, for each of some standard deviations of it.
  static func powers(
    clean: [ComplexSpectrogram],
    noise: [ComplexSpectrogram],
    levels: [Float],
    by transform: ShortTimeFourierTransform
  ) -> [Float] {
    levels.map { level in
      let found = power(transform) { bin in
        zip(clean, noise).flatMap { clean, noise in
          (0..<clean.frameCount).map { frame in
            let place = frame * clean.binCount + bin
            let a = clean.real[place] + level * noise.real[place]
            let b = clean.imaginary[place] + level * noise.imaginary[place]
            return a * a + b * b
          }
        }
      }
      return found
    }
  }

  private static func power(
    _ transform: ShortTimeFourierTransform,
    powersOfBin: (Int) -> [Float]
  ) -> Float {
    var bins: [Float] = []
    for bin in stride(from: binStep / 2, to: transform.binCount, by: binStep) {
      let powers = powersOfBin(bin).sorted()
      if !powers.isEmpty { bins.append(powers[powers.count / 5]) }
    }
    bins.sort()
    guard !bins.isEmpty else { return least }
    let scale = SoundMasking.noisePower(transform) * Float(log(1.25))
    return max(bins[bins.count / 2] / scale, 0)
  }
}

/// What `NoiseFloor` finds of one sound with white noise of any level.
struct NoiseFloorTable: Hashable, Sendable {
  /// The standard deviations that were tried, of a sound with a root mean square of 1: from -48 to
  /// 24 dB in steps of 6 dB.
  private static let exponents = -8...4
  private let logarithms: [Float]

  /// Tries all levels with noise of a variance of 1, which is as long as the sound.
  init(_ samples: [Float], noise: [Float], by transform: ShortTimeFourierTransform) {
    logarithms = NoiseFloor.powers(
      clean: NoiseFloor.spectra(of: samples, by: transform),
      noise: NoiseFloor.spectra(of: noise, by: transform),
      levels: Self.exponents.map { exp2(Float($0)) },
      by: transform
    ).map { log($0 + 1e-12) }
  }

  /// The power of the noise that would be found in a sound with noise of a level, between those that
  /// were tried and of those at the ends beyond; in units of the clean sound.
  func power(atLevel level: Float) -> Float {
    let place = log2(max(level, 1e-12)) - Float(Self.exponents.lowerBound)
    if place >= Float(logarithms.count - 1) { return level * level }
    let low = Int(max(place, 0))
    let part = max(place, 0) - Float(low)
    return exp(logarithms[low] + part * (logarithms[low + 1] - logarithms[low]))
  }
}
