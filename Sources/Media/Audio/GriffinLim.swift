internal import HourglassSystem
package import HourglassTensors

/// Finds a sound whose spectrogram has given magnitudes: the phases that were lost are guessed.
///
///     let recover = GriffinLim(ShortTimeFourierTransform(window: 1024, hop: 256))
///     let samples = recover(magnitudes)  // [frames, 513]
///
/// It starts from random phases. In turn the spectrogram is replaced by that of the nearest sound, and
/// its magnitudes by the given ones:
///
///     c_n = STFT(inverse STFT(magnitudes · t_(n-1) / |t_(n-1)|)),   t_n = c_n + α (c_n - c_(n-1)).
///
/// A momentum α of 0 is the method of Griffin and Lim, whose distance from the magnitudes never grows;
/// 0.99 comes nearer in as many turns. The same seed gives the same bytes.
///
/// References: Griffin, Lim, 1984, "Signal estimation from modified short-time Fourier transform",
/// doi:10.1109/TASSP.1984.1164317; Perraudin, Balazs, Søndergaard, 2013, "A fast Griffin-Lim
/// algorithm", doi:10.1109/WASPAA.2013.6701851, algorithm 2.
package struct GriffinLim: Hashable, Sendable {
  /// The transform whose magnitudes are given; its hop should be at most a quarter of its window.
  package let transform: ShortTimeFourierTransform
  /// The number of turns.
  package let iterations: Int
  /// The momentum α, from 0 to below 1.
  package let momentum: Float
  /// Where the first phases come from.
  package let seed: UInt64

  /// Makes the method; 64 turns are enough for most sounds.
  ///
  /// - Parameters:
  ///   - transform: The transform whose magnitudes are given.
  ///   - iterations: At least 1.
  ///   - momentum: From 0 to below 1.
  ///   - seed: Where the first phases come from.
  package init(
    _ transform: ShortTimeFourierTransform,
    iterations: Int = 64,
    momentum: Float = 0.99,
    seed: UInt64 = 0
  ) {
    precondition(iterations >= 1, "\(iterations) turns were asked for")
    precondition((0..<1).contains(momentum), "a momentum of \(momentum) was asked for")
    self.transform = transform
    self.iterations = iterations
    self.momentum = momentum
    self.seed = seed
  }

  /// The samples of a sound with these magnitudes.
  ///
  /// - Parameters:
  ///   - magnitudes: `[frames, bins]`, at least 0.
  ///   - count: The number of samples; all that lie between two frames where it is left out.
  package func callAsFunction(_ magnitudes: Tensor, count: Int? = nil) -> [Float] {
    precondition(
      magnitudes.shape.rank == 2 && magnitudes.shape[1] == transform.binCount,
      "magnitudes [frames, \(transform.binCount)] were expected, found \(magnitudes.shape)"
    )
    let frames = magnitudes.shape[0]
    let count = count ?? max(frames - 1, 0) * transform.hop
    var generator = SeededGenerator.named("phases", seed: seed)
    var target = ComplexSpectrogram(frameCount: frames, binCount: transform.binCount)
    for index in target.real.indices {
      let angle = 2 * Float.pi * generator.nextUniform()
      (target.real[index], target.imaginary[index]) = (cos(angle), sin(angle))
    }
    var last: ComplexSpectrogram?
    for _ in 0..<iterations {
      let samples = transform.samples(of: target.withMagnitudes(magnitudes.scalars), count: count)
      let nearest = transform.spectrogram(of: samples, frames: 0..<frames)
      target = nearest
      if let last, momentum > 0 {
        for index in target.real.indices {
          target.real[index] += momentum * (nearest.real[index] - last.real[index])
          target.imaginary[index] += momentum * (nearest.imaginary[index] - last.imaginary[index])
        }
      }
      last = nearest
    }
    return transform.samples(of: target.withMagnitudes(magnitudes.scalars), count: count)
  }
}

extension ComplexSpectrogram {
  /// The phases of this one with other magnitudes; where it is 0 the phase is 0.
  package func withMagnitudes(_ magnitudes: [Float]) -> ComplexSpectrogram {
    var result = self
    for index in magnitudes.indices {
      let (a, b) = (real[index], imaginary[index])
      let own = (a * a + b * b).squareRoot()
      let magnitude = magnitudes[index]
      result.real[index] = own > 1e-20 ? a / own * magnitude : magnitude
      result.imaginary[index] = own > 1e-20 ? b / own * magnitude : 0
    }
    return result
  }
}
