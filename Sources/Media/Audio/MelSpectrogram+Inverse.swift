internal import HourglassSystem
package import HourglassTensors

extension MelSpectrogram {
  /// The transform whose powers the bands sum.
  package var transform: ShortTimeFourierTransform {
    ShortTimeFourierTransform(window: window, hop: min(hop, window / 2))
  }

  /// Magnitudes of spectra that have these energies in the bands.
  ///
  /// Bands know less than bins: of all powers p that fit, those of the pseudo-inverse of the filters
  /// M, Mᵀ (M Mᵀ)⁻¹ e, are taken, negative ones set to 0, and then brought nearer to the energies e
  /// by p ← p · Mᵀe / MᵀMp, which keeps them from falling below 0.
  ///
  /// Reference: Lee, Seung, 2001, "Algorithms for non-negative matrix factorization", theorem 1.
  ///
  /// - Parameters:
  ///   - logarithms: What this spectrogram makes, `[frames, bands]`.
  ///   - turns: How often powers are brought nearer, at least 0.
  /// - Returns: `[frames, window / 2 + 1]`, at least 0.
  package func magnitudes(of logarithms: Tensor, turns: Int = 16) -> Tensor {
    precondition(
      logarithms.shape.rank == 2 && logarithms.shape[1] == bands,
      "logarithms [frames, \(bands)] were expected, found \(logarithms.shape)"
    )
    let inverse = MelInverse(MelFilters(self), binCount: window / 2 + 1)
    var result: [Float] = []
    for frame in 0..<logarithms.shape[0] {
      let row = logarithms.scalars[frame * bands..<(frame + 1) * bands]
      let energies = row.map { max(exp(Double($0)) - Double(Self.floor), 0) }
      result += inverse.powers(of: energies, turns: turns).map { Float($0.squareRoot()) }
    }
    return Tensor(result, shape: [logarithms.shape[0], window / 2 + 1])
  }

  /// A sound with these energies in the bands, at `sampleRate`; its phases are guessed.
  ///
  /// - Parameters:
  ///   - logarithms: What this spectrogram makes, `[frames, bands]`; its hop must be at most half of
  ///     its window.
  ///   - iterations: The turns of `GriffinLim`, at least 1.
  ///   - name: What to call the sound.
  ///   - seed: Where the first phases come from.
  package func sound(
    of logarithms: Tensor,
    iterations: Int = 64,
    name: String = "sound",
    seed: UInt64 = 0
  ) -> Sound {
    precondition(hop <= window / 2, "a hop of at most \(window / 2) was expected, found \(hop)")
    let recover = GriffinLim(transform, iterations: iterations, seed: seed)
    return Sound(
      name: name,
      sampleRate: sampleRate,
      channels: [recover(magnitudes(of: logarithms))]
    )
  }
}

/// The way back from the energies of bands to the powers of bins.
package struct MelInverse {
  private let filters: MelFilters
  private let binCount: Int
  /// The diagonal of M Mᵀ and the products of each band with the next: filters overlap with their
  /// neighbors alone.
  private let diagonal: [Double]
  private let besides: [Double]

  package init(_ filters: MelFilters, binCount: Int) {
    self.filters = filters
    self.binCount = binCount
    func product(_ first: Int, _ second: Int) -> Double {
      var sum = 0.0
      for (index, bin) in filters.ranges[first].enumerated()
      where filters.ranges[second].contains(bin) {
        let other = filters.weights[second][bin - filters.ranges[second].lowerBound]
        sum += Double(filters.weights[first][index]) * Double(other)
      }
      return sum
    }
    let bands = filters.ranges.count
    // A little is added so that bands without a bin of their own have an inverse too.
    diagonal = (0..<bands).map { product($0, $0) * (1 + 1e-6) }.map { $0 > 0 ? $0 : 1 }
    besides = (0..<max(bands - 1, 0)).map { product($0, $0 + 1) }
  }

  /// Powers of all bins, at least 0, that have about these energies.
  package func powers(of energies: [Double], turns: Int) -> [Double] {
    var powers = spread(solved(energies)).map { max($0, 0) }
    let wanted = spread(energies)
    // What is 0 stays 0: a little lets a bin grow that the pseudo-inverse had put below 0.
    let least = 1e-6 * (powers.max() ?? 0)
    for bin in powers.indices where wanted[bin] > 0 { powers[bin] = max(powers[bin], least) }
    for _ in 0..<turns {
      let found = spread(gathered(powers))
      for bin in powers.indices {
        powers[bin] = found[bin] > 0 ? powers[bin] * wanted[bin] / found[bin] : 0
      }
    }
    return powers
  }

  /// (M Mᵀ)⁻¹ e by elimination of the band below the diagonal.
  private func solved(_ energies: [Double]) -> [Double] {
    var (pivots, result) = (diagonal, energies)
    for band in pivots.indices.dropFirst() {
      let factor = besides[band - 1] / pivots[band - 1]
      pivots[band] -= factor * besides[band - 1]
      result[band] -= factor * result[band - 1]
    }
    for band in pivots.indices.reversed() {
      if band + 1 < pivots.count { result[band] -= besides[band] * result[band + 1] }
      result[band] /= pivots[band]
    }
    return result
  }

  /// M p.
  private func gathered(_ powers: [Double]) -> [Double] {
    filters.ranges.indices.map { band in
      zip(filters.ranges[band], filters.weights[band]).reduce(0) {
        $0 + powers[$1.0] * Double($1.1)
      }
    }
  }

  /// Mᵀ e.
  private func spread(_ energies: [Double]) -> [Double] {
    var bins = [Double](repeating: 0, count: binCount)
    for (band, energy) in energies.enumerated() {
      for (bin, weight) in zip(filters.ranges[band], filters.weights[band]) {
        bins[bin] += energy * Double(weight)
      }
    }
    return bins
  }
}
