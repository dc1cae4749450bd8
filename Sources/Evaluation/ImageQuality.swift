package import HourglassMedia
internal import HourglassSystem

/// How near an image is to another one of the same size.
package enum ImageQuality {
  /// The peak signal-to-noise ratio in decibels, of values from 0 to 1 over all planes.
  ///
  ///     10 log₁₀ (1 / mean (x - y)²)
  ///
  /// The mean counts as at least 10⁻⁶ of a step of 8 bits squared, so that images that are the same
  /// have 108.13, where the formula has no number.
  package static func peakSignalToNoiseRatio(_ image: PlanarImage, _ truth: PlanarImage) -> Double {
    peakSignalToNoiseRatio(meanSquaredError: meanSquaredError(image, truth))
  }

  /// The same of a mean squared error.
  package static func peakSignalToNoiseRatio(meanSquaredError: Double) -> Double {
    -10 * log10(max(meanSquaredError, 1e-6 / (255 * 255)))
  }

  /// The mean of (x - y)² over all planes.
  package static func meanSquaredError(_ image: PlanarImage, _ truth: PlanarImage) -> Double {
    precondition(image.width == truth.width && image.height == truth.height, "one size")
    precondition(image.planes.count == truth.planes.count, "the same planes")
    var sum = 0.0
    for (plane, other) in zip(image.planes, truth.planes) {
      for (value, wanted) in zip(plane, other) {
        let difference = Double(value) - Double(wanted)
        sum += difference * difference
      }
    }
    return sum / Double(truth.area * truth.planes.count)
  }

  /// The structural similarity, 1 where both are the same: the mean over planes and over all places
  /// of a Gaussian window of 11 pixels and a standard deviation of 1.5, with the constants
  /// (0.01)² and (0.03)² for values from 0 to 1.
  ///
  /// Windows lie within the image; a side below 11 pixels has a window of its own length.
  ///
  /// Reference: Wang, Bovik, Sheikh, Simoncelli, 2004, "Image Quality Assessment: From Error
  /// Visibility to Structural Similarity", doi:10.1109/TIP.2003.819861, equation 13.
  package static func structuralSimilarity(_ image: PlanarImage, _ truth: PlanarImage) -> Double {
    precondition(image.width == truth.width && image.height == truth.height, "one size")
    precondition(image.planes.count == truth.planes.count, "the same planes")
    let (width, height) = (truth.width, truth.height)
    let across = window(min(11, width))
    let down = window(min(11, height))
    var sum = 0.0
    var count = 0
    for (plane, other) in zip(image.planes, truth.planes) {
      let (x, y) = (plane.map { Double($0) }, other.map { Double($0) })
      func smooth(_ values: [Double]) -> [Double] {
        smoothed(values, width: width, height: height, across, down)
      }
      let (meanX, meanY) = (smooth(x), smooth(y))
      let (squareX, squareY) = (smooth(zip(x, x).map(*)), smooth(zip(y, y).map(*)))
      let product = smooth(zip(x, y).map(*))
      for index in meanX.indices {
        let (mx, my) = (meanX[index], meanY[index])
        let (vx, vy) = (squareX[index] - mx * mx, squareY[index] - my * my)
        let covariance = product[index] - mx * my
        sum +=
          (2 * mx * my + 0.0001) * (2 * covariance + 0.0009)
          / ((mx * mx + my * my + 0.0001) * (vx + vy + 0.0009))
      }
      count += meanX.count
    }
    return sum / Double(count)
  }

  /// A Gaussian window of some length and standard deviation 1.5 whose weights add up to 1.
  private static func window(_ length: Int) -> [Double] {
    let middle = Double(length - 1) / 2
    let weights = (0..<length).map { exp(-(Double($0) - middle) * (Double($0) - middle) / 4.5) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The weighted means of all windows that lie within.
  private static func smoothed(
    _ values: [Double],
    width: Int,
    height: Int,
    _ across: [Double],
    _ down: [Double]
  ) -> [Double] {
    let newWidth = width - across.count + 1
    let newHeight = height - down.count + 1
    var rows = [Double](repeating: 0, count: newWidth * height)
    for y in 0..<height {
      for (offset, weight) in across.enumerated() {
        let from = y * width + offset
        for x in 0..<newWidth { rows[y * newWidth + x] += weight * values[from + x] }
      }
    }
    var result = [Double](repeating: 0, count: newWidth * newHeight)
    for y in 0..<newHeight {
      for (offset, weight) in down.enumerated() {
        let from = (y + offset) * newWidth
        for x in 0..<newWidth { result[y * newWidth + x] += weight * rows[from + x] }
      }
    }
    return result
  }
}
