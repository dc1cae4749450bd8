internal import HourglassTasksCommon

/// Classical filters that take noise off a sound, as baselines.
///
/// Both know the noise by the mean power of each bin over the quietest tenth of the frames.
enum SoundFilters {
  /// Spectral subtraction, |Ŝ|² = max(|Y|² - a N, 0.001 |Y|²), with the phase of Y.
  ///
  /// Reference: Berouti, Schwartz, Makhoul, 1979, "Enhancement of speech corrupted by acoustic
  /// noise", doi:10.1109/ICASSP.1979.1170788.
  ///
  /// - Parameter factor: How much of the noise is taken off, a.
  static func subtraction(
    _ channels: [[Float]],
    factor: Float,
    by transform: ShortTimeFourierTransform
  ) -> [[Float]] {
    filtered(channels, by: transform) { powers, noise, _ in
      (0..<noise.count).map { bin in
        guard powers[bin] > 0 else { return 0 }
        return max(1 - factor * noise[bin] / powers[bin], 0.001).squareRoot()
      }
    }
  }

  /// A Wiener filter x / (1 + x), whose signal-to-noise ratio x is guided by the frame before.
  ///
  ///     x_t = 0.98 |Ŝ_(t-1)|² / N + 0.02 max(|Y_t|² / N - 1, 0).
  ///
  /// Reference: Scalart, Filho, 1996, "Speech enhancement based on a priori signal to noise
  /// estimation", doi:10.1109/ICASSP.1996.543199, after Ephraim, Malah, 1984,
  /// doi:10.1109/TASSP.1984.1164453, equation 51.
  ///
  /// - Parameter factor: What the noise that was found is multiplied by.
  static func wiener(
    _ channels: [[Float]],
    factor: Float,
    by transform: ShortTimeFourierTransform
  ) -> [[Float]] {
    filtered(channels, by: transform) { powers, noise, last in
      (0..<noise.count).map { bin in
        let level = max(factor * noise[bin], 1e-30)
        let excess = max(powers[bin] / level - 1, 0)
        let ratio = last.isEmpty ? excess : 0.98 * last[bin] / level + 0.02 * excess
        return max(ratio / (1 + ratio), 0.03)
      }
    }
  }

  /// Multiplies each frame by the gains that a rule gives for its powers, those of the noise, and those
  /// of the frame before as it was filtered (empty for the first).
  private static func filtered(
    _ channels: [[Float]],
    by transform: ShortTimeFourierTransform,
    rule: ([Float], [Float], [Float]) -> [Float]
  ) -> [[Float]] {
    channels.map { samples in
      let spectrogram = transform(samples)
      let (powers, bins) = (spectrogram.powers, spectrogram.binCount)
      let noise = quietPowers(powers, binCount: bins)
      var gains: [Float] = []
      gains.reserveCapacity(powers.count)
      var last: [Float] = []
      for frame in 0..<spectrogram.frameCount {
        let own = powers[frame * bins..<(frame + 1) * bins]
        let row = rule(Array(own), noise, last)
        last = zip(row, own).map { $0 * $0 * $1 }
        gains += row
      }
      return transform.samples(of: spectrogram.multiplied(by: gains), count: samples.count)
    }
  }

  /// The mean power of each bin over the quietest tenth of the frames.
  private static func quietPowers(_ powers: [Float], binCount bins: Int) -> [Float] {
    let frames = powers.count / bins
    let totals = (0..<frames).map { frame in
      powers[frame * bins..<(frame + 1) * bins].reduce(0, +)
    }
    let order = totals.indices.sorted { (totals[$0], $0) < (totals[$1], $1) }
    let quiet = order.prefix(max(frames / 10, 1))
    var means = [Float](repeating: 0, count: bins)
    for frame in quiet {
      for bin in 0..<bins { means[bin] += powers[frame * bins + bin] }
    }
    return means.map { $0 / Float(quiet.count) }
  }
}
