internal import HourglassTasksCommon

/// Classical filters that take noise off an image, as baselines.
///
/// Beyond its ends the image is mirrored.
enum ImageFilters {
  /// The median of the square of `2 * radius + 1` pixels around each pixel.
  static func median(_ image: PlanarImage, radius: Int) -> PlanarImage {
    var result = image
    let (width, height) = (image.width, image.height)
    var around: [Float] = []
    around.reserveCapacity((2 * radius + 1) * (2 * radius + 1))
    for (channel, plane) in image.planes.enumerated() {
      for y in 0..<height {
        for x in 0..<width {
          around.removeAll(keepingCapacity: true)
          for v in y - radius...y + radius {
            let base = mirrored(v, height) * width
            for u in x - radius...x + radius { around.append(plane[base + mirrored(u, width)]) }
          }
          around.sort()
          result.planes[channel][y * width + x] = around[around.count / 2]
        }
      }
    }
    return result
  }

  /// The mean of the pixels around, weighted by a Gaussian cut off at three standard deviations.
  static func gaussian(_ image: PlanarImage, standardDeviation: Double) -> PlanarImage {
    let radius = max(1, Int((3 * standardDeviation).rounded(.up)))
    var weights = (-radius...radius).map { offset in
      Float(exp(-Double(offset * offset) / (2 * standardDeviation * standardDeviation)))
    }
    let total = weights.reduce(0, +)
    weights = weights.map { $0 / total }
    var result = image
    for (channel, plane) in image.planes.enumerated() {
      result.planes[channel] = smoothed(plane, image.width, image.height, weights, radius)
    }
    return result
  }

  private static func smoothed(
    _ plane: [Float],
    _ width: Int,
    _ height: Int,
    _ weights: [Float],
    _ radius: Int
  ) -> [Float] {
    var rows = [Float](repeating: 0, count: plane.count)
    var result = rows
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for (place, weight) in weights.enumerated() {
          sum += weight * plane[y * width + mirrored(x + place - radius, width)]
        }
        rows[y * width + x] = sum
      }
    }
    for y in 0..<height {
      for (place, weight) in weights.enumerated() {
        let base = mirrored(y + place - radius, height) * width
        for x in 0..<width { result[y * width + x] += weight * rows[base + x] }
      }
    }
    return result
  }
}
