internal import HourglassTasksCommon

extension DenoisingTally {
  private static let subtractions: [Float] = [1, 2, 3, 4, 6]
  private static let wieners: [Float] = [0.5, 1, 1.5, 2, 3]

  /// Evaluates a sound, and the outputs of the filters.
  mutating func add(
    clean: Sound,
    noisy: Sound,
    denoised: Sound,
    by transform: ShortTimeFourierTransform,
    comparesWithFilters: Bool = true
  ) {
    func quality(_ channels: [[Float]]) -> Quality {
      Quality(
        ratio: SoundQuality.signalToNoiseRatio(channels, clean.channels),
        likeness: SoundQuality.logSpectralDistance(channels, clean.channels, by: transform),
        squaredError: SoundQuality.relativeSquaredError(channels, clean.channels)
      )
    }
    let subtractions = Self.subtractions.map { factor in
      (
        name: "spectral subtraction",
        channels: { SoundFilters.subtraction(noisy.channels, factor: factor, by: transform) }
      )
    }
    let wieners = Self.wieners.map { factor in
      (
        name: "Wiener filter",
        channels: { SoundFilters.wiener(noisy.channels, factor: factor, by: transform) }
      )
    }
    add(
      network: quality(denoised.channels),
      noisy: quality(noisy.channels),
      filters: comparesWithFilters
        ? [subtractions, wieners].map { $0.map { ($0.name, quality($0.channels())) } } : []
    )
  }
}
