internal import HourglassSystem

/// The spectra of eight pieces of real samples at once, and the pieces of their spectra.
///
/// Each piece is a lane of the vectors, so that all pieces take the same steps and none depends on
/// the others. The samples x_0, x_1, … of a piece are packed into half as many complex numbers
/// z_j = x_2j + i x_(2j+1), whose transform Z gives that of the samples:
///
///     X_k = (Z_k + conj Z_(m-k)) / 2 - (i / 2) w^k (Z_k - conj Z_(m-k)),   w = exp(-2 pi i / (2 m)).
///
/// Reference: Cooley, Tukey, 1965, "An algorithm for the machine calculation of complex Fourier
/// series", doi:10.1090/S0025-5718-1965-0178586-1; Press et al., 2007, "Numerical recipes", section
/// 12.3.2 (real samples).
package struct FourierTransform {
  package typealias Lanes = SIMD8<Float>

  /// The number of samples of a piece, a power of two.
  package let count: Int

  /// The real and imaginary parts of exp(-2 pi i k / count) for k below count / 2.
  private let cosines: [Float]
  private let sines: [Float]
  /// Where the packed samples go, so that the transform can be done in place.
  private let reversed: [Int]

  private var real: [Lanes]
  private var imaginary: [Lanes]

  package init(count: Int) {
    precondition(count >= 4 && count & (count - 1) == 0, "a transform of \(count) samples")
    self.count = count
    let half = count / 2
    let angles = (0..<half).map { -2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
    let bits = half.trailingZeroBitCount
    reversed = (0..<half).map { index in
      (0..<bits).reduce(0) { $0 << 1 | index >> $1 & 1 }
    }
    real = [Lanes](repeating: .zero, count: half)
    imaginary = real
  }

  /// Fills a place of count / 2 + 1 vectors with |X_k|^2, for `count` vectors of samples.
  package mutating func powers(of samples: [Lanes], into powers: inout [Lanes]) {
    transform(samples)
    var place = powers.mutableSpan
    unpack { place[$0] = $1 * $1 + $2 * $2 }
  }

  /// Fills two places of count / 2 + 1 vectors with the real and imaginary parts of X_k, for `count`
  /// vectors of samples.
  package mutating func spectra(
    of samples: [Lanes],
    intoReal reals: inout [Lanes],
    imaginary imaginaries: inout [Lanes]
  ) {
    transform(samples)
    var realPlace = reals.mutableSpan
    var imaginaryPlace = imaginaries.mutableSpan
    unpack {
      realPlace[$0] = $1
      imaginaryPlace[$0] = $2
    }
  }

  /// Fills a place of `count` vectors with the samples of spectra of count / 2 + 1 vectors each.
  ///
  /// The packing is undone: with E_k = (X_k + conj X_(m-k)) / 2 and
  /// O_k = w^-k (X_k - conj X_(m-k)) / 2 the packed spectrum is Z_k = E_k + i O_k, and its inverse is
  /// the conjugate of the transform of conj Z, divided by m. The imaginary parts of X_0 and X_m count
  /// for nothing.
  package mutating func samples(
    ofReal reals: [Lanes],
    imaginary imaginaries: [Lanes],
    into samples: inout [Lanes]
  ) {
    let half = real.count
    for (k, place) in reversed.enumerated() {
      let (a, c) = (reals[k], reals[half - k])
      let (b, d) = k == 0 ? (.zero, .zero) : (imaginaries[k], imaginaries[half - k])
      let (evenReal, evenImaginary) = ((a + c) * 0.5, (b - d) * 0.5)
      let (restReal, restImaginary) = ((a - c) * 0.5, (b + d) * 0.5)
      // Times w^-k, the conjugate of w^k.
      let oddReal = restReal * cosines[k] + restImaginary * sines[k]
      let oddImaginary = restImaginary * cosines[k] - restReal * sines[k]
      real[place] = evenReal - oddImaginary
      imaginary[place] = -(evenImaginary + oddReal)
    }
    Self.transform(&real, &imaginary, cosines, sines)
    let scale = 1 / Float(half)
    for index in 0..<half {
      samples[2 * index] = real[index] * scale
      samples[2 * index + 1] = imaginary[index] * -scale
    }
  }

  private mutating func transform(_ samples: [Lanes]) {
    for (index, place) in reversed.enumerated() {
      real[place] = samples[2 * index]
      imaginary[place] = samples[2 * index + 1]
    }
    Self.transform(&real, &imaginary, cosines, sines)
  }

  private static func transform(
    _ real: inout [Lanes],
    _ imaginary: inout [Lanes],
    _ cosineTable: [Float],
    _ sineTable: [Float]
  ) {
    let size = real.count
    var reals = real.mutableSpan
    var imaginaries = imaginary.mutableSpan
    let cosines = cosineTable.span
    let sines = sineTable.span
    var half = 1
    while half < size {
      // The transform has half as many numbers as the table of angles is made for.
      let step = size / half
      for offset in 0..<half {
        let (cosine, sine) = (cosines[offset * step], sines[offset * step])
        for low in stride(from: offset, to: size, by: 2 * half) {
          let high = low + half
          let (a, b) = (reals[high], imaginaries[high])
          let turnedReal = a * cosine - b * sine
          let turnedImaginary = a * sine + b * cosine
          let (c, d) = (reals[low], imaginaries[low])
          reals[low] = c + turnedReal
          imaginaries[low] = d + turnedImaginary
          reals[high] = c - turnedReal
          imaginaries[high] = d - turnedImaginary
        }
      }
      half *= 2
    }
  }

  /// Calls a body with each k from 0 to count / 2 and the parts of X_k.
  @inline(__always)
  private func unpack(_ body: (Int, Lanes, Lanes) -> Void) {
    let half = real.count
    body(0, real[0] + imaginary[0], .zero)
    body(half, real[0] - imaginary[0], .zero)
    for k in 1..<half {
      let (a, b) = (real[k], imaginary[k])
      let (c, d) = (real[half - k], imaginary[half - k])
      let evenReal = (a + c) * 0.5
      let evenImaginary = (b - d) * 0.5
      let oddReal = (b + d) * 0.5
      let oddImaginary = (c - a) * 0.5
      let sumReal = evenReal + oddReal * cosines[k] - oddImaginary * sines[k]
      let sumImaginary = evenImaginary + oddReal * sines[k] + oddImaginary * cosines[k]
      body(k, sumReal, sumImaginary)
    }
  }
}

extension FourierTransform {
  /// Puts the piece of samples from a place on into a lane, weighted by a window; beyond the ends of the
  /// samples there is silence.
  static func cut(
    _ samples: [Float],
    from start: Int,
    _ window: [Float],
    into pieces: inout [Lanes],
    lane: Int
  ) {
    for index in window.indices {
      let position = start + index
      let sample = position >= 0 && position < samples.count ? samples[position] : 0
      pieces[index][lane] = sample * window[index]
    }
  }
}
