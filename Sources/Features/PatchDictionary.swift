internal import HourglassTasksCommon

/// The filters of a coding of patches, trained on patches that are drawn at random.
///
/// A patch x of D values becomes u = (x - μ) / √(σ² + ε), and then z = M (u - m), where m is the mean of all
/// u and M takes their variance along each direction to about 1. A dictionary of unit vectors c_j is fitted
/// in which each z is reconstructed by one of them and one number, (c_j · z) c_j: the narrowest autoencoder.
/// The filter of c_j is M c_j, and its threshold c_j · M m and half a standard deviation of the responses.
///
/// Reference: Coates, Ng, 2012, "Learning Feature Representations with K-Means", in "Neural Networks: Tricks
/// of the Trade", doi:10.1007/978-3-642-35289-8_30, sections 2 and 3.
struct PatchDictionary: Sendable {
  /// The filters, `[filters, channels, side, side]`.
  let filters: Tensor
  /// The thresholds, `[filters]`.
  let thresholds: Tensor

  /// The patches that are drawn.
  private static let patchCount = 50_000
  /// How often the dictionary is renewed.
  private static let rounds = 10
  /// What is added to the variance along a direction before it is taken to 1.
  private static let whiteningFloor = 0.1
  /// The thresholds, in standard deviations of the responses.
  private static let threshold = 0.5
  /// The least length of a whitened patch that is trained on: blank ones carry no information.
  private static let leastLength: Float = 1e-3

  /// Fits a dictionary.
  ///
  /// - Parameters:
  ///   - images: Images `[channels, height, width]` with values from 0 to 1.
  ///   - coding: How they are coded; it must fit them.
  ///   - seed: From it come the patches and the start.
  ///   - progress: Called with the part that is done.
  init(
    of images: any BatchSource,
    _ coding: PatchCoding,
    seed: UInt64,
    on engine: ComputeEngine,
    progress: (Double) -> Void
  ) async throws {
    var generator = SeededGenerator.named("patches", seed: seed)
    let width = images.itemShape[0] * coding.side * coding.side
    let patches = Self.drawn(from: images, coding, &generator)
    progress(0.2)
    let principal = try await PrincipalComponents(
      of: TensorSource(Tensor(patches, shape: [patches.count / width, width])),
      count: width,
      on: engine
    )
    let whitening = Self.whitening(principal)
    let shift = Self.product(whitening, principal.means.map { Float($0) })
    let moved = try await RowProducts(whitening, width: width).rows(patches, on: engine)
    let whitened = Self.withoutBlank(moved, less: shift, width: width)
    progress(0.3)
    var centers = (0..<coding.filters * width).map { _ in generator.nextNormal() }
    Self.normalize(&centers, width: width)
    for round in 0..<Self.rounds where !whitened.isEmpty {
      try Task.checkCancellation()
      let responses = try await RowProducts(centers, width: width).rows(whitened, on: engine)
      Self.renew(&centers, by: responses, of: whitened, width: width, &generator)
      progress(0.3 + 0.7 * Double(round + 1) / Double(Self.rounds))
      await Task.yield()
    }
    let responses = try await RowProducts(centers, width: width).rows(
      Array(whitened.prefix(5_000 * width)),
      on: engine
    )
    let power = responses.reduce(0.0) { $0 + Double($1) * Double($1) }
    let deviation = (power / Double(max(responses.count, 1))).squareRoot()
    let least = Float(Self.threshold * deviation)
    var weights = [Float]()
    weights.reserveCapacity(centers.count)
    var limits: [Float] = []
    for start in stride(from: 0, to: centers.count, by: width) {
      let center = Array(centers[start..<start + width])
      limits.append(zip(center, shift).reduce(least) { $0 + $1.0 * $1.1 })
      let filter = Self.product(whitening, center)
      let mean = filter.reduce(0, +) / Float(width)
      weights += filter.map { $0 - mean }
    }
    filters = Tensor(
      weights,
      shape: [coding.filters, images.itemShape[0], coding.side, coding.side]
    )
    thresholds = Tensor(limits, shape: [coding.filters])
  }

  /// Patches of images drawn at random, each less its mean and divided by its contrast, `[patches, values]`.
  private static func drawn(
    from images: any BatchSource,
    _ coding: PatchCoding,
    _ generator: inout SeededGenerator
  ) -> [Float] {
    let (height, width) = (images.itemShape[1], images.itemShape[2])
    func below(_ count: Int) -> Int {
      min(Int(generator.nextUniform() * Float(count)), count - 1)
    }
    // Image by image, so that each is fetched once.
    let places = (0..<patchCount)
      .map { _ in
        (
          image: below(images.count), row: below(height - coding.side + 1),
          column: below(width - coding.side + 1)
        )
      }
      .sorted { ($0.image, $0.row, $0.column) < ($1.image, $1.row, $1.column) }
    var image = [Float](repeating: 0, count: images.itemShape.elementCount)
    var present = -1
    var patches: [Float] = []
    let size = images.itemShape[0] * coding.side * coding.side
    patches.reserveCapacity(patchCount * size)
    for place in places {
      if place.image != present {
        present = place.image
        let index = [present]
        var span = image.mutableSpan
        images.copyItems(index.span, into: &span)
      }
      let first = patches.count
      for channel in 0..<images.itemShape[0] {
        for row in 0..<coding.side {
          let start = (channel * height + place.row + row) * width + place.column
          patches += image[start..<start + coding.side]
        }
      }
      normalizeContrast(&patches, from: first, count: size)
    }
    return patches
  }

  private static func normalizeContrast(_ values: inout [Float], from first: Int, count: Int) {
    var (sum, squares) = (Float(0), Float(0))
    for index in first..<first + count { sum += values[index] }
    let mean = sum / Float(count)
    for index in first..<first + count {
      values[index] -= mean
      squares += values[index] * values[index]
    }
    let factor = 1 / (squares / Float(count) + PatchCoding.smoothing).squareRoot()
    for index in first..<first + count { values[index] *= factor }
  }

  /// The symmetric matrix that takes the variance along each direction to about 1, `[values, values]`.
  private static func whitening(_ principal: PrincipalComponents) -> [Float] {
    let width = principal.means.count
    var matrix = [Double](repeating: 0, count: width * width)
    for direction in 0..<principal.count {
      let factor = 1 / (principal.variances[direction] + whiteningFloor).squareRoot()
      let start = direction * width
      for row in 0..<width {
        let value = factor * principal.components[start + row]
        for column in 0..<width {
          matrix[row * width + column] += value * principal.components[start + column]
        }
      }
    }
    return matrix.map { Float($0) }
  }

  private static func product(_ matrix: [Float], _ vector: [Float]) -> [Float] {
    let width = vector.count
    return (0..<matrix.count / width).map { row in
      (0..<width).reduce(Float(0)) { $0 + matrix[row * width + $1] * vector[$1] }
    }
  }

  /// The rows less a vector, but for those that are next to nothing then.
  private static func withoutBlank(_ rows: [Float], less shift: [Float], width: Int) -> [Float] {
    var kept: [Float] = []
    kept.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: width) {
      let first = kept.count
      var squares: Float = 0
      for index in 0..<width {
        let value = rows[start + index] - shift[index]
        squares += value * value
        kept.append(value)
      }
      if squares.squareRoot() < leastLength { kept.removeSubrange(first...) }
    }
    return kept
  }

  /// Each center becomes the sum of the patches that respond to it most, each times its response.
  private static func renew(
    _ centers: inout [Float],
    by responses: [Float],
    of patches: [Float],
    width: Int,
    _ generator: inout SeededGenerator
  ) {
    let count = centers.count / width
    var sums = [Float](repeating: 0, count: centers.count)
    var total = sums.mutableSpan
    let (answers, values) = (responses.span, patches.span)
    for row in 0..<patches.count / width {
      var best = 0
      for index in 0..<count
      where abs(answers[row * count + index]) > abs(answers[row * count + best]) { best = index }
      let response = answers[row * count + best]
      for index in 0..<width {
        total[best * width + index] += response * values[row * width + index]
      }
    }
    // A little noise, so that a center nothing responds to is somewhere else in the next round.
    for index in sums.indices { sums[index] += 1e-6 * generator.nextNormal() }
    normalize(&sums, width: width)
    centers = sums
  }

  private static func normalize(_ rows: inout [Float], width: Int) {
    for start in stride(from: 0, to: rows.count, by: width) {
      let squares = rows[start..<start + width].reduce(Float(0)) { $0 + $1 * $1 }
      let factor = squares > 0 ? 1 / squares.squareRoot() : 0
      for index in start..<start + width { rows[index] *= factor }
    }
  }
}

/// Products of rows with those of a matrix.
private struct RowProducts {
  private let matrix: Tensor
  private let width: Int

  private static let batch = 1_024

  init(_ matrix: [Float], width: Int) {
    self.matrix = Tensor(matrix, shape: [matrix.count / width, width])
    self.width = width
  }

  /// Row by row its products with all rows of the matrix, `[rows, rows of the matrix]`.
  func rows(_ rows: [Float], on engine: ComputeEngine) async throws -> [Float] {
    guard !rows.isEmpty else { return [] }
    let source = TensorSource(Tensor(rows, shape: [rows.count / width, width]))
    let network = FittedNetwork(
      variables: ["matrix": matrix],
      itemShape: [width],
      batchSize: Self.batch
    )
    let shape = matrix.shape
    return try await network.rows(of: GraphName.output, source, purpose: "products", on: engine) {
      shapes throws(GraphError) in
      var builder = GraphBuilder()
      let x = builder.input(GraphName.input, Shape([shapes.batch] + shapes.item.dimensions))
      builder.output(GraphName.output, builder.dense(x, builder.state("matrix", shape)))
      return try builder.finish()
    }
    .scalars
  }
}
