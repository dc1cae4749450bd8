internal import HourglassTasksCommon

/// Random features: max(0, W x + b) of standardized values.
struct RandomFeatures {
  private let means: [Double]
  private let factors: [Double]
  private let weights: [Double]
  private let offsets: [Double]

  /// Draws the weights.
  ///
  /// - Parameter values: What they are standardized by, `[items, values]`.
  init(of values: Tensor, count: Int, seed: UInt64) {
    let (items, width) = (values.shape[0], values.shape[1])
    var (means, squares) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    for (place, value) in values.scalars.enumerated() { means[place % width] += Double(value) }
    for column in 0..<width { means[column] /= Double(max(items, 1)) }
    for (place, value) in values.scalars.enumerated() {
      let difference = Double(value) - means[place % width]
      squares[place % width] += difference * difference
    }
    self.means = means
    let scale = Double(max(width, 1)).squareRoot()
    factors = squares.map { $0 > 0 ? 1 / (($0 / Double(items)).squareRoot() * scale) : 0 }
    var generator = SeededGenerator.named("random features", seed: seed)
    weights = (0..<count * width).map { _ in Double(generator.nextNormal()) }
    offsets = (0..<count).map { _ in Double(generator.nextNormal()) }
  }

  /// The features of rows, `[rows, count]`.
  func features(of rows: Tensor) -> Tensor {
    let width = means.count
    var features: [Float] = []
    features.reserveCapacity(rows.shape[0] * offsets.count)
    var row = [Double](repeating: 0, count: width)
    for start in stride(from: 0, to: rows.scalars.count, by: max(width, 1)) {
      for column in 0..<width {
        row[column] = (Double(rows.scalars[start + column]) - means[column]) * factors[column]
      }
      for (feature, offset) in offsets.enumerated() {
        var sum = offset
        for column in 0..<width { sum += weights[feature * width + column] * row[column] }
        features.append(Float(max(sum, 0)))
      }
    }
    return Tensor(features, shape: [rows.shape[0], offsets.count])
  }
}
