internal import HourglassSystem
package import HourglassTensors

/// The spectrum of a sound over time, and the sound of such a spectrum.
///
///     let transform = ShortTimeFourierTransform(window: 1024, hop: 256)
///     let spectrogram = transform(samples)  // [frames, 513], real and imaginary
///     let again = transform.samples(of: spectrogram, count: samples.count)
///
/// Frame t is centered at the sample `t * hop`, with silence around the sound, and is multiplied by a
/// periodic Hann window w. What is made of a spectrogram is the sound whose own spectrogram is nearest
/// to it in least squares: frames are multiplied by w again, added where they overlap, and divided by
/// the sum of all w² there. A spectrogram that was not changed gives the samples back to within 10⁻⁵
/// of the largest.
///
/// Reference: Griffin, Lim, 1984, "Signal estimation from modified short-time Fourier transform",
/// doi:10.1109/TASSP.1984.1164317, equation 6.
package struct ShortTimeFourierTransform: Hashable, Sendable {
  /// The number of samples of a frame, a power of two.
  package let window: Int

  /// The number of samples from one frame to the next.
  package let hop: Int

  /// Makes a transform.
  ///
  /// - Parameters:
  ///   - window: A power of two from 16 to 65,536.
  ///   - hop: From 1 to half of `window`: every sample lies between two frames.
  package init(window: Int, hop: Int) {
    precondition(
      (16...65_536).contains(window) && window & (window - 1) == 0,
      "a window is a power of two from 16 to 65536, found \(window)"
    )
    precondition((1...window / 2).contains(hop), "a hop is from 1 to \(window / 2), found \(hop)")
    self.window = window
    self.hop = hop
  }

  /// The number of bins of a frame, from 0 Hz to half the sample rate.
  package var binCount: Int { window / 2 + 1 }

  /// The number of frames of a sound of some samples: the last one is at its end or beyond.
  package func frameCount(samples: Int) -> Int { 1 + (samples + hop - 1) / hop }

  /// The spectrogram of samples, `[frames, bins]`.
  package func callAsFunction(_ samples: [Float]) -> ComplexSpectrogram {
    spectrogram(of: samples, frames: 0..<frameCount(samples: samples.count))
  }

  /// Some frames of the spectrogram of samples; beyond the ends of the sound there is silence.
  package func spectrogram(of samples: [Float], frames: Range<Int>) -> ComplexSpectrogram {
    typealias Lanes = FourierTransform.Lanes
    let (shape, bins) = (hann, binCount)
    var result = ComplexSpectrogram(frameCount: frames.count, binCount: bins)
    var transform = FourierTransform(count: window)
    var pieces = [Lanes](repeating: .zero, count: window)
    var (reals, imaginaries) = ([Lanes](repeating: .zero, count: bins), pieces)
    for first in stride(from: frames.lowerBound, to: frames.upperBound, by: Lanes.scalarCount) {
      let lanes = min(Lanes.scalarCount, frames.upperBound - first)
      for lane in 0..<lanes {
        let start = (first + lane) * hop - window / 2
        FourierTransform.cut(samples, from: start, shape, into: &pieces, lane: lane)
      }
      transform.spectra(of: pieces, intoReal: &reals, imaginary: &imaginaries)
      for lane in 0..<lanes {
        let row = (first + lane - frames.lowerBound) * bins
        for bin in 0..<bins {
          result.real[row + bin] = reals[bin][lane]
          result.imaginary[row + bin] = imaginaries[bin][lane]
        }
      }
    }
    return result
  }

  /// The samples whose spectrogram is nearest to this one.
  ///
  /// - Parameters:
  ///   - spectrogram: `[frames, bins]`, of as many bins as this transform makes.
  ///   - count: The number of samples; all that lie between two frames where it is left out.
  package func samples(of spectrogram: ComplexSpectrogram, count: Int? = nil) -> [Float] {
    let count = count ?? max(spectrogram.frameCount - 1, 0) * hop
    var sum = OverlapAdd(self, count: count)
    sum.add(spectrogram, from: 0)
    return sum.samples
  }

  /// The periodic Hann window.
  package var hann: [Float] {
    (0..<window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))) }
  }
}

/// Complex numbers over time and frequency, as a short-time Fourier transform makes them.
package struct ComplexSpectrogram: Hashable, Sendable {
  /// The number of frames.
  package let frameCount: Int

  /// The number of bins of a frame, from 0 Hz to half the sample rate.
  package let binCount: Int

  /// The real parts, `[frames, bins]`.
  package internal(set) var real: [Float]

  /// The imaginary parts, `[frames, bins]`.
  package internal(set) var imaginary: [Float]

  /// A spectrogram of silence.
  package init(frameCount: Int, binCount: Int) {
    self.frameCount = frameCount
    self.binCount = binCount
    real = [Float](repeating: 0, count: frameCount * binCount)
    imaginary = real
  }

  /// The absolute values, `[frames, bins]`.
  package var magnitudes: Tensor {
    var values = real
    for index in values.indices {
      values[index] = (real[index] * real[index] + imaginary[index] * imaginary[index]).squareRoot()
    }
    return Tensor(values, shape: [frameCount, binCount])
  }

  /// The same with each number multiplied by a factor, such as those of a mask.
  ///
  /// - Parameter factors: `[frames, bins]`.
  package func multiplied(by factors: [Float]) -> ComplexSpectrogram {
    precondition(factors.count == real.count, "one factor for each number was expected")
    var result = self
    for index in factors.indices {
      result.real[index] *= factors[index]
      result.imaginary[index] *= factors[index]
    }
    return result
  }

  /// Some of the frames.
  package func frames(_ range: Range<Int>) -> ComplexSpectrogram {
    var result = ComplexSpectrogram(frameCount: range.count, binCount: binCount)
    let places = range.lowerBound * binCount..<range.upperBound * binCount
    result.real = Array(real[places])
    result.imaginary = Array(imaginary[places])
    return result
  }
}

/// Frames added up to samples, a piece of a spectrogram at a time.
package struct OverlapAdd {
  private let transform: ShortTimeFourierTransform
  private let shape: [Float]
  private var sums: [Float]
  private var weights: [Float]

  /// Begins with silence of some samples.
  package init(_ transform: ShortTimeFourierTransform, count: Int) {
    self.transform = transform
    shape = transform.hann
    sums = [Float](repeating: 0, count: count)
    weights = sums
  }

  /// Adds frames, the first of which has this number.
  package mutating func add(_ spectrogram: ComplexSpectrogram, from number: Int) {
    typealias Lanes = FourierTransform.Lanes
    let (window, bins) = (transform.window, transform.binCount)
    precondition(spectrogram.binCount == bins, "frames of \(bins) bins were expected")
    var inverse = FourierTransform(count: window)
    var reals = [Lanes](repeating: .zero, count: bins)
    var imaginaries = reals
    var pieces = [Lanes](repeating: .zero, count: window)
    for first in stride(from: 0, to: spectrogram.frameCount, by: Lanes.scalarCount) {
      let lanes = min(Lanes.scalarCount, spectrogram.frameCount - first)
      for lane in 0..<lanes {
        let row = (first + lane) * bins
        for bin in 0..<bins {
          reals[bin][lane] = spectrogram.real[row + bin]
          imaginaries[bin][lane] = spectrogram.imaginary[row + bin]
        }
      }
      inverse.samples(ofReal: reals, imaginary: imaginaries, into: &pieces)
      for lane in 0..<lanes {
        let start = (number + first + lane) * transform.hop - window / 2
        for position in max(start, 0)..<max(min(start + window, sums.count), max(start, 0)) {
          let factor = shape[position - start]
          sums[position] += pieces[position - start][lane] * factor
          weights[position] += factor * factor
        }
      }
    }
  }

  /// The samples; 0 where no frame was added.
  package var samples: [Float] {
    zip(sums, weights).map { $1 > 1e-8 ? $0 / $1 : 0 }
  }
}
