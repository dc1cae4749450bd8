internal import HourglassTasksCommon

extension DenoisingTally {
  private static let widths = [0.5, 0.7, 0.9, 1.1, 1.4, 1.8]
  private static let radii = [1, 2]

  /// Evaluates an image, and the outputs of the filters.
  mutating func add(
    clean: PlanarImage,
    noisy: PlanarImage,
    denoised: PlanarImage,
    comparesWithFilters: Bool = true
  ) {
    func quality(_ image: PlanarImage) -> Quality {
      Quality(
        ratio: ImageQuality.peakSignalToNoiseRatio(image, clean),
        likeness: ImageQuality.structuralSimilarity(image, clean),
        squaredError: ImageQuality.meanSquaredError(image, clean)
      )
    }
    let medians = Self.radii.map { radius in
      (
        name: "median filter, \(2 * radius + 1) x \(2 * radius + 1)",
        image: { ImageFilters.median(noisy, radius: radius) }
      )
    }
    let gaussians = Self.widths.map { width in
      (
        name: "Gaussian filter, \(width) pixels",
        image: { ImageFilters.gaussian(noisy, standardDeviation: width) }
      )
    }
    add(
      network: quality(denoised),
      noisy: quality(noisy),
      filters: comparesWithFilters
        ? [medians, gaussians].map { $0.map { ($0.name, quality($0.image())) } } : []
    )
  }
}
