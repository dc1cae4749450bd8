package import HourglassMedia
internal import HourglassSystem

/// How near one sound is to another.
package enum SoundQuality {
  /// Ratios are kept within so many decibels, so that silence and equality have one.
  package static let largestRatio = 100.0

  /// The scale-invariant signal-to-noise ratio in decibels, over all channels together.
  ///
  ///     10 lg (‖a s‖² / ‖x - a s‖²),   a = ⟨x, s⟩ / ⟨s, s⟩
  ///
  /// for a clean sound s and its estimate x.
  ///
  /// Reference: Le Roux, Wisdom, Erdogan, Hershey, 2019, "SDR - half-baked or well done?",
  /// arXiv:1811.02508, equations 4 and 5.
  package static func signalToNoiseRatio(_ estimate: [[Float]], _ clean: [[Float]]) -> Double {
    var (own, both, squares) = (0.0, 0.0, 0.0)
    for (estimates, values) in zip(estimate, clean) {
      for (x, s) in zip(estimates, values) {
        own += Double(x) * Double(x)
        both += Double(x) * Double(s)
        squares += Double(s) * Double(s)
      }
    }
    guard squares > 0 else { return own > 0 ? -largestRatio : largestRatio }
    let signal = both * both / squares
    let rest = max(own - signal, 0)
    guard signal > 0 else { return -largestRatio }
    guard rest > 0 else { return largestRatio }
    return min(max(10 * log10(signal / rest), -largestRatio), largestRatio)
  }

  /// ‖x - s‖² / ‖s‖², the squared error in units of the clean sound's energy; 0 where that is silent.
  package static func relativeSquaredError(_ estimate: [[Float]], _ clean: [[Float]]) -> Double {
    var (error, squares) = (0.0, 0.0)
    for (estimates, values) in zip(estimate, clean) {
      for (x, s) in zip(estimates, values) {
        error += (Double(x) - Double(s)) * (Double(x) - Double(s))
        squares += Double(s) * Double(s)
      }
    }
    return squares > 0 ? error / squares : 0
  }

  /// The distance of the logarithms of power spectra in decibels.
  ///
  /// It is the root of the mean square over the bins of a frame, averaged over frames and channels.
  /// What is 60 dB below the mean power of the clean sound counts as silence.
  ///
  /// Reference: Gray, Markel, 1976, "Distance measures for speech processing",
  /// doi:10.1109/TASSP.1976.1162849.
  package static func logSpectralDistance(
    _ estimate: [[Float]],
    _ clean: [[Float]],
    by transform: ShortTimeFourierTransform
  ) -> Double {
    var (sum, count) = (0.0, 0)
    for (estimates, values) in zip(estimate, clean) {
      let (own, other) = (transform(estimates), transform(values))
      let powers = other.powers
      let mean = powers.reduce(0) { $0 + Double($1) } / Double(max(powers.count, 1))
      let floor = max(1e-6 * mean, 1e-30)
      let ownPowers = own.powers
      for frame in 0..<other.frameCount {
        var squares = 0.0
        for index in frame * other.binCount..<(frame + 1) * other.binCount {
          let ratio = (Double(ownPowers[index]) + floor) / (Double(powers[index]) + floor)
          let difference = 10 * log10(ratio)
          squares += difference * difference
        }
        sum += (squares / Double(other.binCount)).squareRoot()
        count += 1
      }
    }
    return sum / Double(max(count, 1))
  }
}

extension ComplexSpectrogram {
  /// The squares of the absolute values, `[frames, bins]`.
  package var powers: [Float] { zip(real, imaginary).map { $0 * $0 + $1 * $1 } }
}
