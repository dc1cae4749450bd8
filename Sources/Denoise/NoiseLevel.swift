internal import HourglassTasksCommon

/// The level of normal noise in images, estimated from the images alone.
///
/// Patches without texture vary in few directions, noise in all of them. Patches count whose gradients are no
/// stronger than the noise makes them in 99 of 100 cases; of the eigenvalues of their covariance the largest
/// are left out, until as many of the rest are above their mean as are below it, and this mean is the
/// variance of the noise. The patches that count depend on the noise, so that it is estimated three times.
///
/// References: Liu, Tanaka, Okutomi, 2013, "Single-Image Noise Level Estimation for Blind Denoising",
/// doi:10.1109/TIP.2013.2283400, section III, for patches without texture; Chen, Zhu, Heng, 2015, "An
/// Efficient Statistical Method for Image Noise Level Estimation", doi:10.1109/ICCV.2015.62, algorithm 1, for
/// eigenvalues.
struct NoiseLevel: Sendable {
  /// The most patches that are looked at.
  private static let patchLimit = 1 << 13
  /// What a standard normal variable is below in 99 of 100 cases.
  private static let quantile = 2.326
  private static let rounds = 3

  /// The pixels of a side of a patch.
  private let side: Int
  /// The patches, `[count, side * side]`.
  private var patches: [Float] = []
  /// The sum of the squared gradients of each patch.
  private var gradients: [Float] = []

  /// The standard deviation of the noise in a plane; `nil` for a plane of too few pixels.
  ///
  /// - Parameters:
  ///   - plane: The values, `[height * width]`.
  ///   - width: The pixels of a row.
  static func standardDeviation(of plane: [Float], width: Int) -> Float? {
    let height = plane.count / max(width, 1)
    for side in [7, 5, 3] {
      let (columns, rows) = (width - side + 1, height - side + 1)
      // Fewer patches than these vary in no direction that is left.
      guard columns > 0, rows > 0, columns * rows >= least(side) else { continue }
      return NoiseLevel(plane, width, columns: columns, rows: rows, side: side).level()
    }
    return nil
  }

  /// The fewest patches that a covariance is estimated from.
  private static func least(_ side: Int) -> Int { 8 * side * side }

  private init(_ plane: [Float], _ width: Int, columns: Int, rows: Int, side: Int) {
    self.side = side
    let ratio = Double(columns) * Double(rows) / Double(Self.patchLimit)
    let step = max(Int(ratio.squareRoot().rounded(.up)), 1)
    for top in stride(from: 0, to: rows, by: step) {
      for left in stride(from: 0, to: columns, by: step) {
        let start = patches.count
        for row in top..<top + side {
          patches += plane[row * width + left..<row * width + left + side]
        }
        var sum: Float = 0
        for place in 0..<side * (side - 2) {
          let (a, b) = (place / (side - 2), place % (side - 2))
          let along = patches[start + a * side + b + 2] - patches[start + a * side + b]
          let across = patches[start + (b + 2) * side + a] - patches[start + b * side + a]
          sum += along * along + across * across
        }
        gradients.append(sum)
      }
    }
  }

  private func level() -> Float {
    var deviation = deviation { _ in true } ?? 0
    for _ in 0..<Self.rounds {
      let limit = Float(Double(deviation) * Double(deviation) * limitPerVariance)
      guard let next = self.deviation(where: { gradients[$0] <= limit }) else { break }
      deviation = next
    }
    return deviation
  }

  /// The sum of squared gradients that noise of a variance of 1 stays below in 99 of 100 patches.
  ///
  /// It is distributed about as a chi-squared variable of as many degrees of freedom as its mean and its
  /// variance imply; its quantile is that of Wilson and Hilferty, 1931, doi:10.1073/pnas.17.12.684.
  private var limitPerVariance: Double {
    // The gradients are D x: D'D has the trace of their mean, its square that of half of their variance.
    let size = side * side
    var squares = [Double](repeating: 0, count: size * size)
    for place in 0..<side * (side - 2) {
      let (a, b) = (place / (side - 2), place % (side - 2))
      for (first, last) in [(a * side + b, a * side + b + 2), (b * side + a, (b + 2) * side + a)] {
        squares[first * size + first] += 1
        squares[last * size + last] += 1
        squares[first * size + last] -= 1
        squares[last * size + first] -= 1
      }
    }
    let trace = (0..<size).reduce(0) { $0 + squares[$1 * size + $1] }
    let degrees = trace * trace / squares.reduce(0) { $0 + $1 * $1 }
    let root = 1 - 2 / (9 * degrees) + Self.quantile * (2 / (9 * degrees)).squareRoot()
    return trace * root * root * root
  }

  /// The deviation estimated from the eigenvalues of some patches; `nil` where these are too few.
  private func deviation(where isTaken: (Int) -> Bool) -> Float? {
    let size = side * side
    var sums = [Double](repeating: 0, count: size)
    var products = [Double](repeating: 0, count: size * size)
    var patch = [Double](repeating: 0, count: size)
    var count = 0
    // Products of values around one of them lose no digits.
    let origin = Double(patches.first ?? 0)
    for place in gradients.indices where isTaken(place) {
      for i in 0..<size { patch[i] = Double(patches[place * size + i]) - origin }
      for i in 0..<size {
        sums[i] += patch[i]
        for j in 0...i { products[i * size + j] += patch[i] * patch[j] }
      }
      count += 1
    }
    guard count >= Self.least(side) else { return nil }
    let total = Double(count)
    for i in 0..<size {
      for j in 0...i {
        products[i * size + j] = (products[i * size + j] - sums[i] * sums[j] / total) / total
      }
    }
    var values = SymmetricEigensystem(products, count: size).values[...]
    while true {
      // Added up anew: what is left of a sum without its largest parts is rounding.
      let mean = values.reduce(0, +) / Double(values.count)
      if values.count < 2
        || values.count(where: { $0 > mean }) >= values.count(where: { $0 < mean })
      {
        return Float(max(mean, 0).squareRoot())
      }
      values.removeFirst()
    }
  }
}

extension PlanarImage {
  /// The standard deviation of normal noise in each plane, estimated from the plane alone.
  var noiseLevels: [Float?] {
    planes.map { NoiseLevel.standardDeviation(of: $0, width: width) }
  }

  /// The root of the mean of the variances of all planes.
  var noiseLevel: Float? {
    let known = noiseLevels.compactMap(\.self)
    guard known.count == planes.count, !known.isEmpty else { return nil }
    return (known.reduce(0) { $0 + $1 * $1 } / Float(known.count)).squareRoot()
  }
}
